// WASI programs: WebAssembly modules that run in a thread of their own, every system call served by their process.
import { createHash } from 'node:crypto';
import { Worker } from 'node:worker_threads';
import { imports } from '../../import-gate.js';
import { Errno } from '../../kernel/errno.js';
import type { ForeignWork } from '../../kernel/foreign-work.js';
import type { Process } from '../../kernel/process.js';
import type { ProgramKind } from '../../kernel/program.js';
import { SIGABRT, SIGKILL } from '../../kernel/signals.js';
import { encode } from '../../kernel/text.js';
import { settle, type Task, WaitQueue } from '../../kernel/wait.js';
import { WasiCalls } from './calls.js';
import { limitGrowth } from './memory-limit.js';
import { createShared, type FromProgram, memoryOf, PAGE_BYTES, type RunProgram, type WasiAnswer, writeAnswer } from './channel.js';

const MAGIC = [0x00, 0x61, 0x73, 0x6d];
const ENTRY = new URL('./program-worker.js', import.meta.url);
const MODULES_MAX = 16;
const modules = new Map<string, WebAssembly.Module>();

/** A thread that runs one program after another; ended, not reused, when its program was killed. */
class ProgramThread implements ForeignWork {
  readonly #worker = new Worker(ENTRY, { stdout: false, stderr: false });
  readonly arrived = new WaitQueue();
  readonly messages: Exclude<FromProgram, { type: 'ready' }>[] = [];
  /** Its code is imported, or it has ended before that. */
  readonly #up: Promise<void>;
  #shared: SharedArrayBuffer | undefined;
  #ranMs = 0;
  /** Since when it runs; undefined while it waits for an answer, or for a program. */
  #runsSinceMs: number | undefined;

  constructor() {
    let isUp = (): void => undefined;
    this.#up = imports.pass(() => new Promise((resolve) => (isUp = resolve)));
    this.#worker.on('message', (message: FromProgram) => {
      isUp();
      this.#push(message);
    });
    this.#worker.on('exit', () => isUp());
    this.#worker.on('error', (error: Error) => this.#push({ type: 'trap', message: error.message }));
    this.#worker.unref();
  }

  #push(message: FromProgram): void {
    // A program that was given to the thread before that was up begins only now.
    if (message.type === 'ready') {
      if (this.#runsSinceMs !== undefined) this.#runsSinceMs = performance.now();
      return;
    }
    this.#ranMs = this.cpuMs();
    this.#runsSinceMs = undefined;
    this.messages.push(message);
    this.arrived.wake();
  }

  run(program: RunProgram): void {
    this.#shared = program.shared;
    this.#ranMs = 0;
    this.#runsSinceMs = performance.now();
    this.#worker.postMessage(program);
  }

  answer(answer: WasiAnswer, bytes?: Uint8Array): void {
    this.#runsSinceMs = performance.now();
    writeAnswer(this.#shared!, answer, bytes);
  }

  /** Whatever it does between two calls is computing. */
  cpuMs(): number {
    return this.#ranMs + (this.#runsSinceMs === undefined ? 0 : performance.now() - this.#runsSinceMs);
  }

  memoryBytes(): number {
    return this.#shared ? memoryOf(this.#shared) : 0;
  }

  /** A thread cannot be stopped from outside; it waits at its next call. */
  hold(): void {
    return;
  }

  end(): void {
    void this.#up.then(() => this.#worker.terminate());
  }
}

/** One thread is kept for the next program: starting one costs more than most programs run. */
let spare: ProgramThread | undefined;

function* compile(process: Process, path: string): Task<WebAssembly.Module> {
  const bytes = process.files.readFile(path);
  const pagesMax = Math.floor(process.kernel.budget.memoryMaxBytes / PAGE_BYTES);
  const key = `${createHash('sha256').update(bytes).digest('hex')} ${pagesMax}`;
  let module = modules.get(key);
  if (!module) {
    const limited = pagesMax > 0 ? yield* limitGrowth(bytes, pagesMax) : bytes;
    module = yield* settle(WebAssembly.compile(new Uint8Array(limited)));
    if (modules.size >= MODULES_MAX) modules.delete(modules.keys().next().value!);
    modules.set(key, module);
  }
  return module;
}

function* refuse(process: Process, path: string, why: string): Task<number> {
  yield* process.write(2, encode(`${path}: cannot execute: ${why}\n`));
  return 126;
}

function* execute(process: Process, path: string, argv: readonly string[]): Task<number> {
  let module: WebAssembly.Module;
  try {
    module = yield* compile(process, path);
  } catch (error) {
    if (error instanceof Errno) throw error;
    return yield* refuse(process, path, error instanceof Error ? error.message : String(error));
  }
  const thread = spare ?? new ProgramThread();
  spare = undefined;
  const shared = createShared();
  const over = process.kernel.budget.foreign.begin(process, thread);
  let isOver = false;
  try {
    const env = { ...Object.fromEntries(process.env), PWD: process.files.getcwd() };
    thread.run({ module, args: argv, env, shared, memoryMaxBytes: process.kernel.budget.memoryMaxBytes });
    const status = yield* serve(process, thread, path);
    isOver = true;
    return status;
  } finally {
    over();
    // A program that was killed may be anywhere: its thread ends with it.
    if (isOver && spare === undefined) spare = thread;
    else thread.end();
  }
}

/** Answers the program's calls until it ends. */
function* serve(process: Process, thread: ProgramThread, path: string): Task<number> {
  const calls = new WasiCalls(process);
  for (;;) {
    const message = thread.messages.shift();
    if (!message) {
      yield* process.block(thread.arrived);
      continue;
    }
    switch (message.type) {
      case 'call':
        try {
          const { value, bytes } = yield* calls.answer(message.request);
          thread.answer({ value }, bytes);
        } catch (error) {
          if (!(error instanceof Errno)) throw error;
          thread.answer({ errno: error.code });
        }
        break;
      case 'exit':
        return message.exitCode;
      case 'refused':
        return yield* refuse(process, path, message.message);
      case 'trap': {
        yield* process.write(2, encode(`${path}: wasm trap: ${message.message}\n`));
        process.kernel.terminate(process, { signal: SIGABRT });
        return 128 + SIGABRT;
      }
      case 'out-of-memory':
        process.kernel.killForMemory(process);
        return 128 + SIGKILL;
    }
  }
}

/** Claims WebAssembly modules; components (preview 2) are refused with the name of what is missing. */
export function wasiKind(): ProgramKind {
  return {
    name: 'wasi',
    claim({ path, head, argv }) {
      if (!MAGIC.every((byte, i) => head[i] === byte)) return undefined;
      const isComponent = head[6] !== 0;
      return {
        argv,
        main: (process) => (isComponent ? refuse(process, path, 'it is a WebAssembly component (WASI preview 2), this machine runs preview 1 modules (wasm.preview2=false)') : execute(process, path, argv)),
      };
    },
  };
}
