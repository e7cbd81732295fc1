// One Python program: the interpreter, then the shim, then the program's own command line, environment and files.
import { createRequire } from 'node:module';
import { BOOTSTRAP } from './bootstrap.mjs';
import { commandLine } from './command-line.mjs';
import { type Exports, type Interpreter, LIBRARY, loadInterpreter } from './interpreter.mjs';
import { ask, Failure, interrupt, onInterruption } from './machine.mjs';
import { Memory } from './memory.mjs';
import { nameTimeZone } from './time-zone.mjs';
import { type Calls, fileCalls, socketCalls } from './system-calls.mjs';

const ABORTED = 134;
/** A program that computes looks for signals no oftener. */
const SIGNALS_AGE_MS = 50;
const exitNow: (exitCode: number) => never = (process as any).reallyExit.bind(process);

/** What the machine says of the program. */
export interface Start {
  readonly argv: readonly string[];
  readonly executable: string;
}

/**
 * Replaces what C calls. Until the program begins, and for the file that holds the standard library, Emscripten's own functions go on
 * serving: its open files have numbers of their own.
 */
class Switch {
  isLive = false;
  readonly #numbers = new Map<string, number>();
  /** Descriptors above all those that the machine gives. */
  readonly #own = 1 << 20;

  replace(imports: Interpreter['imports'], memory: Memory, calls: Calls): void {
    for (const [name, call] of Object.entries(calls)) {
      const isWasi = name.startsWith('fd_');
      const module = imports[isWasi ? 'wasi_snapshot_preview1' : 'env']!;
      const original = module[name];
      if (original === undefined) continue;
      module[name] = (...args: any[]) => {
        if (!this.isLive) return original(...args);
        if (name === '__syscall_openat' && memory.text(args[1]) === LIBRARY) return this.#opened(original(...args));
        if (/_(stat64|lstat64)$/.test(name) && memory.text(args[0]) === LIBRARY) return original(...args);
        if (name === '__syscall_newfstatat' && memory.text(args[1]) === LIBRARY) return original(...args);
        if (typeof args[0] === 'number' && args[0] >= this.#own && /^fd_|_fstat64$|_fcntl64$|_ioctl$/.test(name)) return original(args[0] - this.#own, ...args.slice(1));
        try {
          return call(...args);
        } catch (error) {
          const code = (error as { code?: unknown }).code;
          if (typeof code !== 'string') throw error;
          const number = this.#numbers.get(code) ?? this.#numbers.get('EIO')!;
          return isWasi ? number : -number;
        }
      };
    }
  }

  #opened(fd: number): number {
    return fd < 0 ? fd : fd + this.#own;
  }

  begin(numbers: Record<string, number>): void {
    for (const [name, number] of Object.entries(numbers)) this.#numbers.set(name, number);
    this.isLive = true;
  }
}

/** What Python's own part asks of the machine: JSON in and out. */
function callByText(text: string): string {
  const { op, ...fields } = JSON.parse(text) as { op: string };
  try {
    const { value } = ask(op, fields);
    // A signal to oneself is there before kill(2) is over.
    if (op === 'kill') interrupt();
    return JSON.stringify({ value: value ?? null });
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    return JSON.stringify({ errno: error.code });
  }
}

/** Signals come with the answer to a question: a program that runs hears nothing else. */
function hearSignals({ pyodide, exports }: Interpreter): void {
  let arrived: number[] = [];
  let askedAtMs = performance.now();
  const fetch = (): void => {
    askedAtMs = performance.now();
    arrived.push(...(ask('signals').value as number[]));
  };
  onInterruption(() => {
    fetch();
    for (const signal of arrived) exports.PyErr_SetInterruptEx(signal);
    arrived = [];
  });
  pyodide.setInterruptBuffer({
    get 0(): number {
      if (arrived.length === 0 && performance.now() - askedAtMs > SIGNALS_AGE_MS) fetch();
      return arrived.shift() ?? 0;
    },
    set 0(_taken: number) {
      // Taking it has forgotten it.
    },
  });
}

/** Ends the process with the program's exit code. */
function end(exports: Exports, run: () => number): never {
  let exitCode: number;
  try {
    exitCode = run();
  } catch (error) {
    const { name, status, message } = error as { name?: string; status?: number; message?: string };
    if (name === 'ExitStatus') exitNow(status!);
    ask('write', { fd: 2, position: -1 }, Buffer.from(`Fatal Python error: ${message ?? String(error)}\n`));
    exitNow(ABORTED);
  }
  exports.fflush(0);
  exitNow(exitCode);
}

export async function runProgram(folder: string, snapshot: Uint8Array | undefined): Promise<never> {
  const files = new Switch();
  const interpreter = await loadInterpreter(folder, {
    ...(snapshot ? { snapshot } : {}),
    prepare: (imports, exports) => {
      const memory = new Memory(() => exports().memory);
      files.replace(imports, memory, { ...fileCalls(memory), ...socketCalls() });
    },
  });
  const { pyodide, exports } = interpreter;
  if (!snapshot) pyodide.runPython(BOOTSTRAP);
  createRequire(import.meta.url)('../../node/shim/entry.cjs');
  process.env.TZ ??= 'UTC';
  process.argv.length = 1;
  const start = ask('pythonStart').value as Start;
  files.begin(pyodide.ERRNO_CODES as Record<string, number>);
  pyodide.registerJsModule('_machine_calls', { call: callByText });
  hearSignals(interpreter);
  nameTimeZone(exports, new Memory(() => exports.memory));
  return end(exports, () => commandLine(interpreter, start));
}
