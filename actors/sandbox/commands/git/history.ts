// git's history: log, show, diff, rev-parse, cat-file, branch, tag, merge.
import { posix } from 'node:path';
import git, { type ReadCommitResult } from 'isomorphic-git';
import { compareLines } from '../diff/compare.js';
import { unifiedDiff } from '../diff/formats.js';
import { type Command, type GitContext, need, options } from './command.js';
import { countLines, type FileChange, numStat, shortStat, fullStat } from './diff-stat.js';
import { exists } from '../common/exists.js';
import { GitFailure, inTree, type Repository, resolveRevision } from './repository.js';
import { rows } from './work.js';

const DAYS = ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat'], MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

interface Stamp { timestamp: number; timezoneOffset: number }

function zone(offsetMinutes: number): string {
  const east = -offsetMinutes;
  const size = Math.abs(east);
  return `${east < 0 ? '-' : '+'}${String(Math.floor(size / 60)).padStart(2, '0')}${String(size % 60).padStart(2, '0')}`;
}

function localTime({ timestamp, timezoneOffset }: Stamp): Date {
  return new Date((timestamp - timezoneOffset * 60) * 1000);
}

/** `Thu Jan 1 00:00:00 1970 +0000`. */
function longDate(stamp: Stamp): string {
  const at = localTime(stamp);
  return `${DAYS[at.getUTCDay()]} ${MONTHS[at.getUTCMonth()]} ${at.getUTCDate()} ${at.toISOString().slice(11, 19)} ${at.getUTCFullYear()} ${zone(stamp.timezoneOffset)}`;
}

function isoDate(stamp: Stamp, strict: boolean): string {
  const text = localTime(stamp).toISOString().slice(0, 19);
  const offset = zone(stamp.timezoneOffset);
  return strict ? `${text}${offset === '+0000' ? '+00:00' : `${offset.slice(0, 3)}:${offset.slice(3)}`}` : `${text.replace('T', ' ')} ${offset}`;
}

/** Placeholders of `--format` (https://git-scm.com/docs/pretty-formats). */
function formatted(format: string, { oid, commit }: ReadCommitResult, names: readonly string[]): string {
  const [subject, ...rest] = commit.message.replace(/\n+$/, '').split('\n');
  const { author, committer } = commit;
  const values: Record<string, string> = {
    H: oid, h: oid.slice(0, 7), T: commit.tree, t: commit.tree.slice(0, 7), P: commit.parent.join(' '), p: commit.parent.map((parent) => parent.slice(0, 7)).join(' '),
    an: author.name, ae: author.email, at: String(author.timestamp), ad: longDate(author), ai: isoDate(author, false), aI: isoDate(author, true), as: isoDate(author, false).slice(0, 10),
    cn: committer.name, ce: committer.email, ct: String(committer.timestamp), cd: longDate(committer), ci: isoDate(committer, false), cI: isoDate(committer, true), cs: isoDate(committer, false).slice(0, 10),
    s: subject!, f: subject!.replaceAll(/[^A-Za-z0-9.]+/g, '-').replaceAll(/^-|-$/g, ''), b: rest.join('\n').replace(/^\n+/, '') + (rest.length > 0 ? '\n' : ''), B: commit.message.replace(/\n*$/, '\n'), n: '\n', '%': '%',
    D: names.join(', '), d: names.length > 0 ? ` (${names.join(', ')})` : '',
  };
  return format.replaceAll(/%(C\([^)]*\)|C(?:reset|red|green|blue|yellow)|x[0-9a-f]{2}|[ac][neditIs]|[HhTtPpsfbBnDd%])/g, (_, name: string) => (name.startsWith('C') ? '' : name.startsWith('x') ? String.fromCharCode(Number.parseInt(name.slice(1), 16)) : (values[name] ?? '')));
}

