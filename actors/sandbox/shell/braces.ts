// Brace expansion (bash, "Brace Expansion"): a{b,c}d and {1..9..2}, done on a word's parts before all other expansions.
import type { Word, WordPart } from './syntax/ast.js';
import { makeWord } from './syntax/word.js';

/** More words than this are not made: the word then stays as it is, as in bash when memory does not suffice. */
const WORDS_MAX = 1_000_000;

/** A character of literal text, or a part that is opaque to braces. */
type Unit = string | WordPart;

/** The words that a word with `braces` stands for; itself alone when its braces turn out to be none. */
export function expandBraces(word: Word): readonly Word[] {
  const units = unitsOf(word.parts);
  const marks = { tildes: 'word', braces: false } as const;
  const expansions = count(units) > WORDS_MAX ? [units] : expand(units);
  return expansions.map((each) => makeWord(joined(each), word.source, word.line, marks));
}

/** To braces `${` reaches to the `}` that pairs with it: of `${x:-{a,b}{1,2}}` nothing is left that would expand. */
function unitsOf(parts: readonly WordPart[]): Unit[] {
  const units: Unit[] = [];
  let open = 0;
  for (const part of parts) {
    if (part.type === 'parameter') open += surplus(part.source);
    if (part.type !== 'literal') {
      units.push(part);
      continue;
    }
    let at = 0;
    for (; open > 0 && at < part.text.length; at++) open += part.text[at] === '{' ? 1 : part.text[at] === '}' ? -1 : 0;
    if (at > 0) units.push({ type: 'literal', text: part.text.slice(0, at) });
    units.push(...part.text.slice(at));
  }
  return units;
}

/** How many braces a text opens and does not close. */
function surplus(text: string): number {
  let open = 0;
  for (const char of text) open += char === '{' ? 1 : char === '}' ? -1 : 0;
  return Math.max(open, 0);
}

/** A backquote that nothing closes: bash fails, unless it is the last of its word. */
const BACKQUOTE: WordPart = { type: 'parameter', name: '`', braced: false, indirect: false, index: undefined, operation: { type: 'bad' }, source: '`' };

/** What follows a bare `$name` after braces are gone belongs to the name: `$n{a,b}` is `$na $nb`. */
function joined(units: readonly Unit[]): WordPart[] {
  const parts: WordPart[] = [];
  let text = '';
  for (const [i, each] of units.entries()) {
    const last = parts.at(-1);
    const unit = each === BACKQUOTE && i === units.length - 1 ? '`' : each;
    if (typeof unit === 'string') {
      if (text === '' && last?.type === 'parameter' && !last.braced && /^[A-Za-z_]/.test(last.name) && /^[A-Za-z0-9_]+$/.test(unit)) parts[parts.length - 1] = { ...last, name: last.name + unit };
      else text += unit;
      continue;
    }
    if (text !== '') parts.push({ type: 'literal', text });
    text = '';
    parts.push(unit);
  }
  if (text !== '') parts.push({ type: 'literal', text });
  return parts;
}

interface Braces {
  /** Where `{` and `}` are. */
  readonly open: number;
  readonly close: number;
  /** The commas of this pair itself. */
  readonly commas: readonly number[];
  readonly sequence: Sequence | undefined;
}

interface Sequence {
  readonly count: number;
  at(i: number): Unit;
}

/** The first pair of braces with a comma or `..` of its own. */
function findBraces(units: readonly Unit[]): Braces | undefined {
  for (let open = units.indexOf('{'); open >= 0; open = units.indexOf('{', open + 1)) {
    if (open === 0 && units[1] === '}') continue;
    const braces = closeBraces(units, open);
    if (braces !== undefined) return braces;
  }
  return undefined;
}

/** A `}` closes only after a comma or `..`; before, it is ordinary: `{a}b,c}` is `a}b c`. */
function closeBraces(units: readonly Unit[], open: number): Braces | undefined {
  const commas: number[] = [];
  let dots = false;
  let depth = 0;
  for (let at = open + 1; at < units.length; at++) {
    const unit = units[at];
    if (unit === '{') depth++;
    else if (unit === '}' && depth > 0) depth--;
    else if (depth > 0) continue;
    else if (unit === ',') commas.push(at);
    else if (unit === '.' && units[at + 1] === '.') dots = true;
    else if (unit === '}' && commas.length > 0) return { open, close: at, commas, sequence: undefined };
    else if (unit === '}' && dots) return { open, close: at, commas, sequence: parseSequence(units.slice(open + 1, at)) };
  }
  return undefined;
}

