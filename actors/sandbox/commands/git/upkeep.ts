// What keeps a repository in order or looks at it as a whole: gc, prune, pack-refs, fsck, count-objects, maintenance, worktree list, var, check-ref-format, lfs.
import { posix } from 'node:path';
import git from 'isomorphic-git';
import { exists } from '../common/exists.js';
import { isRefName } from './branch.js';
import { type Command, need, options } from './command.js';
import { isTrue, setting } from './configuration.js';
import { chosenBranch } from './init.js';
import { headPosition } from './reflog.js';
import { allRefs, shortRef } from './refs.js';
import { GitFailure, person } from './repository.js';
import { offsetText } from './dates.js';

/** Loose objects are all that is kept here, and none is thrown away: there is nothing to collect. */
export const gc: Command = async (context) => {
  need(context);
  return 0;
};

export const fsck: Command = async (context) => {
  const repository = need(context);
  options(context, 'v', { full: 'no', strict: 'no', 'no-dangling': 'no', 'connectivity-only': 'no', progress: 'no', 'no-progress': 'no', unreachable: 'no', verbose: 'no', 'lost-found': 'no', 'no-reflogs': 'no' });
  const { fs, gitdir } = repository;
  const seen = new Set<string>();
  let broken = 0;
  const visit = async (oid: string, type: string): Promise<void> => {
    if (seen.has(oid)) return;
    seen.add(oid);
    const object = await git.readObject({ fs, gitdir, oid, format: 'parsed' }).catch(() => undefined);
    if (!object) {
      broken++;
      return context.complain(`missing ${type} ${oid}\n`);
    }
    if (object.type === 'tag') await visit((object.object as { object: string }).object, 'object');
    else if (object.type === 'tree') for (const entry of object.object as { oid: string; type: string }[]) if (entry.type !== 'commit') await visit(entry.oid, entry.type);
    if (object.type !== 'commit') return;
    const { tree, parent } = object.object as { tree: string; parent: string[] };
    await visit(tree, 'tree');
    const shallow = posix.join(gitdir, 'shallow');
    const ends = exists(context.process, shallow) ? Buffer.from(context.process.files.readFile(shallow)).toString() : '';
    if (!ends.includes(oid)) for (const one of parent) await visit(one, 'commit');
  };
  for (const { oid } of await allRefs(repository)) await visit(oid, 'object');
  const { oid } = await headPosition(repository);
  if (oid !== undefined) await visit(oid, 'commit');
  return broken > 0 ? 2 : 0;
};

export const countObjects: Command = async (context) => {
  const { process, gitdir } = need(context);
  const given = options(context, 'vH', { verbose: 'no', 'human-readable': 'no' });
  const objects = posix.join(gitdir, 'objects');
  let [count, blocks, packs, packBytes] = [0, 0, 0, 0];
  for (const { name } of process.files.readdir(objects)) {
    if (/^[0-9a-f]{2}$/.test(name)) for (const file of process.files.readdir(posix.join(objects, name))) {
      count++;
      blocks += process.files.stat(posix.join(objects, name, file.name)).blocks512;
    }
  }
  const folder = posix.join(objects, 'pack');
  for (const { name } of exists(process, folder) ? process.files.readdir(folder) : []) if (name.endsWith('.pack')) {
    packs++;
    packBytes += process.files.stat(posix.join(folder, name)).sizeBytes;
  }
  const size = Math.floor(blocks / 2);
  context.print(given.has('v', 'verbose') ? `count: ${count}\nsize: ${size}\nin-pack: 0\npacks: ${packs}\nsize-pack: ${Math.floor(packBytes / 1024)}\nprune-packable: 0\ngarbage: 0\nsize-garbage: 0\n` : `${count} objects, ${size} kilobytes\n`);
  return 0;
};

