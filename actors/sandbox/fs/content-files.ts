// Host files that hold the bytes of a container's larger files, named by inode number, with few descriptors open.
import fs from 'node:fs';
import path from 'node:path';
import { Errno, fromNodeError } from '../kernel/errno.js';
import { ReadAhead } from './read-ahead.js';

const DESCRIPTORS_MAX = 64;

/** Writes go to the host's page cache: they survive the death of this process, though not that of the host. */
export class ContentFiles {
  readonly #directory: string;
  readonly #open = new Map<number, number>();
  readonly #ahead = new ReadAhead();
  #made = false;

  constructor(directory: string) {
    this.#directory = directory;
  }

  #path(ino: number): string {
    return path.join(this.#directory, String(ino));
  }

  #descriptor(ino: number, create: boolean): number {
    const known = this.#open.get(ino);
    if (known !== undefined && !create) {
      // The map's order is the order of use; moving the entry is only worth it when it could fall out soon.
      if (this.#open.size >= DESCRIPTORS_MAX / 2) {
        this.#open.delete(ino);
        this.#open.set(ino, known);
      }
      return known;
    }
    if (known !== undefined) this.#close(ino, known);
    if (create && !this.#made) {
      fs.mkdirSync(this.#directory, { recursive: true, mode: 0o700 });
      this.#made = true;
    }
    const flags = fs.constants.O_RDWR | (create ? fs.constants.O_CREAT | fs.constants.O_TRUNC : 0);
    const fd = fs.openSync(this.#path(ino), flags, 0o600);
    this.#open.set(ino, fd);
    if (this.#open.size > DESCRIPTORS_MAX) {
      const [oldest, oldFd] = this.#open.entries().next().value!;
      this.#close(oldest, oldFd);
    }
    return fd;
  }

  #close(ino: number, fd: number): void {
    this.#open.delete(ino);
    fs.closeSync(fd);
  }

  /** An empty file; what a crash may have left under the number is gone. */
  create(ino: number): void {
    this.#ahead.forget(ino);
    this.#guard(() => this.#descriptor(ino, true));
  }

  sizeBytes(ino: number): number {
    return this.#guard(() => fs.statSync(this.#path(ino)).size);
  }

  read(ino: number, offset: number, lengthBytes: number): Uint8Array {
    return this.#ahead.read(ino, offset, lengthBytes, (from, count) => this.#fetch(ino, from, count));
  }

  #fetch(ino: number, offset: number, lengthBytes: number): Uint8Array {
    const bytes = Buffer.allocUnsafe(lengthBytes);
    const count = this.#guard(() => fs.readSync(this.#descriptor(ino, false), bytes, 0, lengthBytes, offset));
    return count === lengthBytes ? bytes : bytes.subarray(0, count);
  }

  write(ino: number, offset: number, bytes: Uint8Array): void {
    this.#ahead.forget(ino);
    this.#guard(() => {
      const fd = this.#descriptor(ino, false);
      for (let at = 0; at < bytes.length; ) at += fs.writeSync(fd, bytes, at, bytes.length - at, offset + at);
    });
  }

  truncate(ino: number, sizeBytes: number): void {
    this.#ahead.forget(ino);
    this.#guard(() => fs.ftruncateSync(this.#descriptor(ino, false), sizeBytes));
  }

  remove(ino: number): void {
    this.#ahead.forget(ino);
    const fd = this.#open.get(ino);
    if (fd !== undefined) this.#close(ino, fd);
    fs.rmSync(this.#path(ino), { force: true });
  }

  /** Removes what no inode owns: leftovers of a crash. */
  sweep(isOwned: (ino: number) => boolean): void {
    let names: string[];
    try {
      names = fs.readdirSync(this.#directory);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return;
      throw error;
    }
    this.#made = true;
    for (const name of names) if (!isOwned(Number(name))) fs.rmSync(path.join(this.#directory, name), { force: true });
  }

  sync(): void {
    for (const fd of this.#open.values()) fs.fsyncSync(fd);
  }

  dispose(): void {
    for (const [ino, fd] of this.#open) this.#close(ino, fd);
  }

  #guard<T>(call: () => T): T {
    try {
      return call();
    } catch (error) {
      const errno = fromNodeError(error);
      // That a host file is missing is no fact about the container's names.
      throw errno.code === 'ENOENT' ? new Errno('EIO') : errno;
    }
  }
}
