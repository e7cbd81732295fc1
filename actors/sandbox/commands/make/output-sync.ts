// The output of one target, held back until its recipe is through (-O).
import { O_CREAT, O_EXCL, O_RDWR } from '../../kernel/open-file.js';
import type { Process } from '../../kernel/process.js';
import { encode } from '../../kernel/text.js';
import type { Task } from '../../kernel/wait.js';

let nextNumber = 1;

export class OutputHolder {
  readonly #process: Process;
  readonly #fd: number;
  #readTo = 0;

  constructor(process: Process) {
    this.#process = process;
    const path = `${process.env.get('TMPDIR') ?? '/tmp'}/GmOut-${process.pid}-${nextNumber++}`;
    this.#fd = process.descriptors.add(process.files.openFile(path, O_RDWR | O_CREAT | O_EXCL, 0o600), { lowest: 10, closeOnExec: true });
    process.files.unlink(path);
  }

  /** What the child prints goes in here. */
  use(child: Process): void {
    child.dup2(this.#fd, 1);
    child.dup2(this.#fd, 2);
  }

  *print(text: string): Task {
    yield* this.#process.write(this.#fd, encode(text));
  }

  /** Prints what was held back. */
  *release(): Task {
    const file = this.#process.descriptors.get(this.#fd);
    const { inode } = file;
    for (let bytes = inode!.readAt(this.#readTo, 65536); bytes.length > 0; bytes = inode!.readAt(this.#readTo, 65536)) {
      this.#readTo += bytes.length;
      yield* this.#process.write(1, bytes);
    }
    this.#process.close(this.#fd);
  }
}
