// git apply: patches onto the working tree or the index, all of them or none.
import { posix } from 'node:path';
import git from 'isomorphic-git';
import { exists } from '../common/exists.js';
import { Application, reversed } from '../patch/apply.js';
import { type FilePatch, parsePatch, PatchSyntaxError } from '../patch/parse.js';
import { indexFiles } from './changes.js';
import { type Command, type GitContext, need, options } from './command.js';
import { numStat, fullStat, type LineCount } from './diff-stat.js';
import { indexEntry, readIndex, writeIndex } from './index-file.js';
import { putFile, removeFile } from './merge-trees.js';
import { GitFailure, type Repository } from './repository.js';
import { bytesOf } from './sides.js';
import { stage } from './staging.js';

/** What a patch makes of one file. */
interface Outcome {
  readonly from: string | undefined;
  readonly to: string | undefined;
  readonly content: string;
  readonly mode: number;
}

function linesOf(text: string): string[] {
  return text === '' ? [] : text.split(/(?<=\n)/);
}

/** Names without their first folders, and with --directory. */
function named(name: string | undefined, strip: number, directory: string | undefined): string | undefined {
  if (name === undefined || name === '/dev/null') return undefined;
  return posix.join(directory ?? '', name.split('/').slice(strip).join('/'));
}

async function outcomeOf(repository: Repository, patch: FilePatch, given: ReturnType<typeof options>): Promise<Outcome> {
  const strip = Number(given.value('p') ?? 1);
  const isReverse = given.has('R', 'reverse');
  const names = [named(patch.oldName, strip, given.value('directory')), named(patch.newName, strip, given.value('directory'))];
  const [from, to] = isReverse ? names.reverse() as [string | undefined, string | undefined] : names as [string | undefined, string | undefined];
  const name = from ?? to ?? '';
  const index = await indexFiles(repository);
  const usesIndex = given.has('index', 'cached');
  const path = posix.join(repository.dir, name);
  const staged = index.get(name);
  let old = '';
  const asked = patch.newMode === undefined ? undefined : (patch.newMode & 0o111) === 0 ? 0o100644 : 0o100755;
  let mode = asked ?? 0o100644;
  if (from !== undefined) {
    if (usesIndex && !staged) throw new GitFailure(`${name}: does not exist in index`, 1);
    if (!given.has('cached') && !exists(repository.process, path)) throw new GitFailure(`${name}: No such file or directory`, 1);
    old = given.has('cached') ? (await bytesOf(repository, staged)).toString() : Buffer.from(repository.process.files.readFile(path)).toString();
    if (given.has('index') && staged?.oid !== (await git.hashBlob({ object: Buffer.from(old) })).oid) throw new GitFailure(`${name}: does not match index`, 1);
    mode = asked ?? staged?.mode ?? ((repository.process.files.stat(path).mode & 0o111) === 0 ? 0o100644 : 0o100755);
  } else if (to !== undefined && (given.has('cached') ? index.has(to) : exists(repository.process, path))) {
    throw new GitFailure(`${to}: already exists in ${given.has('cached') ? 'index' : 'working directory'}`, 1);
  }
  const application = new Application(linesOf(old), Number(given.value('C') ?? 0) > 0 ? 1 : 0, given.has('ignore-whitespace', 'ignore-space-change'), !given.has('unidiff-zero', 'C'));
  for (const hunk of patch.hunks) {
    const result = application.apply(isReverse ? reversed(hunk) : hunk);
    if (!result.applied) throw new GitFailure(`patch failed: ${name}:${isReverse ? hunk.newStart : hunk.oldStart}\nerror: ${name}: patch does not apply`, 1);
  }
  const deletes = isReverse ? names[1] === undefined : patch.deletes || to === undefined;
  return { from, to: deletes ? undefined : to, content: application.lines.join(''), mode };
}

