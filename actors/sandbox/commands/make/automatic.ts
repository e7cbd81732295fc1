// The scope in which a target's recipe is expanded: automatic variables over its own and its parents' ones.
import type { Build } from './build.js';
import type { Target } from './targets.js';
import type { Scope, Variable, VariableSet } from './variables.js';
import { patternOf, stemOf } from './words.js';

/** Variables that are set for all targets that match, the shortest stem counting most. */
export class PatternVariables {
  readonly #sets = new Map<string, VariableSet>();

  enter(pattern: string): VariableSet {
    let set = this.#sets.get(pattern);
    if (set === undefined) this.#sets.set(pattern, (set = new Map()));
    return set;
  }

  get entries(): IterableIterator<[string, VariableSet]> {
    return this.#sets.entries();
  }

  /** The sets that a target takes part in, the one that counts most first. */
  setsFor(name: string): VariableSet[] {
    return [...this.#sets].flatMap(([pattern, set]) => {
      const stem = stemOf(patternOf(pattern), name);
      return stem === undefined ? [] : [{ set, size: stem.length }];
    }).sort((a, b) => a.size - b.size).map(({ set }) => set);
  }
}

/** The scope of a target without automatic variables; private ones of its parents are not seen. */
export function scopeOfTarget(build: Build, target: Target): Scope {
  let outer = build.variables.globalScope;
  const lineage: Target[] = [];
  for (let each: Target | undefined = target; each !== undefined && !lineage.includes(each); each = each.parent) lineage.push(each);
  for (const each of lineage.reverse()) {
    for (const set of build.patternVariables.setsFor(each.name).reverse()) outer = { set, outer };
    if (each.variables !== undefined) outer = { set: each.variables, outer };
  }
  return outer;
}

const automatic = (name: string, value: string, isRecursive = false): [string, Variable] => [name, { name, value, isRecursive, origin: 'automatic', exported: undefined, isPrivate: false, appends: false, expanding: 0, location: undefined }];

const PARTS = ['@', '%', '*', '<', '?', '^', '+'].flatMap((name) => [automatic(`${name}D`, `$(patsubst %/,%,$(dir $${name}))`, true), automatic(`${name}F`, `$(notdir $${name})`, true)]);

function stemFor(build: Build, target: Target): string {
  if (target.stem !== undefined) return target.stem;
  const suffix = build.patternRules.suffixes.find((each) => target.name.endsWith(each) && target.name !== each);
  return suffix === undefined ? '' : target.name.slice(0, -suffix.length);
}

/** The scope of a target's recipe. */
export function recipeScope(build: Build, target: Target): Scope {
  const normal = target.dependencies.filter(({ isOrderOnly }) => !isOrderOnly);
  const names = normal.map((dependency) => dependency.target.path);
  const unique = [...new Set(names)];
  const orderOnly = [...new Set(target.dependencies.filter(({ isOrderOnly }) => isOrderOnly).map((dependency) => dependency.target.path))].filter((name) => !unique.includes(name));
  const changed = [...new Set(normal.filter((dependency) => dependency.changed || build.options.makesAll).map((dependency) => dependency.target.path))];
  const archive = /^(.*)\((.*)\)$/.exec(target.name);
  const set: VariableSet = new Map([
    automatic('@', archive?.[1] ?? target.path), automatic('%', archive?.[2] ?? ''), automatic('*', stemFor(build, target)), automatic('<', target.hasDefaultRecipe ? target.path : names[0] ?? ''),
    automatic('^', unique.join(' ')), automatic('+', names.join(' ')), automatic('?', changed.join(' ')), automatic('|', orderOnly.join(' ')), ...PARTS,
  ]);
  return { set, outer: scopeOfTarget(build, target) };
}
