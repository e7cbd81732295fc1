// The child processes of a Node program: made by the machine's own fork and exec, and told of when they end.
import { isCapable, maySignal, withIds } from '../../kernel/credentials.js';
import { Errno } from '../../kernel/errno.js';
import { O_RDWR, type OpenFile } from '../../kernel/open-file.js';
import { openPipe } from '../../kernel/pipe.js';
import type { Process } from '../../kernel/process.js';
import { openSocketPair, type SocketEnd } from '../../kernel/socket-pair.js';
import { anyOf, type Task, timer, type Wait } from '../../kernel/wait.js';
import { execute, execFailureCode, findProgram } from '../../commands/common/exec.js';
import { encode } from '../../kernel/text.js';
import type { Answered } from './file-calls.js';
import type { NodeRequest } from './wire.js';

/** One standard stream of a child as Node asks for it; `fd` is one of the parent's. */
interface StdioWish {
  readonly type: 'pipe' | 'duplex' | 'ignore' | 'inherit';
  readonly fd?: number;
}

interface SpawnWish {
  readonly file: string;
  readonly args: readonly string[];
  readonly cwd?: string;
  readonly env?: readonly string[];
  readonly stdio: readonly StdioWish[];
  readonly detached?: boolean;
  readonly uid?: number;
  readonly gid?: number;
}

interface SpawnSyncWish extends SpawnWish {
  /** Length of the input on descriptor 0 in the frame's bytes; undefined for none. */
  readonly input?: boolean;
  readonly timeoutMs: number;
  /** Bytes of each stream, after which nothing more is waited for: what was read by then is all given. 0 = no limit. */
  readonly maxBuffer: number;
  readonly killSignal: number;
}

/** Told of each ended child: exitCode or the signal's number. */
export type Ended = (pid: number, exitCode: number, signal: number) => void;

export class ChildCalls {
  readonly #process: Process;
  readonly #children = new Map<number, Process>();
  readonly #ended: Ended;

  constructor(process: Process, ended: Ended) {
    this.#process = process;
    this.#ended = ended;
  }

