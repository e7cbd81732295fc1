// Reads records: lines, texts between separators, paragraphs.
import type { Process } from '../../kernel/process.js';
import { decode } from '../../kernel/text.js';
import type { Task } from '../../kernel/wait.js';
import type { CompiledRegex } from '../../regex/posix-regex.js';
import { Pace } from '../text-input.js';
import { awkRegex } from './regex.js';

const READ_BYTES = 262144;

/** One input; the separator may change from record to record. */
export class RecordReader {
  readonly #process: Process;
  readonly fd: number;
  readonly #beforeWait: () => Task;
  readonly #pace = new Pace();
  #text = '';
  #at = 0;
  #tail: Uint8Array | undefined;
  #ended = false;
  /** What ended the last record (RT). */
  terminator = '';

  constructor(process: Process, fd: number, beforeWait: () => Task) {
    this.#process = process;
    this.fd = fd;
    this.#beforeWait = beforeWait;
  }

  /** The next record if it is already here and sure. */
  take(separator: string, ignoreCase = false): string | undefined {
    if (separator === '\n' || (separator.length === 1 && !ignoreCase)) {
      const end = this.#text.indexOf(separator, this.#at);
      if (end < 0) return undefined;
      return this.#cut(end, end + 1);
    }
    return separator === '' ? this.#paragraph() : this.#byRegex(awkRegex(separator === '\\' ? '\\\\' : separator, ignoreCase));
  }

  #cut(end: number, next: number): string {
    const record = this.#text.slice(this.#at, end);
    this.terminator = this.#text.slice(end, next);
    this.#at = next;
    return record;
  }

  #paragraph(): string | undefined {
    while (this.#text.charCodeAt(this.#at) === 10) this.#at++;
    const end = this.#text.indexOf('\n\n', this.#at);
    if (end < 0) return undefined;
    let next = end + 2;
    while (this.#text.charCodeAt(next) === 10) next++;
    // More line ends may be to come, and belong to this separator.
    if (next === this.#text.length && !this.#ended) return undefined;
    return this.#cut(end, next);
  }

  #byRegex(regex: CompiledRegex): string | undefined {
    for (let from = this.#at; ; ) {
      const match = regex.exec(this.#text, from);
      if (!match) return undefined;
      const end = match.index + match[0].length;
      if (match[0] === '') {
        from = match.index + 1;
        if (from > this.#text.length) return undefined;
        continue;
      }
      if (end === this.#text.length && !this.#ended) return undefined;
      return this.#cut(match.index, end);
    }
  }

  *next(separator: string, ignoreCase = false): Task<string | undefined> {
    for (;;) {
      const record = this.take(separator, ignoreCase);
      if (record !== undefined) return record;
      if (this.#ended) return this.#last(separator);
      yield* this.#fill();
    }
  }

  #last(separator: string): string | undefined {
    let rest = this.#text.slice(this.#at);
    this.#at = this.#text.length;
    this.terminator = '';
    if (separator === '') {
      this.terminator = /\n*$/.exec(rest)![0];
      rest = rest.replace(/^\n+|\n+$/g, '');
    }
    return rest === '' ? undefined : rest;
  }

  *#fill(): Task {
    if (!this.#process.descriptors.get(this.fd).canRead) yield* this.#beforeWait();
    yield* this.#pace.turn();
    const chunk = yield* this.#process.read(this.fd, READ_BYTES);
    const bytes = this.#tail ? Buffer.concat([this.#tail, chunk]) : chunk;
    this.#tail = undefined;
    if (chunk.length === 0) this.#ended = true;
    let whole = bytes.length;
    if (chunk.length > 0) {
      // A character may be cut in two by the end of the chunk.
      let start = bytes.length - 1;
      while (start > bytes.length - 4 && start > 0 && (bytes[start]! & 0xc0) === 0x80) start--;
      const first = bytes[start]!;
      const size = first >= 0xf0 ? 4 : first >= 0xe0 ? 3 : first >= 0xc0 ? 2 : 1;
      if (start + size > bytes.length) whole = start;
    }
    if (whole < bytes.length) this.#tail = bytes.subarray(whole);
    // What was before stays known by one character: `^` in a separator is the beginning of the input alone.
    const kept = Math.max(0, this.#at - 1);
    this.#text = this.#text.slice(kept) + decode(bytes.subarray(0, whole));
    this.#at -= kept;
  }
}
