// git's objects: cat-file, hash-object, ls-tree, write-tree, commit-tree, mktree.
import { posix } from 'node:path';
import git, { type TreeObject } from 'isomorphic-git';
import { decode } from '../../kernel/text.js';
import { indexFiles } from './changes.js';
import { byBytes } from './sides.js';
import { type Command, need, options } from './command.js';
import { quoted } from './patch-text.js';
import { pathspec } from './pathspec.js';
import { GitFailure, type Repository } from './repository.js';
import { findRevision, peel, resolveRevision } from './revision.js';
import { writeCommit, writeTrees } from './write-objects.js';

interface GitObject {
  readonly oid: string;
  readonly type: string;
  readonly bytes: Buffer;
}

async function readObject({ fs, gitdir }: Repository, oid: string): Promise<GitObject | undefined> {
  const object = await git.readObject({ fs, gitdir, oid, format: 'content' }).catch(() => undefined);
  return object && { oid, type: object.type as string, bytes: Buffer.from(object.object as Uint8Array) };
}

/** A tree as `cat-file -p` and `ls-tree` list it. */
function treeLine({ mode, type, oid, path }: TreeObject[number], name: string): string {
  return `${mode.padStart(6, '0')} ${type} ${oid}\t${name === '' ? path : name}`;
}

async function prettyObject({ fs, gitdir }: Repository, { oid, type, bytes }: GitObject): Promise<string | Buffer> {
  return type === 'tree' ? (await git.readTree({ fs, gitdir, oid })).tree.map((entry) => `${treeLine(entry, quoted(entry.path))}\n`).join('') : bytes;
}

export const catFile: Command = async (context) => {
  const repository = need(context);
  const given = options(context, 'ptse', { batch: 'optional', 'batch-check': 'optional', 'allow-unknown-type': 'no', textconv: 'no', filters: 'no', buffer: 'no', unordered: 'no', 'batch-all-objects': 'no', 'follow-symlinks': 'no' });
  if (given.has('batch', 'batch-check')) {
    const format = given.value('batch', 'batch-check') || '%(objectname) %(objecttype) %(objectsize)';
    for (const line of decode(await context.standardInput()).split('\n').filter((one) => one !== '')) {
      const [name, rest] = format.includes('%(rest)') ? [line.split(/\s+/)[0]!, line.slice(line.search(/\s|$/) + 1)] : [line, ''];
      const oid = await findRevision(repository, name);
      const object = oid === undefined ? undefined : await readObject(repository, oid);
      if (!object) {
        context.print(`${name} missing\n`);
        continue;
      }
      const values: Readonly<Record<string, string>> = { objectname: object.oid, objecttype: object.type, objectsize: String(object.bytes.length), rest };
      context.print(`${format.replaceAll(/%\((\w+)\)/g, (_, field: string) => values[field] ?? '')}\n`);
      if (!given.has('batch')) continue;
      context.print(object.bytes);
      context.print('\n');
    }
    return 0;
  }
  const [type, name] = given.has('p', 't', 's', 'e') ? [undefined, given.operands[0]] : given.operands;
  if (name === undefined) throw new GitFailure('usage: git cat-file <type> <object>', 129);
  const found = await findRevision(repository, name);
  const wanted = found === undefined || type === undefined ? found : await peel(repository, found, type as 'commit');
  const object = wanted === undefined ? undefined : await readObject(repository, wanted);
  if (!object && given.has('e') && found !== undefined) return 1;
  if (!object) throw new GitFailure(found === undefined || type === undefined ? `Not a valid object name ${name}` : `git cat-file ${name}: bad file`);
  if (given.has('t')) context.print(`${object.type}\n`);
  else if (given.has('s')) context.print(`${object.bytes.length}\n`);
  else if (!given.has('e')) context.print(given.has('p') ? await prettyObject(repository, object) : object.bytes);
  return 0;
};

export const hashObject: Command = async (context) => {
  const given = options(context, 'wt:', { stdin: 'no', 'stdin-paths': 'no', path: 'required', 'no-filters': 'no', literally: 'no' });
  const type = given.value('t') ?? 'blob';
  const repository = given.has('w') ? need(context) : undefined;
  const store = async (bytes: Uint8Array): Promise<void> => {
    const oid = repository ? await git.writeObject({ fs: repository.fs, gitdir: repository.gitdir, type: type as 'blob', object: bytes, format: 'content' }) : (await git.hashBlob({ object: bytes })).oid;
    context.print(`${oid}\n`);
  };
  if (type !== 'blob' && !repository) return context.unsupported(`hash-object -t ${type} without -w`);
  if (given.has('stdin')) await store(await context.standardInput());
  const paths = given.has('stdin-paths') ? decode(await context.standardInput()).split('\n').filter((line) => line !== '') : given.operands;
  for (const path of paths) {
    if (!context.process.files.exists(path)) throw new GitFailure(`could not open '${path}' for reading: No such file or directory`);
    await store(context.process.files.readFile(path));
  }
  return 0;
};

