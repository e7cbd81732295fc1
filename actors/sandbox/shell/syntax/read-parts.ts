// Reads the parts of a word: literal text and quotes, and expansions by way of the reader's grammar; one loop for each way of quoting.
import type { DoubleQuoted, ProcessSubstitution, Quoted, WordPart } from './ast.js';
import { decodeAnsi } from './ansi.js';
import { substituted } from './substituted.js';
import type { Reader } from './reader.js';

/** Where unquoted text is being read: what ends it, and what is special in it. */
export interface Place {
  /** Characters that end the text when unquoted and outside parentheses of patterns; blanks and operators included where they end it. */
  readonly stops: string;
  /** Whether `@(…)` and its kin are read as one. */
  readonly extglob: boolean;
  /** Any `(` opens a group in which blanks and operators are ordinary (regular expressions). */
  readonly groups: boolean;
  /** Whether `<(…)` is a process substitution. */
  readonly processes: boolean;
  /** Do not stop at the first character even if it is one of `stops` (the `/` of `${x////-}`). */
  readonly skipFirst?: boolean;
  /** `$` and backquotes are ordinary (dash and ash, in the delimiter of a here-document). */
  readonly plainDollars?: boolean;
  /** Inside `"…"` (in `${x:-…}`): single quotes are ordinary and a backslash escapes only `$ \` " \ }`. */
  readonly insideDouble?: boolean;
}

const ORDINARY = /[^\s;&|<>()$`"'\\]+/y;
const ORDINARY_INSIDE = /[^\s;&|<>()$`"'\\/:}\]]+/y;
const INSIDE_STOPS = /[/:}\]]/;

class Collector {
  readonly parts: WordPart[] = [];
  #text = '';

  add(text: string): void {
    this.#text += text;
  }

  get last(): string {
    return this.#text.at(-1) ?? '';
  }

  push(part: WordPart): void {
    this.#seal();
    this.parts.push(part);
  }

