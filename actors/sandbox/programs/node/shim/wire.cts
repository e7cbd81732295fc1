// The program's end of the wire: blocking calls to the machine, and events from it. Loaded before the program, as are all files here.
import util from 'node:util';
import { threadId } from 'node:worker_threads';
import { IDS_OF_A_THREAD, link } from './links.cjs';
import { acted } from './shared.cjs';

const { parse, stringify } = JSON;

export interface Message {
  readonly op: string;
  readonly [field: string]: unknown;
}

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

/** One call, answered. Throws a system error about `subject`; without one, returns `undefined` where the call failed. */
export function call(message: Message, subject: Subject, bytes?: Uint8Array): Answer {
  const answer = tryCall(message, bytes);
  if ('errno' in answer) throw systemError(answer.errno, subject);
  return answer;
}

/** Calls that change nothing and wait for nobody. */
const questions = new Set(['kind', 'stat', 'lstat', 'fstat', 'access', 'realpath', 'readlink', 'readdir', 'readRegular']);

/** One call; the failure's name instead of a throw. */
export function tryCall(message: Message, bytes?: Uint8Array): Answer | { errno: string } {
  if (!questions.has(message.op)) acted();
  const answer = link.exchange(stringify(message), bytes);
  const { value, errno } = parse(answer.json);
  return errno === undefined ? { value, bytes: answer.bytes } : { errno };
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
  acted();
  postedBytes += bytes.length + POST_BYTES;
  if (postedBytes <= POSTED_MAX_BYTES) {
    link.send(stringify({ op: 'post', fd }), bytes);
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
let nextId = threadId * IDS_OF_A_THREAD + 1;
let holds = 0;

link.listen((event, bytes) => {
  if (event.type !== 'done') return void listeners.get(event.type)?.(event, bytes);
  const listener = waiting.get(event.id!);
  waiting.delete(event.id!);
  listener?.(event, bytes);
});

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
    if (holds === 1 && held) link.hold(true);
    if (holds === 0) link.hold(false);
  }

  get held(): boolean {
    return this.#held;
  }
}

/** Begins something that is told of later; the number cancels it. The caller keeps the program running with a Hold. */
export function begin(message: Message, done: (errno: string | undefined, bytes: Buffer, value: any) => void, bytes?: Uint8Array): number {
  acted();
  const id = nextId++;
  waiting.set(id, (event, data) => done(event.errno, data, event.value));
  link.send(stringify({ ...message, id }), bytes);
  return id;
}

export function cancel(cancelled: number): void {
  waiting.delete(cancelled);
  link.send(stringify({ op: 'cancel', id: nextId++, cancelled }), undefined);
}
