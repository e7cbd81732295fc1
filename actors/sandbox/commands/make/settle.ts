// What the special targets say, and late prerequisites, once everything is read.
import type { Task } from '../../kernel/wait.js';
import type { Build } from './build.js';
import { valueOf } from './expand.js';
import { expandLate } from './record.js';
import { NEW, NONEXISTENT, type Target } from './targets.js';

/** Before any time that a file may have. */
const VERY_OLD = -Number.MAX_VALUE;

/** What being a prerequisite of a special target means; `all` where it has none. */
const SPECIAL: Readonly<Record<string, { each: (target: Target) => void; all?: (build: Build) => void }>> = {
  '.PHONY': {
    each: (target) => {
      target.isPhony = target.isTarget = true;
      target.mtimeMs = target.mtimeBeforeUpdate = NONEXISTENT;
    },
  },
  '.PRECIOUS': { each: (target) => (target.isPrecious = true), all: (build) => forAll(build, (target) => (target.isPrecious = true)) },
  '.INTERMEDIATE': { each: (target) => (target.isIntermediate = true) },
  '.SECONDARY': { each: (target) => (target.isIntermediate = target.isSecondary = true), all: (build) => (build.keepsIntermediates = true) },
  '.IGNORE': { each: (target) => (target.ignoresErrors = true), all: (build) => (build.options.ignoresErrors = true) },
  '.SILENT': { each: (target) => (target.isSilent = true), all: (build) => (build.options.isSilent = true) },
  '.EXPORT_ALL_VARIABLES': { each: () => undefined, all: (build) => (build.variables.exportsAll = true) },
};

function forAll(build: Build, mark: (target: Target) => void): void {
  for (const target of build.targets.byName.values()) mark(target);
}

export function* settle(build: Build): Task {
  for (const target of [...build.targets.byName.values()]) for (const rule of target.doubleColon ?? [target]) yield* expandLate(build, rule);
  build.patternRules.complete(build, !build.options.hasNoRules);
  for (const [name, { each, all }] of Object.entries(SPECIAL)) {
    const special = build.targets.find(name);
    if (special?.isTarget !== true) continue;
    if (special.dependencies.length === 0) all?.(build);
    for (const { target } of special.dependencies) for (const rule of target.doubleColon ?? [target]) each(rule);
  }
  const path = build.variables.global.get('VPATH');
  if (path !== undefined) build.searchPath.everywhere = yield* valueOf(build, build.variables.globalScope, path);
  for (const name of build.options.oldFiles) {
    const target = build.targets.enter(name);
    target.mtimeMs = target.mtimeBeforeUpdate = VERY_OLD;
    target.isUpdated = true;
    target.status = 'success';
    target.state = 'finished';
  }
  for (const name of build.options.newFiles) {
    const target = build.targets.enter(name);
    target.mtimeMs = target.mtimeBeforeUpdate = NEW;
  }
}

/** Intermediate files that were made for others only are removed, with a line that says so. */
export function* removeIntermediates(build: Build): Task {
  const removed: string[] = [];
  const { files } = build.process;
  for (const target of build.targets.byName.values()) {
    if (!target.isIntermediate || target.isPrecious || target.isSecondary || build.keepsIntermediates || target.isGoal || target.status === 'none') continue;
    if (!build.options.onlyPrints) {
      if (!files.exists(target.name)) continue;
      files.unlink(target.name);
    }
    removed.push(target.name);
  }
  if (removed.length > 0 && !build.options.isSilent) yield* build.say(`rm ${removed.join(' ')}`);
}
