// Copies a tree between file systems: what an image has at a volume's place becomes the content of the fresh volume.
import type { Inode } from '../kernel/inode.js';

const PIECE_BYTES = 1 << 20;

/** Copies attributes and everything below `from` into `to`, which is an empty directory. Hard links become copies. */
export function copyTree(from: Inode, to: Inode): void {
  for (const { name } of from.entries()) {
    const source = from.lookup(name)!;
    const stat = source.stat();
    const copy = to.create(name, {
      type: stat.type, mode: stat.mode, uid: stat.uid, gid: stat.gid, rdevMajor: stat.rdevMajor, rdevMinor: stat.rdevMinor,
      ...(stat.type === 'symlink' ? { target: source.readlink() } : {}),
    });
    if (stat.type === 'directory') copyTree(source, copy);
    else if (stat.type === 'file') copyContent(source, copy);
    if (stat.type !== 'directory') copy.setAttributes({ atimeMs: stat.atimeMs, mtimeMs: stat.mtimeMs });
  }
  const { mode, uid, gid, atimeMs, mtimeMs } = from.stat();
  to.setAttributes({ mode, uid, gid, atimeMs, mtimeMs });
}

function copyContent(from: Inode, to: Inode): void {
  for (let offset = 0; ; ) {
    const bytes = from.readAt(offset, PIECE_BYTES);
    if (bytes.length === 0) return;
    // Copied: what is read belongs to the file system, what is written is given away.
    offset += to.writeAt(offset, new Uint8Array(bytes));
  }
}
