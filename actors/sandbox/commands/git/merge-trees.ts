// Merges two trees that come from a third: files that only one side changed as they are, others line by line.
import { posix } from 'node:path';
import git from 'isomorphic-git';
import { type Change, compareLines } from '../diff/compare.js';
import { exists } from '../common/exists.js';
import { compareFiles, treeFiles } from './changes.js';
import { byBytes, bytesOf, type Files, GITLINK, type Side, SYMLINK } from './sides.js';
import { type IndexEntry, indexEntry, readIndex, statBytes, writeIndex } from './index-file.js';
import { isBinary } from './patch-text.js';
import { pathspec } from './pathspec.js';
import { isFolder, removeTree } from './folders.js';
import { GitFailure, type Repository } from './repository.js';
import { USUAL_RENAMES } from './renames.js';

export interface Conflict {
  readonly path: string;
  readonly kind: 'content' | 'add/add' | 'modify/delete' | 'binary';
  /** Who deleted it, and who kept a change of it. */
  readonly deletedIn?: string;
  readonly keptIn?: string;
  readonly sides: readonly [ancestor: Side | undefined, ours: Side | undefined, theirs: Side | undefined];
}

export interface Merged {
  /** What is in the tree, with a conflict's best guess where there is one. */
  readonly files: Files;
  readonly conflicts: readonly Conflict[];
  /** Files that were merged, by path. */
  readonly automatic?: readonly string[];
  /** Contents of conflicts, with their marks. */
  readonly stored: ReadonlyMap<string, Buffer>;
}

export interface Labels {
  readonly ours: string;
  readonly theirs: string;
}

const MARK_SIZE = 7;

/** Trees or commits; `ancestor` undefined: nothing. What does not collide is stored as objects. */
export async function mergeTrees(repository: Repository, ancestor: string | undefined, ours: string, theirs: string, labels: Labels): Promise<Merged> {
  const all = pathspec(repository, []);
  const [base, left, right] = [await treeFiles(repository, ancestor), await treeFiles(repository, ours), await treeFiles(repository, theirs === '' ? undefined : theirs)];
  const moved = async (side: Files): Promise<Map<string, string>> => new Map((await compareFiles(repository, base, side, all, USUAL_RENAMES)).filter(({ status }) => status === 'R').map(({ from, path }) => [from, path]));
  follow(base, right, await moved(left));
  follow(base, left, await moved(right));
  const files = new Map<string, Side>();
  const conflicts: Conflict[] = [];
  const automatic: string[] = [];
  const stored = new Map<string, Buffer>();
  for (const path of [...new Set([...base.keys(), ...left.keys(), ...right.keys()])].sort(byBytes)) {
    const [a, b, c] = [base.get(path), left.get(path), right.get(path)];
    const same = (x: Side | undefined, y: Side | undefined): boolean => x?.oid === y?.oid && x?.mode === y?.mode;
    const taken = same(b, c) || same(a, c) ? { side: b } : same(a, b) ? { side: c } : undefined;
    if (taken) {
      if (taken.side) files.set(path, taken.side);
      continue;
    }
    if (!b || !c) {
      files.set(path, (b ?? c)!);
      conflicts.push({ path, kind: 'modify/delete', deletedIn: b ? labels.theirs : labels.ours, keptIn: b ? labels.ours : labels.theirs, sides: [a, b, c] });
      continue;
    }
    const mode = same(a && { ...a, oid: '' }, { ...b, oid: '' }) ? c.mode : b.mode;
    if (b.oid === c.oid) {
      files.set(path, { oid: b.oid, mode });
      continue;
    }
    const contents = [await bytesOf(repository, a), await bytesOf(repository, b), await bytesOf(repository, c)] as const;
    if (b.mode === SYMLINK || c.mode === SYMLINK || contents.some(isBinary)) {
      files.set(path, b);
      conflicts.push({ path, kind: 'binary', sides: [a, b, c] });
      continue;
    }
    automatic.push(path);
    const merged = mergeText(contents, labels);
    const oid = await git.writeBlob({ fs: repository.fs, gitdir: repository.gitdir, blob: Buffer.from(merged.text) });
    files.set(path, { oid, mode });
    if (!merged.clean) {
      stored.set(path, Buffer.from(merged.text));
      conflicts.push({ path, kind: a ? 'content' : 'add/add', sides: [a, b, c] });
    }
  }
  return { files, conflicts, automatic, stored };
}