export const lsTree: Command = async (context) => {
  const repository = need(context);
  const given = options(context, 'drtlz', { long: 'no', 'name-only': 'no', 'name-status': 'no', 'object-only': 'no', 'full-name': 'no', 'full-tree': 'no', abbrev: 'optional', format: 'required' });
  const { fs, gitdir, dir, process } = repository;
  const [name, ...operands] = given.operands;
  if (name === undefined) throw new GitFailure('usage: git ls-tree [<options>] <tree-ish> [<path>...]', 129);
  const oid = await findRevision(repository, name);
  if (oid === undefined) throw new GitFailure(`Not a valid object name ${name}`);
  const tree = await peel(repository, oid, 'tree');
  if (tree === undefined) throw new GitFailure('not a tree object');
  const base = given.has('full-tree') ? '' : posix.relative(dir, process.files.getcwd());
  const wanted = operands.map((operand) => posix.join(base, operand).replace(/\/$/, ''));
  const opened = new Set(operands.filter((operand) => operand.endsWith('/')).map((operand) => posix.join(base, operand).replace(/\/$/, '')));
  const paths = pathspec(repository, wanted.length > 0 ? wanted : base === '' ? [] : [base], repository.dir);
  const end = given.has('z') ? '\0' : '\n';
  const print = async (entry: TreeObject[number], path: string): Promise<void> => {
    const relative = base === '' || given.has('full-name') ? path : posix.relative(base, path);
    const shown = given.has('z') ? relative : quoted(relative);
    if (given.has('name-only', 'name-status')) return context.print(`${shown}${end}`);
    const id = given.has('abbrev') ? entry.oid.slice(0, Number(given.value('abbrev')) || 7) : entry.oid;
    if (given.has('object-only')) return context.print(`${id}${end}`);
    const size = entry.type === 'blob' ? String((await readObject(repository, entry.oid))?.bytes.length ?? 0) : '-';
    const format = given.value('format');
    const values: Readonly<Record<string, string>> = { objectmode: entry.mode.padStart(6, '0'), objecttype: entry.type, objectname: id, objectsize: size, 'objectsize:padded': size.padStart(7), path: shown };
    if (format !== undefined) return context.print(`${format.replaceAll(/%\(([\w:]+)\)/g, (_, field: string) => values[field] ?? '').replaceAll(/%x([0-9a-f]{2})/gi, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)))}${end}`);
    context.print(`${entry.mode.padStart(6, '0')} ${entry.type} ${id}${given.has('l', 'long') ? ` ${size.padStart(7)}` : ''}\t${shown}${end}`);
  };
  const visit = async (at: string, prefix: string): Promise<void> => {
    for (const entry of (await git.readTree({ fs, gitdir, oid: at })).tree.sort((a, b) => byBytes(a.path + (a.type === 'tree' ? '/' : ''), b.path + (b.type === 'tree' ? '/' : '')))) {
      const path = prefix + entry.path;
      const leads = entry.type === 'tree' && (wanted.some((one) => one.startsWith(`${path}/`)) || opened.has(path) || (base !== '' && wanted.length === 0 && (base === path || base.startsWith(`${path}/`))));
      const inside = paths.matches(path) && !leads;
      if (entry.type === 'tree' && (leads || (given.has('r') && inside))) {
        if (given.has('t') && inside) await print(entry, path);
        if (given.has('d') && inside && !given.has('t')) await print(entry, path);
        await visit(entry.oid, `${path}/`);
      } else if (inside && (entry.type === 'tree' || !given.has('d'))) await print(entry, path);
    }
  };
  await visit(tree, '');
  return 0;
};

export const writeTree: Command = async (context) => {
  const repository = need(context);
  options(context, '', { 'missing-ok': 'no' });
  context.print(`${await writeTrees(repository, await indexFiles(repository))}\n`);
  return 0;
};

export const mktree: Command = async (context) => {
  const { fs, gitdir } = need(context);
  const given = options(context, 'z', { missing: 'no', batch: 'no' });
  const tree = decode(await context.standardInput()).split(given.has('z') ? '\0' : '\n').filter((line) => line !== '').map((line) => {
    const [, mode, type, oid, path] = /^(\d+) (\w+) ([0-9a-f]{40})\t(.*)$/s.exec(line) ?? [];
    if (mode === undefined) throw new GitFailure(`input format error: ${line}`);
    return { mode, type: type as 'blob', oid: oid!, path: path! };
  });
  context.print(`${await git.writeTree({ fs, gitdir, tree })}\n`);
  return 0;
};

export const commitTree: Command = async (context) => {
  const repository = need(context);
  const given = options(context, 'p:m:F:S::', { 'no-gpg-sign': 'no', 'gpg-sign': 'optional' });
  const tree = await peel(repository, await resolveRevision(repository, given.operands[0] ?? ''), 'tree');
  if (tree === undefined) throw new GitFailure(`not a valid object name ${given.operands[0]}`);
  const parent = await Promise.all((given.given.get('p') ?? []).map((name) => resolveRevision(repository, name)));
  const file = given.value('F');
  const texts = given.given.get('m');
  const message = texts !== undefined ? `${texts.join('\n\n')}\n` : decode(file === undefined || file === '-' ? await context.standardInput() : context.process.files.readFile(file));
  const people = await context.people(repository);
  context.print(`${await writeCommit(repository, { tree, parent, message, ...people })}\n`);
  return 0;
};

