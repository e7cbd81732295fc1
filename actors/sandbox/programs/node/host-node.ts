// One confined Node process of the host, as the machine holds it: frames in and out, its stray output, its end.
import { spawn, type ChildProcess } from 'node:child_process';
import type { Readable, Writable } from 'node:stream';
import type { ForeignWork } from '../../kernel/foreign-work.js';
import { WaitQueue } from '../../kernel/wait.js';
import { signalNumber } from '../../kernel/signals.js';
import type { WaitStatus } from '../../kernel/process.js';
import { ChildUsage } from './child-usage.js';
import { ANSWERS_FD, EVENTS_FD, FrameReader, type NodeAnswer, type NodeRequest, REQUESTS_FD, writeFrame } from './wire.js';

/** What the child's runtime itself prints (fatal errors, --version), past the program's own streams. */
export interface StrayOutput {
  readonly fd: 1 | 2;
  readonly bytes: Uint8Array;
}

/** The only thing of the host's environment that a child is given: whom its network's operator trusts. */
function hostTrust(): NodeJS.ProcessEnv {
  const { NODE_EXTRA_CA_CERTS: path } = process.env;
  return path === undefined ? {} : { NODE_EXTRA_CA_CERTS: path };
}

export class HostNode implements ForeignWork {
  readonly arrived = new WaitQueue();
  readonly stray: StrayOutput[] = [];
  /** Set once it has ended and everything it wrote is here. */
  status: WaitStatus | undefined;
  readonly #child: ChildProcess;
  readonly #usage: ChildUsage;
  readonly #frames = new FrameReader();

  /** `openFiles` are descriptors of this process that the child is given beside its own, from 6 on. */
  constructor(commandLine: readonly string[], openFiles: readonly number[] = []) {
    const [command, ...args] = commandLine;
    this.#child = spawn(command!, args, { stdio: ['ignore', 'pipe', 'pipe', 'pipe', 'pipe', 'pipe', ...openFiles], env: hostTrust(), cwd: '/' });
    this.#usage = new ChildUsage(this.#child.pid);
    (this.#child.stdio[REQUESTS_FD] as Readable).on('data', (chunk: Buffer) => {
      this.#usage.refresh();
      this.#frames.push(chunk);
      this.arrived.wake();
    });
    for (const fd of [1, 2] as const) {
      (this.#child.stdio[fd] as Readable).on('data', (bytes: Buffer) => {
        this.stray.push({ fd, bytes });
        this.arrived.wake();
      });
    }
    // A child that dies with an answer under way closes its ends: that is its end, which is told below.
    for (const fd of [REQUESTS_FD, ANSWERS_FD, EVENTS_FD]) this.#child.stdio[fd]!.on('error', () => undefined);
    this.#child.on('error', (error) => this.#over({ exitCode: 126 }, `node: ${error.message}\n`));
    this.#child.on('close', (exitCode, signal) => this.#over(signal === null ? { exitCode: exitCode ?? 1 } : { signal: signalNumber(signal) ?? 9 }));
  }

  #over(status: WaitStatus, message?: string): void {
    if (message !== undefined) this.stray.push({ fd: 2, bytes: Buffer.from(message) });
    this.status ??= status;
    this.arrived.wake();
  }

  /** The next request, if one is here. */
  next(): NodeRequest | undefined {
    return this.#frames.next();
  }

  answer(answer: NodeAnswer): void {
    if ('errno' in answer) this.#send(ANSWERS_FD, writeFrame({ errno: answer.errno }));
    else this.#send(ANSWERS_FD, writeFrame({ value: answer.value }, answer.bytes));
  }

  /** Tells the child something it has not just asked for. */
  tell(event: object, bytes?: Uint8Array): void {
    this.#send(EVENTS_FD, writeFrame(event, bytes));
  }

  #send(fd: number, frame: Buffer): void {
    const pipe = this.#child.stdio[fd] as Writable;
    if (!pipe.destroyed) pipe.write(frame);
  }

  cpuMs(): number {
    return this.#usage.cpuMs;
  }

  memoryBytes(): number {
    return this.status ? 0 : this.#usage.memoryBytes;
  }

  hold(held: boolean): void {
    this.#child.kill(held ? 'SIGSTOP' : 'SIGCONT');
  }

  end(): void {
    this.#child.kill('SIGKILL');
  }
}
