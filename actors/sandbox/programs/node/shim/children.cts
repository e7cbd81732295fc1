// node:child_process over the machine's own fork and exec.
import os from 'node:os';
import child_process from 'node:child_process';
import { internalBinding } from './internals.cjs';
import { connectHandle, endHandle, machineFd } from './pipes.cjs';
import { errnoOf, Hold, on, tryCall } from './wire.cjs';

const signalNames = new Map(Object.entries(os.constants.signals).map(([name, number]) => [number, name]));
const DETACHED: number = internalBinding('process_wrap').constants?.kProcessFlagDetached ?? 0;
const NO_SUCH_PROCESS = errnoOf('ESRCH');

function wishes(stdio: readonly any[]): object[] {
  return stdio.map((stream) => {
    if (stream.type === 'ignore') return { type: 'ignore' };
    if (stream.type === 'pipe' || stream.type === 'overlapped') return { type: stream.ipc ? 'duplex' : 'pipe' };
    const fd = stream.type === 'wrap' ? stream.handle[machineFd] : stream.fd;
    return { type: 'inherit', fd };
  });
}

function wish(options: any): object {
  const { file, args, cwd, envPairs, detached, uid, gid, stdio } = options;
  return { file, args: args ?? [file], ...(cwd ? { cwd: String(cwd) } : {}), ...(envPairs ? { env: envPairs } : {}), detached, uid, gid, stdio: wishes(stdio ?? []) };
}

/** Node 24 gives one by one what older ones give as an object; the first flag means detached. */
function spawnOptions(given: any[]): any {
  if (typeof given[0] !== 'string') return given[0];
  const [file, args, cwd, envPairs, stdio, flags, uid, gid] = given;
  return { file, args, cwd, envPairs, stdio, detached: (flags & DETACHED) !== 0, uid, gid };
}

function replaceSpawn(): void {
  const running = new Map<number, { handle: any; hold: Hold }>();
  const { prototype } = internalBinding('process_wrap').Process;
  prototype.spawn = function (...given: any[]): number {
    const options = spawnOptions(given);
    const answer = tryCall({ op: 'spawn', wish: wish(options) });
    if ('errno' in answer) {
      for (const stream of options.stdio) if (stream.handle && stream.type === 'pipe') endHandle(stream.handle);
      return errnoOf(answer.errno);
    }
    const { pid, fds } = answer.value as { pid: number; fds: (number | null)[] };
    this.pid = pid;
    const hold = new Hold();
    hold.set(true);
    running.set(pid, { handle: this, hold });
    options.stdio.forEach((stream: any, at: number) => fds[at] !== null && stream.handle && connectHandle(stream.handle, fds[at]!, stream.ipc || at > 2 ? 'socket' : at === 0 ? 'writer' : 'reader'));
    return 0;
  };
  prototype.kill = function (signal: number): number {
    if (!running.has(this.pid)) return NO_SUCH_PROCESS;
    const answer = tryCall({ op: 'kill', pid: this.pid, signal });
    return 'errno' in answer ? errnoOf(answer.errno) : 0;
  };
  prototype.ref = function (): void {
    running.get(this.pid)?.hold.set(true);
  };
  prototype.unref = function (): void {
    running.get(this.pid)?.hold.set(false);
  };
  prototype.hasRef = function (): boolean {
    return running.get(this.pid)?.hold.held ?? false;
  };
  on('exit', ({ pid, exitCode, signal }) => {
    const child = running.get(pid);
    // Another thread's.
    if (!child) return;
    const { handle, hold } = child;
    running.delete(pid);
    hold.set(false);
    handle.onexit(exitCode, signal === 0 ? '' : signalNames.get(signal));
  });
}

function replaceSpawnSync(): void {
  internalBinding('spawn_sync').spawn = (options: any) => {
    const input = options.stdio?.[0]?.input as ArrayBufferView | undefined;
    const bytes = input ? new Uint8Array(input.buffer, input.byteOffset, input.byteLength) : undefined;
    const limits = { input: input !== undefined, timeoutMs: options.timeout ?? 0, maxBuffer: Number.isFinite(options.maxBuffer) ? options.maxBuffer : 0, killSignal: options.killSignal || os.constants.signals.SIGTERM };
    const answer = tryCall({ op: 'spawnSync', wish: { ...wish(options), ...limits } }, bytes);
    if ('errno' in answer) return { pid: 0, status: null, signal: null, output: null, error: errnoOf(answer.errno) };
    const { pid, exitCode, signal, sizes, failure } = answer.value;
    let at = 0;
    const output = (sizes as (number | null)[]).map((size) => (size === null ? null : answer.bytes.subarray(at, (at += size))));
    return { pid, status: signal === null ? exitCode : null, signal: signal === null ? null : signalNames.get(signal), output, ...(failure === null ? {} : { error: errnoOf(failure) }) };
  };
}

/** A program that was forked by another Node program talks to it over the descriptor that its environment names. */
export function connectToParent(): void {
  const { NODE_CHANNEL_FD: fd, NODE_CHANNEL_SERIALIZATION_MODE: mode } = process.env;
  if (fd === undefined) return;
  delete process.env.NODE_CHANNEL_FD;
  delete process.env.NODE_CHANNEL_SERIALIZATION_MODE;
  (child_process as unknown as { _forkChild(fd: number, mode: string): void })._forkChild(Number(fd), mode ?? 'json');
  if (process.env.NODE_UNIQUE_ID === undefined) return;
  // Which of its two sides it is, it decides when it is first loaded, by the environment.
  require('node:cluster')._setupWorker();
  delete process.env.NODE_UNIQUE_ID;
}

export function replaceChildren(): void {
  replaceSpawn();
  replaceSpawnSync();
  internalBinding('pipe_wrap').Pipe.prototype.open = function (fd: number): number {
    connectHandle(this, fd, 'socket');
    return 0;
  };
}
