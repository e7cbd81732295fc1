// Reads `${…}`: bash's "Shell Parameter Expansion" in all its forms, and the fewer forms of dash and busybox ash.
import type { Parameter, ParameterOperation, Subscript, Word } from './ast.js';
import { closingBracket } from './arithmetic.js';
import { parseSubscript, readArithmetic } from './read-arithmetic.js';
import { withPlainQuotes } from './plain-quotes.js';
import { type Place, readAnsi, readParts } from './read-parts.js';
import type { Reader } from './reader.js';
import { makeWord, markTildes } from './word.js';

const NAME = /[A-Za-z_][A-Za-z0-9_]*/y;
const DIGITS = /[0-9]+/y;
const SPECIAL = /[@*#?$!-]/y;
const INDIRECTABLE = /[A-Za-z_0-9@*#?]/y;
/** In posix mode `${!?}` and `${!#…}` are of `$!`. */
const INDIRECTABLE_POSIX = /[A-Za-z_0-9@*]/y;
const LENGTH_OF = /[A-Za-z_]|[0-9]+\}|[@*#?$!-]\}/y;
/** What is no operator is told of when there is a value to work on. */
const TRANSFORM = /@[^}]*/y;
const PREFIX_NAMES = /[@*]\}/y;
/** `${#:}` and its kin are neither lengths nor operations in bash. */
const LENGTH_OF_NOTHING = /[:/%=+]\}/y;
/** dash and ash: of anything but a name and these. */
const LENGTH_OF_NOTHING_DASH = /[^A-Za-z_0-9@*#?$!}-]\}/y;

const DEFAULTS: Readonly<Record<string, 'default' | 'assign' | 'error' | 'alternate'>> = { '-': 'default', '=': 'assign', '?': 'error', '+': 'alternate' };
const CASES: Readonly<Record<string, 'upper' | 'lower' | 'toggle'>> = { '^': 'upper', ',': 'lower', '~': 'toggle' };

/** After `${`; `start` is the `$`. Takes the `}`. What makes no sense becomes `bad`, which fails when run, as in bash. */
export function readBraced(reader: Reader, start: number, quoted: boolean): Parameter {
  reader.enter();
  const { inQuotedBraces } = reader;
  if (reader.features.bash && (inQuotedBraces || (quoted && !reader.isDocument)) && reader.text.startsWith("$'", reader.pos)) {
    const at = reader.pos;
    reader.replace(at, readAnsi(reader).text);
  }
  reader.inQuotedBraces = inQuotedBraces || quoted;
  const part = new BracedReader(reader, start, quoted).read();
  reader.inQuotedBraces = inQuotedBraces;
  reader.leave();
  return part;
}

class BracedReader {
  readonly #reader: Reader;
  readonly #start: number;
  readonly #quoted: boolean;

  constructor(reader: Reader, start: number, quoted: boolean) {
    this.#reader = reader;
    this.#start = start;
    this.#quoted = quoted;
  }

  read(): Parameter {
    const reader = this.#reader;
    let isLength = false;
    let indirect = false;
    const first = reader.text[reader.pos];
    if (first === '#' && this.#follows(LENGTH_OF)) isLength = true;
    else if (first === '!' && reader.features.bash && this.#follows(reader.posix ? INDIRECTABLE_POSIX : INDIRECTABLE)) indirect = true;
    if (isLength || indirect) reader.pos++;
    const name = reader.match(NAME) ?? reader.match(DIGITS) ?? reader.match(SPECIAL);
    if (name === undefined) return this.#bad('');
    const index = reader.features.bash && /^[A-Za-z_]/.test(name) ? this.#readIndex() : undefined;
    if (isLength) return this.#length(name, index);
    if (indirect) {
      if (index === undefined && reader.looksAt(PREFIX_NAMES) && /^[A-Za-z_]/.test(name)) {
        const all = reader.text[reader.pos++] as '@' | '*';
        return this.#close(name, undefined, { type: 'names', all }, false);
      }
      if (index?.all !== undefined && reader.text[reader.pos] === '}') return this.#close(name, index, { type: 'keys' }, false);
    }
    if (reader.text[reader.pos] === '}') return this.#close(name, index, undefined, indirect);
    if (name === '#' && reader.looksAt(reader.features.bash ? LENGTH_OF_NOTHING : LENGTH_OF_NOTHING_DASH)) return this.#bad(name);
    const operation = this.#operation(name);
    if (operation === undefined || reader.text[reader.pos] !== '}') return this.#bad(name);
    return this.#close(name, index, operation, indirect);
  }

  #follows(pattern: RegExp): boolean {
    const reader = this.#reader;
    pattern.lastIndex = reader.pos + 1;
    return pattern.test(reader.text);
  }

  #close(name: string, index: Subscript | undefined, operation: ParameterOperation | undefined, indirect: boolean): Parameter {
    const reader = this.#reader;
    if (reader.text[reader.pos] === undefined) reader.endedInside('}', this.#start);
    reader.pos++;
    return { type: 'parameter', name, braced: true, indirect, index, operation, source: reader.text.slice(this.#start, reader.pos) };
  }

  /** Goes on to the closing brace. */
  #bad(name: string): Parameter {
    readParts(this.#reader, this.#place('}'));
    const part = this.#close(name, undefined, { type: 'bad' }, false);
    return this.#reader.features.bash ? { ...part, source: withPlainQuotes(part.source) } : part;
  }

  #length(name: string, index: Subscript | undefined): Parameter {
    return this.#reader.text[this.#reader.pos] === '}' ? this.#close(name, index, { type: 'length' }, false) : this.#bad(name);
  }

  #readIndex(): Subscript | undefined {
    const reader = this.#reader;
    if (reader.text[reader.pos] !== '[') return undefined;
    const end = closingBracket(reader.text, reader.pos, '}');
    if (end < 0 || end === reader.pos + 1) return undefined;
    const text = reader.text.slice(reader.pos + 1, end);
    const { line } = reader;
    reader.pos = end + 1;
    return parseSubscript(reader, text, line);
  }

  #operation(name: string): ParameterOperation | undefined {
    const reader = this.#reader;
    const char = reader.text[reader.pos] ?? '';
    const next = reader.text[reader.pos + 1] ?? '';
    if (char === ':' && DEFAULTS[next] !== undefined) {
      reader.pos += 2;
      return { type: DEFAULTS[next], colon: true, word: this.#word() };
    }
    if (DEFAULTS[char] !== undefined) {
      reader.pos++;
      return { type: DEFAULTS[char], colon: false, word: this.#word() };
    }
    if (char === '#' || char === '%') {
      const greedy = next === char;
      reader.pos += greedy ? 2 : 1;
      return { type: 'trim', side: char === '#' ? 'prefix' : 'suffix', greedy, pattern: this.#pattern('}', { tildes: true }) };
    }
    if (char === ':' && next === '}') {
      // dash and busybox take this brace for an operator, and look for another one.
      if (reader.features.terse) reader.pos += 2;
      return undefined;
    }
    if (!reader.features.familiar) return undefined;
    if (char === ':') return this.#slice();
    if (char === '/') return this.#replace();
    if (!reader.features.bash) return undefined;
    const change = CASES[char];
    if (change !== undefined && name !== '#') {
      const all = next === char;
      reader.pos += all ? 2 : 1;
      const pattern = reader.text[reader.pos] === '}' ? undefined : this.#pattern('}');
      return { type: 'case', change, all, pattern };
    }
    return char === '@' ? { type: 'transform', operator: reader.match(TRANSFORM)!.slice(1) } : undefined;
  }

  /** bash wants something after the colon, be it a blank. */
  #slice(): ParameterOperation {
    const reader = this.#reader;
    reader.pos++;
    const offset = readArithmetic(reader, ':');
    if (reader.text[reader.pos] !== ':') return { type: 'slice', offset, length: undefined };
    reader.pos++;
    return { type: 'slice', offset, length: readArithmetic(reader, '}') };
  }

  #replace(): ParameterOperation {
    const reader = this.#reader;
    reader.pos++;
    let scope: 'first' | 'all' | 'prefix' | 'suffix' = 'first';
    const char = reader.text[reader.pos];
    if (char === '/') scope = 'all';
    else if (char === '#') scope = 'prefix';
    else if (char === '%') scope = 'suffix';
    if (scope !== 'first') reader.pos++;
    const pattern = this.#pattern('/}', { slashFirst: scope === 'first' || scope === 'all' });
    if (reader.text[reader.pos] !== '/') return { type: 'replace', scope, pattern, replacement: undefined };
    reader.pos++;
    return { type: 'replace', scope, pattern, replacement: this.#pattern('}') };
  }

  #place(stops: string): Place {
    return { stops, extglob: false, groups: false, processes: this.#reader.features.tests && !this.#quoted };
  }

  /** The word of `-`, `=`, `?`, `+`: in double quotes it is read as more double-quoted text. */
  #word(): Word {
    return this.#finish(() => readParts(this.#reader, { ...this.#place('}'), insideDouble: this.#quoted }), !this.#quoted);
  }

  /** Patterns keep their own quoting even inside double quotes, and those of `#` and `%` (in bash all) their tildes. */
  #pattern(stops: string, { slashFirst = false, tildes = false } = {}): Word {
    const reader = this.#reader;
    const skipFirst = slashFirst && reader.text[reader.pos] === '/';
    return this.#finish(() => readParts(reader, { ...this.#place(stops), skipFirst }), tildes || !this.#quoted || reader.features.bash);
  }

  #finish(read: () => Word['parts'], tildes: boolean): Word {
    const reader = this.#reader;
    const start = reader.pos;
    const { line } = reader;
    const parts = read();
    if (reader.text[reader.pos] === undefined) reader.endedInside('}', this.#start);
    const marked = tildes ? markTildes(parts, reader.features.bash ? 'operand' : 'word') : parts;
    return makeWord(marked, reader.text.slice(start, reader.pos), line, { tildes: 'none', braces: false });
  }
}
