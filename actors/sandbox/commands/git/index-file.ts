// The index: which file of which content is staged (https://git-scm.com/docs/index-format, versions 2 and 3).
import { createHash } from 'node:crypto';
import { posix } from 'node:path';
import type { Stat } from '../../kernel/inode.js';
import { exists } from '../common/exists.js';
import { GitFailure, type Repository } from './repository.js';

const HEADER_BYTES = 12, FIXED_BYTES = 62, OID_BYTES = 20, NAME_MAX = 0xfff;
const EXTENDED = 0x4000, VALID = 0x8000, SKIP_WORKTREE = 0x4000, INTENT_TO_ADD = 0x2000;

export interface IndexEntry {
  readonly path: string;
  readonly oid: string;
  readonly mode: number;
  /** 0, or in a conflict 1 the ancestor's, 2 ours, 3 theirs. */
  readonly stage: number;
  /** What stat(2) said when it was staged, as the file has it; undefined makes the next status look. */
  readonly stat: Buffer | undefined;
  readonly skipWorktree: boolean;
  readonly assumeValid: boolean;
  readonly intentToAdd: boolean;
}

/** What the index remembers of a file, to tell without reading it that it has not changed: times, numbers, owner, size. */
export function statBytes(stat: Stat): Buffer {
  const bytes = Buffer.alloc(36);
  const time = (ms: number, at: number): void => {
    bytes.writeUInt32BE(Math.floor(ms / 1000) >>> 0, at);
    bytes.writeUInt32BE(Math.floor((ms - Math.floor(ms / 1000) * 1000) * 1e6), at + 4);
  };
  time(stat.ctimeMs, 0);
  time(stat.mtimeMs, 8);
  for (const [at, value] of [stat.device, stat.ino, stat.uid, stat.gid, stat.sizeBytes].entries()) bytes.writeUInt32BE(value % 2 ** 32, 16 + at * 4);
  return bytes;
}

/** Whether a file is as it was when it was staged: its time and size say so, and it is older than the index. */
export function isUnchanged(entry: IndexEntry, stat: Stat, indexMtimeMs: number): boolean {
  if (entry.stat === undefined || stat.mtimeMs >= indexMtimeMs) return false;
  const now = statBytes(stat);
  return now.subarray(8, 16).equals(entry.stat.subarray(8, 16)) && now.subarray(32).equals(entry.stat.subarray(32));
}

/** When the index was written; 0 where there is none. */
export function indexMtimeMs(repository: Repository): number {
  const path = pathOf(repository);
  return exists(repository.process, path) ? repository.process.files.stat(path).mtimeMs : 0;
}

/** A staged file that nothing is known of but its content. */
export function indexEntry(path: string, { oid, mode }: { oid: string; mode: number }, stage = 0): IndexEntry {
  return { path, oid, mode, stage, stat: undefined, skipWorktree: false, assumeValid: false, intentToAdd: false };
}

function pathOf({ gitdir, process }: Repository): string {
  return process.env.get('GIT_INDEX_FILE') ?? posix.join(gitdir, 'index');
}

/** False until something was staged or checked out: after `clone --no-checkout` there is none. */
export function hasIndex(repository: Repository): boolean {
  return exists(repository.process, pathOf(repository));
}

/** In the order of the file: by path, then by stage. Throws GitFailure for a file that is no index. */
export function readIndex(repository: Repository): IndexEntry[] {
  const path = pathOf(repository);
  if (!exists(repository.process, path)) return [];
  const bytes = Buffer.from(repository.process.files.readFile(path));
  if (bytes.length < HEADER_BYTES + OID_BYTES || bytes.toString('latin1', 0, 4) !== 'DIRC') throw new GitFailure('index file corrupt');
  const version = bytes.readUInt32BE(4);
  if (version !== 2 && version !== 3) throw new GitFailure(`unknown index version ${version}`);
  const entries: IndexEntry[] = [];
  let at = HEADER_BYTES;
  for (let count = bytes.readUInt32BE(8); count > 0; count--) {
    const flags = bytes.readUInt16BE(at + 60);
    const isExtended = (flags & EXTENDED) !== 0;
    const more = isExtended ? bytes.readUInt16BE(at + FIXED_BYTES) : 0;
    const start = at + FIXED_BYTES + (isExtended ? 2 : 0);
    const end = bytes.indexOf(0, start);
    const stat = Buffer.concat([bytes.subarray(at, at + 24), bytes.subarray(at + 28, at + 40)]);
    entries.push({ path: bytes.toString('utf8', start, end), oid: bytes.toString('hex', at + 40, at + 60), mode: bytes.readUInt32BE(at + 24), stage: (flags >> 12) & 3, stat, skipWorktree: (more & SKIP_WORKTREE) !== 0, assumeValid: (flags & VALID) !== 0, intentToAdd: (more & INTENT_TO_ADD) !== 0 });
    // Each entry is padded to a multiple of eight, with one NUL at least.
    at += Math.ceil((end - at + 1) / 8) * 8;
  }
  return entries;
}

function entryBytes({ path, oid, mode, stage, stat, skipWorktree, assumeValid, intentToAdd }: IndexEntry): Buffer {
  const name = Buffer.from(path);
  const isExtended = skipWorktree || intentToAdd;
  const start = FIXED_BYTES + (isExtended ? 2 : 0);
  const bytes = Buffer.alloc(Math.ceil((start + name.length + 1) / 8) * 8);
  stat?.copy(bytes, 0, 0, 24);
  stat?.copy(bytes, 28, 24, 36);
  bytes.writeUInt32BE(mode, 24);
  bytes.write(oid, 40, 'hex');
  bytes.writeUInt16BE((assumeValid ? VALID : 0) | (isExtended ? EXTENDED : 0) | (stage << 12) | Math.min(name.length, NAME_MAX), 60);
  if (isExtended) bytes.writeUInt16BE((skipWorktree ? SKIP_WORKTREE : 0) | (intentToAdd ? INTENT_TO_ADD : 0), FIXED_BYTES);
  name.copy(bytes, start);
  return bytes;
}

/** Replaces the index, in one step: a crash leaves the old one or the new one. */
export function writeIndex(repository: Repository, entries: readonly IndexEntry[]): void {
  const { files } = repository.process;
  const sorted = [...entries].sort((a, b) => Buffer.compare(Buffer.from(a.path), Buffer.from(b.path)) || a.stage - b.stage);
  const header = Buffer.alloc(HEADER_BYTES);
  header.write('DIRC', 'latin1');
  header.writeUInt32BE(sorted.some(({ skipWorktree, intentToAdd }) => skipWorktree || intentToAdd) ? 3 : 2, 4);
  header.writeUInt32BE(sorted.length, 8);
  const body = Buffer.concat([header, ...sorted.map(entryBytes)]);
  const path = pathOf(repository);
  files.writeFile(`${path}.lock`, Buffer.concat([body, createHash('sha1').update(body).digest()]));
  files.rename(`${path}.lock`, path);
}