async function decorations({ fs, gitdir }: Repository): Promise<Map<string, string[]>> {
  const names = new Map<string, string[]>();
  const note = (oid: string, name: string): unknown => names.set(oid, [...(names.get(oid) ?? []), name]);
  const current = await git.currentBranch({ fs, gitdir });
  for (const branch of await git.listBranches({ fs, gitdir })) note(await git.resolveRef({ fs, gitdir, ref: `refs/heads/${branch}` }), branch === current ? `HEAD -> ${branch}` : branch);
  for (const tag of await git.listTags({ fs, gitdir })) note(await git.resolveRef({ fs, gitdir, ref: `refs/tags/${tag}` }), `tag: ${tag}`);
  return names;
}

function described(entry: ReadCommitResult, format: string | undefined, names: readonly string[]): string {
  const { oid, commit } = entry;
  if (format !== undefined && !['medium', 'short', 'full'].includes(format)) {
    if (format === 'oneline') return `${oid} ${commit.message.split('\n')[0]}\n`;
    const [, kind, template] = /^(t?format:)?([\s\S]*)$/.exec(format)!;
    return `${formatted(template!, entry, names)}${kind === 'format:' ? '' : '\n'}`;
  }
  const merge = commit.parent.length > 1 ? `Merge: ${commit.parent.map((parent) => parent.slice(0, 7)).join(' ')}\n` : '';
  return `commit ${oid}${names.length > 0 ? ` (${names.join(', ')})` : ''}\n${merge}Author: ${commit.author.name} <${commit.author.email}>\nDate:   ${longDate(commit.author)}\n\n${commit.message.replace(/\n+$/, '').split('\n').map((line) => `    ${line}`).join('\n')}\n`;
}

export const log: Command = async (context) => {
  const repository = need(context);
  // -5 means -n 5.
  const argv = context.argv.flatMap((word) => (/^-\d+$/.test(word) ? ['-n', word.slice(1)] : [word]));
  const given = options({ ...context, argv }, 'n:p', { oneline: 'no', 'max-count': 'required', format: 'required', pretty: 'optional', decorate: 'optional', 'no-decorate': 'no', 'abbrev-commit': 'no', reverse: 'no', all: 'no', 'first-parent': 'no', 'no-merges': 'no', graph: 'no', since: 'required', author: 'required', skip: 'required', 'no-color': 'no', color: 'optional', patch: 'no', follow: 'no', date: 'required', 'name-only': 'no' });
  const { fs, gitdir, dir, process } = repository;
  const [first, ...others] = given.operands;
  const isPath = first !== undefined && (given.afterDashes.includes(first) || (await resolveRevision(repository, first.split('..').at(-1)!).catch(() => undefined)) === undefined);
  const revision = first === undefined || isPath ? 'HEAD' : first;
  const [from, to] = revision.includes('..') ? revision.split('..') as [string, string] : [undefined, revision];
  const path = isPath ? first : others[0];
  if (isPath && !exists(process, posix.resolve(process.files.getcwd(), first)) && !given.afterDashes.includes(first)) await resolveRevision(repository, first);
  let head: string;
  try {
    head = await resolveRevision(repository, to === '' ? 'HEAD' : to!);
  } catch (error) {
    if (to === 'HEAD') throw new GitFailure(`your current branch '${await git.currentBranch({ fs, gitdir })}' does not have any commits yet`);
    throw error;
  }
  let entries = await git.log({ fs, gitdir, dir, ref: head, ...(path === undefined ? {} : { filepath: inTree(repository, path), force: true }) });
  if (from !== undefined) {
    const known = new Set((await git.log({ fs, gitdir, ref: await resolveRevision(repository, from || 'HEAD') })).map(({ oid }) => oid));
    entries = entries.filter(({ oid }) => !known.has(oid));
  }
  if (given.has('no-merges')) entries = entries.filter(({ commit }) => commit.parent.length < 2);
  const skip = Number(given.value('skip') ?? 0);
  entries = entries.slice(skip, skip + Number(given.value('n', 'max-count') ?? entries.length));
  if (given.has('reverse')) entries.reverse();
  const names = given.has('decorate') || /%[dD]/.test(given.value('format', 'pretty') ?? '') ? await decorations(repository) : new Map<string, string[]>();
  const format = given.has('oneline') ? 'tformat:%h %s' : given.value('format', 'pretty');
  const texts: string[] = [];
  for (const entry of entries) {
    let text = described(entry, format || undefined, names.get(entry.oid) ?? []);
    if (given.has('p', 'patch', 'name-only')) text += `\n${await changes(repository, entry.commit.parent[0], entry.oid, [], given.has('name-only') ? 'name-only' : 'patch')}`;
    texts.push(text);
  }
  const isBlock = format === undefined || format === '' || ['medium', 'short', 'full'].includes(format);
  context.print(texts.join(isBlock || format!.startsWith('format:') ? '\n' : ''));
  if (format?.startsWith('format:') === true && texts.length > 0) context.print('\n');
  return 0;
};

