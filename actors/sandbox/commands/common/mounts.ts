// The mounts of the machine as df, mount, stat and findmnt see them.
import type { Location, Mount } from '../../kernel/path.js';
import type { Process } from '../../kernel/process.js';

/** The mount a location is on. */
export function mountOf(process: Process, location: Location): Mount {
  const { mounts } = process.kernel.tree;
  for (let at: Location | undefined = location; at; at = at.parent) {
    const { inode } = at;
    const found = mounts.findLast((mount) => mount.root === inode);
    if (found) return found;
  }
  return mounts[0]!;
}

/** The mounts that can be reached: a later one at the same place covers an earlier one. */
export function visibleMounts(process: Process): Mount[] {
  const { mounts } = process.kernel.tree;
  return mounts.filter((mount, i) => mounts.findLastIndex(({ path }) => path === mount.path) === i);
}

export function sourceOf(mount: Mount): string {
  return mount.source ?? mount.fileSystem.type;
}