/** What one side renamed is looked for under its new name on the others. */
function follow(base: Map<string, Side>, other: Map<string, Side>, renames: ReadonlyMap<string, string>): void {
  for (const [from, to] of renames) {
    const [old, theirs] = [base.get(from), other.get(from)];
    if (!old || !theirs || base.has(to) || other.has(to)) continue;
    base.set(to, old);
    base.delete(from);
    other.set(to, theirs);
    other.delete(from);
  }
}

function linesOf(bytes: Buffer): string[] {
  return bytes.length === 0 ? [] : bytes.toString().split(/(?<=\n)/);
}

/** diff3: regions that both sides changed in different ways are in conflict. */
export function mergeText([ancestor, ours, theirs]: readonly [Buffer, Buffer, Buffer], labels: Labels): { text: string; clean: boolean } {
  const [base, left, right] = [linesOf(ancestor), linesOf(ours), linesOf(theirs)];
  const [a, b] = [compareLines(base, left), compareLines(base, right)];
  let text = '';
  let clean = true;
  let at = 0;
  let [i, j] = [0, 0];
  let [leftShift, rightShift] = [0, 0];
  while (i < a.length || j < b.length) {
    const start = Math.min(a[i]?.oldStart ?? Infinity, b[j]?.oldStart ?? Infinity);
    let end = start;
    const [firstLeft, firstRight] = [i, j];
    const touches = (change: Change | undefined): boolean => change !== undefined && (change.oldStart < end || change.oldStart === start || (change.oldStart <= end && end > start));
    // Changes of both sides that overlap or touch make one region.
    for (;;) {
      if (touches(a[i])) end = Math.max(end, a[i]!.oldStart + a[i++]!.oldCount);
      else if (touches(b[j])) end = Math.max(end, b[j]!.oldStart + b[j++]!.oldCount);
      else break;
    }
    const part = (changes: readonly Change[], from: number, to: number, lines: readonly string[], shift: number): { lines: string[]; shift: number } => {
      const grown = changes.slice(from, to).reduce((sum, { oldCount, newCount }) => sum + newCount - oldCount, 0);
      return { lines: lines.slice(start + shift, end + shift + grown), shift: shift + grown };
    };
    const mine = part(a, firstLeft, i, left, leftShift);
    const yours = part(b, firstRight, j, right, rightShift);
    text += base.slice(at, start).join('');
    if (i === firstLeft) text += yours.lines.join('');
    else if (j === firstRight || mine.lines.join('') === yours.lines.join('')) text += mine.lines.join('');
    else {
      clean = false;
      text += conflictText(mine.lines, yours.lines, labels);
    }
    [leftShift, rightShift, at] = [mine.shift, yours.shift, end];
  }
  return { text: text + base.slice(at).join(''), clean };
}

/** The lines that both begin and end with in common stand outside the marks. */
function conflictText(ours: readonly string[], theirs: readonly string[], labels: Labels): string {
  let head = 0;
  while (head < Math.min(ours.length, theirs.length) && ours[head] === theirs[head]) head++;
  let tail = 0;
  while (tail < Math.min(ours.length, theirs.length) - head && ours.at(-1 - tail) === theirs.at(-1 - tail)) tail++;
  const ended = (lines: readonly string[]): string => {
    const text = lines.join('');
    return text === '' || text.endsWith('\n') ? text : `${text}\n`;
  };
  const inner = (lines: readonly string[]): string => ended(lines.slice(head, lines.length - tail));
  return `${ours.slice(0, head).join('')}${'<'.repeat(MARK_SIZE)} ${labels.ours}\n${inner(ours)}${'='.repeat(MARK_SIZE)}\n${inner(theirs)}${'>'.repeat(MARK_SIZE)} ${labels.theirs}\n${ours.slice(ours.length - tail).join('')}`;
}

/** As git tells what it merged and what it could not. */
export function conflictMessages({ conflicts, automatic = [] }: Merged): string[] {
  const byPath = new Map<string, string>();
  for (const path of automatic) byPath.set(path, `Auto-merging ${path}\n`);
  for (const { path, kind, deletedIn, keptIn } of conflicts) {
    const text = kind === 'modify/delete' ? `CONFLICT (modify/delete): ${path} deleted in ${deletedIn} and modified in ${keptIn}.  Version ${keptIn} of ${path} left in tree.\n`
      : kind === 'binary' ? `warning: Cannot merge binary files: ${path}\nAuto-merging ${path}\nCONFLICT (content): Merge conflict in ${path}\n` : `CONFLICT (${kind}): Merge conflict in ${path}\n`;
    byPath.set(path, (byPath.get(path) ?? '') + text);
  }
  return [...byPath].sort(([a], [b]) => byBytes(a, b)).map(([, text]) => text);
}

