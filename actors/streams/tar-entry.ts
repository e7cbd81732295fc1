// What a tar entry is, apart from its bytes: the shape that the tar reader yields and the tar writer takes.
import { Fault } from '../runtime/fault.js';

/** The kinds of entries. `link` is a hard link to an earlier path of the same archive. */
export type TarType = 'file' | 'link' | 'symlink' | 'char' | 'block' | 'dir' | 'fifo';

/** One entry's metadata. `mode` holds the permission bits (with setuid, setgid and sticky) only, never the type. */
export interface TarEntry {
  /** As written in the archive: may be absolute, start with `./`, or hold `..`; the consumer confines it. */
  readonly path: string;
  readonly type: TarType;
  readonly mode: number;
  readonly uid: number;
  readonly gid: number;
  readonly uname: string;
  readonly gname: string;
  /** Length of the body; 0 for everything but files. */
  readonly sizeBytes: number;
  /** Nanoseconds since 1970; may be negative. */
  readonly mtimeNs: bigint;
  /** Target of `link` and `symlink`, else ''. */
  readonly linkPath: string;
  readonly devMajor: number;
  readonly devMinor: number;
  /** Extended attributes, raw bytes as the archive holds them (`SCHILY.xattr.*`). */
  readonly xattrs: Readonly<Record<string, Uint8Array>>;
}

export const TAR_BLOCK_BYTES = 512;

/** No extended attributes; shared because nearly every entry has none. */
export const NO_XATTRS: Readonly<Record<string, Uint8Array>> = Object.freeze({});

/** An entry with the customary defaults (root-owned, mode 0755 for directories and 0644 otherwise, time zero). */
export function tarEntry(path: string, fields: Partial<TarEntry> = {}): TarEntry {
  const type = fields.type ?? 'file';
  return {
    path, type,
    mode: type === 'dir' ? 0o755 : type === 'symlink' ? 0o777 : 0o644,
    uid: 0, gid: 0, uname: '', gname: '', sizeBytes: 0, mtimeNs: 0n, linkPath: '', devMajor: 0, devMinor: 0, xattrs: NO_XATTRS,
    ...fields,
  };
}

/** Go's words for a header that is none; Docker clients see exactly these. */
export function invalidHeader(reason: string): Fault {
  return new Fault('invalid', 'archive/tar: invalid tar header', { reason });
}

/** Bytes of zeros that follow a body of this size, up to the next block. */
export function paddingBytes(sizeBytes: number): number {
  const over = sizeBytes % TAR_BLOCK_BYTES;
  return over === 0 ? 0 : TAR_BLOCK_BYTES - over;
}
