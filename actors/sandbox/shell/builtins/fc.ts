// fc: lists commands of the history, edits them, or runs one again.
import type { Task } from '../../kernel/wait.js';
import { editText } from '../history/edit-text.js';
import { addLine } from '../history/remember.js';
import type { Builtin, Outcome } from '../parts.js';
import type { Shell } from '../shell.js';
import { fail, print, usage } from './output.js';

const SYNOPSIS = 'fc [-e ename] [-lnr] [first] [last] or fc -s [pat=rep] [command]';
const LISTED = 16;

interface Request {
  flags: string;
  editor: string | undefined;
  operands: readonly string[];
}

function parse(shell: Shell, argv: readonly string[]): Request | undefined {
  let flags = '';
  let editor: string | undefined;
  let at = 1;
  // `-3` is a command, not an option.
  for (; at < argv.length && /^-[^\d]/.test(argv[at]!); at++) {
    const word = argv[at]!;
    if (word === '--') {
      at++;
      break;
    }
    for (let letter = 1; letter < word.length; letter++) {
      if (!'elnrs'.includes(word[letter]!)) return void usage(shell, 'fc', `-${word[letter]}: invalid option`, SYNOPSIS);
      flags += word[letter];
      if (word[letter] !== 'e') continue;
      editor = word.length > letter + 1 ? word.slice(letter + 1) : argv[++at];
      if (editor === undefined) return void usage(shell, 'fc', '-e: option requires an argument', SYNOPSIS);
      break;
    }
  }
  return { flags, editor, operands: argv.slice(at) };
}

/** Why a command cannot be found: no such one, or none that can be meant. */
type Lost = 'no command found' | 'history specification out of range';

/** The places that words like `-2`, `17` and `ec` mean. */
class Places {
  readonly #shell: Shell;
  /** The place of the last command before this one. */
  readonly last: number;

  constructor(shell: Shell) {
    const { history, options } = shell;
    this.#shell = shell;
    this.last = history.size - (options.isSet('history') ? 1 : 0) - (history.isLastAdded ? 1 : 0);
    if (this.last >= history.size) this.last = history.size - 1;
  }

  /** `role`: a number that is out of range means the first or the last command there is. */
  find(word: string | undefined, role: 'first' | 'last', isListing: boolean): number | Lost {
    const { history } = this.#shell;
    if (this.last < 0) return 'no command found';
    if (word === undefined) return this.last;
    if (/^-?\d/.test(word)) {
      const number = Number.parseInt(word, 10);
      if (word.startsWith('-') && number === 0) return isListing ? history.size - 1 : 'history specification out of range';
      if (number === 0) return this.last;
      if (number < 0) return Math.max(0, this.last + 1 + number);
      const place = number - history.base;
      // To bash the number of the last command is out of range too.
      if (place >= 0 && place < this.last) return place;
      return role === 'first' ? 0 : this.last;
    }
    const found = history.lines.slice(0, this.last + 1).findLastIndex((line) => line.startsWith(word));
    return found < 0 ? 'no command found' : found;
  }
}

function list(shell: Shell, { flags, operands }: Request): Outcome {
  const places = new Places(shell);
  const { history } = shell;
  const begin = operands[0] === undefined ? Math.max(0, places.last - LISTED + 1) : places.find(operands[0], 'first', true);
  const isLast = begin === history.size - 1;
  const end = operands[1] === undefined ? (operands.length > 0 && isLast ? history.size - 1 : places.last) : places.find(operands[1], 'last', true);
  const lost = [begin, end].find((place) => typeof place === 'string');
  if (lost !== undefined) return fail(shell, 'fc', String(lost));
  const [from, to] = [Math.min(Number(begin), Number(end)), Math.max(Number(begin), Number(end))];
  const lines = history.entries.slice(from, to + 1).map(({ line }, index) => `${flags.includes('n') ? '' : history.base + from + index}\t${shell.options.posix ? '' : ' '}${line}\n`);
  if (flags.includes('r') !== Number(end) < Number(begin)) lines.reverse();
  return print(shell, 'fc', lines.join(''));
}

/** The command takes the place of `fc` in the history. */
function replaceInHistory(shell: Shell, command: string): void {
  if (!shell.options.isSet('history')) return;
  if (shell.history.isLastAdded) shell.history.removeLast();
  addLine(shell, command.replace(/\n$/, ''));
}

/** `fc -s old=new command` */
function* runAgain(shell: Shell, operands: readonly string[]): Task<number> {
  const count = operands.findIndex((word) => !word.includes('='));
  const changes = count < 0 ? operands : operands.slice(0, count);
  const place = new Places(shell).find(count < 0 ? undefined : operands[count], 'last', false);
  if (typeof place === 'string') return fail(shell, 'fc', 'no command found');
  let command = shell.history.lines[place]!;
  for (const change of changes) {
    const at = change.indexOf('=');
    if (at > 0) command = command.replaceAll(change.slice(0, at), () => change.slice(at + 1));
  }
  shell.warnRaw(`${command}\n`);
  replaceInHistory(shell, command);
  return yield* shell.execution.runText(command, { name: 'fc' });
}

/** Lets the user edit commands in a file, and runs what it is then. */
function* edit(shell: Shell, { flags, editor, operands }: Request): Task<number> {
  const places = new Places(shell);
  const begin = places.find(operands[0], 'first', false);
  const end = operands[1] === undefined ? begin : places.find(operands[1], 'last', false);
  if (typeof begin === 'string') return fail(shell, 'fc', begin);
  if (typeof end === 'string') return fail(shell, 'fc', end);
  const lines = shell.history.lines.slice(Math.min(begin, end), Math.max(begin, end) + 1);
  if (flags.includes('r') !== end < begin) lines.reverse();
  if (shell.history.isLastAdded && shell.options.isSet('history')) shell.history.removeLast();
  const command = editor ?? (shell.options.posix ? '${FCEDIT:-ed}' : '${FCEDIT:-${EDITOR:-vi}}');
  const text = yield* editText(shell, lines.map((line) => `${line}\n`).join(''), command);
  if (text === undefined) return 1;
  shell.warnRaw(text);
  if (shell.options.isSet('history') && text !== '') addLine(shell, text.replace(/\n$/, ''));
  return yield* shell.execution.runText(text, { name: 'fc' });
}

export const fc: Builtin = (shell, argv) => {
  const request = parse(shell, argv);
  if (!request) return 2;
  if (request.flags.includes('s') || request.editor === '-') return runAgain(shell, request.operands);
  return request.flags.includes('l') ? list(shell, request) : edit(shell, request);
};
