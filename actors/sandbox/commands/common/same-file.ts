// Whether cp, mv or install may put a file where its own other name, or a link to it, is already.
import { Errno } from '../../kernel/errno.js';
import type { Stat } from '../../kernel/inode.js';
import type { Files } from '../../kernel/files.js';
import { baseName, directoryName } from './paths.js';

export interface Replacement {
  source: string;
  target: string;
  moves: boolean;
  /** Makes hard links instead of copies. */
  links: boolean;
  symlinks: boolean;
  /** Takes symlinks as what they point at. */
  follows: boolean;
  removesFirst: boolean;
  backsUp: boolean;
}

/** `done`: nothing is left to do; `same`: it would destroy what is to be copied. */
export type SameFile = 'go' | 'done' | 'same';

export function isSame(a: Stat, b: Stat): boolean {
  return a.ino === b.ino && a.device === b.device;
}

/** The file behind symlinks; undefined where there is none. */
function followed(files: Files, path: string): Stat | undefined {
  try {
    return files.stat(path);
  } catch (error) {
    if (error instanceof Errno) return undefined;
    throw error;
  }
}

/** One and the same directory entry, however it is written. */
function isSameName(files: Files, a: string, b: string): boolean {
  if (baseName(a) !== baseName(b)) return false;
  const [one, other] = [followed(files, directoryName(a)), followed(files, directoryName(b))];
  return one !== undefined && other !== undefined && isSame(one, other);
}

/** Whether a simple backup of the target would take the source's place. */
export function isBackupOf(files: Files, source: string, target: string, suffix: string): boolean {
  if (baseName(source) !== baseName(target) + suffix) return false;
  const [from, backup] = [followed(files, source), followed(files, target + suffix)];
  return from !== undefined && backup !== undefined && isSame(from, backup);
}

/** What GNU's tools answer for a target that exists. */
export function sameFile(files: Files, { source, target, moves, links, symlinks, follows, removesFirst, backsUp }: Replacement): SameFile {
  const [from, to] = [files.lstat(source), files.lstat(target)];
  const [fromIsLink, toIsLink] = [from.type === 'symlink', to.type === 'symlink'];
  const isOneEntry = (): boolean => isSameName(files, source, target);
  const [fromFile, toFile] = [fromIsLink ? followed(files, source) : from, toIsLink ? followed(files, target) : to];
  const meet = fromFile !== undefined && toFile !== undefined && isSame(fromFile, toFile);
  if (links && (follows ? meet : isSame(from, to))) return 'done';
  if (!follows && fromIsLink && toIsLink) {
    if (isOneEntry()) return 'same';
    // Two names of one symlink: renaming would do nothing.
    return !backsUp && isSame(from, to) ? (moves ? 'same' : 'done') : 'go';
  }
  if (follows) {
    if (!meet || (fromIsLink && toIsLink && removesFirst)) return 'go';
  }
  if (backsUp) {
    if (isSame(from, to)) return isOneEntry() ? 'same' : 'go';
    // Once the target is out of the way the source would point nowhere.
    return !moves && follows && fromIsLink && !toIsLink ? 'same' : 'go';
  }
  if (moves || removesFirst) {
    if (toIsLink) return 'go';
    if (isSame(from, to) && to.nlink > 1 && !isOneEntry()) return moves ? 'same' : 'go';
  }
  if (!fromIsLink && !toIsLink && !isSame(from, to)) return 'go';
  if (moves && fromIsLink && to.nlink > 1 && fromFile !== undefined) return isSameName(files, files.realpath(source), target) ? 'same' : 'go';
  if (symlinks && toIsLink) return 'go';
  if (!follows && !meet) return 'go';
  if (!follows && links) return toIsLink ? 'go' : 'done';
  return 'same';
}
