// tmpfs(5): a file system in memory with a size limit, for --tmpfs, /dev/shm, /run.
import type { Creation } from '../kernel/inode.js';
import { MemoryContent } from './memory-content.js';
import { Quota } from './quota.js';
import { type Content, TreeFileSystem, TreeInode } from './tree-inode.js';

export interface TmpfsOptions {
  /** Bytes; 0 or absent = no limit. */
  sizeBytes?: number;
  inodesMax?: number;
  /** Permission bits of the root; 0o1777 where absent, as mount -t tmpfs does. */
  mode?: number;
  uid?: number;
  gid?: number;
  /** What /proc/mounts shows; tmpfs where absent. */
  type?: string;
}

/** Gone with the thread: nothing of it is ever on a disk. */
export class Tmpfs extends TreeFileSystem {
  readonly type: string;
  readonly root: TreeInode;
  /** What was asked for when it was mounted, as /proc/mounts shows it. */
  readonly mountData: readonly string[];
  /** Counts what was changed: whether anything would be lost with it. */
  changes = 0;
  #nextIno = 1;

  constructor(options: TmpfsOptions = {}) {
    super(new Quota(options.sizeBytes, options.inodesMax));
    this.type = options.type ?? 'tmpfs';
    this.root = this.newInode({ type: 'directory', mode: options.mode ?? 0o1777, uid: options.uid ?? 0, gid: options.gid ?? 0 });
    this.root.nlink = 1;
    const { sizeBytes = 0, mode = 0o1777, uid = 0, gid = 0 } = options;
    this.mountData = [
      ...(sizeBytes > 0 ? [`size=${Math.ceil(sizeBytes / 1024)}k`] : []), ...(mode === 0o1777 ? [] : [`mode=${mode.toString(8)}`]),
      ...(uid === 0 ? [] : [`uid=${uid}`]), ...(gid === 0 ? [] : [`gid=${gid}`]),
    ];
  }

  override beforeChange(): void {
    super.beforeChange();
    this.changes++;
  }

  newInode(creation: Creation): TreeInode {
    this.quota.takeInode();
    return new TreeInode(this, this.#nextIno++, creation);
  }

  newContent(): Content {
    return new MemoryContent(this.quota);
  }

  load(): Map<string, TreeInode> {
    return new Map();
  }
}
