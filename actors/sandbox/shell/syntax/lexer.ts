// Cuts the script into tokens, one ahead; the parser says where assignments and aliases may stand.
import { Incomplete } from './errors.js';
import { readDocuments } from './documents.js';
import { readWord } from './read-word.js';
import type { Reader } from './reader.js';
import { plainText, type Token } from './token.js';

const BLANKS = /(?:[ \t]|\\\n)+/y;
const BETWEEN = /(?:[ \t]|\\\n)*/y;
const COMMENT = /#[^\n]*/y;
const OPERATORS_BASH = /;;&|;;|;&|&&|&>>|&>|\|\||\|&|<<<|<<-|<<|<&|<>|>>|>\||>&|[;&|()<>]/y;
const OPERATORS_ASH = /;;|&&|&>>|&>|\|\||<<-|<<|<&|<>|>>|>\||>&|[;&|()<>]/y;
const OPERATORS_DASH = /;;|&&|\|\||<<-|<<|<&|<>|>>|>\||>&|[;&|()<>]/y;
const DESCRIPTOR = /[0-9]+(?=[<>])/y;
/** dash: of one digit. */
const DESCRIPTOR_DASH = /[0-9](?=[<>])/y;
const VARIABLE = /\{[A-Za-z_][A-Za-z0-9_]*(?:\[[^\]\s]*\])?\}(?=[<>])/y;
/** An operator with a line continuation inside. */
const BROKEN = /[;&|<>]{1,2}\\\n/y;
const WORDLESS = /[;&|()<>]/;
const ALIAS_NAME = /^[^\s/$`=|&;()<>'"\\]+$/;
const ALIASES_MAX = 1000;

/** What may stand next: a command (assignments, aliases), the words after one (`declared`: `name=(…)` too), or plain words only. */
export type Expecting = 'command' | 'argument' | 'declared' | 'plain';

export class Lexer {
  readonly reader: Reader;
  #token: Token | undefined;
  #expecting: Expecting = 'command';
  /** Aliases being expanded: the name is not looked up again before `end`. */
  #active: { name: string; end: number }[] = [];
  /** Where words begin that are looked up wherever they stand: what follows an alias that ends with a blank, and what such a word has become. */
  #checkAt: number[] = [];
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
    if (reader.text.startsWith('\\\n', start + 1) || reader.text.startsWith('\\\n', start + 2)) reader.join(BROKEN);
    if (WORDLESS.test(char) && !(tests && (char === '<' || char === '>') && reader.text[start + 1] === '(')) {
      const text = reader.match(bash ? OPERATORS_BASH : familiar ? OPERATORS_ASH : OPERATORS_DASH)!;
      return { kind: 'operator', text, start, end: reader.pos };
    }
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

  /** Replaces an alias by its text; true if it did. */
  #expandAlias(token: Token, expecting: Expecting): boolean {
    const { reader } = this;
    const { alias } = reader.settings;
    if (alias === undefined) return false;
    const wanted = expecting === 'command' || this.#checkAt.includes(token.start);
    const name = wanted ? plainText(token) : undefined;
    if (name === undefined || !ALIAS_NAME.test(name) || reader.text.slice(token.start, token.end) !== name) return false;
    this.#active = this.#active.filter(({ end }) => token.start < end);
    if (this.#active.some((active) => active.name === name)) return false;
    const value = alias(name);
    if (value === undefined || ++this.#spliced > ALIASES_MAX) return false;
    reader.splice(token.start, value);
    const grown = value.length - name.length;
    this.#active = this.#active.map((active) => ({ name: active.name, end: active.end + grown }));
    this.#active.push({ name, end: token.start + value.length });
    this.#checkAt = this.#checkAt.filter((at) => at >= token.start).map((at) => (at === token.start ? at : at + grown));
    if (/[ \t]$/.test(value)) {
      BETWEEN.lastIndex = token.start + value.length;
      this.#checkAt.push(BETWEEN.lastIndex + BETWEEN.exec(reader.text)![0].length);
    }
    return true;
  }
}
