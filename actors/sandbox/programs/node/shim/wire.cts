// The child's end of the wire: blocking calls to the machine, and events from it. Loaded before the program, as are all files here.
import net from 'node:net';
import util from 'node:util';
import { internalBinding } from './internals.cjs';

const REQUESTS_FD = 3, ANSWERS_FD = 4, EVENTS_FD = 5;
const HEADER_BYTES = 8;
// Taken before the file calls are replaced.
const { writeBuffer, read } = internalBinding('fs');
const { alloc, allocUnsafe, byteLength, concat } = Buffer;
const { parse, stringify } = JSON;
/** Past every exit handler: there is nothing left that they could reach. */
const exitNow: (exitCode: number) => never = (process as any).reallyExit.bind(process);

export interface Answer {
  readonly value: any;
  readonly bytes: Buffer;
}

/** Fields that tell which call on which paths failed, as Node's errors carry them. */
export interface Subject {
  readonly syscall: string;
  readonly path?: string | undefined;
  readonly dest?: string | undefined;
}

const errors = new Map([...util.getSystemErrorMap()].map(([errno, [code, text]]) => [code, { errno, text }]));

/** libuv's number for an error's name. */
export function errnoOf(code: string): number {
  return errors.get(code)?.errno ?? errors.get('EIO')!.errno;
}

/** An error as Node's own file calls throw it (https://nodejs.org/api/errors.html#class-systemerror). */
export function systemError(code: string, { syscall, path, dest }: Subject): Error {
  const subject = `${path === undefined ? '' : ` '${path}'`}${dest === undefined ? '' : ` -> '${dest}'`}`;
  const error = new Error(`${code}: ${errors.get(code)?.text ?? code}, ${syscall}${subject}`);
  return Object.assign(error, { errno: errnoOf(code), code, syscall }, path === undefined ? {} : { path }, dest === undefined ? {} : { dest });
}

/** An error as a stream of Node's, which is no file, has it. */
export function streamError(code: string, syscall: string): Error {
  return Object.assign(new Error(`${syscall} ${code}`), { errno: errnoOf(code), code, syscall });
}

function send(message: object, bytes: Uint8Array | undefined): void {
  const json = stringify(message);
  const jsonBytes = byteLength(json);
  const frame = allocUnsafe(HEADER_BYTES + jsonBytes + (bytes?.length ?? 0));
  frame.writeUInt32LE(jsonBytes, 0);
  frame.writeUInt32LE(bytes?.length ?? 0, 4);
  frame.write(json, HEADER_BYTES);
  if (bytes) frame.set(bytes, HEADER_BYTES + jsonBytes);
  for (let at = 0; at < frame.length; ) at += retried((failed) => writeBuffer(REQUESTS_FD, frame, at, frame.length - at, null, undefined, failed));
}

function receive(size: number): Buffer {
  const buffer = alloc(size);
  for (let at = 0; at < size; ) {
    const count = retried(() => read(ANSWERS_FD, buffer, at, size - at, -1));
    // The machine is gone, and nothing that is left to do could be seen by anybody.
    if (count === 0) exitNow(137);
    at += count;
  }
  return buffer;
}

/** The binding tells of a failure by a throw or in the object it is given, from version to version. */
function retried(call: (failed: { code?: string }) => number): number {
  for (;;) {
    const failed: { code?: string } = {};
    let count = 0;
    try {
      count = call(failed);
    } catch (error) {
      failed.code = (error as { code?: string }).code ?? 'EIO';
    }
    if (failed.code === undefined) return count;
    if (failed.code !== 'EAGAIN' && failed.code !== 'EINTR') exitNow(137);
  }
}

/** One call, answered. Throws a system error about `subject`; without one, returns `undefined` where the call failed. */
export function call(message: object, subject: Subject, bytes?: Uint8Array): Answer {
  const answer = tryCall(message, bytes);
  if ('errno' in answer) throw systemError(answer.errno, subject);
  return answer;
}