/** A file on one side of a comparison. */
interface Side { oid: string; mode: number; bytes: Buffer }

async function treeFiles({ fs, gitdir }: Repository, revision: string | undefined): Promise<Map<string, Side>> {
  const found = new Map<string, Side>();
  if (revision === undefined) return found;
  const visit = async (oid: string, prefix: string): Promise<void> => {
    for (const entry of (await git.readTree({ fs, gitdir, oid })).tree) {
      if (entry.type === 'tree') await visit(entry.oid, `${prefix}${entry.path}/`);
      else if (entry.type === 'blob') found.set(prefix + entry.path, { oid: entry.oid, mode: Number.parseInt(entry.mode, 8), bytes: Buffer.alloc(0) });
    }
  };
  await visit(revision, '');
  return found;
}

async function withBytes({ fs, gitdir }: Repository, side: Side | undefined): Promise<Side | undefined> {
  return side && side.bytes.length === 0 && side.oid !== '' ? { ...side, bytes: Buffer.from((await git.readBlob({ fs, gitdir, oid: side.oid })).blob) } : side;
}

function lines(bytes: Buffer): { lines: string[]; terminated: boolean } {
  const text = bytes.toString();
  const all = text.split('\n');
  const terminated = text === '' || text.endsWith('\n');
  if (terminated) all.pop();
  return { lines: all, terminated };
}

function patch(path: string, before: Side | undefined, after: Side | undefined): string {
  const mode = (side: Side): string => side.mode.toString(8).padStart(6, '0');
  let text = `diff --git a/${path} b/${path}\n`;
  if (!before) text += `new file mode ${mode(after!)}\n`;
  else if (!after) text += `deleted file mode ${mode(before)}\n`;
  else if (before.mode !== after.mode) text += `old mode ${mode(before)}\nnew mode ${mode(after)}\n`;
  const id = (side: Side | undefined): string => (side?.oid ?? '').slice(0, 7).padEnd(7, '0');
  if (before?.oid === after?.oid) return text;
  text += `index ${id(before)}..${id(after)}${before && after && before.mode === after.mode ? ` ${mode(after)}` : ''}\n`;
  const [a, b] = [before?.bytes ?? Buffer.alloc(0), after?.bytes ?? Buffer.alloc(0)];
  if (a.includes(0) || b.includes(0)) return `${text}Binary files ${before ? `a/${path}` : '/dev/null'} and ${after ? `b/${path}` : '/dev/null'} differ\n`;
  if (a.length === 0 && b.length === 0) return text;
  const [old, now] = [lines(a), lines(b)];
  const keys = (side: { lines: string[]; terminated: boolean }): string[] => side.lines.map((line, at) => (at === side.lines.length - 1 && !side.terminated ? `${line}\0` : line));
  return text + unifiedDiff({ header: before ? `a/${path}` : '/dev/null', ...old }, { header: after ? `b/${path}` : '/dev/null', ...now }, compareLines(keys(old), keys(now)), 3);
}

type Style = 'patch' | 'name-only' | 'name-status' | 'quiet' | 'stat' | 'numstat' | 'shortstat';
const STATS = { stat: fullStat, numstat: numStat, shortstat: shortStat };

