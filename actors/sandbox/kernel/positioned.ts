// pread(2), pwrite(2) and ftruncate(2): what is done at a place of a file, past the descriptor's own.
import { Errno } from './errno.js';
import { withinFileSize } from './limit-checks.js';
import { InodeFile, O_APPEND } from './open-file.js';
import type { Process } from './process.js';
import { SIGXFSZ } from './signals.js';

function fileOf(process: Process, fd: number): InodeFile {
  const file = process.descriptors.get(fd);
  if (!(file instanceof InodeFile)) throw new Errno('ESPIPE');
  return file;
}

/** EBADF, ESPIPE, EISDIR. */
export function pread(process: Process, fd: number, maxBytes: number, offset: number): Uint8Array {
  const file = fileOf(process, fd);
  if (!file.readsAllowed) throw new Errno('EBADF');
  if (file.inode.type === 'directory') throw new Errno('EISDIR');
  return file.inode.readAt(offset, maxBytes);
}

/** The buffer is given away. What is opened to append appends, as Linux has it. EBADF, ESPIPE, EFBIG. */
export function pwrite(process: Process, fd: number, bytes: Uint8Array, offset: number): number {
  const file = fileOf(process, fd);
  if (!file.writesAllowed) throw new Errno('EBADF');
  const place = (file.flags & O_APPEND) === 0 ? offset : file.stat().sizeBytes;
  return file.inode.writeAt(place, withinFileSize(process, file, bytes, place));
}

/** EINVAL where nothing may be written, EFBIG beyond the limit of files. */
export function ftruncate(process: Process, fd: number, sizeBytes: number): void {
  const file = process.descriptors.get(fd);
  if (sizeBytes > process.limits.fsize.soft) {
    process.deliver(SIGXFSZ);
    throw new Errno('EFBIG');
  }
  file.truncate(sizeBytes);
}
