// Reads a rule's line: targets, colons, prerequisites, a recipe behind a semicolon, or a variable of targets.
import type { Task } from '../../kernel/wait.js';
import { type Assignment, parseAssignment } from './assignment.js';
import type { Build } from './build.js';
import { type Location, MakeFatal } from './errors.js';
import { expand } from './expand.js';
import { expandTilde, globNames } from './glob.js';
import { collapse, withoutComment } from './lines.js';
import { findUnquoted, unquote, wordsOf } from './words.js';

export interface RuleLine {
  targets: string[];
  hasTwoColons: boolean;
  /** `&:`: one run of the recipe makes them all. */
  isGrouped: boolean;
  /** Of a static pattern rule. */
  targetPattern: string | undefined;
  prerequisites: string;
  /** Behind `;`, not expanded. */
  recipe: string | undefined;
  /** In the place of prerequisites: what the targets' variable is set to. */
  assignment: Assignment | undefined;
}

/** Names of files in a list: patterns become what they match, `./` in front goes. */
export function* namesOf(build: Build, text: string): Task<string[]> {
  const names: string[] = [];
  for (const word of text.match(/(?:\\.|[^ \t\n\v\f\r\\])+/gs) ?? []) {
    const name = withoutDot(expandTilde(build, word));
    if (/[*?[]/.test(name)) {
      const found = yield* globNames(build, name);
      names.push(...(found.length > 0 ? found : [name]));
    } else {
      names.push(name.replace(/\\([ \t:#|\\])/g, '$1'));
    }
  }
  return names;
}

export function withoutDot(name: string): string {
  const rest = name.replace(/^(?:\.\/+)+/, '');
  return rest === '' ? (name === '' ? '' : './') : rest;
}

/** Undefined where the line comes to nothing. */
export function* readRuleLine(build: Build, written: string, location: Location): Task<RuleLine | 'nothing' | undefined> {
  const scope = build.variables.globalScope;
  const stop = findUnquoted(written, ';#');
  let recipe = stop >= 0 && written[stop] === ';' ? written.slice(stop + 1) : undefined;
  const raw = collapse(stop >= 0 ? written.slice(0, stop) : written).replace(/[ \t]+$/, '');
  if (raw.trim() === '') {
    if (recipe !== undefined) throw new MakeFatal('missing rule before recipe', location);
    return undefined;
  }
  // What stands left of the colon is expanded first: behind it a variable may be set, whose value waits.
  const colonInText = findUnquoted(raw, ':');
  let head = yield* expand(build, scope, colonInText < 0 ? raw : raw.slice(0, colonInText));
  let tail = colonInText < 0 ? '' : raw.slice(colonInText);
  let isTailExpanded = false;
  const colonInHead = findUnquoted(head, ':');
  if (colonInHead >= 0) {
    tail = head.slice(colonInHead) + (yield* expand(build, scope, tail));
    head = head.slice(0, colonInHead);
    isTailExpanded = true;
  } else if (tail === '') {
    if (head.trim() === '') return undefined;
    throw new MakeFatal(written.startsWith('        ') && build.recipePrefix === '\t' ? 'missing separator (did you mean TAB instead of 8 spaces?)' : 'missing separator', location);
  }
  const isGrouped = head.endsWith('&');
  const targets = yield* namesOf(build, isGrouped ? head.slice(0, -1) : head);
  if (targets.length === 0) return 'nothing';
  const hasTwoColons = tail.startsWith('::');
  let rest = tail.slice(hasTwoColons ? 2 : 1);
  const assignment = parseAssignment(rest, true);
  if (assignment !== undefined) {
    // A semicolon ends no value, and a number sign begins a comment as in any assignment.
    if (recipe !== undefined) assignment.value += withoutComment(collapse(`;${recipe}`));
    return { targets, hasTwoColons, isGrouped, targetPattern: undefined, prerequisites: '', recipe: undefined, assignment };
  }
  if (!isTailExpanded) rest = yield* expand(build, scope, rest);
  if (recipe === undefined) {
    const semicolon = findUnquoted(rest, ';');
    if (semicolon >= 0) {
      recipe = rest.slice(semicolon + 1);
      rest = rest.slice(0, semicolon);
    }
  }
  let targetPattern: string | undefined;
  const colon = findUnquoted(rest, ':');
  if (colon >= 0) {
    const patterns = wordsOf(rest.slice(0, colon));
    if (patterns.length === 0) throw new MakeFatal('missing target pattern', location);
    if (patterns.length > 1) throw new MakeFatal('multiple target patterns', location);
    if (!patterns[0]!.includes('%')) throw new MakeFatal("target pattern contains no '%'", location);
    targetPattern = withoutDot(patterns[0]!);
    rest = rest.slice(colon + 1);
  }
  return { targets, hasTwoColons, isGrouped, targetPattern, prerequisites: unquote(rest, '='), recipe, assignment: undefined };
}
