// Brings goals up to date: walks what they need, finds out what is older than what it is made of, and has it made.
import { Errno } from '../../kernel/errno.js';
import { PREEMPT, type Task } from '../../kernel/wait.js';
import type { Build, Makefile } from './build.js';
import { MakeFatal } from './errors.js';
import { findImplicitRule } from './implicit.js';
import { commandFlags, type Jobs, recipeLines } from './jobs.js';
import { NEW, NONEXISTENT, type Target, type UpdateStatus } from './targets.js';

const isBad = (status: UpdateStatus): boolean => status === 'failed' || status === 'question';

/** A goal on its way. */
interface Goal {
  target: Target;
  hasChanged: boolean;
  makefile: Makefile | undefined;
}

export class Updater {
  readonly #build: Build;
  readonly #jobs: Jobs;
  /** Of a goal that could not be made: what includes it. */
  #goal: Goal | undefined;
  #pass = 1;
  #readsMakefiles = false;

  constructor(build: Build, jobs: Jobs) {
    this.#build = build;
    this.#jobs = jobs;
    jobs.onFinished = (target) => this.finish(target);
    jobs.onFailure = () => this.#tellIncluded();
  }

  /** Updates all; the worst of what became of them, 'none' where nothing was to be done. */
  *update(targets: readonly { target: Target; makefile?: Makefile }[]): Task<UpdateStatus> {
    let goals: Goal[] = targets.map(({ target, makefile }) => ({ target, hasChanged: false, makefile }));
    this.#readsMakefiles = targets.some(({ makefile }) => makefile !== undefined);
    let status: UpdateStatus = 'none';
    while (goals.length > 0) {
      yield* this.#jobs.reap(this.#jobs.isBusy);
      const left: Goal[] = [];
      for (const [i, goal] of goals.entries()) {
        const result = yield* this.#updateGoal(goal);
        if (result.status !== 'none') status = status === 'none' || isBad(result.status) ? result.status : status;
        if (result.stops) return status;
        if (!result.isDone) left.push(goals[i]!);
      }
      goals = left;
      this.#pass++;
    }
    return status;
  }

  *#updateGoal(goal: Goal): Task<{ status: UpdateStatus; isDone: boolean; stops: boolean }> {
    const { options } = this.#build;
    const [first] = goal.target.doubleColon ?? [goal.target];
    let status: UpdateStatus = 'none';
    let isDone = true;
    this.#goal = goal;
    const started = this.#jobs.started;
    const failed = yield* this.#updateFile(goal.target, 0);
    if (this.#jobs.started > started) goal.hasChanged = true;
    for (const file of goal.target.doubleColon ?? [goal.target]) {
      if (isBad(failed) || file.isUpdated) {
        if (isBad(file.status)) {
          status = file.status;
          if (options.onlyAsks && !options.keepsGoing && !this.#readsMakefiles) return { status, isDone: true, stops: true };
        } else if (file.isUpdated && this.#mtimeOf(file) !== file.mtimeBeforeUpdate && !isBad(status)) {
          status = 'success';
        }
      }
      isDone &&= file.isUpdated;
    }
    if (isDone && !this.#readsMakefiles && first!.status === 'success' && !goal.hasChanged && !options.isSilent && !options.onlyAsks) {
      yield* this.#build.say(`${this.#build.prefix}: ${first!.isPhony || first!.recipe === undefined ? `Nothing to be done for '${first!.name}'.` : `'${first!.name}' is up to date.`}`);
    }
    return { status, isDone, stops: false };
  }

  *#updateFile(target: Target, depth: number): Task<UpdateStatus> {
    const rules = target.doubleColon ?? [target];
    const first = rules[0]!;
    if (first.consideredIn === this.#pass) {
      if (!(first.isUpdated && isBad(first.status) && !first.wasTold && !first.isOptional)) return first.state === 'finished' ? first.status : 'success';
    }
    let status: UpdateStatus = 'success';
    for (const rule of rules) {
      rule.consideredIn = this.#pass;
      const result = yield* this.#updateRule(rule, depth);
      // The next `::` rule waits until this one is through.
      if (rule.state === 'running' || rule.state === 'prerequisites running') return 'success';
      if (isBad(result)) status = result;
    }
    return status;
  }

