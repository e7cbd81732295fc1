// Which added files are deleted ones under another name: by content, alike to a percentage (https://git-scm.com/docs/gitdiffcore).
import { bytesOf, type FileChange, type Files, GITLINK, type Side } from './sides.js';
import type { Repository } from './repository.js';

/** Where more pairs than this would have to be compared, only identical files are found. */
const PAIRS_MAX = 1000 * 1000;
const CHUNK_BYTES = 64;

/** What counts as a rename where nobody says otherwise. */
export const USUAL_RENAMES = { likeness: 50, copies: false } as const;

/** How many bytes a content has of each line, or of each 64 bytes of a longer one. */
function chunks(bytes: Buffer): Map<string, number> {
  const counts = new Map<string, number>();
  for (let at = 0; at < bytes.length;) {
    const line = bytes.indexOf(10, at);
    const end = Math.min(line < 0 ? bytes.length : line + 1, at + CHUNK_BYTES);
    const key = bytes.toString('latin1', at, end);
    counts.set(key, (counts.get(key) ?? 0) + end - at);
    at = end;
  }
  return counts;
}

/** What of the larger one is in both, in percent. */
function likeness(a: Buffer, b: Buffer): number {
  const largest = Math.max(a.length, b.length);
  if (largest === 0) return 100;
  const there = chunks(b);
  let shared = 0;
  for (const [key, count] of chunks(a)) shared += Math.min(count, there.get(key) ?? 0);
  return Math.floor((shared * 100) / largest);
}

function isFile(side: Side | undefined): side is Side {
  return side !== undefined && side.mode !== GITLINK;
}

/** The changes with additions turned into renames, and deletions that they came from taken out. */
export async function withRenames(repository: Repository, changes: readonly FileChange[], { likeness: least, copies }: { likeness: number; copies: boolean }, all: Files): Promise<FileChange[]> {
  const added = changes.filter(({ status, after }) => status === 'A' && isFile(after));
  const gone = changes.filter(({ status, before }) => status === 'D' && isFile(before));
  const sources = [...gone, ...(copies ? changes.filter(({ status, before }) => status === 'M' && isFile(before)) : [])];
  if (added.length === 0 || sources.length === 0) return [...changes];
  const found = new Map<FileChange, FileChange>();
  const taken = new Set<FileChange>();
  const take = (target: FileChange, source: FileChange, percent: number): void => {
    const isCopy = source.status !== 'D' || taken.has(source);
    taken.add(source);
    found.set(target, { ...target, status: isCopy ? 'C' : 'R', from: source.path, before: all.get(source.path) ?? source.before, likeness: percent });
  };
  const baseName = (path: string): string => path.slice(path.lastIndexOf('/') + 1);
  for (const target of added) {
    const same = sources.filter((source) => source.before!.oid === target.after!.oid && (copies || !taken.has(source)));
    const best = same.find((source) => baseName(source.path) === baseName(target.path)) ?? same[0];
    if (best) take(target, best, 100);
  }
  const open = added.filter((target) => !found.has(target));
  const left = sources.filter((source) => copies || !taken.has(source));
  if (least < 100 && open.length * left.length <= PAIRS_MAX) {
    const pairs: { target: FileChange; source: FileChange; percent: number; sameName: boolean }[] = [];
    for (const target of open) {
      const bytes = await bytesOf(repository, target.after);
      for (const source of left) {
        if ((source.before!.mode & 0o170000) !== (target.after!.mode & 0o170000)) continue;
        const old = await bytesOf(repository, source.before);
        if (bytes.length === 0 || old.length === 0 || Math.min(bytes.length, old.length) * 100 < Math.max(bytes.length, old.length) * least) continue;
        const percent = likeness(old, bytes);
        if (percent >= least) pairs.push({ target, source, percent, sameName: baseName(source.path) === baseName(target.path) });
      }
    }
    for (const { target, source, percent } of pairs.sort((a, b) => b.percent - a.percent || Number(b.sameName) - Number(a.sameName))) {
      if (!found.has(target) && (copies || !taken.has(source))) take(target, source, percent);
    }
  }
  return changes.filter((change) => !(change.status === 'D' && taken.has(change))).map((change) => found.get(change) ?? change);
}