async function compared(repository: Repository, before: Map<string, Side>, after: Map<string, Side>, paths: readonly string[], style: Style): Promise<string> {
  let text = '';
  const counted: FileChange[] = [];
  for (const path of [...new Set([...before.keys(), ...after.keys()])].sort()) {
    if (paths.length > 0 && !paths.some((wanted) => wanted === '.' || path === wanted || path.startsWith(`${wanted}/`))) continue;
    const [a, b] = [before.get(path), after.get(path)];
    if (a?.oid === b?.oid && a?.mode === b?.mode) continue;
    if (style === 'name-only' || style === 'quiet') text += `${path}\n`;
    else if (style === 'name-status') text += `${a ? (b ? 'M' : 'D') : 'A'}\t${path}\n`;
    else {
      const [from, to] = [await withBytes(repository, a), await withBytes(repository, b)];
      const one = patch(path, from, to);
      if (style === 'patch') text += one;
      else counted.push({ path, added: undefined, deleted: undefined, ...countLines(one), sizes: [from?.bytes.length ?? 0, to?.bytes.length ?? 0] });
    }
  }
  return style in STATS ? STATS[style as keyof typeof STATS](counted) : text;
}

async function changes(repository: Repository, from: string | undefined, to: string, paths: readonly string[], style: Style): Promise<string> {
  return compared(repository, await treeFiles(repository, from), await treeFiles(repository, to), paths, style);
}

/** The working tree as far as git knows its files, or the index. */
async function currentFiles(repository: Repository, source: 'tree' | 'index'): Promise<Map<string, Side>> {
  const { fs, dir, gitdir, process } = repository;
  const found = new Map<string, Side>();
  const index = new Map<string, { oid: string; mode: number }>();
  await git.walk({
    fs, dir, gitdir, trees: [git.STAGE()],
    map: async (path, [entry]) => {
      if (entry && (await entry.type()) === 'blob') index.set(path, { oid: (await entry.oid())!, mode: (await entry.mode())! });
    },
  });
  for (const [path, { oid, mode }] of index) {
    if (source === 'index') {
      found.set(path, { oid, mode, bytes: Buffer.alloc(0) });
      continue;
    }
    const at = posix.join(dir, path);
    if (!exists(process, at)) continue;
    const stat = process.files.lstat(at);
    const bytes = stat.type === 'symlink' ? Buffer.from(process.files.readlink(at)) : Buffer.from(process.files.readFile(at));
    found.set(path, { oid: (await git.hashBlob({ object: bytes })).oid, mode: stat.type === 'symlink' ? 0o120000 : (stat.mode & 0o111) === 0 ? 0o100644 : 0o100755, bytes });
  }
  return found;
}

export const diff: Command = async (context) => {
  const repository = need(context);
  const given = options(context, 'qpuw', { cached: 'no', staged: 'no', 'name-only': 'no', 'name-status': 'no', quiet: 'no', 'exit-code': 'no', 'no-color': 'no', color: 'optional', 'no-ext-diff': 'no', patch: 'no', 'diff-filter': 'required', 'ignore-submodules': 'optional', 'no-renames': 'no', stat: 'optional', numstat: 'no', shortstat: 'no' });
  const counts = (['stat', 'numstat', 'shortstat'] as const).find((each) => given.has(each));
  const style: Style = counts !== undefined ? counts : given.has('name-only') ? 'name-only' : given.has('name-status') ? 'name-status' : given.has('quiet', 'q') ? 'quiet' : 'patch';
  const revisions: string[] = [];
  const paths: string[] = [];
  for (const operand of given.operands) {
    const parts = operand.includes('..') ? operand.split(/\.{2,3}/) : [operand];
    const found = given.afterDashes.includes(operand) || paths.length > 0 ? undefined : await Promise.all(parts.map((part) => resolveRevision(repository, part || 'HEAD'))).catch(() => undefined);
    if (found) revisions.push(...found);
    else paths.push(inTree(repository, operand));
  }
  const isCached = given.has('cached', 'staged');
  const head = async (): Promise<string | undefined> => resolveRevision(repository, 'HEAD').catch(() => undefined);
  const before = revisions.length > 0 ? await treeFiles(repository, revisions[0]) : isCached ? await treeFiles(repository, await head()) : await currentFiles(repository, 'index');
  const after = revisions.length > 1 ? await treeFiles(repository, revisions[1]) : await currentFiles(repository, isCached ? 'index' : 'tree');
  const text = await compared(repository, before, after, paths, style);
  if (style !== 'quiet') context.print(text);
  return given.has('exit-code', 'quiet', 'q') && text !== '' ? 1 : 0;
};

