// Cuts the script into tokens, one ahead; the parser says where assignments and aliases may stand.
import { Incomplete } from './errors.js';
import { readDocuments } from './documents.js';
import { readWord } from './read-word.js';
import type { Mark, Reader } from './reader.js';
import { plainText, type Token } from './token.js';

const BLANKS = /(?:[ \t]|\\\n)+/y;
const COMMENT = /#[^\n]*/y;
const OPERATORS_BASH = /;;&|;;|;&|&&|&>>|&>|\|\||\|&|<<<|<<-|<<|<&|<>|>>|>\||>&|[;&|()<>]/y;
const OPERATORS_ASH = /;;|&&|&>>|&>|\|\||<<-|<<|<&|<>|>>|>\||>&|[;&|()<>]/y;
const OPERATORS_DASH = /;;|&&|\|\||<<-|<<|<&|<>|>>|>\||>&|[;&|()<>]/y;
const DESCRIPTOR = /[0-9]+(?=[<>])/y;
/** dash: of one digit. */
const DESCRIPTOR_DASH = /[0-9](?=[<>])/y;
const VARIABLE = /\{[A-Za-z_][A-Za-z0-9_]*(?:\[[^\]\s]*\])?\}(?=[<>])/y;
/** An operator, and the plain beginning of a word, with a line continuation inside or behind. */
const BROKEN_OPERATOR = /[;&|<>]{1,2}\\\n/y;
const BROKEN_WORD = /[^\s;&|<>()$`"'\\]+\\\n/y;
const WORDLESS = /[;&|()<>]/;
const ALIAS_NAME = /^[^\s/$`=|&;()<>'"\\]+$/;
const ALIASES_MAX = 1000;
const QUOTED = /\\[^]|'[^']*'|"(?:\\[^]|[^"\\])*"/g;

