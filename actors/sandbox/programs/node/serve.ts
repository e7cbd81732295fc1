// Serving a confined child of the host's Node: its requests become calls of its process until it ends.
import { Errno } from '../../kernel/errno.js';
import type { Process } from '../../kernel/process.js';
import { anyOf, PREEMPT, type Task, type Wait } from '../../kernel/wait.js';
import { AsyncCalls } from './async-calls.js';
import { ChildCalls } from './child-calls.js';
import { type Answered, FileCalls } from './file-calls.js';
import type { HostNode } from './host-node.js';
import { ProcessCalls } from './process-calls.js';
import type { NodeRequest } from './wire.js';

interface ChildOptions {
  /** The program's own path and options, as it is told. */
  readonly execPath: string;
  readonly execArgv: readonly string[];
  /** What this program may ask beyond Node's library; it is asked first. */
  readonly ownCalls?: { answer(request: NodeRequest): Task<Answered | undefined> };
}

/** Serves a child until it ends; its exit code. Whoever ends the process ends the child. */
export function* runChild(process: Process, host: HostNode, options: ChildOptions): Task<number> {
  const over = process.kernel.budget.foreign.begin(process, host);
  const calls = new Calls(process, host, options);
  try {
    return yield* serve(process, host, calls);
  } finally {
    over();
    calls.later.end();
    host.end();
  }
}

/** All that a program may ask. */
class Calls {
  readonly files: FileCalls;
  readonly children: ChildCalls;
  readonly own: ProcessCalls;
  readonly later: AsyncCalls;
  readonly #host: HostNode;
  readonly #ownCalls: ChildOptions['ownCalls'];

  constructor(process: Process, host: HostNode, options: ChildOptions) {
    this.#host = host;
    this.#ownCalls = options.ownCalls;
    this.files = new FileCalls(process);
    this.children = new ChildCalls(process, (pid, exitCode, signal) => host.tell({ type: 'exit', pid, exitCode, signal }));
    this.own = new ProcessCalls(process, { execPath: options.execPath, execArgv: options.execArgv, network: process.kernel.network, signalled: (signal) => host.tell({ type: 'signal', signal }) });
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
    const special = yield* this.#ownCalls?.answer(request) ?? nothing();
    if (special) return special;
    const own = this.own.answer(request);
    if (own !== undefined) return { value: own };
    const answered = (yield* this.files.answer(request)) ?? (yield* this.children.answer(request));
    if (!answered) throw new Errno('ENOSYS');
    return answered;
  }
}

function* nothing(): Task<undefined> {
  return undefined;
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
