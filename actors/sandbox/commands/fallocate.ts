// fallocate: makes files of a size at once, or takes space out of them (https://man7.org/linux/man-pages/man1/fallocate.1.html).
import { Errno } from '../kernel/errno.js';
import { O_CREAT, O_RDWR } from '../kernel/open-file.js';
import type { Main } from '../kernel/program.js';
import { command, parseOptions, UsageError } from '../programs/stdio.js';

const LONG = { 'collapse-range': 'no', 'dig-holes': 'no', 'insert-range': 'no', 'keep-size': 'no', length: 'required', offset: 'required', 'punch-hole': 'no', posix: 'no', verbose: 'no', 'zero-range': 'no' } as const;
const UNITS = 'KMGTPE';

/** `10M`, `10MiB` and `10MB`, which is a little less. */
function sizeOf(text: string): number | undefined {
  const [, digits, unit, kind] = /^(\d+)(?:([KMGTPE])(iB|B)?)?$/i.exec(text) ?? [];
  if (digits === undefined) return undefined;
  return Number(digits) * (unit === undefined ? 1 : (kind === 'B' ? 1000 : 1024) ** (UNITS.indexOf(unit.toUpperCase()) + 1));
}

export const fallocate: Main = command(function* (process) {
  const options = parseOptions(process.argv, 'cdil:no:pvxz', LONG);
  const [path, ...more] = options.operands;
  if (path === undefined) throw new UsageError('no filename specified');
  if (more.length > 0) throw new UsageError('unexpected number of arguments');
  const read = (text: string | undefined, what: string): number | undefined => {
    if (text === undefined) return undefined;
    const size = sizeOf(text);
    if (size === undefined) throw new UsageError(`invalid ${what} value specified`);
    return size;
  };
  const offset = read(options.value('o', 'offset'), 'offset') ?? 0;
  const length = read(options.value('l', 'length'), 'length');
  // Files here have no holes to dig: what is all zeros takes no space anyway.
  if (options.has('d', 'dig-holes')) return 0;
  if (length === undefined) throw new UsageError('no length argument specified');
  if (length === 0) throw new UsageError('invalid length value specified');
  if (options.has('c', 'collapse-range') || options.has('i', 'insert-range')) throw new UsageError('fallocate failed: Operation not supported');
  try {
    const fd = process.open(path, O_RDWR | O_CREAT, 0o666);
    const { sizeBytes } = process.files.stat(path);
    if (options.has('p', 'punch-hole') || options.has('z', 'zero-range')) {
      const end = Math.min(offset + length, sizeBytes);
      const { inode } = process.descriptors.get(fd);
      for (let at = offset; at < end; at += 65536) inode!.writeAt(at, new Uint8Array(Math.min(65536, end - at)));
    }
    if (offset + length > sizeBytes && !options.has('n', 'keep-size') && !options.has('p', 'punch-hole')) process.files.truncate(path, offset + length);
    process.close(fd);
  } catch (error) {
    if (!(error instanceof Errno)) throw error;
    throw new UsageError(error.code === 'ENOSPC' || error.code === 'EFBIG' ? `fallocate failed: ${error.message}` : `cannot open ${path}: ${error.message}`);
  }
  return 0;
});
