// All names of objects, and the plumbing over them: show-ref, for-each-ref, update-ref, symbolic-ref.
import { posix } from 'node:path';
import git from 'isomorphic-git';
import { compileGlob } from '../common/glob.js';
import { zoneOf } from '../common/dates/zone.js';
import { type Command, FILTERS, type GitContext, joined, need, options } from './command.js';
import { dateText } from './dates.js';
import { exists } from '../common/exists.js';
import { GitFailure, type Repository } from './repository.js';
import { findRevision, peel, resolveCommit, upstreamOf } from './revision.js';

export interface Ref {
  /** In full: `refs/heads/main`. */
  readonly ref: string;
  readonly oid: string;
}

/** Every ref under refs/, sorted by name. */
export async function allRefs({ fs, gitdir }: Repository): Promise<Ref[]> {
  const names = (await git.listRefs({ fs, gitdir, filepath: 'refs' })).map((name) => `refs/${name}`);
  const found = await Promise.all([...new Set(names)].sort().map(async (ref) => ({ ref, oid: await git.resolveRef({ fs, gitdir, ref }).catch(() => undefined) })));
  return found.filter((one): one is Ref => one.oid !== undefined);
}

/** Without refs/heads/ and its like. */
export function shortRef(ref: string): string {
  return ref.replace(/^refs\/(heads|tags|remotes)\//, '');
}

export const showRef: Command = async (context) => {
  const repository = need(context);
  const given = options(context, 'dsq', { heads: 'no', tags: 'no', dereference: 'no', hash: 'optional', verify: 'no', quiet: 'no', head: 'no', exists: 'no', abbrev: 'optional' });
  const quiet = given.has('q', 'quiet');
  const print = async ({ ref, oid }: Ref): Promise<void> => {
    if (quiet) return;
    const shown = given.has('abbrev') ? oid.slice(0, Number(given.value('abbrev')) || 7) : oid.slice(0, Number(given.value('hash')) || 40);
    context.print(given.has('s', 'hash') ? `${shown}\n` : `${shown} ${ref}\n`);
    const peeled = given.has('d', 'dereference') ? await peel(repository, oid, 'any') : undefined;
    if (peeled !== undefined && peeled !== oid) context.print(`${peeled} ${ref}^{}\n`);
  };
  const all = await allRefs(repository);
  if (given.has('verify', 'exists')) {
    for (const name of given.operands) {
      const found = name === 'HEAD' ? await findRevision(repository, 'HEAD').then((oid) => (oid === undefined ? undefined : { ref: 'HEAD', oid })) : all.find(({ ref }) => ref === name);
      if (!found && quiet) return 1;
      if (!found) throw new GitFailure(`'${name}' - not a valid ref`);
      await print(found);
    }
    return 0;
  }
  const kinds = [...(given.has('heads') ? ['refs/heads/'] : []), ...(given.has('tags') ? ['refs/tags/'] : [])];
  const head = given.has('head') ? await findRevision(repository, 'HEAD') : undefined;
  const chosen = [...(head === undefined ? [] : [{ ref: 'HEAD', oid: head }]), ...all.filter(({ ref }) => (kinds.length === 0 || kinds.some((kind) => ref.startsWith(kind))) && (given.operands.length === 0 || given.operands.some((name) => ref === name || ref.endsWith(`/${name}`))))];
  for (const one of chosen) await print(one);
  return chosen.length > 0 ? 0 : 1;
};

/** Values of a ref for --format's `%(name)` (https://git-scm.com/docs/git-for-each-ref#_field_names). */
export async function refField(context: GitContext, repository: Repository, { ref, oid }: Ref, field: string): Promise<string> {
  const { fs, gitdir } = repository;
  const [name, modifier] = [field.replace(/:.*$/s, ''), /:(.*)$/s.exec(field)?.[1]];
  const at = name!.startsWith('*') ? ((await peel(repository, oid, 'any')) ?? oid) : oid;
  const object = await git.readObject({ fs, gitdir, oid: at, format: 'parsed' });
  type Person = { name: string; email: string; timestamp: number; timezoneOffset: number };
  const parsed = object.object as { message?: string; author?: Person; committer?: Person; tagger?: Person; tree?: string; parent?: string[] };
  const lines = (parsed.message ?? '').replace(/\n+$/, '').split('\n');
  const gap = lines.indexOf('');
  const one = (who: Person | undefined, what: string): string => (who === undefined ? '' : what === 'name' ? who.name : what === 'email' ? (modifier === 'trim' ? who.email : `<${who.email}>`) : what === 'date' ? dateText(who, modifier ?? 'default', zoneOf(context.process)) : `${who.name} <${who.email}> ${dateText(who, 'raw', zoneOf(context.process))}`);
  const bare = name!.replace(/^\*/, '');
  switch (bare) {
    case 'refname': return modifier === undefined ? ref : modifier === 'short' ? shortRef(ref) : stripped(ref, modifier);
    case 'objectname': return modifier?.startsWith('short') ? at.slice(0, Number(modifier.split('=')[1]) || 7) : at;
    case 'objecttype': return object.type;
    case 'objectsize': return String(((await git.readObject({ fs, gitdir, oid: at, format: 'content' })).object as Uint8Array).length);
    case 'tree': return parsed.tree ?? '';
    case 'parent': return (parsed.parent ?? []).join(' ');
    case 'subject': case 'contents:subject': return (gap < 0 ? lines : lines.slice(0, gap)).join(' ');
    case 'body': return gap < 0 ? '' : `${lines.slice(gap + 1).join('\n')}\n`;
    case 'contents': return modifier === 'subject' ? (gap < 0 ? lines : lines.slice(0, gap)).join(' ') : (parsed.message ?? '');
    case 'HEAD': return (await git.currentBranch({ fs, gitdir, fullname: true })) === ref ? '*' : ' ';
    case 'upstream': case 'push': {
      const upstream = ref.startsWith('refs/heads/') ? await upstreamOf(repository, shortRef(ref)) : undefined;
      return upstream === undefined ? '' : modifier?.startsWith('short') ? shortRef(upstream) : upstream;
    }
    case 'symref': return (await symbolicTarget(repository, ref)) ?? '';
    case 'creatordate': return one(parsed.tagger ?? parsed.committer, 'date');
    case 'creator': return one(parsed.tagger ?? parsed.committer, '');
    default: break;
  }
  const [, who, what] = /^(author|committer|tagger)(name|email|date|)$/.exec(bare) ?? [];
  if (who === undefined) throw new GitFailure(`unknown field name: ${field}`);
  return one(parsed[who as 'author'], what!);
}

function stripped(ref: string, modifier: string): string {
  const [, side, count] = /^(lstrip|rstrip|strip)=(-?\d+)$/.exec(modifier) ?? [];
  if (side === undefined) return ref;
  const parts = ref.split('/');
  const drop = Number(count) < 0 ? Math.max(0, parts.length + Number(count)) : Number(count);
  return (side === 'rstrip' ? parts.slice(0, parts.length - drop) : parts.slice(drop)).join('/');
}

/** Refs by --sort's keys, the last of which counts most. */
export async function sortedRefs(context: GitContext, repository: Repository, refs: readonly Ref[], keys: readonly string[]): Promise<Ref[]> {
  let sorted = [...refs];
  for (const key of keys) {
    const field = key.replace(/^-/, '');
    const values = new Map<Ref, string | number>();
    for (const ref of sorted) {
      const isVersion = /^(version|v):/.test(field);
      const text = await refField(context, repository, ref, isVersion ? field.replace(/^\w+:/, '') : /date$/.test(field) ? `${field}:unix` : field);
      values.set(ref, /date$|size$/.test(field) ? Number(text) : isVersion ? versionKey(text) : text);
    }
    const sign = key.startsWith('-') ? -1 : 1;
    sorted = sorted.map((ref, at) => ({ ref, at })).sort((a, b) => (values.get(a.ref)! < values.get(b.ref)! ? -sign : values.get(a.ref)! > values.get(b.ref)! ? sign : a.at - b.at)).map(({ ref }) => ref);
  }
  return sorted;
}

/** Numbers in a name padded, so that v10 comes behind v9. */
function versionKey(name: string): string {
  return name.replaceAll(/\d+/g, (digits) => digits.padStart(12, '0'));
}

export async function formattedRef(context: GitContext, repository: Repository, ref: Ref, format: string): Promise<string> {
  let text = '';
  let end = 0;
  for (const found of format.matchAll(/%\(([^)]*)\)|%([0-9a-fA-F]{2})|%%/g)) {
    text += format.slice(end, found.index);
    end = found.index + found[0].length;
    text += found[1] !== undefined ? (found[1].startsWith('color:') ? '' : await refField(context, repository, ref, found[1])) : found[2] !== undefined ? String.fromCharCode(Number.parseInt(found[2], 16)) : '%';
  }
  return text + format.slice(end);
}

