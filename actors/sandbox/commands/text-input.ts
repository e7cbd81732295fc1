// How text commands take their input: operand files one after another, in blocks of whole lines, giving others their turn.
import { Errno } from '../kernel/errno.js';
import { O_RDONLY } from '../kernel/open-file.js';
import type { Process } from '../kernel/process.js';
import { byteLength, decode, splitText } from '../kernel/text.js';
import { PREEMPT, type Task } from '../kernel/wait.js';
import { complain, type Output } from '../programs/stdio.js';

const READ_BYTES = 262144;
const TURN_MS = 4;

/** Lets long loops yield often enough for signals and other processes, and seldom enough to cost nothing. */
export class Pace {
  #turnAt = performance.now() + TURN_MS;

  *turn(): Task {
    if (performance.now() < this.#turnAt) return;
    yield PREEMPT;
    this.#turnAt = performance.now() + TURN_MS;
  }
}

export interface InputFile {
  fd: number;
  /** As given; `-` for standard input. */
  name: string;
}

/** The operands as open files, `-` (or none at all) for standard input. What cannot be read is complained about and skipped. */
export class Inputs {
  readonly #process: Process;
  readonly #names: readonly string[];
  readonly #describe: (name: string, reason: string) => string;
  #at = 0;
  #fd = 0;
  failed = false;
  /** Told of each one that could not be opened, after the complaint. */
  onRefused: ((name: string, message: string) => void) | undefined;

  constructor(process: Process, operands: readonly string[], describe = (name: string, reason: string) => `${name}: ${reason}`) {
    this.#process = process;
    this.#names = operands.length > 0 ? operands : ['-'];
    this.#describe = describe;
  }

