// history: the list of lines, with its file; entries added, expanded and deleted.
import { Errno } from '../../kernel/errno.js';
import { zoneOf } from '../../commands/common/dates/zone.js';
import { CommandAbort } from '../flow.js';
import { expandHistory, HistoryError } from '../history/expansion.js';
import { appendHistory, readHistory, writeHistory } from '../history/file.js';
import { expansionSettings } from '../history/input-lines.js';
import { addLine } from '../history/remember.js';
import type { Builtin, Outcome } from '../parts.js';
import type { Shell } from '../shell.js';
import { strftime } from '../strftime.js';
import { fail, print, usage } from './output.js';

const SYNOPSIS = 'history [-c] [-d offset] [n] or history -anrw [filename] or history -ps arg [arg...]';

interface Request {
  flags: string;
  offset: string | undefined;
  operands: readonly string[];
}

function parse(shell: Shell, argv: readonly string[]): Request | undefined {
  let flags = '';
  let offset: string | undefined;
  let at = 1;
  for (; at < argv.length && /^-[^-]|^--$/.test(argv[at]!); at++) {
    const word = argv[at]!;
    if (word === '--') {
      at++;
      break;
    }
    for (let letter = 1; letter < word.length; letter++) {
      if (!'acd:npsrw'.includes(word[letter]!) || word[letter] === ':') return void usage(shell, 'history', `-${word[letter]}: invalid option`, SYNOPSIS);
      flags += word[letter];
      if (word[letter] !== 'd') continue;
      offset = word.length > letter + 1 ? word.slice(letter + 1) : argv[++at];
      if (offset === undefined) return void usage(shell, 'history', '-d: option requires an argument', SYNOPSIS);
      break;
    }
  }
  return { flags, offset, operands: argv.slice(at) };
}

/** A line of the list, with its time as HISTTIMEFORMAT wants it. */
function shown(shell: Shell, index: number): string {
  const { line, seconds } = shell.history.entries[index]!;
  const format = shell.variables.get('HISTTIMEFORMAT') ?? '';
  const time = format === '' ? '' : seconds === undefined ? '??' : strftime(format, seconds * 1000, zoneOf(shell.process, shell.variables.environment().get('TZ')));
  return `${String(shell.history.base + index).padStart(5)}  ${time}${line}\n`;
}

function list(shell: Shell, operands: readonly string[]): Outcome {
  const [count] = operands;
  if (operands.length > 1) {
    fail(shell, 'history', 'too many arguments');
    throw new CommandAbort(1, true);
  }
  if (count !== undefined && !/^[-+]?\d+$/.test(count)) return fail(shell, 'history', `${count}: numeric argument required`);
  const { size } = shell.history;
  const from = count === undefined ? 0 : Math.max(0, size - Math.abs(Number(count)));
  return print(shell, 'history', Array.from({ length: size - from }, (_, index) => shown(shell, from + index)).join(''));
}

/** The place of a number: negative ones count from the end. */
function placeOf(shell: Shell, number: number): number | undefined {
  const { base, size } = shell.history;
  const place = number < 0 ? size + number : number - base;
  return place < 0 || place >= size ? undefined : place;
}

function remove(shell: Shell, offset: string): number {
  const { history } = shell;
  const outOfRange = (subject: string): number => fail(shell, 'history', `${subject}: history position out of range`);
  if (/^[-+]?\d+$/.test(offset)) {
    const place = placeOf(shell, Number(offset));
    if (place === undefined) return outOfRange(offset);
    history.remove(place, 1);
    return 0;
  }
  const range = /^(-?\d+)-(-?\d+)$/.exec(offset);
  if (!range) return outOfRange(offset);
  const from = placeOf(shell, Number(range[1]));
  const to = placeOf(shell, Number(range[2]));
  if (from === undefined || to === undefined || from > to) return outOfRange(from === undefined ? range[1]! : range[2]!);
  history.remove(from, to - from + 1);
  return 0;
}

/** `-s`: one entry instead of the command itself. */
function store(shell: Shell, operands: readonly string[]): number {
  const { history } = shell;
  if (shell.options.isSet('history') && !history.isLastPushed && history.isLastAdded) history.removeLast();
  if (addLine(shell, operands.join(' '))) history.isLastPushed = true;
  return 0;
}

/** `-p`: what each argument expands to. */
function expand(shell: Shell, operands: readonly string[]): Outcome {
  if (shell.options.isSet('history') && shell.history.isLastAdded) shell.history.removeLast();
  let status = 0;
  let text = '';
  for (const operand of operands) {
    try {
      text += `${expandHistory(operand, expansionSettings(shell)).text}\n`;
    } catch (error) {
      if (!(error instanceof HistoryError)) throw error;
      status = fail(shell, 'history', `${operand}: history expansion failed`);
    }
  }
  return print(shell, 'history', text, status);
}

function useFile(shell: Shell, flag: string, operand: string | undefined): number {
  const path = operand ?? shell.variables.get('HISTFILE') ?? '';
  if (path === '') return 0;
  try {
    if (flag === 'a') appendHistory(shell, path);
    else if (flag === 'w') writeHistory(shell, path);
    else readHistory(shell, path, flag === 'n' ? shell.history.fileLines : 0);
    return 0;
  } catch (error) {
    if (!(error instanceof Errno)) throw error;
    // bash tells only of a file that it cannot make in order to append to it.
    return flag === 'a' && !shell.process.files.exists(path) ? fail(shell, 'history', `${path}: cannot create: ${error.message}`) : 1;
  }
}

export const history: Builtin = (shell, argv) => {
  const request = parse(shell, argv);
  if (!request) return 2;
  const { flags, offset, operands } = request;
  const files = [...new Set(flags.replace(/[^anrw]/g, ''))];
  if (files.length > 1) return fail(shell, 'history', 'cannot use more than one of -anrw');
  if (flags.includes('c')) {
    shell.history.clear();
    if (files.length === 0 && !/[dps]/.test(flags)) return 0;
  }
  if (flags.includes('s')) return operands.length > 0 ? store(shell, operands) : 0;
  if (flags.includes('p')) return operands.length > 0 ? expand(shell, operands) : 0;
  if (offset !== undefined) return remove(shell, offset);
  if (files.length > 0) return useFile(shell, files[0]!, operands[0]);
  return list(shell, operands);
};