/** Those of the refs that --contains, --merged, --points-at and --no-merged let through. */
export async function filteredRefs(repository: Repository, refs: readonly Ref[], given: { value(...names: string[]): string | undefined; has(...names: string[]): boolean }): Promise<Ref[]> {
  const { fs, gitdir } = repository;
  const at = async (name: string): Promise<string | undefined> => (given.has(name) ? resolveCommit(repository, given.value(name) || 'HEAD') : undefined);
  const [contains, lacks, merged, unmerged] = [await at('contains'), await at('no-contains'), await at('merged'), await at('no-merged')];
  const points = given.value('points-at') === undefined ? undefined : await findRevision(repository, given.value('points-at')!);
  const includes = async (oid: string, ancestor: string): Promise<boolean> => oid === ancestor || git.isDescendent({ fs, gitdir, oid, ancestor });
  const kept: Ref[] = [];
  for (const ref of refs) {
    const commit = await peel(repository, ref.oid, 'commit');
    if (points !== undefined && ref.oid !== points && commit !== points) continue;
    if (commit === undefined) {
      if (contains === undefined && merged === undefined) kept.push(ref);
      continue;
    }
    if (contains !== undefined && !(await includes(commit, contains))) continue;
    if (lacks !== undefined && (await includes(commit, lacks))) continue;
    if (merged !== undefined && !(await includes(merged, commit))) continue;
    if (unmerged !== undefined && (await includes(unmerged, commit))) continue;
    kept.push(ref);
  }
  return kept;
}

