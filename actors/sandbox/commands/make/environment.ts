// The environment of a recipe: what was there, what the makefile exports, and what makes below have to know.
import type { Task } from '../../kernel/wait.js';
import type { Build } from './build.js';
import { valueOf } from './expand.js';
import type { Scope, Variable } from './variables.js';

const NAME = /^[A-Za-z_][A-Za-z0-9_]*$/;

function isExported(build: Build, variable: Variable): boolean {
  const { origin, exported, name } = variable;
  if (exported !== undefined) return exported;
  if (origin === 'default' || origin === 'automatic') return false;
  if (origin === 'command line' || origin === 'environment' || origin === 'environment override') return NAME.test(name);
  return build.variables.exportsAll && NAME.test(name);
}

export function* environmentFor(build: Build, scope: Scope): Task<ReadonlyMap<string, string>> {
  const seen = new Map<string, Variable>();
  const scopes: Scope[] = [];
  for (let each: Scope | undefined = scope; each !== undefined; each = each.outer) scopes.unshift(each);
  for (const each of scopes) {
    for (const variable of each.set.values()) {
      if (variable.isPrivate && each !== scope && each !== scope.outer) continue;
      // What is exported globally stays so where a target has another value.
      const outer = seen.get(variable.name);
      seen.set(variable.name, variable.exported === undefined && outer !== undefined && isExported(build, outer) ? { ...variable, exported: true } : variable);
    }
  }
  const env = new Map<string, string>();
  for (const variable of seen.values()) {
    if (!isExported(build, variable)) continue;
    const original = build.variables.find(scope, variable.name) ?? variable;
    const isOfEnvironment = variable.origin === 'environment' || variable.origin === 'environment override';
    env.set(variable.name, isOfEnvironment ? variable.value : yield* valueOf(build, scope, original));
  }
  const shell = build.process.env.get('SHELL');
  if (seen.get('SHELL')?.exported !== true) {
    if (shell === undefined) env.delete('SHELL');
    else env.set('SHELL', shell);
  }
  env.set('MAKELEVEL', String(build.level + 1));
  return env;
}
