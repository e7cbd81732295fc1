// A process's standard streams as clients see them: any number of viewers, one log, input that waits for the process.
import type { ProcessStreams, RunningProcess } from '../executors/contract.js';
import type { LogSignal } from '../streams/log-reader.js';
import type { LogWriter } from '../streams/log-writer.js';

/** A client that is attached. `output` resolves when it can take more; the process waits for its slowest viewer, as with Docker. */
export interface Viewer {
  output(stream: 1 | 2, bytes: Uint8Array): Promise<void> | undefined;
  /** The process has ended and everything was given to `output`. */
  end(): void;
}

export interface ConsoleLog {
  readonly writer: LogWriter;
  readonly signal: LogSignal;
}

/** Lives from the first attach or start of a run until the end of that run; the next run gets a new one. */
export class Console implements ProcessStreams {
  readonly #viewers = new Set<Viewer>();
  #log: ConsoleLog | undefined;
  #process: RunningProcess | undefined;
  #waiting: (() => void)[] = [];
  #inputEnded = false;
  #size: { rows: number; columns: number } | undefined;
  #over = false;

  /** Everything from now on is logged too. */
  logTo(log: ConsoleLog): void {
    this.#log = log;
  }

  attach(viewer: Viewer): () => void {
    if (this.#over) {
      viewer.end();
      return () => undefined;
    }
    this.#viewers.add(viewer);
    return () => this.#viewers.delete(viewer);
  }

  get viewers(): number {
    return this.#viewers.size;
  }

  output(stream: 1 | 2, bytes: Uint8Array): Promise<void> | undefined {
    // Logged before anybody sees it: a line that a client has seen is never lost.
    this.#log?.writer.append(stream, bytes);
    this.#log?.signal.notify();
    let slow: Promise<void>[] | undefined;
    for (const viewer of this.#viewers) {
      const taken = viewer.output(stream, bytes);
      if (taken) (slow ??= []).push(taken);
    }
    return slow && Promise.all(slow).then(() => undefined);
  }

  /** The process is there: input that waited flows now. */
  connect(process: RunningProcess): void {
    this.#process = process;
    if (this.#size) process.resize(this.#size.rows, this.#size.columns);
    if (this.#inputEnded) process.endInput();
    for (const resume of this.#waiting.splice(0)) resume();
  }

  /** Resolves when more may be sent; before the start that is when the process has started. */
  async input(bytes: Uint8Array): Promise<void> {
    if (!this.#process && !this.#over) await new Promise<void>((resolve) => this.#waiting.push(resolve));
    await this.#process?.input(bytes);
  }

  endInput(): void {
    this.#inputEnded = true;
    this.#process?.endInput();
  }

  resize(rows: number, columns: number): void {
    this.#size = { rows, columns };
    this.#process?.resize(rows, columns);
  }

  /** The run is over, or will never begin. */
  end(): void {
    if (this.#over) return;
    this.#over = true;
    this.#log?.signal.end();
    this.#log?.writer.close();
    for (const viewer of this.#viewers) viewer.end();
    this.#viewers.clear();
    for (const resume of this.#waiting.splice(0)) resume();
  }
}
