// git merge-base and name-rev: where histories meet, and how a commit is reached from refs.
import { type Command, need, options } from './command.js';
import { allRefs, shortRef } from './refs.js';
import { GitFailure } from './repository.js';
import { findRevision, peel, resolveCommit } from './revision.js';
import { History, mergeBases } from './walk.js';

export const mergeBase: Command = async (context) => {
  const repository = need(context);
  const given = options(context, 'a', { all: 'no', 'is-ancestor': 'no', octopus: 'no', independent: 'no', 'fork-point': 'no' });
  if (given.has('octopus', 'independent', 'fork-point')) return context.unsupported('merge-base with this option');
  const oids = await Promise.all(given.operands.map(async (name) => {
    const oid = await findRevision(repository, name);
    if (oid === undefined) throw new GitFailure(`Not a valid object name ${name}`);
    return (await peel(repository, oid, 'commit'))!;
  }));
  if (given.has('is-ancestor')) {
    const [ancestor, oid] = oids as [string, string];
    return ancestor === oid || (await new History(repository).reachable([oid])).has(ancestor) ? 0 : 1;
  }
  const bases = await mergeBases(repository, oids);
  for (const base of given.has('a', 'all') ? bases : bases.slice(0, 1)) context.print(`${base}\n`);
  return bases.length > 0 ? 0 : 1;
};

export const nameRev: Command = async (context) => {
  const repository = need(context);
  const given = options(context, '', { tags: 'no', 'name-only': 'no', always: 'no', 'no-undefined': 'no', refs: 'required', exclude: 'required' });
  const refs = (await allRefs(repository)).filter(({ ref }) => (given.has('tags') ? ref.startsWith('refs/tags/') : true));
  const history = new History(repository);
  for (const operand of given.operands) {
    const oid = await resolveCommit(repository, operand);
    let best: { name: string; cost: number } | undefined;
    for (const { ref, oid: at } of refs) {
      const start = await peel(repository, at, 'commit');
      const found = start === undefined ? undefined : await stepsTo(history, start, oid);
      if (found === undefined) continue;
      const label = ref.startsWith('refs/tags/') ? ref.slice(given.has('tags') && given.has('name-only') ? 'refs/tags/'.length : 'refs/'.length) : shortRef(ref).replace(/^/, ref.startsWith('refs/remotes/') ? 'remotes/' : '');
      const isPeeled = at !== start;
      const cost = found.cost + (ref.startsWith('refs/tags/') ? 0 : 65_536);
      if (best === undefined || cost < best.cost) best = { name: `${label}${found.path === '' && isPeeled ? '^0' : found.path}`, cost };
    }
    if (best === undefined && given.has('no-undefined')) throw new GitFailure(`cannot describe '${oid}'`);
    const name = best?.name ?? (given.has('always') ? oid.slice(0, 7) : 'undefined');
    context.print(given.has('name-only') ? `${name}\n` : `${operand} ${name}\n`);
  }
  return 0;
};

/** How a commit is reached from another: `~3^2~1`, and how far that is. */
async function stepsTo(history: History, from: string, to: string): Promise<{ path: string; cost: number } | undefined> {
  const waiting: { oid: string; generation: number; base: string; cost: number }[] = [{ oid: from, generation: 0, base: '', cost: 0 }];
  const seen = new Set<string>();
  for (let at = waiting.shift(); at !== undefined; at = waiting.shift()) {
    if (seen.has(at.oid)) continue;
    seen.add(at.oid);
    const path = at.generation > 0 ? `${at.base}~${at.generation}` : at.base;
    if (at.oid === to) return { path, cost: at.cost };
    const { parent } = (await history.commit(at.oid)).commit;
    for (const [number, oid] of parent.entries()) waiting.push(number === 0 ? { oid, generation: at.generation + 1, base: at.base, cost: at.cost + 1 } : { oid, generation: 0, base: `${path}^${number + 1}`, cost: at.cost + 65_535 });
    waiting.sort((a, b) => a.cost - b.cost);
  }
  return undefined;
}

