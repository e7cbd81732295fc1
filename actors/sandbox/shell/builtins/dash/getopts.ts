// dash's getopts, and busybox's: where it is, it notes aside of OPTIND, anew for each call of a function and each `set` and `shift`.
import type { Builtin } from '../../parts.js';
import type { Shell } from '../../shell.js';
import { refusal } from '../../variables/assignment-error.js';
import { AssignmentError, isName } from '../../variables/variables.js';
import { giveUp } from '../output.js';
import { numberOperand } from './number.js';

/** OPTIND was assigned, or unset by `speaker`. */
export function resetGetopts(shell: Shell, value: string, speaker?: string): void {
  shell.getoptsIndex = numberOperand(shell, speaker, value) || 1;
  shell.getoptsOffset = 0;
}

/** The parameters are others. */
export function restartGetopts(shell: Shell): void {
  shell.getoptsIndex = 1;
  shell.getoptsOffset = 0;
}

/** What stands behind a letter in the list of options; undefined where it is none. */
function takesArgument(options: string, letter: string): boolean | undefined {
  for (let at = 0; at < options.length; at += options[at + 1] === ':' ? 2 : 1) if (options[at] === letter) return options[at + 1] === ':';
  return undefined;
}

function assign(shell: Shell, name: string, value: string | undefined): void {
  if (!isName(name)) giveUp(shell, 'getopts', `${name}: bad variable name`);
  try {
    if (value === undefined) shell.variables.unset(name);
    else shell.variables.set(name, value);
  } catch (error) {
    if (!(error instanceof AssignmentError)) throw error;
    giveUp(shell, 'getopts', refusal(error, false));
  }
}

export const getopts: Builtin = (shell, argv) => {
  const [, options, name, ...given] = argv;
  if (options === undefined || name === undefined) return giveUp(shell, 'getopts', 'Usage: getopts optstring var [arg...]');
  const words = given.length > 0 ? given : shell.positional;
  if (shell.getoptsIndex > words.length + 1) restartGetopts(shell);
  let index = shell.getoptsIndex;
  const offset = shell.getoptsOffset;
  const isBusybox = shell.dialect === 'ash';
  const finish = (value: string, next: number, status: number): number => {
    assign(shell, 'OPTIND', String(index));
    shell.getoptsIndex = index;
    shell.getoptsOffset = next;
    assign(shell, name, value);
    return status;
  };
  // The letters of a word that was begun count as done once the last of them was given.
  let word = index > 1 && offset > 0 ? words[index - 2] ?? '' : '';
  let at = offset;
  if (word === '' || at >= word.length) {
    word = words[index - 1] ?? '';
    const isLast = word === '--';
    if (isLast || !/^-./.test(word)) {
      if (isLast) index++;
      if (isBusybox) assign(shell, 'OPTARG', undefined);
      return finish('?', 0, 1);
    }
    index++;
    at = 1;
  }
  const letter = word[at++]!;
  const takes = takesArgument(options, letter);
  const complain = (message: string, quiet: string): string => {
    if (options.startsWith(':') || (isBusybox && shell.variables.get('OPTERR') === '0')) {
      assign(shell, 'OPTARG', letter);
      return quiet;
    }
    shell.warnRaw(`${message}\n`);
    assign(shell, 'OPTARG', undefined);
    return '?';
  };
  if (takes === undefined) return finish(complain(`Illegal option -${letter}`, '?'), at, 0);
  if (!takes) {
    assign(shell, 'OPTARG', '');
    return finish(letter, at, 0);
  }
  const rest = word.slice(at);
  const argument = rest !== '' ? rest : words[index - 1];
  if (argument === undefined) return finish(complain(`No arg for -${letter} option`, ':'), at, 0);
  if (rest === '') index++;
  assign(shell, 'OPTARG', argument);
  return finish(letter, 0, 0);
};
