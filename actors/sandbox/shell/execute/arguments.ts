// The words of a simple command as they are given to it: fields, and the assignments among the arguments of declaration built-ins.
import type { Task } from '../../kernel/wait.js';
import { DECLARATIONS } from '../builtins/declare.js';
import { expandArgument, expandArgumentTask, type ExpandedAssignment } from '../expand/assignment.js';
import type { Shell } from '../shell.js';
import type { SimpleCommand, Word } from '../syntax/ast.js';
import { parseReference } from '../variables/variables.js';
import { SPECIAL_BUILTINS } from './special-builtins.js';

const POSIX_DECLARATIONS: ReadonlySet<string> = new Set(['export', 'readonly', 'local', 'alias']);

/** The words of a command, expanded; an argument of a declaration built-in that assigns is kept in parts. */
export type Argument = string | ExpandedAssignment;

/** The words of any other command. `let x=(1+2)` and `eval a=(b c)` take what looks like an array as text. */
export function* argumentsTask(shell: Shell, node: SimpleCommand): Task<string[]> {
  const { words } = node;
  if (!shell.isBash && hasAssignment(node)) return yield* posixArgumentsTask(shell, node);
  if (shell.isBash && namesElements(node)) return yield* elementArgumentsTask(shell, node);
  if (!words.some(({ assignment }) => assignment?.array !== undefined)) return yield* shell.expansion.fieldsTask(words);
  const argv: string[] = [];
  for (const word of words) {
    if (word.assignment?.array === undefined) yield* shell.expansion.fieldsTask([word], argv);
    else argv.push(word.source);
  }
  return argv;
}

/** `unset a[$k]`: bash knows the elements that a script names as such, and takes what their subscripts become for the keys. */
export function namesElements({ words }: SimpleCommand): boolean {
  return words[words[0]?.literal === 'command' ? 1 : 0]?.literal === 'unset' && words.some(isElement);
}

function isElement({ source }: Word): boolean {
  return source.endsWith(']') && parseReference(source)?.subscript !== undefined;
}

export function elementArguments(shell: Shell, { words }: SimpleCommand): string[] {
  const argv: string[] = [];
  const elements = new Set<string>();
  for (const word of words) {
    const { length } = argv;
    shell.expansion.fields([word], argv);
    if (isElement(word)) for (const field of argv.slice(length)) elements.add(field);
  }
  shell.elementNames = elements;
  return argv;
}

export function* elementArgumentsTask(shell: Shell, { words }: SimpleCommand): Task<string[]> {
  const argv: string[] = [];
  const elements = new Set<string>();
  for (const word of words) {
    const { length } = argv;
    yield* shell.expansion.fieldsTask([word], argv);
    if (isElement(word)) for (const field of argv.slice(length)) elements.add(field);
  }
  shell.elementNames = elements;
  return argv;
}

/** Whether arguments like `name=value` are assignments here; bash: after `command` and `builtin` they are words like any others. */
export function declares(shell: Shell, node: SimpleCommand): boolean {
  const name = node.words[0]?.literal;
  return name !== undefined && DECLARATIONS.has(name) && hasAssignment(node) && !shell.functions.has(name);
}

export function hasAssignment({ words }: SimpleCommand): boolean {
  return words.some(({ assignment }) => assignment !== undefined);
}

/**
 * In dash and ash what a command's words have become so far decides whether the next one assigns: `$e x=$y` does where `$e` is export,
 * and so does `command export x=$y`.
 */
function assignsNext(shell: Shell, argv: readonly string[]): boolean {
  let at = 0;
  while (argv[at] === 'command') {
    at++;
    while (/^-p+$/.test(argv[at] ?? '')) at++;
    if (argv[at] === '--') at++;
  }
  const name = argv[at];
  if (name === undefined || !POSIX_DECLARATIONS.has(name)) return false;
  return at > 0 || SPECIAL_BUILTINS[shell.dialect].has(name) || !shell.functions.has(name);
}

export function posixArguments(shell: Shell, { words }: SimpleCommand): string[] {
  const argv: string[] = [];
  for (const word of words) {
    if (word.assignment && assignsNext(shell, argv)) argv.push(`${word.assignment.name}=${shell.expansion.text(word.assignment.value!)}`);
    else shell.expansion.fields([word], argv);
  }
  return argv;
}

function* posixArgumentsTask(shell: Shell, { words }: SimpleCommand): Task<string[]> {
  const argv: string[] = [];
  for (const word of words) {
    if (word.assignment && assignsNext(shell, argv)) argv.push(`${word.assignment.name}=${yield* shell.expansion.textTask(word.assignment.value!)}`);
    else yield* shell.expansion.fieldsTask([word], argv);
  }
  return argv;
}

/** `declare -A`: subscripts stay subscripts whatever the elements are. */
function asksMap({ words }: SimpleCommand): boolean {
  return words.some(({ literal }) => /^-\w*A/.test(literal ?? ''));
}

export function declarationArguments(shell: Shell, node: SimpleCommand): Argument[] {
  const argv: Argument[] = [];
  for (const word of node.words) {
    if (word.assignment && !word.braces) argv.push(expandArgument(shell, word.assignment, asksMap(node)));
    else for (const field of shell.expansion.fields([word])) argv.push(field);
  }
  return argv;
}

export function* declarationArgumentsTask(shell: Shell, node: SimpleCommand): Task<Argument[]> {
  const argv: Argument[] = [];
  for (const word of node.words) {
    if (word.assignment && !word.braces) argv.push(yield* expandArgumentTask(shell, word.assignment, asksMap(node)));
    else for (const field of yield* shell.expansion.fieldsTask([word])) argv.push(field);
  }
  return argv;
}

export function argumentText(argument: Argument): string {
  if (typeof argument === 'string') return argument;
  const { name, subscript, append, value, elements } = argument;
  const right = elements ? `(${elements.map((element) => element.value).join(' ')})` : value;
  return `${name}${subscript === undefined ? '' : `[${subscript}]`}${append ? '+' : ''}=${right}`;
}
