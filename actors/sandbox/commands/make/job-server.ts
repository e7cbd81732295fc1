// How many recipes may run at once: a number of our own, or a pipe with a byte for each job that makes above and below share.
import type { OpenFile } from '../../kernel/open-file.js';
import type { Process } from '../../kernel/process.js';
import { encode } from '../../kernel/text.js';
import { anyOf, type Task } from '../../kernel/wait.js';

const TOKEN = encode('+');

export class JobServer {
  readonly #process: Process;
  readonly #slots: number;
  readonly #pipe: { reader: number; writer: number } | undefined;
  /** Bytes taken out; one job needs none. */
  #taken = 0;

  private constructor(process: Process, slots: number, pipe?: { reader: number; writer: number }) {
    this.#process = process;
    this.#slots = slots;
    this.#pipe = pipe;
  }

  /** For ourselves: one at a time, or as many as there are. */
  static alone(process: Process, slots: 1 | typeof Infinity): JobServer {
    return new JobServer(process, slots);
  }

  /** A pipe that holds a byte for each job but the one that every make has. */
  static *open(process: Process, slots: number): Task<JobServer> {
    const [reader, writer] = process.pipe();
    for (let left = slots - 1; left > 0; left -= 4096) yield* process.write(writer, encode('+'.repeat(Math.min(left, 4096))));
    return new JobServer(process, Infinity, { reader, writer });
  }

  /** The pipe of a make above; undefined where it was not handed down to us. */
  static join(process: Process, text: string): JobServer | undefined {
    const [reader, writer] = text.split(',').map(Number);
    if (reader === undefined || writer === undefined || !(process.descriptors.find(reader)?.readsAllowed ?? false) || !(process.descriptors.find(writer)?.writesAllowed ?? false)) return undefined;
    return new JobServer(process, Infinity, { reader, writer });
  }

  /** As in MAKEFLAGS. */
  get name(): string | undefined {
    return this.#pipe === undefined ? undefined : `${this.#pipe.reader},${this.#pipe.writer}`;
  }

  get isParallel(): boolean {
    return this.#slots > 1;
  }

  /** Whether only an end of one of our own jobs makes room. */
  get hasLimit(): boolean {
    return this.#pipe === undefined;
  }

  get #tokens(): OpenFile {
    return this.#process.descriptors.get(this.#pipe!.reader);
  }

  /** Whether one more may run beside so many. */
  take(running: number): boolean {
    if (this.#pipe === undefined) return running < this.#slots;
    if (running <= this.#taken) return true;
    if (this.#tokens.read(1)?.length !== 1) return false;
    this.#taken++;
    return true;
  }

  /** Until there may be a byte, or a child has ended. */
  *awaitToken(process: Process): Task {
    yield* process.block(anyOf([this.#tokens.readable, process.childChanged]));
  }

  /** A job has ended, so many are left. The pipe has room: it had held what is put back. */
  give(running: number): void {
    while (this.#pipe !== undefined && this.#taken > Math.max(running - 1, 0)) {
      this.#process.descriptors.get(this.#pipe.writer).write(TOKEN);
      this.#taken--;
    }
  }

  /** Only makes below get to see the pipe. */
  arrange(child: Process, isMake: boolean): void {
    if (this.#pipe === undefined) return;
    for (const fd of [this.#pipe.reader, this.#pipe.writer]) child.descriptors.setCloseOnExec(fd, !isMake);
  }
}