function alternatives(units: readonly Unit[], { open, close, commas }: Braces): Unit[][] {
  const cuts = [open, ...commas, close];
  return cuts.slice(1).map((cut, i) => units.slice(cuts[i]! + 1, cut));
}

function count(units: readonly Unit[]): number {
  const braces = findBraces(units);
  if (braces === undefined) return 1;
  return insideCount(units, braces) * count(units.slice(braces.close + 1));
}

function insideCount(units: readonly Unit[], braces: Braces): number {
  if (braces.sequence !== undefined) return braces.sequence.count;
  if (braces.commas.length === 0) return 1;
  return alternatives(units, braces).reduce((sum, each) => sum + count(each), 0);
}

/** What looked like a sequence and is none stays as it is, braces inside it too. */
function insideOf(units: readonly Unit[], braces: Braces): readonly (readonly Unit[])[] {
  const { open, close, commas, sequence } = braces;
  if (sequence !== undefined) return Array.from({ length: sequence.count }, (_, i) => [sequence.at(i)]);
  if (commas.length === 0) return [units.slice(open, close + 1)];
  return alternatives(units, braces).flatMap((each) => expand(each));
}

function expand(units: readonly Unit[]): readonly (readonly Unit[])[] {
  const braces = findBraces(units);
  if (braces === undefined) return [units];
  const before = units.slice(0, braces.open);
  const inside = insideOf(units, braces);
  const after = expand(units.slice(braces.close + 1));
  if (before.length === 0 && after.length === 1 && after[0]!.length === 0) return inside;
  return inside.flatMap((middle) => after.map((end) => [...before, ...middle, ...end]));
}

const NUMBERS = /^([-+]?\d+)\.\.([-+]?\d+)(?:\.\.([-+]?\d+))?$/;
const LETTERS = /^([a-zA-Z])\.\.([a-zA-Z])(?:\.\.([-+]?\d+))?$/;
const PADDED = /^[-+]?0\d/;

function parseSequence(units: readonly Unit[]): Sequence | undefined {
  if (units.some((unit) => typeof unit !== 'string')) return undefined;
  const text = units.join('');
  const numbers = NUMBERS.exec(text);
  if (numbers !== null) {
    const [, from = '', to = '', by] = numbers;
    const width = PADDED.test(from) || PADDED.test(to) ? Math.max(from.length, to.length) : 0;
    return steps(Number(from), Number(to), by, (value) => padded(value, width)) ?? bigSteps(BigInt(from.replace('+', '')), BigInt(to.replace('+', '')), by, width);
  }
  const letters = LETTERS.exec(text);
  if (letters === null) return undefined;
  const [, from = '', to = '', by] = letters;
  return steps(from.charCodeAt(0), to.charCodeAt(0), by, letterUnit);
}

function steps(from: number, to: number, by: string | undefined, unitOf: (value: number) => Unit): Sequence | undefined {
  if (!Number.isSafeInteger(from) || !Number.isSafeInteger(to)) return undefined;
  const size = Math.abs(Number(by ?? 1)) || 1;
  const step = from <= to ? size : -size;
  return { count: Math.floor(Math.abs(to - from) / size) + 1, at: (i) => unitOf(from + i * step) };
}

/** Of 64-bit integers that are no exact numbers. */
function bigSteps(from: bigint, to: bigint, by: string | undefined, width: number): Sequence | undefined {
  if (BigInt.asIntN(64, from) !== from || BigInt.asIntN(64, to) !== to) return undefined;
  const given = BigInt(by?.replace(/^[-+]/, '') ?? 1);
  const size = given === 0n ? 1n : given;
  const distance = from <= to ? to - from : from - to;
  const step = from <= to ? size : -size;
  return { count: Number(distance / size) + 1, at: (i) => padded(from + BigInt(i) * step, width) };
}

function padded(value: number | bigint, width: number): string {
  return value < 0 ? `-${String(-value).padStart(width - 1, '0')}` : String(value).padStart(width, '0');
}

/** What lies between Z and a is not special here, but that a backslash alone quotes nothing and goes away, and a backquote has no other. */
function letterUnit(code: number): Unit {
  const char = String.fromCharCode(code);
  if (char === '`') return BACKQUOTE;
  return /[a-zA-Z]/.test(char) ? char : { type: 'quoted', style: 'escape', text: char === '\\' ? '' : char };
}
