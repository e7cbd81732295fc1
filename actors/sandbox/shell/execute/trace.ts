// `set -x`: prints commands to standard error (or BASH_XTRACEFD) as they run, each behind PS4.
import { encode } from '../../kernel/text.js';
import type { Task } from '../../kernel/wait.js';
import { wordText } from '../command-text.js';
import type { ExpandedAssignment } from '../expand/assignment.js';
import { promptTask } from '../expand/prompt.js';
import { ExpansionError } from '../flow.js';
import { quoteDash, quoteSingle, quoteTrace } from '../quote.js';
import type { Shell } from '../shell.js';
import type { Assignment, Word } from '../syntax/ast.js';
import { ShellSyntaxError } from '../syntax/errors.js';
import { assignmentHead } from '../word-text.js';

/** Anything but `+,-./0-9:@A-Z]^_a-z`. */
const BUSYBOX_QUOTES = /[^+,\-./0-9:@A-Z\]^_a-z]/;
const RESERVED = /^(?:!|case|do|done|elif|else|esac|fi|for|function|if|in|then|until|while|\{|\})$/;

/** A PS4 that cannot be expanded is shown as it is. */
function promptOf(shell: Shell, ps4: string): string {
  try {
    return shell.expansion.prompt(ps4);
  } catch (error) {
    if (!(error instanceof ExpansionError || error instanceof ShellSyntaxError)) throw error;
    shell.complain(error instanceof ExpansionError ? error.message : error.failure.message);
    return ps4;
  }
}

