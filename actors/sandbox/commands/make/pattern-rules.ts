// The implicit rules of a run: pattern rules in their order, and suffix rules, which become such.
import type { Build } from './build.js';
import { PATTERN_RULES, SUFFIX_RULES, SUFFIXES } from './default-rules.js';
import type { Location } from './errors.js';
import type { Recipe } from './targets.js';

export interface PatternRule {
  targets: readonly string[];
  prerequisites: string;
  /** `::`: what it needs is not made by implicit rules. */
  isTerminal: boolean;
  recipe: Recipe | undefined;
  location: Location | undefined;
  /** Its prerequisites are expanded when it is tried (.SECONDEXPANSION). */
  isLate: boolean;
  isBuiltin: boolean;
  /** A search of its own uses it now. */
  isInUse?: boolean;
}

const key = (rule: PatternRule): string => `${rule.targets.join(' ')}:${rule.prerequisites.trim().split(/\s+/).join(' ')}`;

export class PatternRules {
  list: PatternRule[] = [];
  suffixes: string[] = [...SUFFIXES];

  /** One with the same targets and prerequisites takes the older one's place, at the end. */
  add(rule: PatternRule): void {
    const same = key(rule);
    if (rule.isBuiltin && this.list.some((other) => key(other) === same)) return;
    this.list = [...this.list.filter((other) => key(other) !== same), rule];
  }

  /** After all makefiles are read: suffix rules, theirs and ours, then our pattern rules. */
  complete(build: Build, withBuiltins: boolean): void {
    const add = (target: string, prerequisites: string, recipe: Recipe | undefined, isTerminal = false, isBuiltin = true): void =>
      this.add({ targets: [target], prerequisites, isTerminal, recipe, location: recipe?.location, isLate: false, isBuiltin });
    const recipeOf = (name: string): Recipe | undefined => {
      const target = build.targets.find(name);
      if (target?.recipe !== undefined && target.dependencies.length === 0) return target.recipe;
      return withBuiltins && Object.hasOwn(SUFFIX_RULES, name) ? { text: SUFFIX_RULES[name]!, location: undefined } : undefined;
    };
    for (const source of this.suffixes) {
      // A file that ends so is nothing that any name could be.
      add(`%${source}`, '', undefined);
      const single = recipeOf(source);
      if (single !== undefined) add('%', `%${source}`, single);
      for (const product of this.suffixes) {
        const recipe = source === product ? undefined : recipeOf(source + product);
        if (recipe === undefined) continue;
        if (product === '.a') add('(%.o)', `%${source}`, recipe);
        add(`%${product}`, `%${source}`, recipe);
      }
    }
    if (!withBuiltins) return;
    for (const [target, prerequisites, recipe] of PATTERN_RULES) {
      const isTerminal = prerequisites.startsWith('::');
      add(target, isTerminal ? prerequisites.slice(2) : prerequisites, { text: recipe, location: undefined }, isTerminal);
    }
  }

  /** Whether a target is a suffix rule, and no file. */
  isSuffixRule(name: string): boolean {
    return this.suffixes.includes(name) || this.suffixes.some((source) => name.startsWith(source) && this.suffixes.includes(name.slice(source.length)));
  }
}
