// Sets variables as makefiles say: for all, or for targets.
import type { Task } from '../../kernel/wait.js';
import { type Assignment, parseAssignment, type Operator } from './assignment.js';
import type { Build } from './build.js';
import { type Location, MakeFatal } from './errors.js';
import { expand } from './expand.js';
import { collapse, type Lines, withoutComment } from './lines.js';
import type { RuleLine } from './rule-line.js';
import type { Origin, Scope, Variable } from './variables.js';

/** The lines up to the endef that belongs to a define. */
export function readBody(lines: Lines, prefix: string, location: Location): string {
  const body: string[] = [];
  let depth = 1;
  for (let line = lines.next(); line !== undefined; line = lines.next()) {
    const text = collapse(line.text);
    if (!text.startsWith(prefix)) {
      const bare = withoutComment(text).trim();
      if (parseAssignment(bare)?.kind === 'define') depth++;
      else if (/^endef(\s|$)/.test(bare) && --depth === 0) return body.join('\n');
    }
    body.push(text);
  }
  throw new MakeFatal("missing 'endef', unterminated 'define'", location);
}

/** `body` is of a define. */
export function* setVariable(build: Build, assignment: Assignment, body: string | undefined, location: Location): Task {
  const { variables } = build;
  const scope = variables.globalScope;
  const name = (yield* expand(build, scope, assignment.name)).trim();
  if (name === '') throw new MakeFatal('empty variable name', location);
  const origin: Origin = assignment.isOverride ? 'override' : build.assignmentOrigin;
  if (assignment.kind === 'undefine') {
    variables.undefine(variables.global, name, origin);
    return;
  }
  if (body !== undefined && assignment.value !== '') yield* build.warn("extraneous text after 'define' directive", location);
  const variable = yield* assign(build, scope, { name, operator: assignment.operator, value: body ?? assignment.value, origin, location });
  if (assignment.exported === true) variable.exported = true;
  if (assignment.isPrivate) variable.isPrivate = true;
}

interface Setting {
  name: string;
  operator: Operator;
  value: string;
  origin: Origin;
  location: Location | undefined;
}

/** Carries out one of the operators in the scope's own set. */
export function* assign(build: Build, scope: Scope, { name, operator, value, origin, location }: Setting): Task<Variable> {
  const { variables } = build;
  const existing = scope.set.get(name);
  const set = (text: string, isRecursive: boolean): Variable => variables.define(scope.set, name, { value: text, isRecursive, origin, location });
  const finish = (variable: Variable): Variable => {
    build.noteVariable(variable);
    return variable;
  };
  switch (operator) {
    case ':=':
      return finish(set(yield* expand(build, scope, value), false));
    case '!=':
      return finish(set(yield* build.captureShell(yield* expand(build, scope, value), scope), true));
    case '?=':
      return existing ?? finish(set(value, true));
    case '+=': {
      if (existing === undefined) return finish(set(value, true));
      const added = existing.isRecursive ? value : yield* expand(build, scope, value);
      if (added === '' && value === '') return existing;
      return finish(set(existing.value === '' ? added : `${existing.value} ${added}`, existing.isRecursive));
    }
    case '=':
      return finish(set(value, true));
  }
}

/** `target: NAME = value`, also for patterns of targets. */
export function* setTargetVariable(build: Build, line: RuleLine, location: Location): Task {
  const assignment = line.assignment!;
  for (const target of line.targets) {
    const set = target.includes('%') ? build.patternVariables.enter(target) : (build.targets.enter(target).variables ??= new Map());
    if (!target.includes('%')) build.targets.enter(target).isMentioned = true;
    const scope: Scope = { set, outer: build.variables.globalScope };
    const name = (yield* expand(build, scope, assignment.name)).trim();
    if (name === '') throw new MakeFatal('empty variable name', location);
    const origin: Origin = assignment.isOverride ? 'override' : 'file';
    const global = build.variables.global.get(name);
    const isKnown = set.has(name);
    const { operator, value } = assignment;
    if (operator === '?=' && build.variables.find(scope, name) !== undefined) continue;
    const variable = yield* assign(build, scope, { name, operator, value, origin, location });
    if (operator === '+=' && !isKnown) variable.appends = true;
    if (assignment.exported === true) variable.exported = true;
    if (assignment.isPrivate) variable.isPrivate = true;
    // What the command line says wins here, too.
    if (!assignment.isOverride && global !== undefined && (global.origin === 'command line' || global.origin === 'environment override')) {
      Object.assign(variable, { value: global.value, isRecursive: global.isRecursive, origin: global.origin, appends: false });
    }
  }
}
