// The root file system of a container: an image's layers, read where they lie, under the container's own persistent changes.
import path from 'node:path';
import type { LayerPaths } from '../../images/layer-index.js';
import { Errno } from '../kernel/errno.js';
import type { Creation } from '../kernel/inode.js';
import { ContentFiles } from './content-files.js';
import { FRAME_HEADER_BYTES, Journal } from './journal.js';
import { type InodeRecord, RecordWriter } from './journal-record.js';
import { type LowerNode, LowerTree, lowerType } from './lower.js';
import { type ContentStore, OverlayContent } from './overlay-content.js';
import { Quota } from './quota.js';
import { type Content, TreeFileSystem, TreeInode } from './tree-inode.js';

/** Pending changes are appended by themselves after this many inodes, and after this long. */
const PENDING_MAX = 4096;
const IDLE_MS = 500;

export interface OverlayOptions {
  /** Top layer last. */
  layers: readonly LayerPaths[];
  /** The container's own directory on the host; made when first needed. Only one overlay may have it open. */
  directory: string;
  readOnly?: boolean;
  /** Bytes the container may add; 0 or absent = no limit. */
  sizeBytes?: number;
  inodesMax?: number;
}

/** An inode that may come from a layer. Its number, and so its identity, stays when it is changed. */
export class OverlayInode extends TreeInode {
  readonly lower: LowerNode | undefined;
  /** Set for inodes that the journal speaks of. */
  readonly record: Pick<InodeRecord, 'content' | 'sizeBytes' | 'chargedBytes'> | undefined;

  constructor(overlay: Overlay, ino: number, creation: Creation, lower: LowerNode | undefined, record?: InodeRecord) {
    super(overlay, ino, creation);
    this.lower = lower;
    this.record = record;
    if (record) {
      this.nlink = record.nlink;
      this.atimeMs = record.atimeMs;
      this.mtimeMs = record.mtimeMs;
      this.ctimeMs = record.ctimeMs;
      this.extended = record.extended && new Map(record.extended);
    } else if (lower) {
      const { entry, layer } = lower;
      this.nlink = entry.type === 'dir' ? 1 : layer.namesOf(entry).length;
      this.atimeMs = this.mtimeMs = this.ctimeMs = Number(entry.mtimeNs / 1000n) / 1000;
      const names = Object.keys(entry.xattrs);
      if (names.length > 0) this.extended = new Map(names.map((name) => [name, entry.xattrs[name]!]));
    }
  }
}

/**
 * Crash-only: content is in the host's page cache when a write returns; names and metadata are in memory until `flush`, which is
 * called before any acknowledgement leaves the machine. SIGKILL at any instant leaves the state of the last flush, with contents of
 * larger files possibly newer.
 */
export class Overlay extends TreeFileSystem {
  readonly type = 'overlay';
  readonly root: OverlayInode;
  readonly lower: LowerTree;
  readonly journal: Journal;
  readonly #store: ContentStore;
  readonly #loaded = new Map<number, OverlayInode>();
  readonly #dirty = new Set<OverlayInode>();
  readonly #dirtyNames = new Map<OverlayInode, Set<string>>();
  #nextIno: number;
  #timer: NodeJS.Timeout | undefined;

  constructor(options: OverlayOptions) {
    super(new Quota(options.sizeBytes, options.inodesMax), options.readOnly);
    this.lower = new LowerTree(options.layers);
    const { inoEnd } = this.lower;
    this.journal = new Journal(path.join(options.directory, 'journal'), { layers: options.layers.length, inoEnd });
    const files = new ContentFiles(path.join(options.directory, 'content'));
    files.sweep((ino) => this.journal.hasFile(ino));
    this.#store = { files, journal: this.journal, quota: this.quota, contentBytes: this.journal.contentBytes, doomed: new Set() };
    this.quota.usedBytes = this.journal.chargedBytes;
    this.quota.inodes = this.lower.fileCount + this.journal.inodeCount;
    this.#nextIno = Math.max(inoEnd, this.journal.inoMax + 1);
    this.root = this.#load(1) ?? new OverlayInode(this, 1, { type: 'directory', mode: 0o755, uid: 0, gid: 0 }, undefined);
    this.root.nlink = 1;
    this.#loaded.set(1, this.root);
  }

  /** Bytes of the files that the container made or changed (docker ps --size). */
  get contentBytes(): number {
    return this.#store.contentBytes;
  }

