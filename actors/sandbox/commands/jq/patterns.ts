// Destructuring: which variables a pattern has, and how the topmost value is taken apart.
import type { Node, Pattern } from './ast.js';
import * as step from './instructions.js';
import { lookUp, type Scope, type Writing } from './scope.js';

export function variablesOf(pattern: Pattern): string[] {
  switch (pattern.type) {
    case 'variable':
      return [pattern.name];
    case 'array':
      return pattern.items.flatMap(variablesOf);
    case 'object':
      return pattern.entries.flatMap(({ variable: own, value }) => [...(own === undefined ? [] : [own]), ...(value ? variablesOf(value) : [])]);
  }
}

/** Names all variables of the patterns. */
export function patternScope(patterns: readonly Pattern[], scope: Scope | undefined, w: Writing): Scope | undefined {
  let inner = scope;
  for (const name of new Set(patterns.flatMap(variablesOf))) inner = { name: `$${name}`, meaning: { type: 'variable', depth: w.depth, index: w.variable() }, outer: inner };
  return inner;
}

/** Takes the topmost value away; `sub` writes a key's expression, whose input is the value. */
export function match(pattern: Pattern, scope: Scope | undefined, w: Writing, sub: (key: Node) => void): void {
  const { code } = w.routine;
  const own = (name: string): number => (lookUp(scope, `$${name}`) as { index: number }).index;
  if (pattern.type === 'variable') return void code.push(step.store(own(pattern.name)));
  if (pattern.type === 'array') {
    pattern.items.forEach((item, i) => {
      code.push(step.duplicate, step.pick(i));
      match(item, scope, w, sub);
    });
  } else {
    for (const { variable, key, value } of pattern.entries) {
      code.push(step.duplicate);
      sub(key);
      code.push(step.pickUnder);
      if (variable !== undefined && value) code.push(step.duplicate);
      if (variable !== undefined) code.push(step.store(own(variable)));
      if (value) match(value, scope, w, sub);
    }
  }
  code.push(step.drop);
}
