// Looks for the implicit rule that makes a file (https://www.gnu.org/software/make/manual/html_node/Implicit-Rule-Search.html).
import { PREEMPT, type Task } from '../../kernel/wait.js';
import type { Build } from './build.js';
import type { PatternRule } from './pattern-rules.js';
import { type Prerequisites, prerequisitesOf, splitOrderOnly, withStem } from './record.js';
import { namesOf } from './rule-line.js';
import { type Dependency, Target } from './targets.js';
import { patternOf, stemOf, wordsOf } from './words.js';

interface Candidate {
  rule: PatternRule;
  target: string;
  stem: string;
  /** Put before the prerequisites and the stem, where the pattern has no folder and the name has one. */
  folder: string;
}

interface Found {
  candidate: Candidate;
  prerequisites: Prerequisites;
  /** Prerequisites that have to be made by further implicit rules. */
  intermediates: Map<string, Found>;
}

const isAnything = (pattern: string): boolean => pattern === '%';

function candidatesFor(build: Build, name: string, depth: number): Candidate[] {
  const slash = name.slice(0, -1).lastIndexOf('/');
  const found: Candidate[] = [];
  let isSpecific = false;
  for (const rule of build.patternRules.list) {
    const hasPrerequisites = rule.prerequisites.trim() !== '';
    if ((hasPrerequisites && rule.recipe === undefined) || rule.isInUse === true) continue;
    for (const target of rule.targets) {
      if (depth > 0 && isAnything(target) && !rule.isTerminal) continue;
      const folder = slash >= 0 && !target.includes('/') ? name.slice(0, slash + 1) : '';
      const stem = stemOf(patternOf(target), name.slice(folder.length));
      if (stem === undefined || stem === '') continue;
      if (!isAnything(target)) isSpecific = true;
      if (hasPrerequisites || rule.recipe !== undefined) found.push({ rule, target, stem, folder });
    }
  }
  const ordered = found.map((one, order) => ({ one, order })).sort((a, b) => a.one.stem.length + a.one.folder.length - b.one.stem.length - b.one.folder.length || a.order - b.order).map(({ one }) => one);
  return isSpecific ? ordered.filter(({ rule }) => rule.isTerminal || !rule.targets.some(isAnything)) : ordered;
}

function* namesFor(build: Build, file: Target, { rule, stem, folder }: Candidate): Task<Prerequisites> {
  const put = (text: string): string => wordsOf(text).map((word) => (patternOf(word).isPlain ? word : folder + withStem(word, stem))).join(' ');
  if (!rule.isLate) {
    const { normal, orderOnly } = splitOrderOnly(rule.prerequisites);
    return { normal: yield* namesOf(build, put(normal)), orderOnly: yield* namesOf(build, put(orderOnly)) };
  }
  const saved = file.stem;
  file.stem = folder + stem;
  build.location = rule.location;
  const expanded = yield* build.expandFor(file, rule.prerequisites.replace(/(^|\s)([^\s%]*)%/g, (_, before: string, start: string) => `${before}${folder}${start}${stem.replaceAll('$', '$$$$')}`));
  file.stem = saved;
  return yield* prerequisitesOf(build, expanded, undefined);
}

function* search(build: Build, file: Target, name: string, depth: number): Task<Found | undefined> {
  if (build.pace.due) yield PREEMPT;
  const candidates = candidatesFor(build, name, depth);
  for (const mayChain of [false, true]) {
    for (const candidate of candidates) {
      const { rule } = candidate;
      if (mayChain && rule.isTerminal) continue;
      const prerequisites = yield* namesFor(build, file, candidate);
      const intermediates = new Map<string, Found>();
      rule.isInUse = true;
      let fits = true;
      for (const needed of [...prerequisites.normal, ...prerequisites.orderOnly]) {
        if (build.isImpossible(needed)) fits = false;
        else if (build.targets.find(needed) === undefined && !build.exists(needed) && build.searchPath.find(build, needed) === undefined) {
          const chained = mayChain ? yield* search(build, new Target(needed), needed, depth + 1) : undefined;
          if (chained !== undefined) intermediates.set(needed, chained);
          else fits = false;
          if (mayChain && chained === undefined) build.noteImpossible(needed);
        }
        if (!fits) break;
      }
      rule.isInUse = false;
      if (fits) return { candidate, prerequisites, intermediates };
    }
  }
  return undefined;
}

function apply(build: Build, file: Target, { candidate, prerequisites, intermediates }: Found): void {
  const { rule, target, stem, folder } = candidate;
  const made: Dependency[] = [];
  for (const [isOrderOnly, names] of [[false, prerequisites.normal], [true, prerequisites.orderOnly]] as const) {
    for (const name of names) {
      const chained = intermediates.get(name);
      const known = build.targets.find(name);
      const needed = build.targets.enter(name);
      if (chained !== undefined && !needed.triedImplicit) {
        apply(build, needed, chained);
        needed.isIntermediate = true;
        if (known !== undefined) needed.isSecondary = true;
      }
      made.push({ target: needed, isOrderOnly, changed: false });
    }
  }
  file.dependencies = [...made, ...file.dependencies];
  file.recipe = rule.recipe;
  file.stem = folder + stem;
  file.isTarget = file.triedImplicit = true;
  if (build.targets.find(target)?.isPrecious === true) file.isPrecious = true;
  for (const other of rule.targets.filter((each) => each !== target)) {
    const also = build.targets.enter(folder + withStem(other, stem));
    also.isTarget = true;
    file.alsoMade.push(also);
  }
}

/** Gives the file the recipe and prerequisites of the first implicit rule that fits. */
export function* findImplicitRule(build: Build, file: Target): Task {
  const found = yield* search(build, file, file.name, 0);
  if (found !== undefined) apply(build, file, found);
}