  /** undefined: no such request here. Throws Errno. */
  *answer(request: NodeRequest): Task<Answered | undefined> {
    switch (request.op) {
      case 'spawn':
        return { value: this.#spawn(request.wish as SpawnWish) };
      case 'spawnSync':
        return yield* this.#spawnSync(request.wish as SpawnSyncWish, request.bytes);
      case 'kill':
        return { value: this.#kill(request.pid as number, request.signal as number) };
      default:
        return undefined;
    }
  }

  /** Reaps what ended and tells of it. */
  collect(): void {
    for (const [pid, child] of this.#children) {
      if (child.status === undefined) continue;
      this.#children.delete(pid);
      this.#process.kernel.reap(child);
      this.#ended(pid, 'exitCode' in child.status ? child.status.exitCode : 0, 'signal' in child.status ? child.status.signal : 0);
    }
  }

  /** The child's pid, and the parent's descriptor for each stream that is a pipe. */
  #spawn(wish: SpawnWish): { pid: number; fds: (number | null)[] } {
    const { ends, child } = this.#start(wish);
    this.#children.set(child.pid, child);
    const fds = ends.map((end) => (end ? this.#process.descriptors.add(end, { closeOnExec: true }) : null));
    return { pid: child.pid, fds };
  }

  #start(wish: SpawnWish): { ends: (OpenFile | undefined)[]; child: Process } {
    const parent = this.#process;
    const env = wish.env ? new Map(wish.env.map((pair) => [pair.slice(0, pair.indexOf('=')), pair.slice(pair.indexOf('=') + 1)] as const)) : parent.env;
    // As libuv: the child's PATH decides, and a program that is not there is the parent's error.
    if (wish.cwd !== undefined && parent.files.stat(wish.cwd).type !== 'directory') throw new Errno('ENOTDIR');
    if (!wish.file.includes('/')) findProgram(parent, wish.file, env.get('PATH'));
    else if (wish.cwd === undefined || wish.file.startsWith('/')) parent.files.access(wish.file, 1);
    const ends: (OpenFile | undefined)[] = [];
    const given: OpenFile[] = [];
    wish.stdio.forEach((stream, at) => {
      const [mine, theirs] = this.#stream(stream, at);
      ends.push(mine);
      given.push(theirs.retain());
    });
    const child = parent.fork(function* (self) {
      self.descriptors.closeAll();
      given.forEach((file, at) => self.descriptors.put(at, file));
      for (const file of given.splice(0)) file.release();
      self.onSignal(13, 'default');
      self.onSignal(10, 'default');
      if (wish.detached === true) self.setSession();
      try {
        if (wish.cwd !== undefined) self.files.chdir(wish.cwd);
        if (wish.uid !== undefined || wish.gid !== undefined) takeIdentity(self, wish.uid, wish.gid);
        return execute(self, [wish.file, ...wish.args.slice(1)], env);
      } catch (error) {
        if (!(error instanceof Errno)) throw error;
        yield* self.write(2, encode(`${wish.file}: ${error.message}\n`));
        return execFailureCode(error);
      }
    });
    return { ends, child };
  }

  /** [the parent's end, the child's end]. */
  #stream(stream: StdioWish, at: number): [OpenFile | undefined, OpenFile] {
    if (stream.type === 'inherit') return [undefined, this.#process.descriptors.get(stream.fd!)];
    if (stream.type === 'ignore') return [undefined, this.#process.files.openFile('/dev/null', O_RDWR)];
    if (stream.type === 'duplex' || at > 2) return openSocketPair();
    const [reader, writer] = openPipe();
    return at === 0 ? [writer, reader] : [reader, writer];
  }

  *#spawnSync(wish: SpawnSyncWish, input: Buffer): Task<Answered> {
    const { ends, child } = this.#start(wish);
    const held = ends.map((end) => end?.retain());
    const outputs: Uint8Array[][] = ends.map(() => []);
    let rest: Uint8Array = wish.input === true ? new Uint8Array(input) : new Uint8Array(0);
    const until = wish.timeoutMs > 0 ? performance.now() + wish.timeoutMs : Infinity;
    let failure: 'ETIMEDOUT' | 'ENOBUFS' | undefined;
    const letGo = (at: number): void => {
      held[at]?.release();
      held[at] = undefined;
    };
    try {
      for (;;) {
        const waits: Wait[] = [];
        rest = feed(held[0], rest, waits);
        if (rest.length === 0) letGo(0);
        for (let at = 1; at < held.length; at++) {
          const over = drain(held[at], outputs[at]!, waits);
          if (over) letGo(at);
          if (wish.maxBuffer > 0 && failure === undefined && total(outputs[at]!) > wish.maxBuffer) {
            failure = 'ENOBUFS';
            child.deliver(wish.killSignal);
          }
        }
        if (child.status !== undefined && held.slice(1).every((end) => end === undefined)) break;
        const left = until - performance.now();
        if (left <= 0 && failure === undefined) {
          failure = 'ETIMEDOUT';
          child.deliver(wish.killSignal);
        }
        if (failure !== undefined && child.status !== undefined) break;
        if (child.status === undefined) waits.push(this.#process.childChanged);
        yield* this.#process.block(anyOf(left > 0 && left !== Infinity ? [...waits, timer(left)] : waits));
      }
    } finally {
      for (let at = 0; at < held.length; at++) letGo(at);
    }
    this.#process.kernel.reap(child);
    const { status } = child;
    const joined = outputs.map((parts) => Buffer.concat(parts));
    const value = {
      pid: child.pid, exitCode: status && 'exitCode' in status ? status.exitCode : null, signal: status && 'signal' in status ? status.signal : null,
      sizes: ends.map((end, at) => (end && at > 0 ? joined[at]!.length : null)), failure: failure ?? null,
    };
    return { value, bytes: Buffer.concat(joined) };
  }

  #kill(pid: number, signal: number): null {
    const { kernel, credentials } = this.#process;
    const targets = pid > 0 ? [kernel.processes.get(pid)] : kernel.group(pid === 0 ? this.#process.processGroup : -pid);
    const found = targets.filter((target) => target !== undefined && (target.status === undefined || this.#children.has(pid)));
    if (found.length === 0) throw new Errno('ESRCH');
    const allowed = found.filter((target) => maySignal(credentials, target!.credentials));
    if (allowed.length === 0) throw new Errno('EPERM');
    for (const target of allowed) target!.deliver(signal);
    return null;
  }
}

function takeIdentity(process: Process, uid: number | undefined, gid: number | undefined): void {
  const { credentials } = process;
  // As libuv does it: the groups go first, where they may.
  const groups = uid !== undefined && isCapable(credentials, 'SETGID') ? { groups: [gid ?? credentials.gid] } : {};
  process.credentials = withIds(credentials, { ...(uid === undefined ? {} : { uid }), ...(gid === undefined ? {} : { gid }), ...groups });
}

function total(parts: readonly Uint8Array[]): number {
  return parts.reduce((sum, part) => sum + part.length, 0);
}

/** Writes what fits; what is left comes back, nothing when the reader is gone. */
function feed(end: OpenFile | undefined, bytes: Uint8Array, waits: Wait[]): Uint8Array {
  if (!end) return new Uint8Array(0);
  let rest = bytes;
  try {
    while (rest.length > 0) {
      const count = end.write(rest);
      if (count === undefined) {
        waits.push(end.writable);
        return rest;
      }
      rest = rest.subarray(count);
    }
  } catch (error) {
    if (!(error instanceof Errno && error.code === 'EPIPE')) throw error;
  }
  return new Uint8Array(0);
}

/** Reads what is there; true at the end. */
function drain(end: OpenFile | undefined, parts: Uint8Array[], waits: Wait[]): boolean {
  if (!end) return true;
  for (;;) {
    const bytes = end.read(1 << 20);
    if (bytes === undefined) {
      waits.push(end.readable);
      return false;
    }
    if (bytes.length === 0) return true;
    parts.push(bytes);
  }
}

/** A socket's SHUT_WR, where it is one. */
export function shutdown(file: OpenFile): boolean {
  const isSocket = 'shutdown' in file;
  if (isSocket) (file as SocketEnd).shutdown();
  return isSocket;
}