export const show: Command = async (context) => {
  const repository = need(context);
  const given = options(context, 'sqp', { 'no-patch': 'no', format: 'required', pretty: 'optional', oneline: 'no', 'name-only': 'no', 'name-status': 'no', 'no-color': 'no', quiet: 'no', 'abbrev-commit': 'no', stat: 'no' });
  const { fs, gitdir } = repository;
  for (const operand of given.operands.length > 0 ? given.operands : ['HEAD']) {
    const [revision, path] = operand.includes(':') ? [operand.slice(0, operand.indexOf(':')), operand.slice(operand.indexOf(':') + 1)] : [operand, undefined];
    const oid = await resolveRevision(repository, revision || 'HEAD');
    if (path !== undefined) {
      const blob = await git.readBlob({ fs, gitdir, oid, filepath: path }).catch(() => undefined);
      if (!blob) throw new GitFailure(`path '${path}' does not exist in '${revision}'`);
      context.print(Buffer.from(blob.blob).toString('utf8'));
      continue;
    }
    const entry = await git.readCommit({ fs, gitdir, oid });
    context.print(described(entry, given.has('oneline') ? 'tformat:%h %s' : given.value('format', 'pretty'), []));
    if (given.has('s', 'q', 'no-patch', 'quiet')) continue;
    const style = given.has('stat') ? 'stat' : given.has('name-only') ? 'name-only' : given.has('name-status') ? 'name-status' : 'patch';
    context.print(`\n${await changes(repository, entry.commit.parent[0], entry.oid, [], style)}`);
  }
  return 0;
};

export const catFile: Command = async (context) => {
  const { fs, gitdir } = need(context);
  const given = options(context, 'pte', {});
  const repository = need(context);
  const oid = await resolveRevision(repository, given.operands.at(-1)!);
  const object = await git.readObject({ fs, gitdir, oid, format: 'content' }).catch(() => undefined);
  if (!object) throw new GitFailure(`Not a valid object name ${given.operands.at(-1)}`);
  if (given.has('t')) context.print(`${object.type}\n`);
  else if (given.has('p')) context.print(Buffer.from(object.object as Uint8Array).toString());
  return 0;
};

