// git's history: log, show, rev-list, shortlog, whatchanged.
import git, { type ReadCommitResult } from 'isomorphic-git';
import { zoneOf } from '../common/dates/zone.js';
import { CHANGE_LETTERS, CHANGE_OPTIONS, changeText, filtered, readStyle, shows, type Style } from './change-text.js';
import { compareFiles, treeFiles } from './changes.js';
import { type Command, type GitContext, need, options } from './command.js';
import { dateText } from './dates.js';
import { type Pathspec, pathspec } from './pathspec.js';
import { objectLines } from './object-list.js';
import { pickaxed } from './pickaxe.js';
import { decorations, parseFormat, type Shown, short, subject } from './pretty.js';
import { setting } from './configuration.js';
import { GitFailure, type Repository } from './repository.js';
import { findRevision, peel, resolveCommit, unknownRevision } from './revision.js';
import { countedArguments, headCommit, History, readRange, WALK_LETTERS, WALK_OPTIONS, walk } from './walk.js';
import { USUAL_RENAMES } from './renames.js';

const SHOWN_OPTIONS = {
  oneline: 'no', format: 'required', pretty: 'optional', decorate: 'optional', 'no-decorate': 'no', 'abbrev-commit': 'no', 'no-abbrev-commit': 'no', graph: 'no', date: 'required', source: 'no', 'decorate-refs': 'required', 'decorate-refs-exclude': 'required', 'no-notes': 'no', notes: 'optional', 'show-signature': 'no', 'no-mailmap': 'no', mailmap: 'no', m: 'no', c: 'no', cc: 'no', 'diff-merges': 'required', root: 'no', encoding: 'required',
} as const;

