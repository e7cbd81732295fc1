// git format-patch writes commits as mails; git cherry says which of them are there already.
import { createHash } from 'node:crypto';
import { posix } from 'node:path';
import type { ReadCommitResult } from 'isomorphic-git';
import { exists } from '../common/exists.js';
import { CHANGE_LETTERS, CHANGE_OPTIONS, changeText, readStyle } from './change-text.js';
import { compareFiles, treeFiles } from './changes.js';
import { type Command, need, options } from './command.js';
import { patchName, writeMail } from './mail.js';
import { PATCH, patchText } from './patch-text.js';
import { type Pathspec, pathspec } from './pathspec.js';
import { subject } from './pretty.js';
import { USUAL_RENAMES } from './renames.js';
import { GitFailure, person, type Repository } from './repository.js';
import { findRevision, peel, upstreamOf } from './revision.js';
import { History, readRange, WALK_OPTIONS, walk } from './walk.js';

const STAT_WIDTH = 72;
const SIGNATURE = '2.39.5';

async function changesOf(repository: Repository, { commit }: ReadCommitResult, paths: Pathspec, renames: Parameters<typeof compareFiles>[4] = USUAL_RENAMES): ReturnType<typeof compareFiles> {
  return compareFiles(repository, await treeFiles(repository, commit.parent[0], paths), await treeFiles(repository, commit.tree, paths), paths, renames);
}

export const formatPatch: Command = async (context) => {
  const repository = need(context);
  const given = options({ ...context, argv: context.argv.map((word) => word.replace(/^-(\d+)$/, '--max-count=$1')) }, `${CHANGE_LETTERS.replace('s', '').replace('u', '')}no:Nksv:`, {
    ...WALK_OPTIONS, ...CHANGE_OPTIONS, stdout: 'no', 'output-directory': 'required', root: 'no', 'no-numbered': 'no', numbered: 'no', 'start-number': 'required', 'subject-prefix': 'required', 'keep-subject': 'no', 'no-stat': 'no', signoff: 'no', 'zero-commit': 'no', 'no-signature': 'no', signature: 'required', rfc: 'no', 'reroll-count': 'required',
    always: 'no', 'cover-letter': 'no', attach: 'optional', inline: 'optional', thread: 'optional', to: 'required', cc: 'required', 'in-reply-to': 'required', base: 'required', notes: 'optional',
  });
  if (given.has('cover-letter', 'attach', 'inline', 'thread', 'to', 'cc', 'in-reply-to', 'base', 'notes')) return context.unsupported('format-patch with this option');
  // A lone revision is where to begin, unless a count or --root says so.
  const count = given.value('max-count');
  const [first] = given.operands;
  const isSince = given.operands.length === 1 && first !== undefined && !/\.\.|^\^/.test(first) && count === undefined && !given.has('root');
  const operands = given.operands.length === 0 ? ['HEAD'] : isSince ? [`${first}..HEAD`] : given.operands;
  if (given.operands.length === 0 && count === undefined && !given.has('root')) return 0;
  const range = await readRange(repository, { ...given, operands });
  const paths = pathspec(repository, range.paths);
  const style = { ...readStyle(given, { patch: true }, true), stat: !given.has('no-stat'), summary: !given.has('no-stat'), patch: false, statWidth: STAT_WIDTH };
  const walked = { ...given, value: (...names: string[]) => given.value(...names.filter((name) => name !== 'n')) };
  const entries = (await walk(context, repository, walked, range, paths)).filter(({ commit }) => commit.parent.length < 2).reverse();
  const start = Number(given.value('start-number') ?? 1);
  const version = given.value('v', 'reroll-count');
  const word = `${given.has('rfc') ? 'RFC ' : ''}${given.value('subject-prefix') ?? 'PATCH'}${version === undefined ? '' : ` v${version}`}`;
  const isNumbered = given.has('n', 'numbered') || (entries.length > 1 && !given.has('no-numbered', 'N'));
  const width = String(start + entries.length - 1).length;
  const committer = given.has('s', 'signoff') ? await person(repository, 'COMMITTER') : undefined;
  const folder = given.value('o', 'output-directory');
  if (folder !== undefined && !given.has('stdout') && !exists(context.process, folder)) context.process.files.mkdir(folder);
  for (const [at, entry] of entries.entries()) {
    const number = start + at;
    const changes = await changesOf(repository, entry, paths, style.renames);
    const patch = (await Promise.all(changes.map((change) => patchText(repository, change, style.patchSettings)))).join('');
    // A commit that changes nothing has its number, and no mail.
    const mail = changes.length === 0 && !given.has('always') ? '' : writeMail(entry, { stat: await changeText(repository, changes, style), patch }, {
      prefix: given.has('k', 'keep-subject') ? '' : `[${word}${isNumbered ? ` ${String(number).padStart(width, '0')}/${start + entries.length - 1}` : ''}]`,
      signature: given.has('no-signature') ? '' : given.value('signature') ?? SIGNATURE, hasId: !given.has('zero-commit'),
      signOff: committer === undefined ? undefined : `Signed-off-by: ${committer.name} <${committer.email}>`,
    });
    if (given.has('stdout')) {
      context.print(mail);
      continue;
    }
    const name = `${version === undefined ? '' : `v${version}-`}${patchName(number, subject(entry))}`;
    const path = folder === undefined ? name : posix.join(folder, name);
    context.process.files.writeFile(path, Buffer.from(mail));
    context.print(`${path}\n`);
  }
  return 0;
};