export const revParse: Command = async (context: GitContext) => {
  const given = options(context, 'q', { verify: 'no', short: 'optional', 'abbrev-ref': 'optional', 'show-toplevel': 'no', 'git-dir': 'no', 'absolute-git-dir': 'no', 'is-inside-work-tree': 'no', 'is-inside-git-dir': 'no', 'show-prefix': 'no', quiet: 'no', 'is-bare-repository': 'no', 'show-cdup': 'no', 'is-shallow-repository': 'no', 'symbolic-full-name': 'no' });
  const repository = need(context);
  const { fs, dir, gitdir, process } = repository;
  const prefix = posix.relative(dir, process.files.getcwd());
  const questions: Record<string, () => string> = {
    'show-toplevel': () => dir, 'absolute-git-dir': () => gitdir, 'git-dir': () => (prefix === '' ? posix.relative(dir, gitdir) || '.' : gitdir), 'is-inside-work-tree': () => String(dir !== gitdir), 'is-inside-git-dir': () => String(process.files.getcwd().startsWith(gitdir)),
    'show-prefix': () => (prefix === '' ? '' : `${prefix}/`), 'is-bare-repository': () => String(dir === gitdir), 'show-cdup': () => prefix.split('/').filter((part) => part !== '').map(() => '../').join(''), 'is-shallow-repository': () => String(exists(process, posix.join(gitdir, 'shallow'))),
  };
  for (const [name, answer] of Object.entries(questions)) if (given.has(name)) context.print(`${answer()}\n`);
  for (const operand of given.operands) {
    if (given.has('abbrev-ref', 'symbolic-full-name')) {
      const full = operand === 'HEAD' ? await git.currentBranch({ fs, gitdir, fullname: true }) : `refs/heads/${operand}`;
      context.print(`${full ? (given.has('abbrev-ref') ? full.replace(/^refs\/heads\//, '') : full) : 'HEAD'}\n`);
      continue;
    }
    try {
      const oid = await resolveRevision(repository, operand);
      context.print(`${given.has('short') ? oid.slice(0, Number(given.value('short')) || 7) : oid}\n`);
    } catch (error) {
      if (given.has('quiet', 'q')) return 1;
      throw given.has('verify') ? new GitFailure('Needed a single revision') : error;
    }
  }
  return 0;
};

export const branch: Command = async (context) => {
  const repository = need(context);
  const given = options(context, 'adDrmMvqfu:', { all: 'no', delete: 'no', remotes: 'no', move: 'no', 'show-current': 'no', list: 'no', force: 'no', quiet: 'no', 'set-upstream-to': 'required', format: 'required', contains: 'optional', 'no-color': 'no', verbose: 'no', track: 'optional', 'no-track': 'no' });
  const { fs, gitdir } = repository;
  const current = (await git.currentBranch({ fs, gitdir })) ?? undefined;
  if (given.has('show-current')) {
    if (current !== undefined) context.print(`${current}\n`);
    return 0;
  }
  const all = await git.listBranches({ fs, gitdir });
  const [first, second] = given.operands;
  if (given.has('d', 'D', 'delete')) {
    for (const name of given.operands) {
      if (name === current) throw new GitFailure(`Cannot delete branch '${name}' checked out at '${repository.dir}'`, 1);
      if (!all.includes(name)) throw new GitFailure(`branch '${name}' not found.`, 1);
      const oid = await git.resolveRef({ fs, gitdir, ref: `refs/heads/${name}` });
      await git.deleteBranch({ fs, gitdir, ref: name });
      if (!given.has('q', 'quiet')) context.print(`Deleted branch ${name} (was ${oid.slice(0, 7)}).\n`);
    }
    return 0;
  }
  if (given.has('m', 'M', 'move')) {
    await git.renameBranch({ fs, gitdir, oldref: second === undefined ? current! : first!, ref: second ?? first!, checkout: second === undefined || first === current });
    return 0;
  }
  const upstream = given.value('u', 'set-upstream-to');
  if (upstream !== undefined) {
    const [remote, ...rest] = upstream.split('/');
    await git.setConfig({ fs, gitdir, path: `branch.${first ?? current}.remote`, value: remote });
    await git.setConfig({ fs, gitdir, path: `branch.${first ?? current}.merge`, value: `refs/heads/${rest.join('/')}` });
    return 0;
  }
  if (first !== undefined && !given.has('list')) {
    if (all.includes(first) && !given.has('f', 'force')) throw new GitFailure(`a branch named '${first}' already exists`);
    await git.branch({ fs, gitdir, ref: first, object: await resolveRevision(repository, second ?? 'HEAD'), force: given.has('f', 'force') });
    return 0;
  }
  if (given.has('v', 'verbose', 'contains')) return context.unsupported('branch with this option');
  const remotes = given.has('a', 'all', 'r', 'remotes') ? await Promise.all((await git.listRemotes({ fs, gitdir })).map(async ({ remote }) => (await git.listBranches({ fs, gitdir, remote })).map((name) => `${given.has('r', 'remotes') ? '' : 'remotes/'}${remote}/${name}`))) : [];
  if (current === undefined && !given.has('r', 'remotes')) context.print(`* (HEAD detached at ${(await resolveRevision(repository, 'HEAD')).slice(0, 7)})\n`);
  if (!given.has('r', 'remotes')) for (const name of all) context.print(`${name === current ? '*' : ' '} ${name}\n`);
  for (const name of remotes.flat()) context.print(`  ${name}\n`);
  return 0;
};