/** How the commits of one command are shown. */
async function shower(context: GitContext, repository: Repository, given: ReturnType<typeof options>, style: Style, pathsOf: (entry: ReadCommitResult) => Pathspec): Promise<(entries: readonly ReadCommitResult[]) => Promise<string>> {
  // --format= shows nothing of a commit itself.
  const named = given.has('oneline') ? 'oneline' : given.value('format') === '' ? 'tformat:' : (given.value('format', 'pretty') || setting(repository, 'format.pretty'));
  const format = parseFormat(named);
  const wantsNames = (given.has('decorate') && given.value('decorate') !== 'no' && !given.has('no-decorate')) || /%[dD]|%\(decorate/.test(named ?? '');
  const names = wantsNames ? await decorations(repository) : new Map<string, string[]>();
  const shownBy: Omit<Shown, 'entry' | 'names'> = { abbreviates: given.has('oneline', 'abbrev-commit') && !given.has('no-abbrev-commit'), dateMode: given.value('date') ?? setting(repository, 'log.date') ?? 'default', zone: zoneOf(context.process) };
  return async (entries) => {
    let text = '';
    for (const [at, entry] of entries.entries()) {
      const head = format.text({ ...shownBy, entry, names: names.get(entry.oid) ?? [] });
      // A merge is shown without changes, unless they are asked for by its first parent.
      const below = shows(style) && (entry.commit.parent.length < 2 || given.has('m', 'first-parent')) ? await changeText(repository, await commitChanges(repository, entry, style, pathsOf(entry)), style) : '';
      const end = style.isNull ? '\0' : '\n';
      text += (at > 0 && format.separates ? end : '') + head + (format.separates || head === '' ? '' : end);
      if (below !== '') text += (head === '' ? '' : format.gap) + below;
    }
    return text;
  };
}

async function commitChanges(repository: Repository, { commit }: ReadCommitResult, style: Style, paths: Pathspec): Promise<Awaited<ReturnType<typeof compareFiles>>> {
  const [parent] = commit.parent;
  return filtered(await compareFiles(repository, await treeFiles(repository, parent, paths), await treeFiles(repository, commit.tree, paths), paths, style.renames), style);
}

export const log: Command = async (context) => {
  const repository = need(context);
  const counted = { ...context, argv: countedArguments(context.argv) };
  const given = options(counted, `${WALK_LETTERS}${CHANGE_LETTERS}S:G:`, { 'pickaxe-regex': 'no', 'pickaxe-all': 'no', ...WALK_OPTIONS, ...CHANGE_OPTIONS, ...SHOWN_OPTIONS });
  const style = readStyle(given, { patch: false, raw: context.argv[0] === 'whatchanged' }, true);
  const range = await readRange(repository, given);
  const paths = pathspec(repository, range.paths);
  refuseUnknown(context, repository, range.paths, given.afterDashes);
  const include = range.include.length > 0 || given.has('all', 'branches', 'tags', 'remotes') ? range.include : [await headCommit(repository)];
  if (given.has('follow')) {
    if (range.paths.length !== 1) throw new GitFailure('--follow requires exactly one pathspec');
    const found = await followed(repository, await walk(context, repository, given, { ...range, include }, pathspec(repository, [])), paths);
    context.print(await (await shower(context, repository, given, style, ({ oid }) => found.get(oid)!.paths))([...found.values()].map(({ entry }) => entry)));
    return 0;
  }
  const isPicked = given.has('S', 'G');
  // What is looked for in changes counts before -n does.
  const walked = isPicked ? { ...given, value: (...names: string[]) => given.value(...names.filter((name) => name !== 'n' && name !== 'max-count')) } : given;
  const all = await pickaxed(repository, given, await walk(context, repository, walked, { ...range, include }, paths), paths);
  const entries = isPicked ? all.slice(0, Number(given.value('n', 'max-count') ?? Infinity)) : all;
  context.print(await (await shower(context, repository, given, style, () => paths))(entries));
  return 0;
};

/** The commits that changed a file, also under the names that it had before; with the name that it has in each. */
async function followed(repository: Repository, entries: readonly ReadCommitResult[], first: Pathspec): Promise<Map<string, { entry: ReadCommitResult; paths: Pathspec }>> {
  const found = new Map<string, { entry: ReadCommitResult; paths: Pathspec }>();
  const everything = pathspec(repository, []);
  let paths = first;
  for (const entry of entries) {
    const changes = await compareFiles(repository, await treeFiles(repository, entry.commit.parent[0]), await treeFiles(repository, entry.commit.tree), everything, USUAL_RENAMES);
    const change = changes.find(({ path }) => paths.matches(path));
    if (!change) continue;
    found.set(entry.oid, { entry, paths: change.from === change.path ? paths : pathspec(repository, [`:/${change.from}`, `:/${change.path}`]) });
    if (change.from !== change.path) paths = pathspec(repository, [`:/${change.from}`]);
  }
  return found;
}

/** What is neither a revision nor a file must be set off by `--`. */
function refuseUnknown({ process }: GitContext, _repository: Repository, operands: readonly string[], afterDashes: readonly string[]): void {
  for (const operand of operands) if (!afterDashes.includes(operand) && !/[*?[:]/.test(operand) && !process.files.exists(operand)) throw unknownRevision(operand);
}

export const revList: Command = async (context) => {
  const repository = need(context);
  const counted = { ...context, argv: countedArguments(context.argv) };
  const given = options(counted, WALK_LETTERS, { ...WALK_OPTIONS, count: 'no', parents: 'no', children: 'no', 'abbrev-commit': 'no', objects: 'no', quiet: 'no', oneline: 'no', format: 'required', pretty: 'optional', timestamp: 'no', 'no-commit-header': 'no', date: 'required', abbrev: 'optional', 'use-bitmap-index': 'no' });
  const range = await readRange(repository, given);
  const paths = pathspec(repository, range.paths);
  refuseUnknown(context, repository, range.paths, given.afterDashes);
  if (range.include.length === 0 && !given.has('all', 'branches', 'tags', 'remotes')) throw new GitFailure('usage: git rev-list [<options>] <commit>... [--] [<path>...]', 129);
  const entries = await walk(context, repository, given, range, paths);
  if (given.has('quiet')) return 0;
  const isLeft = given.has('left-right') ? await leftSide(repository, given.operands) : undefined;
  const objects = given.has('objects') ? await objectLines(repository, entries, range.exclude) : [];
  if (given.has('count')) {
    const left = isLeft === undefined ? 0 : entries.filter(({ oid }) => isLeft.has(oid)).length;
    context.print(isLeft === undefined ? `${entries.length + objects.length}\n` : `${left}\t${entries.length - left}\n`);
    return 0;
  }
  const format = given.has('format', 'pretty', 'oneline') ? parseFormat(given.has('oneline') ? 'oneline' : given.value('format', 'pretty')) : undefined;
  for (const entry of entries) {
    const { oid, commit } = entry;
    const mark = isLeft === undefined ? '' : isLeft.has(oid) ? '<' : '>';
    const name = mark + (given.has('abbrev-commit') ? short(oid) : oid);
    const shown = { entry, names: [], abbreviates: given.has('abbrev-commit'), dateMode: given.value('date') ?? 'default', zone: zoneOf(context.process) };
    if (given.has('oneline')) context.print(`${format!.text(shown)}\n`);
    else if (format) context.print(`${given.has('no-commit-header') || format.text(shown).startsWith(`commit ${name}`) ? '' : `commit ${name}\n`}${format.text(shown)}\n`);
    else context.print(`${given.has('timestamp') ? `${commit.committer.timestamp} ` : ''}${name}${given.has('parents') ? commit.parent.map((parent) => ` ${parent}`).join('') : ''}\n`);
  }
  for (const line of objects) context.print(`${line}\n`);
  return 0;
};

/** What only the left side of `a...b` reaches. */
async function leftSide(repository: Repository, operands: readonly string[]): Promise<ReadonlySet<string>> {
  const [, left, right] = operands.map((operand) => /^(.*?)\.\.\.(.*)$/.exec(operand)).find((match) => match !== null) ?? [];
  if (left === undefined) return new Set();
  const history = new History(repository);
  const [ours, theirs] = [await resolveCommit(repository, left || 'HEAD'), await resolveCommit(repository, right || 'HEAD')];
  const there = await history.reachable([theirs]);
  return new Set([...(await history.reachable([ours]))].filter((oid) => !there.has(oid)));
}

export const shortlog: Command = async (context) => {
  const repository = need(context);
  const given = options({ ...context, argv: context.argv }, `${WALK_LETTERS.replace('n:', '')}nsec`, { ...WALK_OPTIONS, numbered: 'no', summary: 'no', email: 'no', committer: 'no', group: 'required', format: 'required' });
  const range = await readRange(repository, given);
  const include = range.include.length > 0 || given.has('all') ? range.include : [await headCommit(repository)];
  const entries = (await walk(context, repository, { ...given, has: given.has, value: (...names) => given.value(...names.filter((name) => name !== 'n')) }, { ...range, include }, pathspec(repository, range.paths))).reverse();
  const groups = new Map<string, string[]>();
  const format = given.value('format') === undefined ? undefined : parseFormat(given.value('format'));
  for (const entry of entries) {
    const who = given.has('c', 'committer') ? entry.commit.committer : entry.commit.author;
    const key = given.has('e', 'email') ? `${who.name} <${who.email}>` : who.name;
    const line = format?.text({ entry, names: [], abbreviates: false, dateMode: 'default', zone: zoneOf(context.process) }).trimEnd() ?? subject(entry).replace(/^\[PATCH[^\]]*\] ?/, '');
    groups.set(key, [...(groups.get(key) ?? []), line]);
  }
  const sorted = [...groups].sort(([a, x], [b, y]) => (given.has('n', 'numbered') ? y.length - x.length : 0) || (a < b ? -1 : 1));
  for (const [who, lines] of sorted) context.print(given.has('s', 'summary') ? `${String(lines.length).padStart(6)}\t${who}\n` : `${who} (${lines.length}):\n${lines.map((line) => `      ${line}\n`).join('')}\n`);
  return 0;
};

export const show: Command = async (context) => {
  const repository = need(context);
  const counted = { ...context, argv: countedArguments(context.argv) };
  const given = options(counted, WALK_LETTERS + CHANGE_LETTERS + 'q', { ...WALK_OPTIONS, ...CHANGE_OPTIONS, ...SHOWN_OPTIONS });
  const style = readStyle(given, { patch: !given.has('q') }, true);
  const operands = given.operands.slice(0, given.operands.length - given.afterDashes.length);
  const paths = pathspec(repository, given.afterDashes);
  const showCommits = await shower(context, repository, given, style, () => paths);
  const { fs, gitdir } = repository;
  for (const [at, operand] of (operands.length > 0 ? operands : ['HEAD']).entries()) {
    if (/[^.]\.\.[^.]|^\^/.test(operand)) {
      const range = await readRange(repository, { ...given, operands: [operand], afterDashes: [] });
      context.print(await showCommits(await walk(context, repository, given, range, paths)));
      continue;
    }
    const oid = await findRevision(repository, operand);
    if (oid === undefined && operand.includes(':') && !operand.startsWith(':/')) throw new GitFailure(`path '${operand.slice(operand.indexOf(':') + 1)}' does not exist in '${operand.slice(0, operand.indexOf(':')) || 'the index'}'`);
    if (oid === undefined) throw unknownRevision(operand);
    const object = await git.readObject({ fs, gitdir, oid, format: 'content' });
    if (object.type === 'blob') context.print(Buffer.from(object.object as Uint8Array).toString('utf8'));
    else if (object.type === 'tree') {
      context.print(`tree ${operand}\n\n`);
      for (const entry of (await git.readTree({ fs, gitdir, oid })).tree) context.print(`${entry.path}${entry.type === 'tree' ? '/' : ''}\n`);
    } else {
      if (at > 0) context.print('\n');
      if (object.type === 'tag') {
        const { tag } = await git.readTag({ fs, gitdir, oid });
        context.print(`tag ${tag.tag}\nTagger: ${tag.tagger.name} <${tag.tagger.email}>\nDate:   ${dateText(tag.tagger, given.value('date') ?? 'default', zoneOf(context.process))}\n\n${tag.message}\n`);
      }
      context.print(await showCommits([await git.readCommit({ fs, gitdir, oid: (await peel(repository, oid, 'commit'))! })]));
    }
  }
  return 0;
};