/** What a commit changes, whatever stands around it: equal for commits that do the same. */
async function patchId(repository: Repository, entry: ReadCommitResult): Promise<string> {
  const changes = await changesOf(repository, entry, pathspec(repository, []));
  const texts = await Promise.all(changes.map((change) => patchText(repository, change, PATCH)));
  return createHash('sha1').update(texts.join('').replace(/^(?:index .*|@@ .*)\n/gm, '').replace(/[ \t]+/g, '')).digest('hex');
}

export const cherry: Command = async (context) => {
  const repository = need(context);
  const given = options(context, 'v', { abbrev: 'optional', verbose: 'no' });
  const [upstreamName = await upstreamOf(repository), headName = 'HEAD', limitName] = given.operands;
  if (upstreamName === undefined) throw new GitFailure('Could not find a tracked remote branch, please specify <upstream> manually.', 1);
  const known = async (name: string): Promise<string> => {
    const oid = await findRevision(repository, name);
    const commit = oid === undefined ? undefined : await peel(repository, oid, 'commit');
    if (commit === undefined) throw new GitFailure(`unknown commit ${name}`);
    return commit;
  };
  const [upstream, head] = [await known(upstreamName), await known(headName)];
  const history = new History(repository);
  const nothing = { given: new Map(), operands: [], has: () => false, value: () => undefined };
  const exclude = limitName === undefined ? [upstream] : [upstream, await known(limitName)];
  const everything = pathspec(repository, []);
  const ours = (await walk(context, repository, nothing, { include: [head], exclude, paths: [] }, everything)).filter(({ commit }) => commit.parent.length < 2).reverse();
  const reached = await history.reachable([head]);
  const theirs = (await walk(context, repository, nothing, { include: [upstream], exclude: [head], paths: [] }, everything)).filter(({ oid, commit }) => !reached.has(oid) && commit.parent.length < 2);
  const ids = new Set(await Promise.all(theirs.map((entry) => patchId(repository, entry))));
  const length = given.has('abbrev') ? Number(given.value('abbrev')) || 7 : 40;
  for (const entry of ours) context.print(`${ids.has(await patchId(repository, entry)) ? '-' : '+'} ${entry.oid.slice(0, length)}${given.has('v', 'verbose') ? ` ${subject(entry)}` : ''}\n`);
  return 0;
};
