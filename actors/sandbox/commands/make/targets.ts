// The files that a run of make knows: what they need, how they are made, and how far that is.
import type { Location } from './errors.js';
import type { VariableSet } from './variables.js';

/** A recipe as written, and where its first line stands; built-in ones stand nowhere. */
export interface Recipe {
  readonly text: string;
  readonly location: Location | undefined;
}

export interface Dependency {
  target: Target;
  /** Behind `|`: made before, but its time does not matter. */
  isOrderOnly: boolean;
  /** Newer than what needs it, or made in this run. */
  changed: boolean;
}

/** A list of prerequisites that is expanded only when its target is considered (.SECONDEXPANSION). */
export interface LatePrerequisites {
  text: string;
  stem: string | undefined;
  location: Location | undefined;
  comesFirst: boolean;
}

export const NONEXISTENT = -Infinity;
/** Of what was made, or is to be taken for made: newer than anything. */
export const NEW = Infinity;

export type State = 'not started' | 'prerequisites running' | 'running' | 'finished';
export type UpdateStatus = 'none' | 'success' | 'question' | 'failed';

export class Target {
  name: string;
  dependencies: Dependency[] = [];
  late: LatePrerequisites[] = [];
  recipe: Recipe | undefined;
  stem: string | undefined;
  /** Stands left of a colon somewhere. */
  isTarget = false;
  /** Stands in a makefile at all. */
  isMentioned = false;
  isPhony = false;
  isIntermediate = false;
  isSecondary = false;
  isPrecious = false;
  /** Named on the command line, or the default one. */
  isGoal = false;
  ignoresErrors = false;
  isSilent = false;
  hasDefaultRecipe = false;
  /** The rules with `::`, each a target of its own with the same name; the first of them stands in the table. */
  doubleColon: Target[] | undefined;
  /** Made by the same run of the recipe. */
  alsoMade: Target[] = [];
  variables: VariableSet | undefined;
  /** Pattern-specific variables were looked up. */
  knowsPatternVariables = false;
  triedImplicit = false;
  /** A missing one is no error (`-include`). */
  isOptional = false;

  state: State = 'not started';
  status: UpdateStatus = 'none';
  isUpdated = false;
  isUpdating = false;
  ranRecipe = false;
  wasTold = true;
  /** The pass over the goals in which it was looked at last. */
  consideredIn = 0;
  /** Modification time in ms; undefined while nobody asked. */
  mtimeMs: number | undefined;
  mtimeBeforeUpdate: number | undefined;
  /** Where a search path found it. */
  foundAt: string | undefined;
  parent: Target | undefined;

  constructor(name: string) {
    this.name = name;
  }

  /** Where it is: in the folder, or where the search path has it. */
  get path(): string {
    return this.foundAt ?? this.name;
  }
}

/** All of them by name. */
export class Targets {
  readonly byName = new Map<string, Target>();

  find(name: string): Target | undefined {
    return this.byName.get(name);
  }

  enter(name: string): Target {
    let target = this.byName.get(name);
    if (target === undefined) this.byName.set(name, (target = new Target(name)));
    return target;
  }
}
