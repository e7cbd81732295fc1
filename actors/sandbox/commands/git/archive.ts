// git archive: the files of a commit as a tar.
import { gzipSync } from 'node:zlib';
import git from 'isomorphic-git';
import { tarEntry, type TarEntry } from '../../../streams/tar-entry.js';
import { nowMs } from '../common/dates/now.js';
import { writeTar } from '../../../streams/tar-writer.js';
import { treeFiles } from './changes.js';
import { type Command, need, options } from './command.js';
import { pathspec } from './pathspec.js';
import { GitFailure, type Repository } from './repository.js';
import { findRevision, peel } from './revision.js';
import { bytesOf, GITLINK, SYMLINK } from './sides.js';

const FORMATS = ['tar', 'tgz', 'tar.gz'];

/** Folders come before what is in them; all have the commit's time. */
async function* entries(repository: Repository, tree: string, prefix: string, mtimeNs: bigint, operands: readonly string[]): AsyncGenerator<{ entry: TarEntry; body?: Uint8Array }> {
  const paths = pathspec(repository, operands, repository.dir);
  const files = [...(await treeFiles(repository, tree))].filter(([path]) => paths.matches(path));
  const missing = paths.unmatched(files.map(([path]) => path));
  if (missing !== undefined) throw new GitFailure(`pathspec '${missing}' did not match any files`);
  const made = new Set<string>();
  for (const [path, side] of files) {
    const name = prefix + path;
    for (const { index } of name.matchAll(/\//g)) {
      const folder = name.slice(0, index + 1);
      if (made.has(folder)) continue;
      made.add(folder);
      yield { entry: tarEntry(folder, { type: 'dir', mode: 0o775, mtimeNs }) };
    }
    if (side.mode === GITLINK) continue;
    const body = await bytesOf(repository, side);
    if (side.mode === SYMLINK) yield { entry: tarEntry(name, { type: 'symlink', mode: 0o777, linkPath: body.toString(), mtimeNs }) };
    else yield { entry: tarEntry(name, { mode: (side.mode & 0o111) === 0 ? 0o664 : 0o775, sizeBytes: body.length, mtimeNs }), body };
  }
}

export const archive: Command = async (context) => {
  const given = options(context, 'o:lv0123456789', { format: 'required', prefix: 'required', output: 'required', list: 'no', verbose: 'no', remote: 'required', 'worktree-attributes': 'no', 'add-file': 'required', mtime: 'required' });
  if (given.has('l', 'list')) {
    context.print(FORMATS.map((name) => `${name}\n`).join(''));
    return 0;
  }
  if (given.has('remote', 'add-file', 'mtime')) return context.unsupported('archive with this option');
  const repository = need(context);
  const output = given.value('o', 'output');
  const format = given.value('format') ?? (/\.(tgz|tar\.gz)$/.test(output ?? '') ? 'tgz' : /\.zip$/.test(output ?? '') ? 'zip' : 'tar');
  if (format === 'zip') return context.unsupported('archive --format=zip');
  if (!FORMATS.includes(format)) throw new GitFailure(`Unknown archive format '${format}'`);
  const [name, ...operands] = given.operands;
  const oid = name === undefined ? undefined : await findRevision(repository, name);
  if (oid === undefined) throw new GitFailure(name === undefined ? 'must specify tree-ish' : `not a valid object name: ${name}`);
  const tree = await peel(repository, oid, 'tree');
  if (tree === undefined) throw new GitFailure(`not a tree object: ${oid}`);
  const commit = await peel(repository, oid, 'commit');
  const seconds = commit === undefined ? Math.floor(nowMs() / 1000) : (await git.readCommit({ fs: repository.fs, gitdir: repository.gitdir, oid: commit })).commit.committer.timestamp;
  const parts: Uint8Array[] = [];
  for await (const part of writeTar(entries(repository, tree, given.value('prefix') ?? '', BigInt(seconds) * 1_000_000_000n, operands))) parts.push(part);
  const bytes = format === 'tar' ? Buffer.concat(parts) : gzipSync(Buffer.concat(parts));
  if (output === undefined) context.print(bytes);
  else context.process.files.writeFile(output, bytes);
  return 0;
};
