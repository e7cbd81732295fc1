// A process's descriptor table: small numbers that point at open file descriptions.
import { Errno } from './errno.js';
import type { OpenFile } from './open-file.js';

interface Slot {
  file: OpenFile;
  closeOnExec: boolean;
}

/** The default soft limit of open files (RLIMIT_NOFILE). */
export const DESCRIPTORS_MAX = 1024;

export class DescriptorTable {
  readonly #slots: (Slot | undefined)[] = [];
  limit = DESCRIPTORS_MAX;

  /** EBADF when it is not open. */
  get(fd: number): OpenFile {
    const slot = this.#slots[fd];
    if (!slot) throw new Errno('EBADF');
    return slot.file;
  }

  find(fd: number): OpenFile | undefined {
    return this.#slots[fd]?.file;
  }

  /** Puts a file at the lowest free number from `lowest` on. */
  add(file: OpenFile, options: { lowest?: number; closeOnExec?: boolean } = {}): number {
    let fd = options.lowest ?? 0;
    while (this.#slots[fd]) fd++;
    this.put(fd, file, options.closeOnExec);
    return fd;
  }

  /** Puts a file at exactly this number; what was there is closed (dup2). */
  put(fd: number, file: OpenFile, closeOnExec = false): void {
    if (!Number.isInteger(fd) || fd < 0) throw new Errno('EBADF');
    if (fd >= this.limit) throw new Errno('EMFILE');
    file.retain();
    this.#slots[fd]?.file.release();
    this.#slots[fd] = { file, closeOnExec };
  }

  /** Whether there is a free number: open(2) makes no file where it could not be given one. */
  get hasRoom(): boolean {
    for (let fd = 0; fd < this.limit; fd++) if (!this.#slots[fd]) return true;
    return false;
  }

  close(fd: number): void {
    const slot = this.#slots[fd];
    if (!slot) throw new Errno('EBADF');
    this.#slots[fd] = undefined;
    slot.file.release();
  }

  setCloseOnExec(fd: number, value: boolean): void {
    const slot = this.#slots[fd];
    if (!slot) throw new Errno('EBADF');
    slot.closeOnExec = value;
  }

  isCloseOnExec(fd: number): boolean {
    return this.#slots[fd]?.closeOnExec ?? false;
  }

  /** The numbers in use, ascending. */
  numbers(): number[] {
    const numbers: number[] = [];
    this.#slots.forEach((slot, fd) => slot && numbers.push(fd));
    return numbers;
  }

  /** fork(2): the copy shares the open file descriptions. */
  copy(): DescriptorTable {
    const copy = new DescriptorTable();
    copy.limit = this.limit;
    this.#slots.forEach((slot, fd) => {
      if (slot) copy.#slots[fd] = { file: slot.file.retain(), closeOnExec: slot.closeOnExec };
    });
    return copy;
  }

  closeForExec(): void {
    this.#slots.forEach((slot, fd) => slot?.closeOnExec && this.close(fd));
  }

  closeAll(): void {
    this.#slots.forEach((slot, fd) => slot && this.close(fd));
  }
}
