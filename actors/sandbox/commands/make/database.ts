// What make knows, as -p prints it.
import type { Task } from '../../kernel/wait.js';
import type { Build } from './build.js';
import type { Recipe, Target } from './targets.js';
import type { Variable } from './variables.js';

function* printRecipe(build: Build, recipe: Recipe | undefined): Task {
  if (recipe === undefined) return;
  const { location } = recipe;
  yield* build.say(location === undefined ? '#  recipe to execute (built-in):' : `#  recipe to execute (from '${location.file}', line ${location.line}):`);
  for (const line of recipe.text.split('\n')) yield* build.say(`\t${line}`);
}

function* printVariable(build: Build, variable: Variable): Task {
  const origin = variable.origin === 'file' ? 'makefile' : variable.origin === 'override' ? "'override' directive" : variable.origin;
  yield* build.say(`# ${origin}${variable.location === undefined ? '' : ` (from '${variable.location.file}', line ${variable.location.line})`}`);
  if (variable.value.includes('\n')) yield* build.say(`define ${variable.name}\n${variable.value}\nendef`);
  else yield* build.say(`${variable.name} ${variable.isRecursive ? '=' : ':='} ${variable.value}`);
}

function* printTarget(build: Build, target: Target): Task {
  if (!target.isTarget) yield* build.say('# Not a target:');
  const names = target.dependencies.filter(({ isOrderOnly }) => !isOrderOnly).map((dependency) => ` ${dependency.target.name}`);
  const orderOnly = target.dependencies.filter(({ isOrderOnly }) => isOrderOnly).map((dependency) => ` ${dependency.target.name}`);
  yield* build.say(`${target.name}:${target.doubleColon === undefined ? '' : ':'}${names.join('')}${orderOnly.length === 0 ? '' : ` |${orderOnly.join('')}`}`);
  if (target.isPhony) yield* build.say('#  Phony target (prerequisite of .PHONY).');
  if (target.isPrecious) yield* build.say('#  Precious file (prerequisite of .PRECIOUS).');
  yield* build.say(`#  Implicit rule search has ${target.triedImplicit ? '' : 'not '}been done.`);
  if (target.stem !== undefined) yield* build.say(`#  Implicit/static pattern stem: '${target.stem}'`);
  yield* build.say(target.mtimeMs === undefined ? '#  Modification time never checked.' : target.mtimeMs === -Infinity ? '#  File does not exist.' : '#  Last modified by now.');
  yield* build.say(target.isUpdated ? '#  File has been updated.' : '#  File has not been updated.');
  if (target.status === 'success') yield* build.say('#  Successfully updated.');
  else if (target.status === 'failed') yield* build.say('#  Failed to be updated.');
  for (const variable of target.variables?.values() ?? []) {
    yield* build.say(`# ${target.name}: ${variable.name} ${variable.isRecursive ? '=' : ':='} ${variable.value}`);
  }
  yield* printRecipe(build, target.recipe);
  yield* build.say('');
}

export function* printDatabase(build: Build): Task {
  const date = new Date().toString().replace(/^(\w+ \w+ \d+) (\d+) ([\d:]+).*$/, '$1 $3 $2');
  yield* build.say(`\n# Make data base, printed on ${date}\n\n# Variables\n`);
  for (const variable of build.variables.global.values()) yield* printVariable(build, variable);
  yield* build.say('\n# Pattern-specific Variable Values\n');
  for (const [pattern, set] of build.patternVariables.entries) {
    yield* build.say(`${pattern} :`);
    for (const variable of set.values()) yield* build.say(`# ${variable.name} ${variable.isRecursive ? '=' : ':='} ${variable.value}`);
  }
  yield* build.say('\n# Implicit Rules\n');
  for (const rule of build.patternRules.list) {
    yield* build.say(`${rule.targets.join(' ')}:${rule.isTerminal ? ':' : ''}${rule.prerequisites.trim() === '' ? '' : ` ${rule.prerequisites.trim()}`}`);
    yield* printRecipe(build, rule.recipe);
    yield* build.say('');
  }
  yield* build.say('# Files\n');
  for (const target of build.targets.byName.values()) for (const rule of target.doubleColon ?? [target]) yield* printTarget(build, rule);
  yield* build.say(`# Finished Make data base on ${date}\n`);
}