export const worktree: Command = async (context) => {
  const repository = need(context);
  const action = context.argv[1];
  if (action === 'prune') return 0;
  if (action !== 'list') return context.unsupported(`worktree ${action ?? ''}`);
  const { branch, oid } = await headPosition(repository);
  const given = options({ argv: context.argv.slice(1) }, 'vz', { porcelain: 'no', verbose: 'no' });
  context.print(given.has('porcelain') ? `worktree ${repository.dir}\nHEAD ${oid}\n${branch === undefined ? 'detached' : `branch ${branch}`}\n\n` : `${repository.dir}  ${oid?.slice(0, 7)} ${branch === undefined ? '(detached HEAD)' : `[${shortRef(branch)}]`}\n`);
  return 0;
};

/** The whole working tree is all that there is here, which is what `disable` asks for. */
export const variable: Command = async (context) => {
  const repository = need(context);
  const [, name] = context.argv;
  const role = name === 'GIT_AUTHOR_IDENT' ? 'AUTHOR' : name === 'GIT_COMMITTER_IDENT' ? 'COMMITTER' : undefined;
  if (role !== undefined) {
    const who = await person(repository, role);
    context.print(`${who.name} <${who.email}> ${who.timestamp} ${offsetText(who.timezoneOffset)}\n`);
    return 0;
  }
  const { env } = context.process;
  const value = name === 'GIT_EDITOR' ? (env.get('GIT_EDITOR') ?? setting(repository, 'core.editor') ?? env.get('VISUAL') ?? env.get('EDITOR') ?? 'editor') : name === 'GIT_PAGER' ? (env.get('GIT_PAGER') ?? setting(repository, 'core.pager') ?? env.get('PAGER') ?? 'pager') : name === 'GIT_DEFAULT_BRANCH' ? (chosenBranch(repository) ?? 'master') : undefined;
  if (value === undefined) throw new GitFailure('usage: git var (-l | <variable>)', 129);
  context.print(`${value}\n`);
  return 0;
};

export const checkRefFormat: Command = async (context) => {
  const given = options(context, '', { branch: 'required', 'allow-onelevel': 'no', normalize: 'no', 'refspec-pattern': 'no' });
  const branch = given.value('branch');
  if (branch !== undefined) {
    if (!isRefName(branch)) throw new GitFailure(`'${branch}' is not a valid branch name`);
    context.print(`${branch}\n`);
    return 0;
  }
  const [name = ''] = given.operands;
  return isRefName(name) && (name.includes('/') || given.has('allow-onelevel')) ? 0 : 1;
};

/** A variable of the environment as a truth or a number, for scripts of git's own. */
export const environmentHelper: Command = async (context) => {
  const given = options(context, '', { type: 'required', default: 'required', 'exit-code': 'no' });
  const [name] = given.operands;
  const type = given.value('type');
  if (name === undefined || (type !== 'bool' && type !== 'ulong')) throw new GitFailure('usage: git env--helper --type=[bool|ulong] <options> <env-var>', 129);
  const fallback = given.value('default');
  const value = context.process.env.get(name) ?? fallback;
  if (type === 'bool') {
    if (value !== undefined && !/^(true|yes|on|false|no|off|-?\d+|)$/i.test(value)) throw new GitFailure(value === fallback ? `option \`--default' expects a boolean value with \`--type=bool\`, not \`${value}\`` : `bad boolean config value '${value}' for '${name}'`);
    if (!given.has('exit-code')) context.print(`${isTrue(value)}\n`);
    return isTrue(value) ? 0 : 1;
  }
  if (value !== undefined && !/^\d+[kmg]?$/i.test(value)) throw new GitFailure(`bad numeric config value '${value}' for '${name}': invalid unit`);
  const number = value === undefined ? 0 : Number.parseInt(value, 10) * 1024 ** Math.max(0, ' kmg'.indexOf(value.at(-1)!.toLowerCase()));
  if (!given.has('exit-code')) context.print(`${number}\n`);
  return number > 0 ? 0 : 1;
};