  #seal(): void {
    if (this.#text === '') return;
    this.parts.push({ type: 'literal', text: this.#text });
    this.#text = '';
  }

  finish(): WordPart[] {
    this.#seal();
    return this.parts;
  }
}

/** Reads unquoted text up to one of the place's stops, or the end of the text. */
export function readParts(reader: Reader, place: Place): WordPart[] {
  const out = new Collector();
  const { stops } = place;
  const ordinary = INSIDE_STOPS.test(stops) ? ORDINARY_INSIDE : ORDINARY;
  const start = reader.pos;
  let depth = 0;
  let quoteAt = -1;
  for (;;) {
    if (!(place.skipFirst && reader.pos === start) && reader.pos < reader.text.length) {
      const run = reader.match(ordinary);
      if (run !== undefined) {
        out.add(run);
        continue;
      }
    }
    const char = reader.text[reader.pos];
    if (char === undefined) {
      if (quoteAt >= 0) reader.endedInside("'", quoteAt);
      if (depth > 0) reader.endedInside(')', start);
      return out.finish();
    }
    // bash pairs the single quotes in an operand within double quotes, though they are ordinary there.
    if (char === "'" && place.insideDouble && reader.features.bash && !reader.posix) {
      quoteAt = quoteAt < 0 ? reader.pos : -1;
      out.add(char);
      reader.pos++;
      continue;
    }
    if (depth === 0 && quoteAt < 0 && stops.includes(char) && !(place.skipFirst && reader.pos === start)) {
      if (char === '(' && opensGroup(reader, place, out.last)) depth++;
      else if ((char === '<' || char === '>') && place.processes && reader.text[reader.pos + 1] === '(') {
        out.push(readProcess(reader));
        continue;
      } else return out.finish();
      out.add(char);
      reader.pos++;
      continue;
    }
    const isPlain = place.plainDollars === true && (char === '$' || char === '`');
    if (!isPlain && (place.insideDouble ? readInsideDouble(reader, char, out) : readSpecial(reader, char, out))) continue;
    if (char === '(' && (depth > 0 || opensGroup(reader, place, out.last))) depth++;
    else if (char === ')' && depth > 0) depth--;
    out.add(char);
    reader.pos++;
  }
}

function opensGroup(reader: Reader, place: Place, before: string): boolean {
  if (place.groups) return true;
  return place.extglob && before !== '' && '?*+@!'.includes(before) && reader.text[reader.pos] === '(';
}

/** Backslash, quotes, `$` and backquotes outside double quotes. */
function readSpecial(reader: Reader, char: string, out: Collector): boolean {
  switch (char) {
    case '\\': {
      const next = reader.text[reader.pos + 1];
      if (next === undefined && !reader.final) reader.endedInside('\n', reader.pos);
      reader.pos += 2;
      if (next === '\n') return true;
      if (next === undefined) {
        reader.pos--;
        out.add('\\');
      } else out.push({ type: 'quoted', style: 'escape', text: next });
      return true;
    }
    case "'":
      out.push(readSingle(reader));
      return true;
    case '"':
      out.push(readDouble(reader, false));
      return true;
    case '`':
      readExpansion(reader, out, false);
      return true;
    case '$':
      return readDollarHere(reader, out, false);
    default:
      return false;
  }
}

function readInsideDouble(reader: Reader, char: string, out: Collector): boolean {
  switch (char) {
    case '\\':
      readDoubleEscape(reader, '$`"\\}', out);
      return true;
    case '"':
      // Quotes within quotes: in bash a backslash here quotes whatever follows.
      out.push(readDouble(reader, false, reader.features.bash ? ANYTHING : undefined));
      return true;
    case '`':
      readExpansion(reader, out, true);
      return true;
    case '$':
      if (reader.features.bash && !reader.isDocument && reader.text[reader.pos + 1] === "'") {
        out.push(readAnsi(reader));
        return true;
      }
      return readDollarHere(reader, out, true);
    default:
      return false;
  }
}

function readDollarHere(reader: Reader, out: Collector, quoted: boolean): boolean {
  const next = reader.text[reader.pos + 1];
  if (!quoted && reader.features.familiar && next === "'") {
    out.push(readAnsi(reader));
    return true;
  }
  if (!quoted && reader.features.bash && next === '"') {
    reader.pos++;
    out.push(readDouble(reader, true));
    return true;
  }
  readExpansion(reader, out, quoted);
  return true;
}

function readExpansion(reader: Reader, out: Collector, quoted: boolean): void {
  const part = reader.grammar.expansion(reader, quoted);
  if (part === undefined) out.add(reader.text[reader.pos++]!);
  else out.push(part);
}

function readSingle(reader: Reader): Quoted {
  const start = reader.pos;
  const end = reader.text.indexOf("'", start + 1);
  if (end < 0) reader.endedInside("'", start);
  reader.pos = end + 1;
  return { type: 'quoted', style: 'single', text: reader.text.slice(start + 1, end) };
}

/** `$'…'` */
export function readAnsi(reader: Reader): Quoted {
  const start = reader.pos;
  let end = start + 2;
  while (end < reader.text.length && reader.text[end] !== "'") end += reader.text[end] === '\\' ? 2 : 1;
  if (end >= reader.text.length) reader.endedInside("'", start);
  reader.pos = end + 1;
  return { type: 'quoted', style: 'ansi', text: decodeAnsi(reader.text.slice(start + 2, end)) };
}

/** `"…"`, from the opening quote. */
function readDouble(reader: Reader, translated: boolean, escapes = '$`"\\'): DoubleQuoted {
  const start = reader.pos++;
  const parts = readQuotedText(reader, '"', escapes);
  if (reader.text[reader.pos] !== '"') reader.endedInside('"', start);
  reader.pos++;
  return { type: 'double', parts, translated };
}

/** Says that a backslash quotes any character. */
const ANYTHING = '';
const DOUBLE_RUN = /[^"$`\\]+/y;
const DOCUMENT_RUN = /[^$`\\]+/y;

/** Text in which only `$`, backquotes and backslashes are special, up to `close` ('' for the end of the text). */
export function readQuotedText(reader: Reader, close: '"' | '', escapes: string): WordPart[] {
  const out = new Collector();
  const pattern = close === '"' ? DOUBLE_RUN : DOCUMENT_RUN;
  for (;;) {
    const run = reader.match(pattern);
    if (run !== undefined) out.add(run);
    const char = reader.text[reader.pos];
    if (char === undefined || char === close) return out.finish();
    if (char === '\\') readDoubleEscape(reader, escapes, out);
    else if (char === '`') readExpansion(reader, out, true);
    else readDollarHere(reader, out, true);
  }
}

function readDoubleEscape(reader: Reader, escapes: string, out: Collector): void {
  const next = reader.text[reader.pos + 1];
  reader.pos += 2;
  if (next === '\n') return;
  if (next === undefined) {
    reader.pos--;
    out.add('\\');
  } else if (escapes === ANYTHING || escapes.includes(next)) out.push({ type: 'quoted', style: 'escape', text: next });
  else out.add(`\\${next}`);
}

function readProcess(reader: Reader): ProcessSubstitution {
  const direction = reader.text[reader.pos] as '<' | '>';
  const { line } = reader;
  reader.pos += 2;
  const start = reader.pos;
  const script = substituted(reader);
  return { type: 'process', direction, script, source: reader.text.slice(start, reader.pos - 1), line };
}
