// Reads one word token: an assignment where one may stand, else a word with all its parts.
import type { ArrayElement, Assignment, Literal, Subscript, Word, WordPart } from './ast.js';
import { closingBracket } from './arithmetic.js';
import { ShellSyntaxError } from './errors.js';
import type { Expecting } from './lexer.js';
import { parseSubscript } from './read-arithmetic.js';
import { type Place, readParts } from './read-parts.js';
import type { Reader } from './reader.js';
import { withPlainQuotes } from './plain-quotes.js';
import type { Token } from './token.js';
import { makeWord, markTildes } from './word.js';

const STOPS = ' \t\n;&|<>()';
const PREFIX = /[A-Za-z_][A-Za-z0-9_]*(?:\+?=|\[)/y;
const SIMPLE = /[\w\-./,:%^+@][\w\-./,:%^+@=]*(?=[ \t\n;&|)])/y;
const ASSIGNS = /\+?=/y;
const BLANKS = /(?:[ \t\n]|\\\n)+/y;
const COMMENT = /#[^\n]*/y;

interface Prefix {
  readonly name: string;
  readonly index: Subscript | undefined;
  readonly append: boolean;
}

/** At the first character of a word. */
export function readWord(reader: Reader, expecting: Expecting): Token {
  const start = reader.pos;
  const line = reader.lineAt(start);
  const prefix = expecting === 'plain' || expecting === 'keyword' || expecting === 'delimiter' ? undefined : readPrefix(reader, expecting === 'command');
  if (prefix === undefined) {
    const word = readSimple(reader, start, line) ?? readPlainWord(reader, start, line, expecting === 'delimiter');
    return { kind: 'word', word, start, end: reader.pos };
  }
  const head: Literal = { type: 'literal', text: reader.text.slice(start, reader.pos) };
  const isArray = reader.features.bash && reader.text[reader.pos] === '(' && expecting !== 'argument';
  const array = isArray ? readArray(reader) : undefined;
  const valueStart = reader.pos;
  const parts = isArray ? [] : readParts(reader, plainPlace(reader));
  const source = sourceOf(reader, start);
  const value = isArray ? undefined : makeWord(parts, reader.text.slice(valueStart, reader.pos), line, { tildes: 'assignment', braces: false });
  const assignment: Assignment = { ...prefix, value, array, source, line };
  if (expecting === 'command') return { kind: 'assignment', assignment, start, end: reader.pos };
  const whole = [...indexParts(prefix, head), ...(reader.features.tildeArguments && !reader.posix ? markTildes(parts, 'assignment') : parts)];
  const word = makeWord(joinLiterals(whole), source, line, { tildes: 'none', braces: reader.features.bash && !isArray, assignment });
  return { kind: 'word', word, start, end: reader.pos };
}

/** The commonest words: nothing in them expands, so nothing has to be looked for. */
function readSimple(reader: Reader, start: number, line: number): Word | undefined {
  const text = reader.match(SIMPLE);
  if (text === undefined) return undefined;
  const next = reader.text[reader.pos];
  if (next === undefined) {
    reader.pos = start;
    return undefined;
  }
  return { parts: [{ type: 'literal', text }], source: text, line, literal: text, blocking: false, glob: false, braces: false, assignment: undefined };
}

function readPlainWord(reader: Reader, start: number, line: number, plainDollars: boolean): Word {
  const parts = readParts(reader, { ...plainPlace(reader), plainDollars });
  return makeWord(parts, sourceOf(reader, start), line, { tildes: 'word', braces: reader.features.bash });
}

/** The text of a word that has been read, as it is shown. */
function sourceOf(reader: Reader, start: number): string {
  const text = reader.text.slice(start, reader.pos);
  return reader.features.bash ? withPlainQuotes(text) : text;
}

function plainPlace(reader: Reader): Place {
  return { stops: STOPS, extglob: reader.extglob, groups: false, processes: reader.features.tests };
}

/** `name=`, `name+=`, `name[…]=`; nothing is consumed if it is none of these. Blanks in a subscript make sense only where a command begins. */
function readPrefix(reader: Reader, blanksAllowed: boolean): Prefix | undefined {
  const start = reader.pos;
  const found = reader.match(PREFIX);
  if (found === undefined) return undefined;
  if (found.endsWith('=')) {
    const append = found.endsWith('+=');
    if (!append || reader.features.bash) return { name: found.slice(0, append ? -2 : -1), index: undefined, append };
    reader.pos = start;
    return undefined;
  }
  const prefix = reader.features.bash ? readIndexed(reader, found.slice(0, -1), blanksAllowed) : undefined;
  if (prefix === undefined) reader.pos = start;
  return prefix;
}

