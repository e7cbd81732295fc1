// Puts the rules that were read where they belong: into targets, or among the pattern rules.
import type { Task } from '../../kernel/wait.js';
import type { Build } from './build.js';
import { type Location, MakeFatal } from './errors.js';
import { namesOf, type RuleLine, withoutDot } from './rule-line.js';
import type { Dependency, Recipe, Target } from './targets.js';
import { Target as TargetClass } from './targets.js';
import { patternOf, stemOf, wordsOf } from './words.js';

/** Names before and behind `|`. */
export interface Prerequisites {
  normal: string[];
  orderOnly: string[];
}

export function splitOrderOnly(text: string): { normal: string; orderOnly: string } {
  const bar = /(^|[ \t])\|([ \t]|$)|\|/.exec(text);
  return bar === null ? { normal: text, orderOnly: '' } : { normal: text.slice(0, bar.index), orderOnly: text.slice(bar.index + bar[0].length) };
}

/** Names of prerequisites, of a static pattern or an implicit rule with the stem in the place of `%`. */
export function* prerequisitesOf(build: Build, text: string, stem: string | undefined): Task<Prerequisites> {
  const { normal, orderOnly } = splitOrderOnly(text);
  const names = function* (part: string): Task<string[]> {
    const put = stem === undefined ? part : wordsOf(part).map((word) => withStem(word, stem)).join(' ');
    return yield* namesOf(build, put);
  };
  return { normal: yield* names(normal), orderOnly: yield* names(orderOnly) };
}

export function withStem(word: string, stem: string): string {
  const pattern = patternOf(word);
  return pattern.isPlain ? pattern.prefix : pattern.prefix + stem + pattern.suffix;
}

export function dependencies(build: Build, { normal, orderOnly }: Prerequisites): Dependency[] {
  const enter = (isOrderOnly: boolean) => (name: string): Dependency => {
    const target = build.targets.enter(name);
    target.isMentioned = true;
    return { target, isOrderOnly, changed: false };
  };
  return [...normal.map(enter(false)), ...orderOnly.map(enter(true))];
}

/** A rule as read, with its recipe. */
export interface Rule {
  line: RuleLine;
  recipe: Recipe | undefined;
  location: Location;
}

export function* recordRule(build: Build, { line, recipe, location }: Rule): Task {
  const { targets, targetPattern } = line;
  if (targetPattern === undefined && targets[0]!.includes('%')) {
    if (targets.some((name) => !name.includes('%'))) throw new MakeFatal('mixed implicit and normal rules', location);
    build.patternRules.add({
      targets: targets.map(withoutDot), prerequisites: line.prerequisites, isTerminal: line.hasTwoColons, recipe, location,
      isLate: build.expandsTwice && line.prerequisites.includes('$'), isBuiltin: false,
    });
    return;
  }
  if (build.isUpdating && line.prerequisites.trim() !== '') throw new MakeFatal('prerequisites cannot be defined in recipes', location);
  const made: Target[] = [];
  for (const name of targets) {
    if (targetPattern === undefined && name.includes('%')) {
      yield* build.warn('*** mixed implicit and normal rules: deprecated syntax', location);
      break;
    }
    made.push(yield* recordTarget(build, { line, recipe, location }, name));
  }
  if (line.isGrouped) for (const target of made) target.alsoMade.push(...made.filter((other) => other !== target));
}

function* recordTarget(build: Build, rule: Rule, name: string): Task<Target> {
  const { recipe, location } = rule;
  let { line } = rule;
  let stem: string | undefined;
  if (line.targetPattern !== undefined) {
    stem = stemOf(patternOf(line.targetPattern), name);
    if (stem === undefined) {
      yield* build.warn(`target '${name}' doesn't match the target pattern`, location);
      line = { ...line, prerequisites: '' };
    }
  }
  if (name === '.SUFFIXES' && line.prerequisites.trim() === '') build.patternRules.suffixes = [];
  else if (name === '.SUFFIXES') build.patternRules.suffixes.push(...wordsOf(line.prerequisites));
  const target = yield* targetFor(build, { line, recipe, location }, name);
  target.isTarget = target.isMentioned = true;
  const comesFirst = recipe !== undefined;
  if (build.expandsTwice && line.prerequisites.includes('$')) {
    target.late.push({ text: line.prerequisites, stem, location, comesFirst });
  } else {
    const found = dependencies(build, yield* prerequisitesOf(build, line.prerequisites, stem));
    // What the rule with the recipe needs comes first: `$<` is of it.
    target.dependencies = comesFirst ? [...found, ...target.dependencies] : [...target.dependencies, ...found];
  }
  if (stem !== undefined && recipe !== undefined) target.stem = stem;
  if (recipe !== undefined) target.recipe = recipe;
  return target;
}

function* targetFor(build: Build, { line, recipe, location }: Rule, name: string): Task<Target> {
  const target = build.targets.enter(name);
  if (!line.hasTwoColons) {
    if (target.isTarget && target.doubleColon !== undefined) throw new MakeFatal(`target file '${name}' has both : and :: entries`, location);
    if (recipe !== undefined && target.recipe !== undefined) {
      if (target.recipe === recipe) yield* build.warn(`target '${name}' given more than once in the same rule`, location);
      else if (target.recipe.location !== undefined) {
        yield* build.warn(`warning: overriding recipe for target '${name}'`, recipe.location);
        yield* build.warn(`warning: ignoring old recipe for target '${name}'`, target.recipe.location);
      }
      if (target.stem !== undefined && line.targetPattern === undefined) target.stem = undefined;
    }
    return target;
  }
  if (target.isTarget && target.doubleColon === undefined) throw new MakeFatal(`target file '${name}' has both : and :: entries`, location);
  if (target.doubleColon === undefined) {
    target.doubleColon = [target];
    return target;
  }
  const next = new TargetClass(name);
  next.doubleColon = target.doubleColon;
  next.isPhony = target.isPhony;
  target.doubleColon.push(next);
  return next;
}

/** Late prerequisites are expanded when everything is read. */
export function* expandLate(build: Build, target: Target): Task {
  for (const { text, stem, location, comesFirst } of target.late.splice(0)) {
    const put = stem === undefined ? text : text.replace(/(^|[^\\])%/g, (_, before: string) => `${before}$*`);
    const saved = target.stem;
    if (stem !== undefined) target.stem = stem;
    build.location = location;
    const expanded = yield* build.expandFor(target, put);
    target.stem = saved ?? target.stem;
    const found = dependencies(build, yield* prerequisitesOf(build, expanded, undefined));
    target.dependencies = comesFirst ? [...found, ...target.dependencies] : [...target.dependencies, ...found];
  }
}
