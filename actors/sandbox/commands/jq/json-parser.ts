// JSON in, piece by piece: a stream of texts, each given as soon as it is whole; broken ones are told of in jq's words.
import type { Value } from './value.js';

/** Broken JSON. */
export class ParseError extends Error {}

interface Level {
  value: Value[] | Map<string, Value>;
  key: string | undefined;
}

const LITERALS: Readonly<Record<string, null | boolean | number>> = { null: null, true: true, false: false, nan: NaN, NaN: NaN };
const INFINITE = /^-?inf(?:inity)?$/i;
const NOT_A_NUMBER = /^-?nan$/i;
const NUMBER = /^-?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?$/;
const REST_OF_TOKEN = /[^ \t\r\n"[\]{},:]*/y;
const PLAIN = /[^"\\]*/y;
const NEWLINE = 10;
const QUOTE = 34;
const COMMA = 44;
const COLON = 58;
const DEPTH_MAX = 10_000;
const ESCAPES: Readonly<Record<string, string>> = { '"': '"', '\\': '\\', '/': '/', b: '\b', f: '\f', n: '\n', r: '\r', t: '\t' };

/** Feed it text, take values; `end` tells that there is no more. As a stream of events it tells of each leaf and each end (`--stream`). */
export class JsonParser {
  readonly #events: Value[] | undefined;
  #text = '';
  #at = 0;
  #line = 1;
  /** Where the line begins in the text; negative when that is gone. */
  #lineStart = 0;
  #token = '';
  #string: string | undefined;
  #stack: Level[] = [];
  #value: Value | undefined;
  #isComplete = false;
  #ended = false;
  #failure: Error | undefined;
  /** Newlines read so far. */
  linesRead = 0;

  constructor(settings: { events?: boolean } = {}) {
    if (settings.events === true) this.#events = [];
  }

  feed(text: string): void {
    this.#text = this.#at >= this.#text.length ? text : this.#text.slice(this.#at) + text;
    this.#lineStart -= this.#at;
    this.#at = 0;
  }

  /** Lines read, with the one that the last value ended in. */
  get lineNumber(): number {
    const isAtStart = this.#at === 0 || this.#text[this.#at - 1] === '\n';
    return this.linesRead + (!isAtStart && this.#text.includes('\n', this.#at) ? 1 : 0);
  }

  end(): void {
    this.#ended = true;
  }

  /** The next whole value; undefined when more text is needed or there is none. @throws ParseError */
  next(): Value | undefined {
    if (!this.#events) return this.#nextValue();
    try {
      // Events are given as soon as there are any; the values themselves are never whole.
      while (this.#events.length === 0 && this.#nextValue(true) !== undefined);
    } catch (error) {
      if (this.#events.length === 0) throw error;
      this.#failure = error as Error;
    }
    const event = this.#events.shift();
    if (event !== undefined || !this.#failure) return event;
    const failure = this.#failure;
    this.#failure = undefined;
    throw failure;
  }

  #nextValue(untilEvent = false): Value | undefined {
    const text = this.#text;
    while (this.#at < text.length) {
      if (this.#string !== undefined) {
        if (!this.#readString()) break;
        if (this.#isComplete) return this.#take();
        if (untilEvent && this.#events!.length > 0) return null;
        continue;
      }
      const code = text.charCodeAt(this.#at++);
      switch (code) {
        case NEWLINE:
          this.#countLine();
        // falls through
        case 32: case 9: case 13:
          if (this.#token !== '') this.#endToken();
          break;
        case QUOTE:
          if (this.#token !== '') this.#endToken();
          if (this.#isComplete) this.#at--;
          else this.#string = '';
          break;
        case 91: case 123:
          if (this.#token !== '') this.#endToken();
          if (this.#isComplete) this.#at--;
          else this.#open(code === 91);
          break;
        case 93: case 125: case 44: case 58:
          if (this.#token !== '') this.#endToken();
          this.#punctuation(code);
          break;
        default:
          REST_OF_TOKEN.lastIndex = this.#at;
          REST_OF_TOKEN.test(text);
          this.#token += text.slice(this.#at - 1, REST_OF_TOKEN.lastIndex);
          this.#at = REST_OF_TOKEN.lastIndex;
      }
      if (this.#isComplete) return this.#take();
      if (untilEvent && this.#events!.length > 0) return null;
    }
    return this.#ended ? this.#finish() : undefined;
  }

  /** The newline before `at`. */
  #countLine(): void {
    this.#line++;
    this.linesRead++;
    this.#lineStart = this.#at;
  }

  #finish(): Value | undefined {
    if (this.#string !== undefined) this.#fail('Unfinished string at EOF');
    this.#endToken();
    if (this.#isComplete) return this.#take();
    if (this.#stack.length > 0 || this.#value !== undefined) this.#fail('Unfinished JSON term at EOF');
    return undefined;
  }

  #take(): Value {
    const value = this.#value!;
    this.#value = undefined;
    this.#isComplete = false;
    return value;
  }

  #fail(message: string): never {
    const error = new ParseError(`${message} at line ${this.#line}, column ${this.#at - this.#lineStart}`);
    // What follows broken text is not looked at.
    this.#at = this.#text.length;
    this.#stack = [];
    this.#value = undefined;
    this.#token = '';
    this.#string = undefined;
    throw error;
  }

  /** A value has been read; at the top level it is whole. */
  #put(value: Value): void {
    if (this.#value !== undefined) this.#fail('Expected separator between values');
    this.#value = value;
    if (this.#stack.length === 0) this.#isComplete = true;
    if (this.#events) this.#tell(value);
  }

  /** Where we are: a key or an index for each level that is open. */
  #path(): Value[] {
    return this.#stack.map(({ value, key }) => (Array.isArray(value) ? value.length : key!));
  }

  #tell(value: Value): void {
    const top = this.#stack.at(-1);
    if (top && !Array.isArray(top.value) && top.key === undefined) return;
    const path = this.#path();
    const last = value instanceof Map ? [...value.keys()].at(-1) : Array.isArray(value) && value.length > 0 ? value.length - 1 : undefined;
    this.#events!.push(last === undefined ? [path, value] : [[...path, last]]);
    // What has been told of is not kept.
    if (last !== undefined) this.#value = null;
  }

  #endToken(): void {
    const token = this.#token;
    if (token === '') return;
    this.#token = '';
    if (Object.hasOwn(LITERALS, token)) return this.#put(LITERALS[token]!);
    if (INFINITE.test(token)) return this.#put(token.startsWith('-') ? -Infinity : Infinity);
    if (NOT_A_NUMBER.test(token)) return this.#put(NaN);
    if ('tf'.includes(token[0]!) || (token[0] === 'n' && token.length !== 3)) this.#fail('Invalid literal');
    if (!NUMBER.test(token)) this.#fail(`Invalid numeric literal${this.#ended && this.#at >= this.#text.length ? ' at EOF' : ''}`);
    this.#put(Number(token));
  }

  #open(isArray: boolean): void {
    if (this.#value !== undefined) this.#fail('Expected separator between values');
    if (this.#stack.length >= DEPTH_MAX) this.#fail('Exceeds depth limit for parsing');
    this.#stack.push({ value: isArray ? [] : new Map(), key: undefined });
  }

  #punctuation(code: number): void {
    const top = this.#stack.at(-1);
    switch (code) {
      case COLON:
        if (!top) this.#fail("':' not as part of an object");
        if (Array.isArray(top.value)) this.#fail("':' not as part of an object");
        if (this.#value === undefined) this.#fail('Expected string key before \':\'');
        if (top.key !== undefined) this.#fail("':' should follow a key");
        if (typeof this.#value !== 'string') this.#fail('Object keys must be strings');
        top.key = this.#value;
        this.#value = undefined;
        return;
      case COMMA:
        if (this.#value === undefined) this.#fail('Expected value before \',\'');
        if (!top) this.#fail("',' not as part of an object or array");
        this.#add(top);
        return;
      default:
        this.#close(top, code === 93);
    }
  }

  #add(top: Level): void {
    const value = this.#value!;
    if (Array.isArray(top.value)) top.value.push(value);
    else {
      if (top.key === undefined) this.#fail('Objects must consist of key:value pairs');
      top.value.set(top.key, value);
      top.key = undefined;
    }
    this.#value = undefined;
  }

  #close(top: Level | undefined, isArray: boolean): void {
    if (!top || Array.isArray(top.value) !== isArray) {
      if (isArray) this.#fail("Unmatched ']'");
      this.#fail(top ? 'Unmatched \'}\'' : "Unmatched '}'");
    }
    const size = Array.isArray(top.value) ? top.value.length : top.value.size;
    if (this.#value !== undefined) this.#add(top);
    else if (size > 0 || top.key !== undefined) this.#fail(isArray ? 'Expected another array element' : top.key !== undefined ? 'Missing value in key:value pair' : 'Expected another key-value pair');
    this.#stack.pop();
    this.#put(top.value);
  }

  /** Up to the closing quote; false when the text ran out. */
  #readString(): boolean {
    const text = this.#text;
    for (;;) {
      PLAIN.lastIndex = this.#at;
      PLAIN.test(text);
      const until = PLAIN.lastIndex;
      if (until > this.#at) {
        const piece = text.slice(this.#at, until);
        this.#string = this.#string === '' ? piece : this.#string! + piece;
        this.#advance(until);
      }
      if (until >= text.length) return false;
      if (text.charCodeAt(until) !== QUOTE) {
        if (!this.#escape()) return false;
        continue;
      }
      this.#at++;
      const whole = this.#string!;
      this.#string = undefined;
      this.#put(whole);
      return true;
    }
  }

  #escape(): boolean {
    const letter = this.#text[this.#at + 1];
    if (letter === undefined) return false;
    if (letter !== 'u') {
      if (!Object.hasOwn(ESCAPES, letter)) this.#failInString('Invalid escape');
      this.#string += ESCAPES[letter]!;
      this.#advance(this.#at + 2);
      return true;
    }
    if (this.#text.length < this.#at + 6) return false;
    const code = this.#text.slice(this.#at + 2, this.#at + 6);
    if (!/^[0-9a-fA-F]{4}$/.test(code)) this.#failInString('Invalid escape');
    this.#string += String.fromCharCode(parseInt(code, 16));
    this.#advance(this.#at + 6);
    return true;
  }

  /** jq looks at a string's escapes when it is whole. */
  #failInString(message: string): never {
    const end = this.#text.indexOf('"', this.#at + 2);
    this.#advance(end < 0 ? this.#text.length : end + 1);
    this.#fail(message);
  }

  /** Over a piece of a string, in which there may be newlines. */
  #advance(to: number): void {
    const piece = this.#text.slice(this.#at, to);
    for (let at = piece.indexOf('\n'); at >= 0; at = piece.indexOf('\n', at + 1)) {
      this.#at = to - piece.length + at + 1;
      this.#countLine();
    }
    this.#at = to;
  }
}

/** The one value that a text must hold. @throws ParseError */
export function parseJson(text: string): Value {
  const values = parseJsonTexts(text);
  if (values.length === 1) return values[0]!;
  throw new ParseError(values.length === 0 ? 'Expected JSON value' : 'Unexpected extra JSON values');
}

/** All values of a text. @throws ParseError */
export function parseJsonTexts(text: string): Value[] {
  const parser = new JsonParser();
  parser.feed(text);
  parser.end();
  const values: Value[] = [];
  for (let value = parser.next(); value !== undefined; value = parser.next()) values.push(value);
  return values;
}
