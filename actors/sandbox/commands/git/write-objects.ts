// Commits, tags and trees as git stores them, byte for byte: the library would tidy messages first.
import git, { type TreeObject } from 'isomorphic-git';
import { offsetText, type Stamp } from './dates.js';
import type { Repository } from './repository.js';
import { GITLINK } from './sides.js';

export interface Person extends Stamp {
  readonly name: string;
  readonly email: string;
}

export interface CommitContent {
  readonly tree: string;
  readonly parent: readonly string[];
  readonly author: Person;
  readonly committer: Person;
  readonly message: string;
}

function line(role: string, { name, email, timestamp, timezoneOffset }: Person): string {
  return `${role} ${name} <${email}> ${timestamp} ${offsetText(timezoneOffset)}\n`;
}

async function store({ fs, gitdir }: Repository, type: 'commit' | 'tag', text: string): Promise<string> {
  return git.writeObject({ fs, gitdir, type, object: Buffer.from(text), format: 'content' });
}

export function writeCommit(repository: Repository, { tree, parent, author, committer, message }: CommitContent): Promise<string> {
  return store(repository, 'commit', `tree ${tree}\n${parent.map((oid) => `parent ${oid}\n`).join('')}${line('author', author)}${line('committer', committer)}\n${message}`);
}

export function writeTag(repository: Repository, { object, type, tag, tagger, message }: { object: string; type: string; tag: string; tagger: Person; message: string }): Promise<string> {
  return store(repository, 'tag', `object ${object}\ntype ${type}\ntag ${tag}\n${line('tagger', tagger)}\n${message}`);
}

/** Trees of files by their paths; the root's id. */
export async function writeTrees(repository: Repository, files: ReadonlyMap<string, { oid: string; mode: number }>): Promise<string> {
  const folders = new Map<string, Map<string, { oid: string; mode: number }>>();
  const entries: TreeObject = [];
  for (const [path, side] of files) {
    const slash = path.indexOf('/');
    if (slash < 0) entries.push({ path, oid: side.oid, mode: side.mode.toString(8).padStart(6, '0'), type: side.mode === GITLINK ? 'commit' : 'blob' });
    else {
      const folder = path.slice(0, slash);
      folders.set(folder, (folders.get(folder) ?? new Map<string, { oid: string; mode: number }>()).set(path.slice(slash + 1), side));
    }
  }
  for (const [path, inside] of folders) entries.push({ path, oid: await writeTrees(repository, inside), mode: '040000', type: 'tree' });
  return git.writeTree({ fs: repository.fs, gitdir: repository.gitdir, tree: entries });
}