async function carryOut(repository: Repository, outcomes: readonly Outcome[], given: ReturnType<typeof options>): Promise<void> {
  const { fs, gitdir } = repository;
  const touched: string[] = [];
  let entries = readIndex(repository);
  for (const { from, to, content, mode } of outcomes) {
    const oid = await git.writeBlob({ fs, gitdir, blob: Buffer.from(content) });
    if (given.has('cached')) {
      entries = entries.filter(({ path }) => path !== from && path !== to);
      if (to !== undefined) entries.push(indexEntry(to, { oid, mode }));
      continue;
    }
    if (from !== undefined && from !== to) removeFile(repository, from);
    if (to !== undefined) await putFile(repository, to, { oid, mode });
    touched.push(...[from, to].filter((one) => one !== undefined));
  }
  if (given.has('cached')) writeIndex(repository, entries);
  if (given.has('index')) await stage(repository, touched);
}

/** The patches onto the working tree and the index, as `git apply --index` does. */
export async function applyToIndex(repository: Repository, patches: readonly FilePatch[]): Promise<void> {
  const given = options({ argv: ['apply', '--index'] }, '', { index: 'no' });
  const outcomes: Outcome[] = [];
  for (const patch of patches) outcomes.push(await outcomeOf(repository, patch, given));
  await carryOut(repository, outcomes, given);
}

export const apply: Command = async (context: GitContext) => {
  const repository = need(context);
  const given = options(context, 'p:RvqC:3NI:z', { check: 'no', reverse: 'no', index: 'no', cached: 'no', stat: 'no', numstat: 'no', summary: 'no', verbose: 'no', quiet: 'no', directory: 'required', whitespace: 'required', 'ignore-whitespace': 'no', 'ignore-space-change': 'no', reject: 'no', '3way': 'no', 'unidiff-zero': 'no', 'recount': 'no', include: 'required', exclude: 'required', 'allow-empty': 'no', apply: 'no', 'inaccurate-eof': 'no', binary: 'no', 'no-add': 'no' });
  if (given.has('reject', '3', '3way', 'include', 'exclude', 'summary')) return context.unsupported('apply with this option');
  const texts: string[] = [];
  for (const name of given.operands.length > 0 ? given.operands : ['-']) {
    if (name !== '-' && !exists(context.process, name)) throw new GitFailure(`can't open patch '${name}': No such file or directory`);
    texts.push(Buffer.from(name === '-' ? await context.standardInput() : context.process.files.readFile(name)).toString());
  }
  if (texts.some((text) => text.includes('\nGIT binary patch\n'))) return context.unsupported('apply of binary patches');
  const patches = texts.flatMap((text) => {
    try {
      return parsePatch(text);
    } catch (error) {
      if (error instanceof PatchSyntaxError) throw new GitFailure(`corrupt patch: ${error.message}`);
      throw error;
    }
  });
  if (patches.length === 0 && !given.has('allow-empty')) throw new GitFailure('No valid patches in input (allow with "--allow-empty")');
  if (given.has('stat', 'numstat')) {
    const counts = patches.map((patch): LineCount => {
      const lines = patch.hunks.flatMap((hunk) => hunk.lines);
      return { path: named(patch.newName, 1, undefined) ?? named(patch.oldName, 1, undefined) ?? '', added: lines.filter(({ kind }) => kind === '+').length, deleted: lines.filter(({ kind }) => kind === '-').length, sizes: [0, 0] };
    });
    context.print(given.has('numstat') ? numStat(counts) : fullStat(counts, 4));
    if (!given.has('apply')) return 0;
  }
  const outcomes: Outcome[] = [];
  for (const patch of patches) {
    if (given.has('v', 'verbose')) context.complain(`Checking patch ${named(patch.newName, 1, undefined) ?? named(patch.oldName, 1, undefined)}...\n`);
    outcomes.push(await outcomeOf(repository, patch, given));
  }
  if (given.has('check')) return 0;
  await carryOut(repository, outcomes, given);
  if (given.has('v', 'verbose')) for (const { from, to } of outcomes) context.complain(`Applied patch ${to ?? from} cleanly.\n`);
  return 0;
};