/** Whether an alias ends in a word that is whole: no quote is open, nothing is escaped behind it. */
function endsInWord(text: string): boolean {
  return /[^\s;&|()<>'"\\]$/.test(text.replace(QUOTED, 'x')) && !/['"]/.test(text.replace(QUOTED, ''));
}

const RESERVED = new Set(['!', '{', '}', 'case', 'do', 'done', 'elif', 'else', 'esac', 'fi', 'for', 'if', 'in', 'then', 'until', 'while']);
const RESERVED_BASH = new Set([...RESERVED, '[[', ']]', 'coproc', 'function', 'select', 'time']);

/**
 * What may stand next: a command (assignments, aliases), the words after one (`declared`: `name=(…)` too), the `in` or `do` of a compound
 * command, plain words only, or a word in which nothing expands.
 */
export type Expecting = 'command' | 'argument' | 'declared' | 'keyword' | 'plain' | 'delimiter';

export class Lexer {
  readonly reader: Reader;
  #token: Token | undefined;
  #expecting: Expecting = 'command';
  /** Aliases being expanded: the name is not looked up again before `end`. */
  #active: { name: string; end: Mark }[] = [];
  /** Where words are looked up although no command begins there: after an alias that ends with a blank, and first in the text of that word. */
  #checked: Mark[] = [];
  #spliced = 0;

  constructor(reader: Reader) {
    this.reader = reader;
  }

  /** The next token, not taken. */
  peek(expecting: Expecting): Token {
    if (this.#token !== undefined) {
      if (this.#token.kind !== 'word' && this.#token.kind !== 'assignment') return this.#token;
      if (expecting === this.#expecting) return this.#token;
      this.reset();
    }
    this.#expecting = expecting;
    for (;;) {
      const token = this.#read(expecting);
      if (!this.#expandAlias(token, expecting)) {
        this.#token = token;
        return token;
      }
    }
  }

  /** Takes the token that was peeked at. The text of here-documents follows a newline, so it is read here. */
  take(): void {
    const token = this.#token;
    if (token === undefined) return;
    this.#token = undefined;
    if (token.kind === 'newline' && this.reader.pending.length > 0) readDocuments(this.reader);
  }

  /** Puts a peeked token back, so that the text can be read in another way. */
  reset(): void {
    if (this.#token === undefined) return;
    this.reader.pos = this.#token.start;
    this.#token = undefined;
  }

  /** Reading goes on somewhere else: a token that was peeked at is none. */
  forget(): void {
    this.#token = undefined;
  }

  get spliced(): boolean {
    return this.#spliced > 0;
  }

  #read(expecting: Expecting): Token {
    const { reader } = this;
    reader.match(BLANKS);
    const start = reader.pos;
    const char = reader.text[start];
    if (char === '#') {
      reader.match(COMMENT);
      return this.#read(expecting);
    }
    if (char === undefined) {
      if (!reader.final) throw new Incomplete();
      return { kind: 'end', start, end: start };
    }
    if (char === '\n') {
      reader.pos++;
      return { kind: 'newline', start, end: reader.pos };
    }
    const { bash, familiar, tests } = reader.features;
    if (reader.text.startsWith('\\\n', start + 1) || reader.text.startsWith('\\\n', start + 2)) reader.join(BROKEN_OPERATOR);
    if (WORDLESS.test(char) && !(tests && (char === '<' || char === '>') && reader.text[start + 1] === '(')) {
      const text = reader.match(bash ? OPERATORS_BASH : familiar ? OPERATORS_ASH : OPERATORS_DASH)!;
      return { kind: 'operator', text, start, end: reader.pos };
    }
    reader.join(BROKEN_WORD);
    return this.#descriptor(start) ?? readWord(reader, expecting);
  }

  #descriptor(start: number): Token | undefined {
    const { reader } = this;
    const digits = reader.match(reader.features.familiar ? DESCRIPTOR : DESCRIPTOR_DASH);
    if (digits !== undefined) {
      if (digits.length < 10 && !this.#isProcess(reader.pos)) return { kind: 'descriptor', fd: Number(digits), variable: undefined, start, end: reader.pos };
      reader.pos = start;
      return undefined;
    }
    const variable = reader.features.bash ? reader.match(VARIABLE) : undefined;
    if (variable === undefined) return undefined;
    if (!this.#isProcess(reader.pos)) return { kind: 'descriptor', fd: undefined, variable: variable.slice(1, -1), start, end: reader.pos };
    reader.pos = start;
    return undefined;
  }

  #isProcess(at: number): boolean {
    return this.reader.features.tests && this.reader.text[at + 1] === '(';
  }

  /** Whether a word is kept from aliases by being reserved. In bash's own mode aliases come first, except after `for x` and `case x`. */
  #isReserved(name: string, expecting: Expecting): boolean {
    const { features, posix } = this.reader;
    if (expecting === 'keyword' && !features.terse) return name === 'in' || name === 'do';
    if (expecting !== 'keyword' && (expecting !== 'command' || !(features.terse || posix))) return false;
    return (features.bash ? RESERVED_BASH : RESERVED).has(name);
  }

  /** Replaces an alias by its text; true if it did. */
  #expandAlias(token: Token, expecting: Expecting): boolean {
    const { reader } = this;
    const { alias } = reader.settings;
    if (alias === undefined) return false;
    const { start } = token;
    const begins = expecting === 'command' || (expecting === 'keyword' && reader.features.terse);
    const name = begins || this.#checked.some(({ at }) => at === start) ? plainText(token) : undefined;
    if (name === undefined || !ALIAS_NAME.test(name) || reader.text.slice(start, token.end) !== name || this.#isReserved(name, expecting)) return false;
    this.#forgetMarks(start);
    if (this.#active.some((active) => active.name === name)) return false;
    const text = alias(name);
    // In bash what follows does not go on with the alias's last word, unless that is quoted.
    const value = text === undefined ? undefined : `${text}${reader.features.bash && endsInWord(text) ? ' ' : ''}`;
    if (text === undefined || value === undefined || ++this.#spliced > ALIASES_MAX) return false;
    reader.splice(start, value);
    const end = start + value.length;
    this.#active.push({ name, end: this.#mark(end) });
    if (!begins) this.#checked.push(this.#mark(this.#afterBlanks(start)));
    if (/[ \t]$/.test(text)) this.#checked.push(this.#mark(this.#afterBlanks(end)));
    return true;
  }

  #mark(at: number): Mark {
    const mark = { at };
    this.reader.marks.add(mark);
    return mark;
  }

  /** Drops what is behind a position. */
  #forgetMarks(before: number): void {
    const { marks } = this.reader;
    for (const { end } of this.#active) if (end.at <= before) marks.delete(end);
    for (const mark of this.#checked) if (mark.at <= before) marks.delete(mark);
    this.#active = this.#active.filter(({ end }) => end.at > before);
    this.#checked = this.#checked.filter(({ at }) => at > before);
  }

  #afterBlanks(at: number): number {
    BLANKS.lastIndex = at;
    return BLANKS.test(this.reader.text) ? BLANKS.lastIndex : at;
  }
}