/** One call; the failure's name instead of a throw. */
export function tryCall(message: object, bytes?: Uint8Array): Answer | { errno: string } {
  send(message, bytes);
  const header = receive(HEADER_BYTES);
  const { value, errno } = parse(receive(header.readUInt32LE(0)).toString('utf8'));
  const size = header.readUInt32LE(4);
  const body = size > 0 ? receive(size) : alloc(0);
  return errno === undefined ? { value, bytes: body } : { errno };
}

/** What a post costs beside its bytes. */
const POST_BYTES = 64;
/** As much as a pipe holds may be on its way to the machine. */
const POSTED_MAX_BYTES = 65536;
let postedBytes = 0;

/**
 * A write that is not waited for while little is on its way; the failure's name where it is known. A failure of what is not waited for
 * comes as an event.
 */
export function post(fd: number, bytes: Uint8Array): string | undefined {
  postedBytes += bytes.length + POST_BYTES;
  if (postedBytes <= POSTED_MAX_BYTES) {
    send({ op: 'post', fd }, bytes);
    return undefined;
  }
  postedBytes = 0;
  const answer = tryCall({ op: 'write', fd, position: -1 }, bytes);
  return 'errno' in answer ? answer.errno : undefined;
}

// --- events -------------------------------------------------------------------------------------------------------------------

type Listener = (event: any, bytes: Buffer) => void;
const waiting = new Map<number, Listener>();
const listeners = new Map<string, Listener>();
let nextId = 1;
let holds = 0;
const events = new net.Socket({ fd: EVENTS_FD, readable: true, writable: false });
events.unref();
let rest: Buffer = alloc(0);

events.on('data', (chunk: Buffer) => {
  rest = rest.length > 0 ? concat([rest, chunk]) : chunk;
  if (!dispatching) dispatch();
});

let dispatching = false;

/** One event in each turn of the loop: what a program does after one (ticks, promises) comes before the next. */
function dispatch(): void {
  dispatching = false;
  if (rest.length < HEADER_BYTES) return;
  const jsonEnd = HEADER_BYTES + rest.readUInt32LE(0);
  const end = jsonEnd + rest.readUInt32LE(4);
  if (rest.length < end) return;
  const event = parse(rest.toString('utf8', HEADER_BYTES, jsonEnd));
  const bytes = rest.subarray(jsonEnd, end);
  rest = rest.subarray(end);
  if (rest.length > 0) {
    dispatching = true;
    setImmediate(dispatch);
  }
  if (event.type === 'done') {
    const listener = waiting.get(event.id);
    waiting.delete(event.id);
    listener?.(event, bytes);
  } else {
    listeners.get(event.type)?.(event, bytes);
  }
}

events.on('end', () => exitNow(137));
events.on('error', () => exitNow(137));

/** Hears events of one type ('exit', 'signal'). */
export function on(type: string, listener: Listener): void {
  listeners.set(type, listener);
}

/** Keeps the program running until let go; safe to call twice. */
export class Hold {
  #held = false;

  set(held: boolean): void {
    if (held === this.#held) return;
    this.#held = held;
    holds += held ? 1 : -1;
    if (holds === 1 && held) events.ref();
    if (holds === 0) events.unref();
  }

  get held(): boolean {
    return this.#held;
  }
}

/** Begins something that is told of later; the number cancels it. The caller keeps the program running with a Hold. */
export function begin(message: object, done: (errno: string | undefined, bytes: Buffer, value: any) => void, bytes?: Uint8Array): number {
  const id = nextId++;
  waiting.set(id, (event, data) => done(event.errno, data, event.value));
  send({ ...message, id }, bytes);
  return id;
}

export function cancel(cancelled: number): void {
  waiting.delete(cancelled);
  send({ op: 'cancel', id: nextId++, cancelled }, undefined);
}