  *#updateRule(file: Target, depth: number): Task<UpdateStatus> {
    const { options, pace } = this.#build;
    if (pace.due) yield PREEMPT;
    if (file.isUpdated) {
      if (isBad(file.status) && !file.wasTold && !file.isOptional) yield* this.#refuse(file);
      return file.status;
    }
    if (file.state === 'running') return 'success';
    if (file.state === 'finished') return file.status;
    file.isUpdating = true;
    const mtime = this.#mtimeOf(file);
    const isMissing = mtime === NONEXISTENT;
    const outcome = yield* this.#updatePrerequisites(file, depth + 1, mtime);
    file.isUpdating = false;
    if (outcome.isRunning) {
      file.state = 'prerequisites running';
      return 'success';
    }
    if (isBad(outcome.status)) {
      file.status = outcome.status;
      yield* this.finish(file);
      if (depth === 0 && options.keepsGoing && !options.onlyPrints && !options.onlyAsks) yield* this.#build.warn(`Target '${file.name}' not remade because of errors.`);
      return file.status;
    }
    file.state = 'not started';
    let mustMake = outcome.mustMake;
    let hasChanged = false;
    for (const dependency of file.dependencies) {
      const time = this.#mtimeOf(dependency.target);
      if (!dependency.isOrderOnly) {
        if (time === NONEXISTENT && !dependency.target.isIntermediate) mustMake = true;
        hasChanged ||= dependency.changed;
      }
      dependency.changed ||= isMissing || time > mtime;
    }
    if (file.doubleColon !== undefined && file.dependencies.length === 0) mustMake = true;
    else if (!isMissing && file.isTarget && !hasChanged && file.recipe === undefined) mustMake = false;
    else if (file.recipe !== undefined && options.makesAll) mustMake = true;
    if (!mustMake) {
      yield* this.finish(file);
      return 'success';
    }
    file.foundAt = undefined;
    yield* this.#remake(file);
    return isFinished(file) ? file.status : 'success';
  }

  /** A file without a recipe of its own gets one of an implicit rule, or of `.DEFAULT`. */
  *#findRecipe(file: Target): Task {
    if (!file.isPhony && file.recipe === undefined && !file.triedImplicit) {
      file.triedImplicit = true;
      yield* findImplicitRule(this.#build, file);
    }
    const fallback = this.#build.targets.find('.DEFAULT')?.recipe;
    if (file.recipe !== undefined || file.isTarget || fallback === undefined) return;
    file.recipe = fallback;
    file.hasDefaultRecipe = true;
  }

  *#updatePrerequisites(file: Target, depth: number, mtime: number): Task<{ status: UpdateStatus; isRunning: boolean; mustMake: boolean }> {
    const { options } = this.#build;
    let status: UpdateStatus = 'success';
    let isRunning = false;
    let mustMake = mtime === NONEXISTENT;
    yield* this.#findRecipe(file);
    yield* this.#dropCircles(file);
    for (const dependency of file.dependencies) {
      const needed = dependency.target;
      if (this.#isUpdating(needed)) continue;
      const before = this.#mtimeOf(needed);
      needed.parent = file;
      const checked = yield* this.#check(needed, depth, mtime, mustMake);
      if (isBad(checked.status)) status = checked.status;
      if (!dependency.isOrderOnly) mustMake = checked.mustMake;
      isRunning ||= isUnderWay(needed);
      if (isBad(status) && !options.keepsGoing) break;
      if (!isRunning) dependency.changed = this.#mtimeOf(needed) !== before || before === NONEXISTENT;
    }
    if ((mustMake || options.makesAll) && !(isBad(status) && !options.keepsGoing)) {
      for (const dependency of file.dependencies.filter(({ target }) => target.isIntermediate)) {
        const needed = dependency.target;
        const before = this.#mtimeOf(needed);
        needed.parent = file;
        const result = yield* this.#updateFile(needed, depth);
        if (isBad(result)) status = result;
        isRunning ||= isUnderWay(needed);
        if (isBad(status) && !options.keepsGoing) break;
        if (!isRunning) dependency.changed = (file.isPhony && file.recipe !== undefined) || this.#mtimeOf(needed) !== before;
      }
    }
    return { status, isRunning, mustMake };
  }

  /** Who needs itself does not need itself. */
  *#dropCircles(file: Target): Task {
    for (const dependency of [...file.dependencies]) {
      if (!this.#isUpdating(dependency.target)) continue;
      yield* this.#build.warn(`Circular ${file.name} <- ${dependency.target.name} dependency dropped.`);
      file.dependencies = file.dependencies.filter((each) => each !== dependency);
    }
  }

  #isUpdating(target: Target): boolean {
    return (target.doubleColon ?? [target]).some((rule) => rule.isUpdating);
  }

  /** Updates a prerequisite, but of an intermediate file only what it is made of, and says whether what needs it is to be made. */
  *#check(file: Target, depth: number, mtime: number, mustMake: boolean): Task<{ status: UpdateStatus; mustMake: boolean }> {
    if (file.isPhony || !file.isIntermediate) {
      const status = yield* this.#updateFile(file, depth);
      const time = this.#mtimeOf(file);
      return { status, mustMake: mustMake || time === NONEXISTENT || time > mtime };
    }
    file.isUpdating = true;
    yield* this.#findRecipe(file);
    const time = this.#mtimeOf(file);
    let status: UpdateStatus = 'success';
    let must = mustMake;
    if (time !== NONEXISTENT && time > mtime) {
      must = true;
    } else {
      yield* this.#dropCircles(file);
      for (const { target: needed, isOrderOnly } of file.dependencies) {
        needed.parent = file;
        const checked = yield* this.#check(needed, depth + 1, mtime, must);
        if (isBad(checked.status)) status = checked.status;
        if (!isOrderOnly) must = checked.mustMake;
        if (isBad(status) && !this.#build.options.keepsGoing) break;
        if (isUnderWay(needed)) file.state = 'prerequisites running';
      }
    }
    file.isUpdating = false;
    return { status, mustMake: must };
  }

  *#remake(file: Target): Task {
    if (file.recipe === undefined) {
      if (file.isPhony || file.isTarget) {
        file.status = 'success';
      } else {
        file.status = 'failed';
        if (file.isOptional && this.#readsMakefiles) file.wasTold = false;
        else yield* this.#refuse(file);
      }
    } else if (!this.#build.options.onlyTouches || recipeLines(this.#build, file.recipe).some((line) => commandFlags(line).isRecursive)) {
      yield* this.#jobs.start(file);
      return;
    } else {
      file.status = 'success';
    }
    yield* this.finish(file);
  }

  *#tellIncluded(): Task {
    const makefile = this.#goal?.makefile;
    if (makefile === undefined || makefile.wasRead || makefile.isOptional) return;
    yield* this.#build.warn(`${makefile.target.name}: ${makefile.reason}`, makefile.location);
    this.#goal!.makefile = { ...makefile, wasRead: true };
  }

  /** Nothing says how to make it. */
  *#refuse(file: Target): Task {
    file.wasTold = true;
    yield* this.#tellIncluded();
    const message = `No rule to make target '${file.name}'${file.parent === undefined ? '' : `, needed by '${file.parent.name}'`}`;
    if (!this.#build.options.keepsGoing) throw new MakeFatal(message);
    yield* this.#build.warn(`*** ${message}.`);
  }

  /** What a finished target means for those that wait for it. */
  *finish(file: Target): Task {
    const { options } = this.#build;
    const ran = file.state === 'running';
    file.state = 'finished';
    file.isUpdated = true;
    let wasTouched = false;
    if (options.onlyTouches && file.status === 'success' && file.recipe !== undefined && !file.isPhony && !recipeLines(this.#build, file.recipe).every((line) => commandFlags(line).isRecursive)) {
      file.status = yield* this.#touch(file);
      wasTouched = true;
    }
    file.mtimeBeforeUpdate ??= file.mtimeMs;
    if ((ran && !file.isPhony) || wasTouched) {
      const isReal = !(options.onlyAsks || options.onlyPrints || options.onlyTouches) || file.recipe === undefined || recipeLines(this.#build, file.recipe).every((line) => commandFlags(line).isRecursive);
      file.mtimeMs = isReal ? undefined : NEW;
    }
    if (ran && file.status !== 'none') {
      for (const other of file.alsoMade) {
        other.state = 'finished';
        other.isUpdated = true;
        other.status = file.status;
        if (!other.isPhony) other.mtimeMs = undefined;
      }
    } else if (file.status === 'none') {
      file.status = 'success';
    }
  }

  *#touch(file: Target): Task<UpdateStatus> {
    this.#jobs.started++;
    if (!this.#build.options.isSilent) yield* this.#build.say(`touch ${file.name}`);
    if (this.#build.options.onlyPrints) return 'success';
    const { files } = this.#build.process;
    try {
      if (!files.exists(file.name)) files.writeFile(file.name, new Uint8Array(0));
      files.utimes(file.name, Date.now(), Date.now());
      return 'success';
    } catch (error) {
      if (!(error instanceof Errno)) throw error;
      yield* this.#build.warn(`touch: ${file.name}: ${error.message}`);
      return 'failed';
    }
  }

  #mtimeOf(target: Target): number {
    return mtimeOf(this.#build, target);
  }
}

const isFinished = ({ state }: Target): boolean => state === 'finished';
const isUnderWay = (target: Target): boolean => (target.doubleColon ?? [target]).some(({ state }) => state === 'running' || state === 'prerequisites running');

/** When it was changed, where it is or the search path finds it. */
export function mtimeOf(build: Build, target: Target): number {
  if (target.mtimeMs !== undefined) return target.mtimeMs;
  const { files } = build.process;
  const look = (path: string): number => {
    try {
      return files.stat(path).mtimeMs;
    } catch (error) {
      if (error instanceof Errno) return NONEXISTENT;
      throw error;
    }
  };
  target.mtimeMs = look(target.name);
  if (target.mtimeMs === NONEXISTENT) {
    const found = build.searchPath.find(build, target.name);
    if (found !== undefined) {
      target.foundAt = found;
      target.mtimeMs = look(found);
    }
  }
  // Each `::` rule is judged by what was there before any of them ran.
  for (const rule of target.doubleColon ?? []) rule.mtimeMs = target.mtimeMs;
  return target.mtimeMs;
}
