// Standard input, output and error over the machine's descriptors 0, 1 and 2.
import stream from 'node:stream';
import tty from 'node:tty';
import { internal } from './internals.cjs';
import type { Hello } from './identity.cjs';
import { begin, call, Hold, on, post, streamError, systemError, tryCall } from './wire.cjs';

const CHUNK_BYTES = 65536;
const terminalMethods = ['getColorDepth', 'hasColors', 'clearLine', 'clearScreenDown', 'cursorTo', 'moveCursor'] as const;

const FILE_TYPES = 0o170000, FIFO = 0o010000, SOCKET = 0o140000;
const outputs = new Map<number, any>();

/** As Node's guessHandleType: what the descriptor is to the library. */
function outputType(fd: number, isTerminal: boolean): 'tty' | 'pipe' | 'fs' {
  if (isTerminal) return 'tty';
  const answer = tryCall({ op: 'fstat', fd });
  return 'errno' in answer || [FIFO, SOCKET].includes(answer.value[1] & FILE_TYPES) ? 'pipe' : 'fs';
}

/** Written in order and before the program can do anything else that is seen, as Node's are on files, terminals and pipes. */
function output(fd: number, isTerminal: boolean): any {
  const SyncWriteStream = internal('internal/fs/sync_write_stream');
  const written = new SyncWriteStream(fd, { autoClose: false });
  const type = outputType(fd, isTerminal);
  outputs.set(fd, written);
  Object.assign(written, { fd, _isStdio: true, _type: type, destroySoon: written.destroy });
  written._write = (chunk: Buffer, _encoding: string, done: (error?: Error) => void) => {
    const errno = post(fd, chunk);
    // Node's stream over a file throws, the others are told.
    if (errno !== undefined && type === 'fs') throw systemError(errno, { syscall: 'write' });
    done(errno === undefined ? undefined : streamError(errno, 'write'));
  };
  written._destroy = function (error: Error | null, done: (error: Error | null) => void) {
    done(error);
    this._undestroy();
    if (!this._writableState.emitClose) process.nextTick(() => this.emit('close'));
  };
  if (!isTerminal) return written;
  written.isTTY = true;
  const size = (): [number, number] => call({ op: 'windowSize', fd }, { syscall: 'ioctl' }).value ?? [80, 24];
  [written.columns, written.rows] = size();
  written.getWindowSize = () => [written.columns, written.rows];
  written._refreshSize = () => {
    [written.columns, written.rows] = size();
    written.emit('resize');
  };
  for (const name of terminalMethods) written[name] = tty.WriteStream.prototype[name];
  process.on('SIGWINCH', written._refreshSize);
  return written;
}

/** Reads only when the program does, so that what it leaves unread is there for the next one. */
class Input extends stream.Readable {
  readonly fd = 0;
  readonly isTTY?: true;
  isRaw = false;
  readonly #hold = new Hold();
  #pending = false;
  #wanted = true;

  constructor(isTerminal: boolean) {
    super({ highWaterMark: CHUNK_BYTES });
    if (isTerminal) this.isTTY = true;
    // Whoever pauses lets the program end, as with a socket; whoever goes on holds it again.
    this.on('pause', () => process.nextTick(() => this.#hold.set(this.#pending && this.#wanted && this.readableFlowing !== false)));
    this.on('resume', () => this.#hold.set(this.#pending && this.#wanted));
  }

  override _read(size: number): void {
    if (this.#pending) return;
    this.#pending = true;
    this.#hold.set(this.#wanted);
    begin({ op: 'read', fd: 0, size: Math.max(size, CHUNK_BYTES) }, (errno, bytes) => {
      this.#pending = false;
      this.#hold.set(false);
      if (errno === undefined || errno === 'EBADF') this.push(bytes?.length > 0 ? Buffer.from(bytes) : null);
      else this.destroy(systemError(errno, { syscall: 'read' }));
    });
  }

  ref(): this {
    this.#wanted = true;
    this.#hold.set(this.#pending);
    return this;
  }

  unref(): this {
    this.#wanted = false;
    this.#hold.set(false);
    return this;
  }

  setRawMode(raw: boolean): this {
    call({ op: 'rawMode', fd: 0, raw: Boolean(raw) }, { syscall: 'setRawMode' });
    this.isRaw = Boolean(raw);
    return this;
  }
}

/** Replaces process.stdin, stdout and stderr; each is made when first used. */
export function replaceStreams({ terminals }: Hello): void {
  on('failed', ({ fd, errno }) => {
    const written = outputs.get(fd);
    if (written && written._type !== 'fs') written.destroy(streamError(errno, 'write'));
  });
  const lazily = (name: string, make: () => unknown): void => {
    let made: unknown;
    Object.defineProperty(process, name, { configurable: true, enumerable: true, get: () => (made ??= make()) });
  };
  lazily('stdin', () => {
    const input = new Input(terminals.includes(0));
    if (!terminals.includes(0)) (input as { setRawMode?: unknown }).setRawMode = undefined;
    return input;
  });
  lazily('stdout', () => output(1, terminals.includes(1)));
  lazily('stderr', () => output(2, terminals.includes(2)));
}
