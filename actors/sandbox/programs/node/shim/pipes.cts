// Node's stream handles over descriptors of the machine: the same handle object, its system calls replaced.
import { internalBinding } from './internals.cjs';
import { begin, cancel, errnoOf, Hold, tryCall } from './wire.cjs';

const { streamBaseState, kReadBytesOrError, kArrayBufferOffset, kBytesWritten, kLastWriteWasAsync } = internalBinding('stream_wrap');
const END_OF_FILE = -4095;
const CHUNK_BYTES = 65536;

/** How a handle's descriptor is known to whoever passes it on to a child. */
export const machineFd = Symbol('descriptor of the machine');

/** As much as a connection takes before whoever writes has to wait, and what each write costs beside its bytes. */
const SENT_MAX_BYTES = 65536, WRITE_BYTES = 64;

export interface Endpoint {
  readonly address: string;
  readonly port: number;
}

/** What came over a channel with a message: a descriptor of this program's now. */
export interface PassedFile {
  readonly fd: number;
  readonly isListener: boolean;
  /** Of TCP; there is none of a socket with a path. */
  readonly local?: Endpoint;
  readonly peer?: Endpoint;
}

/** Makes the library's handle of a file that was passed; each kind of socket knows its own. */
const makers: ((file: PassedFile) => unknown)[] = [];

export function makesHandles(maker: (file: PassedFile) => unknown): void {
  makers.push(maker);
}

/** Hands bytes, an end or a failure to whoever reads a handle, as the native side of a stream does. */
function deliver(handle: any, size: number, data?: ArrayBuffer): void {
  streamBaseState[kReadBytesOrError] = size;
  streamBaseState[kArrayBufferOffset] = 0;
  handle.onread(data);
}

/** Makes the handle of a stream to a child that could not be started: at its end, and nobody reads. */
export function endHandle(handle: any): void {
  const { close } = handle;
  let isClosed = false;
  Object.assign(handle, {
    readStart: () => {
      setImmediate(() => !isClosed && deliver(handle, END_OF_FILE));
      return 0;
    },
    readStop: () => 0,
    shutdown: () => 1,
    writeBuffer: () => errnoOf('EPIPE'),
    writeUtf8String: () => errnoOf('EPIPE'),
    close: (done?: () => void) => {
      isClosed = true;
      return close.call(handle, done);
    },
  });
}

/**
 * Makes `handle` (a Pipe or TCP of Node's library) read, write and end on descriptor `fd` of the machine, which is an end of a pipe,
 * a socket, or a connection: a socket that takes what is written while there is room, and whose failures come later.
 */
export function connectHandle(handle: any, fd: number, end: 'reader' | 'writer' | 'socket' | 'connection'): void {
  const hold = new Hold();
  let isReferenced = true;
  let reading: number | undefined;
  let isReading = false;
  let isClosed = false;
  const refresh = (): void => hold.set(isReferenced && isReading && !isClosed);
  const read = (): void => {
    if (reading !== undefined || !isReading || isClosed) return;
    // Only a channel between programs has a place for handles.
    const takesFiles = 'pendingHandle' in handle;
    reading = begin({ op: 'read', fd, size: CHUNK_BYTES, takesFiles }, (errno, bytes, passed?: PassedFile) => {
      reading = undefined;
      if (isClosed) return;
      if (passed) handle.pendingHandle = makers.map((make) => make(passed)).find((made) => made !== undefined);
      if (errno !== undefined) deliver(handle, errnoOf(errno));
      else if (bytes.length === 0) {
        isReading = false;
        refresh();
        deliver(handle, END_OF_FILE);
      } else {
        count.bytesRead += bytes.length;
        deliver(handle, bytes.length, new Uint8Array(bytes).buffer);
      }
      read();
    });
  };
  const count = { bytesRead: 0, bytesWritten: 0 };
  let sentBytes = 0;
  let failure: string | undefined;
  const write = (request: any, bytes: Uint8Array): number => {
    if (failure !== undefined) return errnoOf(failure);
    const cost = bytes.length + WRITE_BYTES;
    const isTaken = end === 'connection' && sentBytes + cost <= SENT_MAX_BYTES;
    const writing = new Hold();
    writing.set(true);
    sentBytes += cost;
    count.bytesWritten += bytes.length;
    streamBaseState[kBytesWritten] = bytes.length;
    streamBaseState[kLastWriteWasAsync] = isTaken ? 0 : 1;
    begin({ op: 'write', fd }, (errno) => {
      writing.set(false);
      sentBytes -= cost;
      if (isTaken) failure = errno;
      else request.oncomplete(errno === undefined ? 0 : errnoOf(errno), handle, undefined);
    }, bytes);
    return 0;
  };
  /** Passes another handle's descriptor on, ahead of the message that names it; one of the host's own sockets cannot be. */
  const send = (sent: any): number => {
    if (sent === undefined || sent === null) return 0;
    if (sent[machineFd] === undefined) return errnoOf('ENOTSUP');
    const answer = tryCall({ op: 'passFile', fd, passed: sent[machineFd] });
    return 'errno' in answer ? errnoOf(answer.errno) : 0;
  };
  const { close } = handle;
  const closeFd = (): void => {
    if (isClosed) return;
    isClosed = true;
    if (reading !== undefined) cancel(reading);
    refresh();
    tryCall({ op: 'close', fd });
  };
  const calls = {
    [machineFd]: fd,
    readStart: () => {
      isReading = true;
      refresh();
      read();
      return 0;
    },
    readStop: () => {
      isReading = false;
      refresh();
      return 0;
    },
    writeBuffer: (request: any, bytes: Uint8Array, sent?: any) => send(sent) || write(request, bytes),
    writeUtf8String: (request: any, text: string, sent?: any) => send(sent) || write(request, Buffer.from(text, 'utf8')),
    writeLatin1String: (request: any, text: string) => write(request, Buffer.from(text, 'latin1')),
    writeAsciiString: (request: any, text: string) => write(request, Buffer.from(text, 'latin1')),
    writeUcs2String: (request: any, text: string) => write(request, Buffer.from(text, 'utf16le')),
    writev: (request: any, chunks: any[], allBuffers: boolean) => {
      const parts: Uint8Array[] = [];
      if (allBuffers) parts.push(...chunks);
      else for (let i = 0; i < chunks.length; i += 2) parts.push(typeof chunks[i] === 'string' ? Buffer.from(chunks[i], chunks[i + 1]) : chunks[i]);
      return write(request, Buffer.concat(parts));
    },
    shutdown: (request: any) => {
      // There is nothing to end where nothing is written: 1 says that it is done.
      if (end === 'reader') return 1;
      isClosed ||= end === 'writer';
      const ending = new Hold();
      ending.set(true);
      begin({ op: 'shutdown', fd }, () => {
        ending.set(false);
        request.oncomplete(0);
      });
      return 0;
    },
    close: (done?: () => void) => {
      closeFd();
      return close.call(handle, done);
    },
    ref: () => {
      isReferenced = true;
      refresh();
    },
    unref: () => {
      isReferenced = false;
      refresh();
    },
    hasRef: () => isReferenced,
    setBlocking: () => 0,
  };
  for (const name of Reflect.ownKeys(calls)) Object.defineProperty(handle, name, { value: (calls as any)[name], configurable: true, writable: true });
  Object.defineProperty(handle, 'fd', { value: fd, configurable: true });
  for (const name of ['bytesRead', 'bytesWritten'] as const) Object.defineProperty(handle, name, { get: () => count[name], configurable: true });
}
