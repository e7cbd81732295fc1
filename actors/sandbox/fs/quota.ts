// How much a file system may hold: bytes and inodes, with ENOSPC beyond.
import { Errno } from '../kernel/errno.js';

/** What Linux's tmpfs and ext4 allocate at least. */
export const PAGE_BYTES = 4096;

/** What a file system without a limit says it has (df shows it). */
const UNLIMITED_BYTES = 2 ** 43;
const INODES_MAX = 8_000_000;

export class Quota {
  /** Infinity where there is no limit. */
  readonly limitBytes: number;
  readonly inodesMax: number;
  usedBytes = 0;
  inodes = 0;

  /** 0 or undefined means no limit of bytes; inodes always have one, as they live in memory. */
  constructor(limitBytes = 0, inodesMax = 0) {
    this.limitBytes = limitBytes > 0 ? limitBytes : Infinity;
    this.inodesMax = inodesMax > 0 ? inodesMax : INODES_MAX;
  }

  get totalBytes(): number {
    return this.limitBytes === Infinity ? UNLIMITED_BYTES : this.limitBytes;
  }

  get freeBytes(): number {
    return Math.max(0, this.totalBytes - this.usedBytes);
  }

  takeInode(): void {
    if (this.inodes >= this.inodesMax) throw new Errno('ENOSPC');
    this.inodes++;
  }

  /** Changes what one file is charged from `before` to `after` bytes, both in whole pages. ENOSPC, and nothing changed, beyond the limit. */
  recharge(before: number, after: number): void {
    const change = pages(after) - pages(before);
    if (change > 0 && this.usedBytes + change > this.limitBytes) throw new Errno('ENOSPC');
    this.usedBytes += change;
  }
}

/** Rounded up to whole pages. */
export function pages(bytes: number): number {
  return Math.ceil(bytes / PAGE_BYTES) * PAGE_BYTES;
}