/** What a PS4 for which commands must be run came to, for the command that runs now. */
const prepared = new WeakMap<Shell, string>();
const COMMANDS = /`|\$\((?!\()/;

/** Runs a command that is traced. A PS4 with commands in it is expanded before, as the lines themselves cannot wait for them; these are not traced. */
export function runTraced(shell: Shell, run: () => number | Task<number>): number | Task<number> {
  const ps4 = shell.variables.get('PS4') ?? '';
  return COMMANDS.test(ps4) ? prepareAndRun(shell, ps4, run) : run();
}

function* prepareAndRun(shell: Shell, ps4: string, run: () => number | Task<number>): Task<number> {
  const { status } = shell;
  shell.options.set('xtrace', false);
  try {
    prepared.set(shell, yield* promptTask(shell, ps4));
  } catch (error) {
    if (!(error instanceof ExpansionError || error instanceof ShellSyntaxError)) throw error;
    shell.complain(error instanceof ExpansionError ? error.message : error.failure.message);
    prepared.set(shell, ps4);
  } finally {
    shell.options.set('xtrace', true);
  }
  shell.status = status;
  const outcome = run();
  return typeof outcome === 'number' ? outcome : yield* outcome;
}

function prefix(shell: Shell): string {
  const ps4 = shell.variables.get('PS4') ?? '';
  const status = shell.status;
  const text = ps4 === '+ ' ? ps4 : COMMANDS.test(ps4) ? prepared.get(shell) ?? ps4 : promptOf(shell, ps4);
  shell.status = status;
  if (!shell.isBash || text === '') return text;
  const first = String.fromCodePoint(text.codePointAt(0)!);
  return first.repeat(1 + shell.evalDepth) + text.slice(first.length);
}

export function traceLine(shell: Shell, text: string): void {
  const line = `${prefix(shell)}${text}\n`;
  const fd = shell.isBash ? shell.variables.get('BASH_XTRACEFD') : undefined;
  if (fd !== undefined && /^\d+$/.test(fd) && shell.process.descriptors.find(Number(fd))) shell.writeNow(Number(fd), encode(line));
  else shell.warnRaw(line);
}

/** bash quotes what needs it, dash nothing, busybox (always with single quotes) what might. */
function quoted(shell: Shell, word: string): string {
  if (shell.isBash) return quoteTrace(word);
  return shell.dialect === 'ash' && BUSYBOX_QUOTES.test(word) ? quoteDash(word) : word;
}

export function traceCommand(shell: Shell, argv: readonly string[]): void {
  const first = shell.dialect === 'ash' && RESERVED.test(argv[0]!) ? `'${argv[0]}'` : quoted(shell, argv[0]!);
  traceLine(shell, [first, ...argv.slice(1).map((word) => quoted(shell, word))].join(' '));
}

/** What dash and ash assign is told in one line, with the command that it stands before. */
export function traceAssigning(shell: Shell, assignments: readonly Assignment[], argv: readonly string[]): void {
  const assigned = assignments.map(({ name, value }) => {
    const text = argv.length === 0 || value!.blocking ? shell.variables.get(name) ?? '' : shell.expansion.text(value!);
    return `${name}=${text === '' ? '' : quoted(shell, text)}`;
  });
  traceLine(shell, [...assigned, ...argv.map((word) => quoted(shell, word))].join(' '));
}

/** bash tells what it is about to assign: a value expanded, a list as it is written. */
export function traceAssignment(shell: Shell, assignment: Assignment, value?: string): void {
  if (!shell.options.xtrace || !shell.isBash) return;
  traceLine(shell, value === undefined ? wordText.assignment(assignment) : `${assignmentHead(assignment)}${value === '' ? '' : quoteTrace(value)}`);
}

/** And in front of a command what the variable comes to. */
export function traceTemporary(shell: Shell, name: string, value: string): void {
  if (shell.options.xtrace && shell.isBash) traceLine(shell, `${name}=${value === '' ? '' : quoteTrace(value)}`);
}

/** What these assign is told after them. */
export const TOLD_AFTER: ReadonlySet<string> = new Set(['export', 'readonly']);

/** A declaration built-in and its arguments: lists are told before it, what export and readonly set also after. */
export function traceDeclaration(shell: Shell, argv: readonly (string | ExpandedAssignment)[], textOf: (argument: string | ExpandedAssignment) => string): void {
  if (!shell.isBash) return traceCommand(shell, argv.map(textOf));
  for (const argument of argv) {
    if (typeof argument === 'string' || argument.elements === undefined) continue;
    const list = argument.elements.map(({ key, append, value }) => `${key === undefined ? '' : `[${quoteSingle(key)}]${append ? '+' : ''}=`}${quoteSingle(value)}`).join(' ');
    traceLine(shell, `${argument.name}${argument.append ? '+' : ''}=(${list})`);
  }
  traceCommand(shell, argv.map((argument) => (typeof argument !== 'string' && argument.elements !== undefined ? argument.name : textOf(argument))));
  if (!TOLD_AFTER.has(argv[0] as string)) return;
  for (const argument of argv) {
    const [head, value] = typeof argument === 'string' ? argument.split(/(?<==)(.*)/s) : argument.subscript === undefined ? [`${argument.name}${argument.append ? '+' : ''}=`, argument.value] : [];
    if (value !== undefined && /^[A-Za-z_]\w*\+?=$/.test(head!)) traceLine(shell, `${head}${value === '' ? '' : quoteTrace(value)}`);
  }
}

export function traceArithmetic(shell: Shell, source: string): void {
  traceLine(shell, `(( ${source} ))`);
}

export function traceSelect(shell: Shell, name: string, words: readonly Word[] | undefined): void {
  traceLine(shell, `select ${name} in ${sourceOf(words)}`);
}

export function traceCase(shell: Shell, source: string): void {
  if (shell.isBash) traceLine(shell, `case ${source} in`);
}

export function traceFor(shell: Shell, name: string, words: readonly Word[] | undefined): void {
  if (shell.isBash) traceLine(shell, `for ${name} in ${sourceOf(words)}`);
}

function sourceOf(words: readonly Word[] | undefined): string {
  return words === undefined ? '"$@"' : words.map((word) => word.source).join(' ');
}