export const tag: Command = async (context) => {
  const repository = need(context);
  const given = options(context, 'adflm:n::', { annotate: 'no', delete: 'no', force: 'no', list: 'no', message: 'required', sort: 'required', 'points-at': 'required' });
  const { fs, gitdir } = repository;
  const [name, revision] = given.operands;
  if (given.has('d', 'delete')) {
    for (const one of given.operands) {
      const oid = await git.resolveRef({ fs, gitdir, ref: `refs/tags/${one}` }).catch(() => undefined);
      if (oid === undefined) throw new GitFailure(`tag '${one}' not found.`, 1);
      await git.deleteTag({ fs, gitdir, ref: one });
      context.print(`Deleted tag '${one}' (was ${oid.slice(0, 7)})\n`);
    }
    return 0;
  }
  if (name === undefined || given.has('l', 'list')) {
    const pattern = name === undefined ? undefined : new RegExp(`^${name.replaceAll(/[.+^${}()|[\]\\]/g, '\\$&').replaceAll('*', '.*').replaceAll('?', '.')}$`);
    for (const one of await git.listTags({ fs, gitdir })) if (pattern === undefined || pattern.test(one)) context.print(`${one}\n`);
    return 0;
  }
  const force = given.has('f', 'force');
  if (!force && (await git.listTags({ fs, gitdir })).includes(name)) throw new GitFailure(`tag '${name}' already exists`);
  const object = await resolveRevision(repository, revision ?? 'HEAD');
  const message = given.value('m', 'message');
  if (message !== undefined || given.has('a', 'annotate')) await git.annotatedTag({ fs, gitdir, ref: name, object, message: message ?? '', force, tagger: (await context.people(repository)).committer } as never);
  else await git.tag({ fs, gitdir, ref: name, object, force });
  return 0;
};

export const merge: Command = async (context) => {
  const repository = need(context);
  const given = options(context, 'm:q', { 'ff-only': 'no', 'no-ff': 'no', ff: 'no', message: 'required', quiet: 'no', 'no-edit': 'no' });
  const { fs, dir, gitdir } = repository;
  const theirs = given.operands[0];
  if (theirs === undefined) throw new GitFailure('No remote for the current branch.');
  const changed = (await rows(repository)).some(([, head, workdir, stage]) => head !== 0 && (workdir !== 1 || stage !== 1));
  if (changed) throw new GitFailure('Your local changes would be overwritten by merge.\nPlease commit your changes or stash them before you merge.', 1);
  try {
    const oid = await resolveRevision(repository, theirs);
    const merged = await git.merge({ fs, dir, gitdir, theirs: oid, fastForward: !given.has('no-ff'), fastForwardOnly: given.has('ff-only'), message: given.value('m', 'message') ?? `Merge branch '${theirs}'`, ...(await context.people(repository)) } as never);
    await git.checkout({ fs, dir, gitdir, ref: (await git.currentBranch({ fs, gitdir })) ?? 'HEAD' });
    if (!given.has('q', 'quiet')) context.print(merged.alreadyMerged === true ? 'Already up to date.\n' : merged.fastForward === true ? 'Fast-forward\n' : "Merge made by the 'ort' strategy.\n");
    return 0;
  } catch (error) {
    if ((error as { code?: string }).code === 'MergeConflictError') throw new GitFailure('Automatic merge failed; fix conflicts and then commit the result.', 1);
    if ((error as { code?: string }).code === 'FastForwardError') throw new GitFailure('Not possible to fast-forward, aborting.');
    throw error;
  }
};