export const forEachRef: Command = async (context) => {
  const repository = need(context);
  const given = options({ argv: joined(context.argv, ...FILTERS) }, '', { format: 'required', sort: 'required', count: 'required', 'points-at': 'required', merged: 'optional', 'no-merged': 'optional', contains: 'optional', 'no-contains': 'optional', 'ignore-case': 'no', shell: 'no' });
  const patterns = given.operands.map((operand) => ({ operand: operand.replace(/\/$/, ''), glob: compileGlob(operand, { pathname: true }) }));
  const matching = (await allRefs(repository)).filter(({ ref }) => patterns.length === 0 || patterns.some(({ operand, glob }) => ref === operand || ref.startsWith(`${operand}/`) || glob(ref)));
  const sorted = await sortedRefs(context, repository, await filteredRefs(repository, matching, given), given.given.get('sort') ?? []);
  const format = given.value('format') ?? '%(objectname) %(objecttype)\t%(refname)';
  for (const ref of sorted.slice(0, Number(given.value('count') ?? sorted.length))) context.print(`${await formattedRef(context, repository, ref, format)}\n`);
  return 0;
};

export const updateRef: Command = async (context) => {
  const repository = need(context);
  const { fs, gitdir } = repository;
  const given = options(context, 'dm:', { 'no-deref': 'no', stdin: 'no', 'create-reflog': 'no' });
  if (given.has('stdin')) return context.unsupported('update-ref --stdin');
  const [name, value, old] = given.has('d') ? [given.operands[0], undefined, given.operands[1]] : given.operands;
  if (name === undefined) throw new GitFailure('usage: git update-ref [<options>] <refname> <new-val> [<old-val>]', 129);
  const ref = name === 'HEAD' && !given.has('no-deref') ? ((await git.currentBranch({ fs, gitdir, fullname: true })) || 'HEAD') : name;
  const now = await git.resolveRef({ fs, gitdir, ref }).catch(() => undefined);
  const expected = old === undefined || old === '' ? old : /^0{40}$/.test(old) ? '' : await findRevision(repository, old);
  if (expected !== undefined && (now ?? '') !== expected) throw new GitFailure(`update_ref failed for ref '${name}': cannot lock ref '${name}': is at ${now ?? 'nothing'} but expected ${old}`);
  if (value === undefined) {
    await git.deleteRef({ fs, gitdir, ref });
    return 0;
  }
  const oid = await findRevision(repository, value);
  if (oid === undefined) throw new GitFailure(`${value}: not a valid SHA1`);
  await git.writeRef({ fs, gitdir, ref, value: oid, force: true });
  return 0;
};

/** What a symbolic ref points at; undefined where it is none. */
export async function symbolicTarget({ process, gitdir }: Repository, name: string): Promise<string | undefined> {
  const path = posix.join(gitdir, name);
  return exists(process, path) ? /^ref: (.+)/.exec(Buffer.from(process.files.readFile(path)).toString())?.[1] : undefined;
}

export const symbolicRef: Command = async (context) => {
  const repository = need(context);
  const { process, gitdir } = repository;
  const given = options(context, 'qdm:', { quiet: 'no', short: 'no', delete: 'no' });
  const [name, target] = given.operands;
  if (name === undefined) throw new GitFailure('usage: git symbolic-ref [-m <reason>] <name> <ref>', 129);
  const path = posix.join(gitdir, name);
  if (given.has('d', 'delete')) {
    process.files.unlink(path);
    return 0;
  }
  if (target !== undefined) {
    if (name === 'HEAD' && !target.startsWith('refs/')) throw new GitFailure('Refusing to point HEAD outside of refs/');
    process.files.writeFile(path, Buffer.from(`ref: ${target}\n`));
    return 0;
  }
  const points = await symbolicTarget(repository, name);
  if (points === undefined) {
    if (given.has('q', 'quiet')) return 1;
    throw new GitFailure(`ref ${name} is not a symbolic ref`);
  }
  context.print(`${given.has('short') ? shortRef(points) : points}\n`);
  return 0;
};