/** Makes index and working tree as a merge has them; `head` names whose files may be replaced: those that it has itself. Throws GitFailure before it would overwrite an untracked file. */
export async function putTree(repository: Repository, head: string | undefined, { files, conflicts, stored }: Merged): Promise<void> {
  const { process, dir } = repository;
  const old = readIndex(repository);
  const known = new Map(old.map((entry) => [entry.path, entry]));
  if (head !== undefined) {
    const strangers = [...files.keys()].filter((path) => !known.has(path) && exists(process, posix.join(dir, path)) && !isFolder(process, posix.join(dir, path)));
    if (strangers.length > 0) throw new GitFailure(`The following untracked working tree files would be overwritten by merge:\n${strangers.map((path) => `\t${path}\n`).join('')}Please move or remove them before you merge.\nAborting`, 1);
  }
  for (const path of known.keys()) if (!files.has(path)) removeFile(repository, path);
  const fresh = new Set<string>();
  for (const [path, side] of files) {
    const entry = known.get(path);
    const isSame = head !== undefined && entry?.stage === 0 && entry.oid === side.oid && entry.mode === side.mode && !stored.has(path);
    if (isSame) continue;
    fresh.add(path);
    await putFile(repository, path, side, stored.get(path));
  }
  const collided = new Map(conflicts.map((conflict) => [conflict.path, conflict.sides]));
  writeIndex(repository, [...files].flatMap(([path, side]) => {
    const sides = collided.get(path);
    if (sides) return sides.flatMap((one, at) => (one ? [indexEntry(path, one, at + 1)] : []));
    return [fresh.has(path) ? writtenEntry(repository, path, side) : known.get(path)!];
  }));
}

/** The entry of a file that was just written as `side` has it: the next status need not read it. */
export function writtenEntry({ process, dir }: Repository, path: string, side: Side): IndexEntry {
  const at = posix.join(dir, path);
  const entry = indexEntry(path, side);
  return side.mode !== GITLINK && exists(process, at) ? { ...entry, stat: statBytes(process.files.lstat(at)) } : entry;
}

/** The index and the tracked files as a commit has them. */
export async function resetTo(repository: Repository, oid: string): Promise<void> {
  const files = await treeFiles(repository, oid);
  await putTree(repository, undefined, { files, conflicts: [], stored: new Map() });
}

/** Removes a file of the working tree, and folders that are empty then. */
export function removeFile({ process, dir }: Repository, path: string): void {
  const at = posix.join(dir, path);
  if (exists(process, at) && !isFolder(process, at)) process.files.unlink(at);
  for (let folder = posix.dirname(path); folder !== '.'; folder = posix.dirname(folder)) {
    if (!isFolder(process, posix.join(dir, folder)) || process.files.readdir(posix.join(dir, folder)).length > 0) break;
    process.files.rmdir(posix.join(dir, folder));
  }
}

/** Writes a file of the working tree with the content of an object, or the one given. */
export async function putFile(repository: Repository, path: string, side: Side, content?: Buffer): Promise<void> {
  const { process, dir } = repository;
  const { files } = process;
  const at = posix.join(dir, path);
  if (side.mode === GITLINK) {
    if (!exists(process, at)) files.mkdir(at);
    return;
  }
  for (const { index: end } of path.matchAll(/\//g)) {
    const folder = posix.join(dir, path.slice(0, end));
    if (exists(process, folder) && !isFolder(process, folder)) files.unlink(folder);
    if (!exists(process, folder)) files.mkdir(folder);
  }
  if (isFolder(process, at)) removeTree(process, at);
  const bytes = content ?? (await bytesOf(repository, side));
  if (exists(process, at)) files.unlink(at);
  if (side.mode === SYMLINK) return files.symlink(bytes.toString(), at);
  files.writeFile(at, bytes);
  if ((side.mode & 0o111) !== 0) files.chmod(at, 0o777 & ~process.umask);
}
