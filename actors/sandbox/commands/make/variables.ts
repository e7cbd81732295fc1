// Variables of a run of make: what they hold, where they come from, and in which order scopes are asked.
import type { Location } from './errors.js';

/** Later ones may not be overridden by earlier ones. */
export const ORIGINS = ['default', 'environment', 'file', 'environment override', 'command line', 'override', 'automatic'] as const;
export type Origin = (typeof ORIGINS)[number];

export interface Variable {
  name: string;
  value: string;
  isRecursive: boolean;
  origin: Origin;
  /** Said with export or unexport. */
  exported: boolean | undefined;
  isPrivate: boolean;
  /** Of a target: what it adds to the value outside. */
  appends: boolean;
  /** How often it is being expanded now: a second time without `call` would never end. */
  expanding: number;
  location: Location | undefined;
}

/** The variables of one scope by name. */
export type VariableSet = Map<string, Variable>;

/** A scope: where to look, then who to ask next. Private variables are seen in their own scope only. */
export interface Scope {
  readonly set: VariableSet;
  readonly outer: Scope | undefined;
}

export interface Definition {
  value: string;
  isRecursive: boolean;
  origin: Origin;
  location?: Location | undefined;
}

export class Variables {
  readonly global: VariableSet = new Map();
  /** -e: the environment's win over the makefile's. */
  environmentWins = false;
  /** A plain `export`. */
  exportsAll = false;

  get globalScope(): Scope {
    return { set: this.global, outer: undefined };
  }

  /** Sets it unless a stronger origin has set it before. */
  define(set: VariableSet, name: string, { value, isRecursive, origin, location }: Definition): Variable {
    const existing = set.get(name);
    if (existing === undefined) {
      const made: Variable = { name, value, isRecursive, origin, exported: undefined, isPrivate: false, appends: false, expanding: 0, location };
      set.set(name, made);
      return made;
    }
    if (this.environmentWins && existing.origin === 'environment') existing.origin = 'environment override';
    if (ORIGINS.indexOf(origin) < ORIGINS.indexOf(existing.origin)) return existing;
    existing.value = value;
    existing.isRecursive = isRecursive;
    existing.origin = origin;
    existing.location = location;
    return existing;
  }

  undefine(set: VariableSet, name: string, origin: Origin): void {
    const existing = set.get(name);
    if (existing === undefined) return;
    if (this.environmentWins && existing.origin === 'environment') existing.origin = 'environment override';
    if (ORIGINS.indexOf(origin) >= ORIGINS.indexOf(existing.origin)) set.delete(name);
  }

  /** The variable that the name means in a scope. */
  find(scope: Scope, name: string): Variable | undefined {
    let isOwn = true;
    for (let each: Scope | undefined = scope; each !== undefined; each = each.outer) {
      const variable = each.set.get(name);
      if (variable !== undefined && (isOwn || !variable.isPrivate)) return variable;
      isOwn = false;
    }
    return undefined;
  }

  /** The one behind `variable` that it adds to. */
  findBehind(scope: Scope, variable: Variable): { found: Variable; scope: Scope } | undefined {
    for (let each: Scope | undefined = scope; each !== undefined; each = each.outer) {
      if (each.set.get(variable.name) !== variable) continue;
      for (let outer = each.outer; outer !== undefined; outer = outer.outer) {
        const found = outer.set.get(variable.name);
        if (found !== undefined && !found.isPrivate) return { found, scope: outer };
      }
    }
    return undefined;
  }
}
