// A process that a client started, with the client's ends of its streams.
import type { DescriptorTable } from './kernel/descriptors.js';
import { HostInput, HostOutput } from './kernel/host-stream.js';
import type { Kernel } from './kernel/kernel.js';
import type { OpenFile } from './kernel/open-file.js';
import type { Process } from './kernel/process.js';
import { Terminal } from './kernel/tty.js';
import { OutputBatch } from './output-batch.js';
import { type FromMachine, WINDOW_BYTES } from './protocol.js';

export type Post = (message: FromMachine, transfer?: readonly ArrayBuffer[]) => void;

export class Session {
  readonly handle: number;
  process!: Process;
  readonly input: HostInput | undefined;
  readonly terminal: Terminal | undefined;
  /** Standard output and standard error, where there is no terminal. */
  readonly outputs: readonly HostOutput[];
  #inFlightBytes = 0;
  #ended = false;
  readonly #post: Post;
  readonly #batch: OutputBatch;

  /** `handle` is the client's name for it. */
  constructor(kernel: Kernel, handle: number, streams: { tty: boolean; stdin: boolean }, post: Post) {
    this.handle = handle;
    this.#post = post;
    this.#batch = new OutputBatch((stream, bytes) => post({ type: 'output', handle, stream, bytes }, [bytes.buffer as ArrayBuffer]));
    if (streams.tty) this.terminal = new Terminal(kernel, (bytes) => this.#emit(1, bytes));
    else if (streams.stdin) this.input = new HostInput((sizeBytes) => sizeBytes > 0 && post({ type: 'input-taken', handle, sizeBytes }));
    this.outputs = streams.tty ? [] : [1, 2].map((stream) => new HostOutput((bytes) => this.#emit(stream as 1 | 2, bytes)));
  }

  /** Standard input, output and error of a process; `nothing` is read where the client sends nothing. */
  connect(descriptors: DescriptorTable, nothing: () => OpenFile): void {
    if (this.terminal) {
      for (const fd of [0, 1, 2]) descriptors.put(fd, this.terminal.open());
      return;
    }
    descriptors.put(0, this.input ?? nothing());
    this.outputs.forEach((output, i) => descriptors.put(i + 1, output));
  }

  #emit(stream: 1 | 2, bytes: Uint8Array): boolean {
    this.#batch.add(stream, bytes);
    if (this.#ended) return true;
    this.#inFlightBytes += bytes.length;
    return this.#inFlightBytes < WINDOW_BYTES;
  }

  /** The client sent something. */
  receive(bytes: Uint8Array): void {
    if (this.terminal) {
      this.terminal.input(bytes);
      this.#post({ type: 'input-taken', handle: this.handle, sizeBytes: bytes.length });
    } else {
      this.input?.push(bytes);
    }
  }

  /** The client took output; true when the processes may go on writing. */
  taken(sizeBytes: number): boolean {
    this.#inFlightBytes -= sizeBytes;
    if (this.#inFlightBytes >= WINDOW_BYTES / 2) return false;
    this.terminal?.resumeOutput();
    for (const output of this.outputs) output.resume();
    return true;
  }

  /** The process is gone; what it left behind may still write. */
  end(): void {
    this.#ended = true;
    this.terminal?.hangUp();
    this.#batch.flush();
  }

  /** Nothing is under way in either direction. */
  get isQuiet(): boolean {
    return this.#inFlightBytes === 0 && this.input?.holdsBytes !== true && this.terminal?.isQuiet !== false;
  }
}