  newInode(creation: Creation): OverlayInode {
    this.quota.takeInode();
    const inode = new OverlayInode(this, this.#nextIno++, creation, undefined);
    this.#loaded.set(inode.ino, inode);
    return inode;
  }

  newContent(inode: TreeInode): Content {
    const { lower, record } = inode as OverlayInode;
    if (!record) return new OverlayContent(this.#store, inode.ino, lower, lower ? 'layer' : 'inline', lower?.entry.sizeBytes ?? 0, 0);
    let { sizeBytes } = record;
    if (record.content === 'file') {
      // Contents may be newer than the last flush: the host file is what there is.
      sizeBytes = this.#store.files.sizeBytes(inode.ino);
      this.#store.contentBytes += sizeBytes - record.sizeBytes;
    }
    return new OverlayContent(this.#store, inode.ino, lower, record.content, sizeBytes, record.chargedBytes);
  }

  load(directory: TreeInode): Map<string, TreeInode> {
    const { ino, lower } = directory as OverlayInode;
    const children = new Map<string, TreeInode>();
    const changed = this.journal.entriesOf(ino);
    if (lower) {
      for (const [name, node] of this.lower.children(lower)) {
        if (changed?.has(name) !== true) children.set(name, this.#loaded.get(node.ino) ?? this.#fromLower(node));
      }
    }
    for (const [name, child] of changed ?? []) {
      if (child === 0) continue;
      const inode = this.#load(child);
      if (!inode) throw new Errno('EIO');
      children.set(name, inode);
    }
    return children;
  }

  override loadOne(directory: TreeInode, name: string): TreeInode | undefined {
    const { ino, lower } = directory as OverlayInode;
    const changed = this.journal.entriesOf(ino)?.get(name);
    if (changed === undefined) {
      const node = lower && this.lower.child(lower, name);
      return node && (this.#loaded.get(node.ino) ?? this.#fromLower(node));
    }
    if (changed === 0) return undefined;
    const inode = this.#load(changed);
    if (!inode) throw new Errno('EIO');
    return inode;
  }

  #load(ino: number): OverlayInode | undefined {
    const loaded = this.#loaded.get(ino);
    if (loaded) return loaded;
    if (ino < this.lower.inoEnd) {
      const node = this.lower.byIno(ino);
      if (node) return this.#fromLower(node);
    }
    const record = this.journal.read(ino);
    return record && this.#keep(new OverlayInode(this, ino, record, undefined, record));
  }

  #fromLower(node: LowerNode): OverlayInode {
    const record = this.journal.read(node.ino);
    if (record) return this.#keep(new OverlayInode(this, node.ino, record, node, record));
    const { mode, uid, gid, linkPath, devMajor, devMinor } = node.entry;
    const type = lowerType(node.entry);
    const creation = { type, mode, uid, gid, target: type === 'symlink' ? linkPath : '', rdevMajor: devMajor, rdevMinor: devMinor };
    return this.#keep(new OverlayInode(this, node.ino, creation, node));
  }

  #keep(inode: OverlayInode): OverlayInode {
    this.#loaded.set(inode.ino, inode);
    return inode;
  }

  // --- changes ----------------------------------------------------------------------------------------------------------------

  override beforeChange(): void {
    super.beforeChange();
    if (this.#dirty.size >= PENDING_MAX) this.flush();
  }

  override changed(inode: TreeInode): void {
    if (this.#dirty.size === 0) {
      this.#timer ??= setTimeout(() => this.#flushIdle(), IDLE_MS).unref();
    }
    this.#dirty.add(inode as OverlayInode);
  }

  override entryChanged(directory: TreeInode, name: string): void {
    const names = this.#dirtyNames.get(directory as OverlayInode);
    if (names) names.add(name);
    else this.#dirtyNames.set(directory as OverlayInode, new Set([name]));
  }

  override gone(inode: TreeInode): void {
    this.#loaded.delete(inode.ino);
  }

  #flushIdle(): void {
    this.#timer = undefined;
    try {
      this.flush();
    } catch (error) {
      // The changes stay pending, and the next explicit flush says what is wrong to somebody who can tell the client.
      if (!(error instanceof Errno)) throw error;
      this.#timer = setTimeout(() => this.#flushIdle(), IDLE_MS * 10).unref();
    }
  }

  /** Appends what changed since the last time. `durable` also survives a power failure, for what is open or was written. */
  override flush(options: { durable?: boolean } = {}): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    if (this.#dirty.size > 0 || this.#dirtyNames.size > 0) this.#append();
    for (const ino of this.#store.doomed) this.#store.files.remove(ino);
    this.#store.doomed.clear();
    if (options.durable !== true) return;
    this.#store.files.sync();
    this.journal.sync();
  }

  #append(): void {
    const writer = new RecordWriter(FRAME_HEADER_BYTES);
    for (const [directory, names] of this.#dirtyNames) {
      if (directory.nlink > 0) for (const name of names) this.#writeEntry(writer, directory, name);
    }
    for (const inode of this.#dirty) {
      if (inode.nlink > 0) writer.inode(...this.#recordOf(inode));
      else if (this.journal.knows(inode.ino)) writer.gone(inode.ino);
    }
    this.journal.append(writer.bytes);
    for (const inode of this.#dirty) if (inode.nlink > 0) (inode.loadedContent as OverlayContent | undefined)?.forgetInline();
    this.#dirty.clear();
    this.#dirtyNames.clear();
  }

  #writeEntry(writer: RecordWriter, directory: OverlayInode, name: string): void {
    const ino = directory.children.get(name)?.ino ?? 0;
    const lower = directory.lower && this.lower.child(directory.lower, name);
    if (ino !== (lower?.ino ?? 0)) writer.entry(directory.ino, name, ino);
    else if (this.journal.entriesOf(directory.ino)?.has(name) === true) writer.entry(directory.ino, name, undefined);
  }

  #recordOf(inode: OverlayInode): [InodeRecord, Uint8Array | undefined] {
    const content = inode.type === 'file' ? (inode.content as OverlayContent) : undefined;
    const { ino, type, mode, uid, gid, nlink, rdevMajor, rdevMinor, atimeMs, mtimeMs, ctimeMs, target, extended } = inode;
    return [{
      ino, type, mode, uid, gid, nlink, rdevMajor, rdevMinor, atimeMs, mtimeMs, ctimeMs, target, extended,
      content: content?.kind ?? 'layer', sizeBytes: content?.sizeBytes ?? 0, chargedBytes: content?.chargedBytes ?? 0,
    }, content?.inlineBytes];
  }

  /** The changes so far are flushed; afterwards the overlay is of no use. */
  override dispose(): void {
    this.flush();
    this.#store.files.dispose();
    this.journal.dispose();
  }
}