function readIndexed(reader: Reader, name: string, blanksAllowed: boolean): Prefix | undefined {
  const open = reader.pos - 1;
  const close = closingBracket(reader.text, open);
  if (close < 0 && blanksAllowed) reader.endedInside(']', open);
  if (close < 0) return undefined;
  const text = reader.text.slice(open + 1, close);
  reader.pos = close + 1;
  const operator = reader.match(ASSIGNS);
  if (operator === undefined || (text === '' && !blanksAllowed) || (!blanksAllowed && /^[^'"]*[ \t\n;&|<>()]/.test(text.replace(/\$[({][^)}]*[)}]/g, '')))) return undefined;
  return { name, index: parseSubscript(reader, text, reader.lineAt(open)), append: operator === '+=' };
}

function indexParts(prefix: Prefix, head: Literal): readonly WordPart[] {
  if (prefix.index === undefined) return [head];
  const tail = prefix.append ? ']+=' : ']=';
  return [{ type: 'literal', text: `${prefix.name}[` }, ...prefix.index.word.parts, { type: 'literal', text: tail }];
}

function joinLiterals(parts: readonly WordPart[]): WordPart[] {
  const out: WordPart[] = [];
  for (const part of parts) {
    const last = out.at(-1);
    if (part.type === 'literal' && last?.type === 'literal') out[out.length - 1] = { type: 'literal', text: last.text + part.text };
    else out.push(part);
  }
  return out;
}

/** `( … )` of a compound assignment; the parentheses are taken. */
function readArray(reader: Reader): ArrayElement[] {
  const start = reader.pos++;
  const elements: ArrayElement[] = [];
  for (;;) {
    reader.match(BLANKS);
    const char = reader.text[reader.pos];
    if (char === undefined) reader.endedInside(')', start, { discards: true });
    if (char === ')') {
      reader.pos++;
      return elements;
    }
    if (char === '#') reader.match(COMMENT);
    else elements.push(discarding(() => readElement(reader)));
  }
}

/** The end of the text within an element is an error of the list. */
function discarding(read: () => ArrayElement): ArrayElement {
  try {
    return read();
  } catch (error) {
    if (!(error instanceof ShellSyntaxError) || !error.atEnd) throw error;
    throw new ShellSyntaxError({ ...error.failure, keepsStatus: false, discards: true }, true);
  }
}

function readElement(reader: Reader): ArrayElement {
  const start = reader.pos;
  const line = reader.lineAt(start);
  const prefix = reader.text[start] === '[' ? readElementIndex(reader) : undefined;
  const valueStart = reader.pos;
  const parts = readParts(reader, plainPlace(reader));
  if (reader.pos === start) {
    const token = /(?:[;&|]{1,2}|[<>(])/.exec(reader.text.slice(start))?.[0] ?? '';
    throw new ShellSyntaxError({ line, message: `syntax error near unexpected token \`${token}'`, sourceLine: reader.lineText(start), discards: true });
  }
  const source = sourceOf(reader, valueStart);
  if (prefix !== undefined) {
    // Braces come first, and what they make is no subscript any more: `([1]={a,b})` has the elements `[1]=a` and `[1]=b`.
    const whole = makeWord([...quotedIndex(prefix), ...parts], sourceOf(reader, start), line, { tildes: 'word', braces: true });
    if (whole.braces) return { index: prefix.index, append: prefix.append, value: makeWord(parts, source, line, { tildes: 'assignment', braces: false }), whole };
  }
  const marks = prefix === undefined ? ({ tildes: 'word', braces: true } as const) : ({ tildes: 'assignment', braces: false } as const);
  return { index: prefix?.index, append: prefix?.append ?? false, value: makeWord(parts, source, line, marks) };
}

/** Neither braces nor patterns begin in the subscript of an element. */
function quotedIndex(prefix: Prefix): WordPart[] {
  return indexParts(prefix, { type: 'literal', text: '' }).map((part) => (part.type === 'literal' ? { type: 'quoted', style: 'escape', text: part.text } : part));
}

function readElementIndex(reader: Reader): Prefix | undefined {
  const start = reader.pos++;
  const prefix = readIndexed(reader, '', true);
  if (prefix === undefined) reader.pos = start;
  return prefix;
}
