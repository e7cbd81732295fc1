// What read has taken of its input: bytes up to a delimiter, which of them a backslash protects, and the fields they make.
import { decode } from '../../kernel/text.js';

const BACKSLASH = 92;
const PLAIN = 0, SPACE = 1, OTHER = 2;

export interface InputRules {
  readonly raw: boolean;
  readonly delimiter: number;
  /** Characters to read at most; `exact` also ignores delimiters. */
  readonly count: number | undefined;
  readonly exact: boolean;
  /** Each byte is a character. */
  readonly bytes: boolean;
}

/** How many bytes follow a first one in UTF-8. */
function following(byte: number): number {
  return byte < 0xc2 || byte > 0xf4 ? 0 : byte >= 0xf0 ? 3 : byte >= 0xe0 ? 2 : 1;
}

/** Whether what stands before the last byte is the beginning of a character. */
function endsWithin(line: Uint8Array): boolean {
  const end = line.length - 1;
  let at = end - 1;
  while (at > 0 && at > end - 3 && (line[at]! & 0xc0) === 0x80) at--;
  return at >= 0 && line[at]! >= 0xc2 && following(line[at]!) > end - 1 - at;
}

export class ReadInput {
  readonly #rules: InputRules;
  #bytes: Uint8Array | undefined;
  #collected: number[] = [];
  /** Which bytes a backslash protected. */
  #quoted: Set<number> | undefined;
  #escaped = false;
  #characters = 0;
  /** How many bytes the last character still lacks. */
  #missing = 0;

  constructor(rules: InputRules) {
    this.#rules = rules;
  }

  /** So many characters are here, the last of them whole. */
  get isFull(): boolean {
    return this.#rules.count !== undefined && this.#characters >= this.#rules.count && this.#missing === 0;
  }

  /** Takes what was read, which holds the delimiter at its end or not at all; true when the input is complete. */
  take(chunk: Uint8Array): boolean {
    const { raw, delimiter, exact } = this.#rules;
    // Most lines come whole and mean what they say.
    if (this.#collected.length === 0 && !this.#escaped && !exact && chunk[chunk.length - 1] === delimiter && (raw || !chunk.includes(BACKSLASH)) && (delimiter === 0 || !chunk.includes(0)) && !endsWithin(chunk)) {
      this.#bytes = chunk.subarray(0, -1);
      return true;
    }
    for (const byte of chunk) {
      if (this.#missing > 0) {
        // bash takes in a character what follows its first byte, the delimiter too, up to where it turns out to be none.
        this.#missing = (byte & 0xc0) === 0x80 ? this.#missing - 1 : 0;
        this.#collected.push(byte);
        continue;
      }
      if (this.#escaped) {
        this.#escaped = false;
        if (byte === 10) continue;
        (this.#quoted ??= new Set()).add(this.#collected.length);
      } else if (byte === BACKSLASH && !raw) {
        this.#escaped = true;
        continue;
      } else if (byte === delimiter && !exact) {
        return true;
      }
      if (byte === 0) continue;
      this.#characters++;
      this.#missing = this.#rules.bytes ? 0 : following(byte);
      this.#collected.push(byte);
    }
    return false;
  }

  get bytes(): Uint8Array {
    return (this.#bytes ??= Uint8Array.from(this.#collected));
  }

  get text(): string {
    return decode(this.bytes);
  }

  /** Splits at IFS into at most `max` fields; the last takes the rest. Protected characters never split. */
  fields(ifs: string, max: number): string[] {
    const { bytes } = this;
    const quoted = this.#quoted;
    const kinds = kindsOf(ifs);
    const kind = (at: number): number => (quoted?.has(at) === true ? PLAIN : kinds[bytes[at]!]!);
    const text = (from: number, to: number): string => decode(bytes.subarray(from, to));
    const fields: string[] = [];
    let at = 0;
    let end = bytes.length;
    while (at < end && kind(at) === SPACE) at++;
    while (at < end && fields.length < max - 1) {
      const from = at;
      while (at < end && kind(at) === PLAIN) at++;
      fields.push(text(from, at));
      while (at < end && kind(at) === SPACE) at++;
      if (at < end && kind(at) === OTHER) {
        at++;
        while (at < end && kind(at) === SPACE) at++;
      }
    }
    if (at >= end) return fields;
    while (end > at && kind(end - 1) === SPACE) end--;
    // One trailing separator that ends the very last field goes away too.
    let stop = at;
    while (stop < end && kind(stop) === PLAIN) stop++;
    let after = stop;
    while (after < end && kind(after) === SPACE) after++;
    if (after < end && kind(after) === OTHER) after++;
    while (after < end && kind(after) === SPACE) after++;
    fields.push(after >= end ? text(at, stop) : text(at, end));
    return fields;
  }
}

let lastSeparators: string | undefined;
const lastKinds = new Uint8Array(256);

/** What each byte is to an IFS; a loop asks for the same one every time. */
function kindsOf(ifs: string): Uint8Array {
  if (ifs === lastSeparators) return lastKinds;
  lastKinds.fill(PLAIN);
  for (const byte of Buffer.from(ifs)) lastKinds[byte] = byte === 32 || byte === 9 || byte === 10 ? SPACE : OTHER;
  lastSeparators = ifs;
  return lastKinds;
}
