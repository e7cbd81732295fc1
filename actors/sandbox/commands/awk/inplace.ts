// gawk -i inplace: while a file is read, what is printed goes to the one that takes its place.
import { O_CREAT, O_EXCL, O_WRONLY } from '../../kernel/open-file.js';
import type { OpenFile } from '../../kernel/open-file.js';
import type { Process } from '../../kernel/process.js';
import type { Task } from '../../kernel/wait.js';
import { directoryName, joinPath } from '../common/paths.js';
import type { Streams } from './streams.js';

export class InPlace {
  readonly #process: Process;
  readonly #streams: Streams;
  /** inplace::suffix: what the old file is kept under. */
  readonly #suffix: string;
  #current: { name: string; temporary: string; standard: OpenFile } | undefined;

  constructor(process: Process, streams: Streams, suffix: string) {
    this.#process = process;
    this.#streams = streams;
    this.#suffix = suffix;
  }

  *begin(name: string): Task {
    const { files, descriptors } = this.#process;
    yield* this.#streams.flushAll();
    if (name === '' || name === '-' || files.stat(name).type !== 'file') return;
    let temporary: string;
    do temporary = joinPath(directoryName(name), `gawk.${Math.random().toString(36).slice(2, 8).padEnd(6, 'x')}`);
    while (files.exists(temporary));
    const fd = this.#process.open(temporary, O_WRONLY | O_CREAT | O_EXCL);
    const { mode, uid, gid } = files.stat(name);
    if (this.#process.credentials.uid === 0) files.chown(temporary, uid, gid);
    files.chmod(temporary, mode);
    this.#current = { name, temporary, standard: descriptors.get(1).retain() };
    this.#process.dup2(fd, 1);
    this.#process.close(fd);
  }

  *end(): Task {
    yield* this.#streams.flushAll();
    const current = this.#current;
    if (current === undefined) return;
    this.#current = undefined;
    this.#process.descriptors.put(1, current.standard);
    current.standard.release();
    if (this.#suffix !== '') this.#process.files.rename(current.name, current.name + this.#suffix);
    this.#process.files.rename(current.temporary, current.name);
  }
}