  /** Closes the file before and opens the next one. */
  *next(): Task<InputFile | undefined> {
    if (this.#fd > 0) this.#process.close(this.#fd);
    this.#fd = 0;
    while (this.#at < this.#names.length) {
      const name = this.#names[this.#at++]!;
      try {
        this.#fd = openInput(this.#process, name);
        return { fd: this.#fd, name };
      } catch (error) {
        yield* this.fail(name, error);
      }
    }
    return undefined;
  }

  /** Notes that a file could not be opened or read; anything but an Errno is thrown on. */
  *fail(name: string, error: unknown): Task {
    if (!(error instanceof Errno) || error.code === 'EPIPE') throw error;
    yield* this.refuse(name, error.message);
  }

  *refuse(name: string, message: string): Task {
    this.failed = true;
    yield* complain(this.#process, this.#describe(name, message));
    this.onRefused?.(name, message);
  }
}

/** A descriptor to read `name` from (0 for `-`); EISDIR for folders, as their first read would say. */
export function openInput(process: Process, name: string): number {
  if (name === '-') return 0;
  const fd = process.open(name, O_RDONLY);
  if (process.descriptors.get(fd).inode?.type !== 'directory') return fd;
  process.close(fd);
  throw new Errno('EISDIR');
}

/** Whether what is read from a descriptor is the regular file that standard output goes to. */
export function readsOwnOutput({ descriptors }: Process, fd: number): boolean {
  const [input, output] = [descriptors.find(fd), descriptors.find(1)];
  return input?.inode !== undefined && input.inode === output?.inode && input.inode.type === 'file';
}

/** Sets a file that others read on (a script's own input) back to what was not used; pipes and terminals keep it. */
export function giveBack(process: Process, fd: number, unreadBytes: number): void {
  if (unreadBytes === 0) return;
  try {
    process.descriptors.get(fd).seek(-unreadBytes, 'current');
  } catch (error) {
    if (!(error instanceof Errno)) throw error;
  }
}

/**
 * Reads a descriptor in blocks of whole lines: each ends with the delimiter, except that the last may not. Pending output is flushed
 * before waiting for more, so that a reader downstream sees what there is.
 */
export class Blocks {
  readonly #process: Process;
  readonly #fd: number;
  readonly #delimiter: number;
  readonly #output: Output | undefined;
  readonly #pace = new Pace();
  readonly #sparing: boolean;
  #rest: Uint8Array[] = [];
  #ended = false;

  /** `sparing`: not a byte behind the line's end, which may be another reader's. */
  constructor(process: Process, fd: number, output?: Output, delimiter = 10, sparing = false) {
    this.#process = process;
    this.#fd = fd;
    this.#output = output;
    this.#delimiter = delimiter;
    this.#sparing = sparing;
  }

  /** Whether what was read behind the last block has this byte. */
  hasUnread(byte: number): boolean {
    return this.#rest.some((part) => part.includes(byte));
  }

  /** What was read behind the last block. */
  get unreadBytes(): number {
    return this.#rest.reduce((sum, part) => sum + part.length, 0);
  }

  *next(): Task<Uint8Array | undefined> {
    for (;;) {
      if (this.#ended) return undefined;
      const chunk = yield* this.#read();
      if (chunk.length === 0) {
        this.#ended = true;
        const rest = this.#rest;
        this.#rest = [];
        return rest.length === 0 ? undefined : joined(rest);
      }
      const end = chunk.lastIndexOf(this.#delimiter) + 1;
      if (end === 0) {
        this.#rest.push(chunk);
        continue;
      }
      const block = joined([...this.#rest, chunk.subarray(0, end)]);
      this.#rest = end === chunk.length ? [] : [chunk.subarray(end)];
      return block;
    }
  }

  *#read(): Task<Uint8Array> {
    if (this.#output !== undefined && (this.#output.isFull || !this.#process.descriptors.get(this.#fd).canRead)) yield* this.#output.flush();
    yield* this.#pace.turn();
    if (!this.#sparing) return yield* this.#process.read(this.#fd, READ_BYTES);
    const file = this.#process.descriptors.get(this.#fd);
    return (file.readsAllowed ? file.readThrough(this.#delimiter) : undefined) ?? (yield* this.#process.read(this.#fd, 1));
  }
}

function joined(parts: readonly Uint8Array[]): Uint8Array {
  return parts.length === 1 ? parts[0]! : Buffer.concat(parts);
}

/** How lines are read: characters by the locale, and no more of the input than a line. */
export interface LineManner {
  readonly decoder?: (bytes: Uint8Array) => string;
  readonly sparing?: boolean;
}

/** Reads a descriptor line by line as strings. */
export class TextLines {
  readonly #blocks: Blocks;
  readonly #delimiter: string;
  readonly #decoder: (bytes: Uint8Array) => string;
  #lines: readonly string[] = [];
  #at = 0;
  #open = false;
  /** Whether the last line returned ended with the delimiter. */
  terminated = true;

  constructor(process: Process, fd: number, output?: Output, delimiter = '\n', { decoder = decode, sparing = false }: LineManner = {}) {
    this.#blocks = new Blocks(process, fd, output, delimiter.charCodeAt(0), sparing);
    this.#delimiter = delimiter;
    this.#decoder = decoder;
  }

  /** How many bytes were read behind the last line returned. */
  get unreadBytes(): number {
    const unread = this.#lines.slice(this.#at).join(this.#delimiter);
    const lastEnd = this.#open || this.#at >= this.#lines.length ? 0 : 1;
    return byteLength(unread) + lastEnd + this.#blocks.unreadBytes;
  }

  /** The next line without its delimiter; undefined at the end. */
  *next(): Task<string | undefined> {
    if (this.#at < this.#lines.length) return this.take();
    const block = yield* this.#blocks.next();
    if (block === undefined) return undefined;
    const lines = this.#decoder(block).split(this.#delimiter);
    this.#open = lines.at(-1) !== '';
    if (!this.#open) lines.pop();
    this.#lines = lines;
    this.#at = 0;
    return this.take();
  }

  /** The next line if it is already here: lets tight loops run without a generator per line. */
  take(): string | undefined {
    if (this.#at >= this.#lines.length) return undefined;
    this.terminated = !this.#open || this.#at < this.#lines.length - 1;
    return this.#lines[this.#at++];
  }
}

/** The lines of a text; `terminated` tells whether the last one ended with the delimiter. */
export function splitLines(text: string, delimiter = '\n'): { lines: string[]; terminated: boolean } {
  if (text === '') return { lines: [], terminated: true };
  const lines = splitText(text, delimiter);
  const terminated = lines.at(-1) === '';
  if (terminated) lines.pop();
  return { lines, terminated };
}
