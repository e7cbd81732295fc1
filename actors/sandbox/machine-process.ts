// A process of a machine as the main thread holds it: input with back-pressure, output, signals, its end.
import type { MachineLink } from './machine-link.js';
import { SIGKILL } from './kernel/signals.js';
import { owned, WINDOW_BYTES } from './protocol.js';

/** How long a killed process may take to end before its whole thread is ended. */
const KILL_PATIENCE_MS = 40;
/** And where code for it is being imported. */
const IMPORT_PATIENCE_MS = 500;

export interface ClientExit {
  exitCode: number;
  oomKilled: boolean;
}

export type OutputHandler = (stream: 1 | 2, bytes: Uint8Array) => Promise<void> | undefined;

/** What the start of a process came to. */
export class StartFailure extends Error {
  readonly exitCode: number;
  constructor(exitCode: number, message: string) {
    super(message);
    this.exitCode = exitCode;
  }
}

export class MachineProcess {
  pid = 0;
  readonly exit: Promise<ClientExit>;
  readonly handle: number;
  readonly #link: MachineLink;
  readonly #output: OutputHandler;
  #inFlightBytes = 0;
  #resume: (() => void) | undefined;
  #room: Promise<void> | undefined;
  #ended = false;
  #pendingOutput: Promise<void> | undefined;
  settleExit!: (exit: ClientExit) => void;

  constructor(link: MachineLink, handle: number, output: OutputHandler) {
    this.#link = link;
    this.handle = handle;
    this.#output = output;
    this.exit = new Promise((resolve) => {
      this.settleExit = (exit) => {
        this.#ended = true;
        this.#resume?.();
        // The exit is told after the last output has been taken, so that nobody sees an end before its lines.
        void Promise.resolve(this.#pendingOutput).then(() => resolve(exit));
      };
    });
  }

  input(bytes: Uint8Array): Promise<void> | undefined {
    if (this.#ended || bytes.length === 0) return undefined;
    this.#inFlightBytes += bytes.length;
    const mine = owned(bytes);
    this.#link.post({ type: 'input', handle: this.handle, bytes: mine }, [mine.buffer as ArrayBuffer]);
    if (this.#inFlightBytes < WINDOW_BYTES) return undefined;
    return (this.#room ??= new Promise((resolve) => (this.#resume = resolve)));
  }

  inputTaken(sizeBytes: number): void {
    this.#inFlightBytes -= sizeBytes;
    if (this.#inFlightBytes >= WINDOW_BYTES / 2) return;
    this.#resume?.();
    this.#resume = undefined;
    this.#room = undefined;
  }

  endInput(): void {
    this.#link.post({ type: 'input-end', handle: this.handle });
  }

  outputArrived(stream: 1 | 2, bytes: Uint8Array): void {
    const sizeBytes = bytes.length;
    const taken = this.#output(stream, bytes);
    const acknowledge = (): void => this.#link.post({ type: 'output-taken', handle: this.handle, sizeBytes });
    if (taken === undefined) return acknowledge();
    this.#pendingOutput = taken.then(acknowledge);
  }

  signal(signal: number): void {
    if (this.#ended) return;
    this.#link.post({ type: 'signal', handle: this.handle, signal });
    if (signal === SIGKILL) this.#expectEnd();
  }

  /** Kill is certain: a thread that is too busy to hear it is ended. One that imports is not too busy, and will hear it. */
  #expectEnd(): void {
    const giveUpAtMs = performance.now() + IMPORT_PATIENCE_MS;
    const impatience = setInterval(() => {
      if (this.#link.isImporting && performance.now() < giveUpAtMs) return;
      clearInterval(impatience);
      if (!this.#ended) void this.#link.terminate();
    }, KILL_PATIENCE_MS);
    void this.exit.then(() => clearInterval(impatience));
  }

  resize(rows: number, columns: number): void {
    this.#link.post({ type: 'resize', handle: this.handle, rows, columns });
  }

  get ended(): boolean {
    return this.#ended;
  }
}
