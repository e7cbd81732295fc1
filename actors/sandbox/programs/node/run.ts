// Running a Node program: a confined Node process of the host whose every file, process and signal is the machine's.
import { posix } from 'node:path';
import { Errno } from '../../kernel/errno.js';
import type { Process } from '../../kernel/process.js';
import { decode, encode } from '../../kernel/text.js';
import { anyOf, PREEMPT, type Task, type Wait } from '../../kernel/wait.js';
import { AsyncCalls } from './async-calls.js';
import { ChildCalls } from './child-calls.js';
import { commandLine } from './confinement.js';
import { FileCalls } from './file-calls.js';
import { HostNode } from './host-node.js';
import { readCommandLine, RefusedOption } from './options.js';
import { ProcessCalls } from './process-calls.js';
import type { NodeRequest } from './wire.js';

/** Node's own exit code for a bad command line. */
const INVALID_ARGUMENT = 9;

export function* runNode(process: Process, path: string, argv: readonly string[]): Task<number> {
  let args: string[];
  let execArgv: readonly string[];
  try {
    ({ args, execArgv } = argumentsFor(process, argv.slice(1)));
  } catch (error) {
    if (!(error instanceof RefusedOption)) throw error;
    yield* process.write(2, encode(`${argv[0]}: ${error.message}: this option is not allowed in the embedded machine\n`));
    return INVALID_ARGUMENT;
  }
  const host = new HostNode(commandLine(args, { network: process.kernel.network, memoryMaxBytes: process.kernel.budget.memoryMaxBytes }));
  const over = process.kernel.budget.foreign.begin(process, host);
  const calls = new Calls(process, host, { execPath: executablePath(process, path), execArgv, network: process.kernel.network });
  try {
    return yield* serve(process, host, calls);
  } finally {
    over();
    calls.later.end();
    host.end();
  }
}

/** As /proc/self/exe would say; but our own applets are all links to one file, which by itself is no program. */
function executablePath(process: Process, path: string): string {
  const real = process.files.realpath(path);
  if (/\/node(js)?$/.test(real)) return real;
  const at = path.lastIndexOf('/');
  return posix.join(process.files.realpath(at < 0 ? '.' : path.slice(0, at) || '/'), path.slice(at + 1));
}

/** The program's command line as the child gets it: absolute script, environment files read, NODE_OPTIONS in front; and its own options. */
function argumentsFor(process: Process, words: readonly string[]): { args: string[]; execArgv: readonly string[] } {
  const fromEnvironment = (process.env.get('NODE_OPTIONS') ?? '').split(/\s+/).filter((word) => word !== '');
  const { options: common } = readCommandLine(fromEnvironment);
  const { options, rest, readsStdin, envFiles } = readCommandLine(words);
  for (const file of envFiles) readEnvFile(process, file);
  if (readsStdin) {
    const interactive = process.descriptors.find(0)?.isTerminal === true && rest[0] !== '-' ? ['--interactive'] : [];
    return { args: [...common, ...options, ...interactive, '-', ...rest.slice(rest[0] === '-' ? 1 : 0)], execArgv: options };
  }
  const runsScript = rest.length > 0 && !options.some((option) => /^(-e|--eval|-p|--print|-pe|--test)($|=)/.test(option));
  if (!runsScript) return { args: [...common, ...options, ...(rest.length > 0 ? ['--', ...rest] : [])], execArgv: options };
  const [script, ...args] = rest as [string, ...string[]];
  // The child's own working directory is the host's: what it resolves before the shim is in place must be absolute.
  const isUrl = options.includes('--entry-url');
  return { args: [...common, ...options, script.startsWith('/') || isUrl ? script : `${process.files.getcwd().replace(/\/$/, '')}/${script}`, ...args], execArgv: options };
}

/** NAME=value lines as `node --env-file` reads them; the environment's own values win. */
function readEnvFile(process: Process, file: { path: string; optional: boolean }): void {
  let text: string;
  try {
    text = decode(process.files.readFile(file.path));
  } catch (error) {
    if (!(error instanceof Errno)) throw error;
    if (file.optional) return;
    throw new RefusedOption(`${file.path}: not found`);
  }
  const env = new Map(process.env);
  for (const line of text.split('\n')) {
    const [, name, value] = /^\s*(?:export\s+)?([A-Za-z_]\w*)\s*=\s*(.*?)\s*$/.exec(line) ?? [];
    if (name === undefined || process.env.has(name)) continue;
    const quoted = /^(["'`])([\s\S]*)\1/.exec(value!);
    env.set(name, quoted ? (quoted[1] === '"' ? quoted[2]!.replaceAll('\\n', '\n') : quoted[2]!) : value!.replace(/\s+#.*$/, ''));
  }
  process.env = env;
}

/** All that a program may ask. */
class Calls {
  readonly files: FileCalls;
  readonly children: ChildCalls;
  readonly own: ProcessCalls;
  readonly later: AsyncCalls;
  readonly #host: HostNode;

  constructor(process: Process, host: HostNode, options: { execPath: string; execArgv: readonly string[]; network: boolean }) {
    this.#host = host;
    this.files = new FileCalls(process);
    this.children = new ChildCalls(process, (pid, exitCode, signal) => host.tell({ type: 'exit', pid, exitCode, signal }));
    this.own = new ProcessCalls(process, { ...options, signalled: (signal) => host.tell({ type: 'signal', signal }) });
    this.later = new AsyncCalls(process, host);
  }

  /** A write that nobody waits for: only its failure is told. */
  *post(request: NodeRequest): Task {
    const fd = request.fd as number;
    try {
      yield* this.files.answer({ ...request, op: 'write', position: -1 });
    } catch (error) {
      if (!(error instanceof Errno)) throw error;
      this.#host.tell({ type: 'failed', fd, errno: error.code });
    }
  }

  *answer(request: NodeRequest): Task<{ value: unknown; bytes?: Uint8Array }> {
    const own = this.own.answer(request);
    if (own !== undefined) return { value: own };
    const answered = (yield* this.files.answer(request)) ?? (yield* this.children.answer(request));
    if (!answered) throw new Errno('ENOSYS');
    return answered;
  }
}

/** Answers requests until the child ends; what it asked for asynchronously is carried on in between. */
function* serve(process: Process, host: HostNode, calls: Calls): Task<number> {
  for (;;) {
    for (let request = host.next(); request; request = host.next()) {
      if (request.id !== undefined) {
        calls.later.start(request as NodeRequest & { id: number });
        continue;
      }
      if (request.op === 'post') {
        yield* calls.post(request);
        continue;
      }
      try {
        host.answer(yield* calls.answer(request));
      } catch (error) {
        if (!(error instanceof Errno)) throw error;
        host.answer({ errno: error.code });
      }
    }
    for (let stray = host.stray.shift(); stray; stray = host.stray.shift()) {
      if (process.descriptors.find(stray.fd)) yield* process.write(stray.fd, stray.bytes);
    }
    if (host.status) return end(process, host.status);
    const waits: Wait[] = [...calls.later.proceed(), host.arrived, process.childChanged];
    calls.children.collect();
    // A signal that the program sent to itself is here already: its handler runs when the scheduler comes by.
    if (process.hasPendingSignals) yield PREEMPT;
    else yield* process.block(anyOf(waits));
  }
}

/** A child that was killed takes its process with it. */
function end(process: Process, status: NonNullable<HostNode['status']>): number {
  if ('exitCode' in status) return status.exitCode;
  process.kernel.terminate(process, { signal: status.signal });
  return 128 + status.signal;
}
