// Where a file of the overlay keeps its bytes: in its layer until written to, in the journal while small, in a host file when larger.
import { Errno } from '../kernel/errno.js';
import type { ContentFiles } from './content-files.js';
import type { Journal } from './journal.js';
import type { ContentKind } from './journal-record.js';
import type { LowerNode } from './lower.js';
import { PAGE_BYTES, type Quota } from './quota.js';
import type { Content } from './tree-inode.js';

/** Up to this size a file's bytes go with its metadata: making it costs no host file. */
export const INLINE_MAX_BYTES = 4096;
const COPY_BYTES = 1 << 20;

/** What all files of one overlay share. */
export interface ContentStore {
  readonly files: ContentFiles;
  readonly journal: Journal;
  readonly quota: Quota;
  /** Bytes of all files that the container made or changed. */
  contentBytes: number;
  /** Host files to remove once the journal no longer speaks of them. */
  readonly doomed: Set<number>;
}

export class OverlayContent implements Content {
  sizeBytes: number;
  chargedBytes: number;
  kind: ContentKind;
  readonly #ino: number;
  readonly #store: ContentStore;
  readonly #lower: LowerNode | undefined;
  /** The inline bytes and room to grow; undefined when the journal has them. */
  #bytes: Buffer | undefined;

  constructor(store: ContentStore, ino: number, lower: LowerNode | undefined, kind: ContentKind, sizeBytes: number, chargedBytes: number) {
    this.#store = store;
    this.#ino = ino;
    this.#lower = lower;
    this.kind = kind;
    this.sizeBytes = sizeBytes;
    this.chargedBytes = chargedBytes;
  }

  /** What goes into the journal with the inode. */
  get inlineBytes(): Buffer | undefined {
    return this.kind === 'inline' ? this.#inline(0).subarray(0, this.sizeBytes) : undefined;
  }

  /** The journal has the bytes now; memory need not. */
  forgetInline(): void {
    this.#bytes = undefined;
  }

  #inline(capacityBytes: number): Buffer {
    const old = (this.#bytes ??= this.sizeBytes === 0 ? Buffer.alloc(0) : this.#store.journal.inline(this.#ino));
    if (capacityBytes <= old.length) return old;
    const grown = Buffer.alloc(Math.min(INLINE_MAX_BYTES, Math.max(capacityBytes, old.length * 2)));
    grown.set(old.subarray(0, this.sizeBytes));
    return (this.#bytes = grown);
  }

  readAt(offset: number, lengthBytes: number): Uint8Array {
    if (this.kind === 'layer') return this.#lower!.layer.read(this.#lower!.entry.dataOffset + offset, lengthBytes);
    // Copied, because a later write must not change what a pipe still holds.
    if (this.kind === 'inline') return Buffer.from(this.#inline(0).subarray(offset, offset + lengthBytes));
    return this.#store.files.read(this.#ino, offset, lengthBytes);
  }

  writeAt(offset: number, bytes: Uint8Array): number {
    if (this.kind === 'layer') this.#copyUp(this.sizeBytes);
    const part = this.#charge(offset, bytes);
    const end = offset + part.length;
    if (this.kind === 'inline' && end <= INLINE_MAX_BYTES) {
      const buffer = this.#inline(end);
      buffer.set(part, offset);
    } else {
      if (this.kind === 'inline') this.#spill();
      this.#store.files.write(this.#ino, offset, part);
    }
    this.#resized(Math.max(this.sizeBytes, end));
    return part.length;
  }

  /** As much as the quota lets in. */
  #charge(offset: number, bytes: Uint8Array): Uint8Array {
    const { quota } = this.#store;
    let part = bytes;
    for (;;) {
      const charged = Math.min(Math.max(this.sizeBytes, offset + part.length), this.chargedBytes + part.length);
      try {
        if (charged > this.chargedBytes) quota.recharge(this.chargedBytes, charged);
      } catch (error) {
        const room = Math.floor(quota.freeBytes / PAGE_BYTES) * PAGE_BYTES + ((PAGE_BYTES - (this.chargedBytes % PAGE_BYTES)) % PAGE_BYTES);
        if (!(error instanceof Errno) || room <= 0 || room >= part.length) throw error;
        part = part.subarray(0, room);
        continue;
      }
      this.chargedBytes = Math.max(charged, this.chargedBytes);
      return part;
    }
  }

  #resized(sizeBytes: number): void {
    this.#store.contentBytes += sizeBytes - this.sizeBytes;
    this.sizeBytes = sizeBytes;
  }

  #recharge(chargedBytes: number): void {
    this.#store.quota.recharge(this.chargedBytes, chargedBytes);
    this.chargedBytes = chargedBytes;
  }

  /** The first change of a layer's file: its first `keepBytes` become the container's own. */
  #copyUp(keepBytes: number): void {
    this.#recharge(keepBytes);
    const { layer, entry } = this.#lower!;
    if (keepBytes <= INLINE_MAX_BYTES) {
      this.#bytes = keepBytes === 0 ? Buffer.alloc(0) : Buffer.from(layer.read(entry.dataOffset, keepBytes));
      this.kind = 'inline';
    } else {
      const { files } = this.#store;
      files.create(this.#ino);
      this.#store.doomed.delete(this.#ino);
      // Killed in between, the journal still says "layer" and the file is swept at the next opening.
      for (let at = 0; at < keepBytes; at += COPY_BYTES) {
        files.write(this.#ino, at, layer.read(entry.dataOffset + at, Math.min(COPY_BYTES, keepBytes - at)));
      }
      this.kind = 'file';
    }
    this.#store.contentBytes += keepBytes;
    this.sizeBytes = keepBytes;
  }

  #spill(): void {
    const bytes = this.#inline(0).subarray(0, this.sizeBytes);
    this.#store.files.create(this.#ino);
    this.#store.doomed.delete(this.#ino);
    if (bytes.length > 0) this.#store.files.write(this.#ino, 0, bytes);
    this.#bytes = undefined;
    this.kind = 'file';
  }

  truncate(sizeBytes: number): void {
    if (this.kind === 'layer') this.#copyUp(Math.min(sizeBytes, this.sizeBytes));
    if (sizeBytes === this.sizeBytes) return;
    if (this.kind === 'inline' && sizeBytes > INLINE_MAX_BYTES) this.#spill();
    if (this.kind === 'file') this.#store.files.truncate(this.#ino, sizeBytes);
    else if (sizeBytes < this.sizeBytes) this.#inline(0).fill(0, sizeBytes, this.sizeBytes);
    else this.#inline(sizeBytes);
    if (sizeBytes < this.chargedBytes) this.#recharge(sizeBytes);
    this.#resized(sizeBytes);
  }

  discard(): void {
    if (this.kind === 'layer') return;
    this.#recharge(0);
    this.#resized(0);
    if (this.kind === 'file') this.#store.doomed.add(this.#ino);
    this.#bytes = undefined;
    this.kind = 'inline';
  }
}
