// A file on one side of a comparison, and how the two sides of one differ.
import git from 'isomorphic-git';
import type { Repository } from './repository.js';

export const GITLINK = 0o160000, SYMLINK = 0o120000;

/** A file on one side of a comparison. */
export interface Side {
  readonly oid: string;
  readonly mode: number;
  /** Where the object may not be stored yet: the working tree's own bytes. */
  readonly bytes?: Buffer;
}

export type Files = ReadonlyMap<string, Side>;

export interface FileChange {
  /** Added, deleted, modified, its type changed, renamed, copied, in conflict. */
  readonly status: 'A' | 'D' | 'M' | 'T' | 'R' | 'C' | 'U';
  readonly path: string;
  /** The old name, where it was another. */
  readonly from: string;
  readonly before: Side | undefined;
  readonly after: Side | undefined;
  /** How alike a renamed file is, in percent. */
  readonly likeness: number | undefined;
}

/** The content of one side. */
export async function bytesOf({ fs, gitdir }: Repository, side: Side | undefined): Promise<Buffer> {
  if (side === undefined) return Buffer.alloc(0);
  if (side.mode === GITLINK) return Buffer.from(`Subproject commit ${side.oid}\n`);
  return side.bytes ?? Buffer.from((await git.readBlob({ fs, gitdir, oid: side.oid })).blob);
}

/** As git sorts names: by their bytes. */
export function byBytes(a: string, b: string): number {
  return Buffer.compare(Buffer.from(a), Buffer.from(b));
}
