// set and shopt: options and positional parameters.
import { DASH_OPTIONS, Options, SET_OPTIONS, type SetOption, SHOPT_OPTIONS } from '../options.js';
import { quoteDash, quoteIfSpecial, quoteKey, quoteValue } from '../quote.js';
import type { Builtin, Outcome } from '../parts.js';
import type { Shell } from '../shell.js';
import { functionText } from '../command-text.js';
import { loadHistory } from '../history/file.js';
import { restrict } from '../restricted.js';
import { restartGetopts } from './dash/getopts.js';
import { fail, failSpecial, giveUp, print, readOptions, usage } from './output.js';

/** Turns a set option on or off, with what follows from it. */
export function applyOption(shell: Shell, name: SetOption, on: boolean): void {
  shell.options.set(name, on);
  if (name === 'allexport') shell.variables.exportAll = on;
  if (name === 'history' && on && shell.history.newLines === 0) loadHistory(shell);
  if (name === 'posix' && shell.isBash) applyPosix(shell, on);
  if (name === 'ignoreeof' && shell.isBash) {
    if (on) shell.variables.set('IGNOREEOF', '10');
    else shell.variables.unset('IGNOREEOF');
  }
}

/** What bash's posix mode brings along, and what of it goes again. */
function applyPosix({ options, variables, isInteractive }: Shell, on: boolean): void {
  options.shopt('expand_aliases', on || isInteractive);
  options.shopt('shift_verbose', on);
  if (on) for (const name of ['inherit_errexit', 'interactive_comments', 'sourcepath']) options.shopt(name, true);
  if (on && variables.get('POSIXLY_CORRECT') === undefined) variables.set('POSIXLY_CORRECT', 'y');
  if (!on) variables.unset('POSIXLY_CORRECT');
}

export function listOptions(shell: Shell, asCommands: boolean): Outcome {
  const names: readonly (readonly [string, SetOption | undefined])[] = shell.isBash ? (Object.keys(SET_OPTIONS) as SetOption[]).map((name) => [name, name] as const) : shell.dialect === 'dash' ? DASH_OPTIONS : DASH_OPTIONS.filter(([name]) => name !== 'privileged');
  const isOn = (shown: string, name: SetOption | undefined): boolean => (name === undefined ? (shown === 'stdin' && shell.readsStdin) || (shown === 'interactive' && shell.isInteractive) : shell.options.isSet(name));
  if (asCommands) return print(shell, 'set', names.map(([shown, name]) => `set ${isOn(shown, name) ? '-' : '+'}o ${shown}\n`).join(''));
  const head = shell.isBash ? '' : 'Current option settings\n';
  return print(shell, 'set', head + names.map(([shown, name]) => `${shown.padEnd(shell.isBash ? 15 : 16)}${shell.isBash ? '\t' : ''}${isOn(shown, name) ? 'on' : 'off'}\n`).join(''));
}

/** All variables that are set, as assignments. */
export function variableLines(shell: Shell): string {
  const { variables } = shell;
  const lines = variables.names().map((name) => variables.binding(name)!).filter((variable) => variable.isSet || (variable.isArray && !variable.isUnassigned)).map((variable) => {
    if (!variable.isArray) return `${variable.name}=${shell.isBash ? quoteIfSpecial(variable.text ?? '') : quoteDash(variable.text ?? '')}\n`;
    const values = variable.elements;
    return `${variable.name}=(${variable.keys.map((key, index) => `[${variable.map ? quoteKey(key) : key}]=${quoteValue(values[index]!)}`).join(' ')}${variable.map ? ' ' : ''})\n`;
  });
  return lines.join('');
}

/** `set` alone: variables (and, in bash, functions) as assignments. */
export function listAll(shell: Shell): Outcome {
  const functions = shell.isBash && !shell.options.posix ? [...shell.functions].sort(([a], [b]) => (a < b ? -1 : 1)).map(([name, { definition }]) => `${functionText(name, definition.body)}\n`) : [];
  return print(shell, 'set', variableLines(shell) + functions.join(''));
}

function optionOf(name: string): SetOption | undefined {
  return Object.hasOwn(SET_OPTIONS, name) ? (name as SetOption) : undefined;
}

function setParameters(shell: Shell, words: string[]): void {
  shell.positional = words;
  shell.positionalSets++;
  if (!shell.isBash) restartGetopts(shell);
}

export const set: Builtin = (shell, argv) => {
  if (argv.length === 1) return listAll(shell);
  let at = 1;
  for (; at < argv.length; at++) {
    const word = argv[at]!;
    if (word === '--') {
      setParameters(shell, argv.slice(at + 1));
      return 0;
    }
    if (word === '-') {
      applyOption(shell, 'xtrace', false);
      applyOption(shell, 'verbose', false);
      if (argv.length === at + 1) return 0;
      setParameters(shell, argv.slice(at + 1));
      return 0;
    }
    // bash: a lone + is a word of no options.
    if (!/^[-+]/.test(word) || (word === '+' && !shell.isBash)) break;
    const on = word[0] === '-';
    for (const letter of word.slice(1)) {
      if (letter === 'o') {
        const name = argv[at + 1];
        if (name === undefined) return listOptions(shell, !on);
        const option = optionOf(name);
        if (!option || (!shell.isBash && !DASH_OPTIONS.some(([known]) => known === name) && !(shell.dialect === 'ash' && name === 'pipefail'))) {
          if (shell.isBash) return failSpecial(shell, 'set', fail(shell, 'set', `${name}: invalid option name`, 2));
          giveUp(shell, 'set', `Illegal option ${word[0]}o ${name}`);
        }
        applyOption(shell, option, on);
        at++;
        continue;
      }
      if (letter === 'r' && on && shell.isBash) {
        restrict(shell);
        continue;
      }
      const option = Options.ofLetter(letter);
      if (!option) {
        if (shell.isBash) return usage(shell, 'set', `${word[0]}${letter}: invalid option`, 'set [-abefhkmnptuvxBCEHPT] [-o option-name] [--] [-] [arg ...]');
        giveUp(shell, 'set', `Illegal option ${word[0]}${letter}`);
      }
      applyOption(shell, option, on);
    }
  }
  if (at < argv.length) setParameters(shell, argv.slice(at));
  return 0;
};

/** Sets an option of `shopt`, and what goes with it. */
export function applyShopt(shell: Shell, name: string, on: boolean): void {
  shell.options.shopt(name, on);
  if (name !== 'extdebug') return;
  applyOption(shell, 'functrace', on);
  applyOption(shell, 'errtrace', on);
  if (on) shell.firstArguments ??= [...shell.positional];
}

export const shopt: Builtin = (shell, argv) => {
  const options = readOptions(shell, argv, 'pqsuo', 'shopt [-pqsu] [-o] [optname ...]');
  if (!options) return 2;
  const { flags, operands } = options;
  const isSet = flags.includes('o');
  const known = (name: string): boolean => (isSet ? optionOf(name) !== undefined : Object.hasOwn(SHOPT_OPTIONS, name));
  const value = (name: string): boolean => (isSet ? shell.options.isSet(name as SetOption) : shell.options.has(name));
  const changes = flags.includes('s') || flags.includes('u');
  if (flags.includes('s') && flags.includes('u')) return fail(shell, 'shopt', 'cannot set and unset shell options simultaneously');
  let status = 0;
  const valid = operands.filter((name) => {
    if (known(name)) return true;
    status = fail(shell, 'shopt', `${name}: invalid ${isSet ? '' : 'shell '}option name`);
    return false;
  });
  if (changes && operands.length > 0) {
    for (const name of valid) {
      if (isSet) applyOption(shell, name as SetOption, flags.includes('s'));
      // Says what is, whichever way it is set.
      else applyShopt(shell, name, name === 'restricted_shell' ? shell.options.restricted : flags.includes('s'));
    }
    return status;
  }
  const names = operands.length > 0 ? valid : Object.keys(isSet ? SET_OPTIONS : SHOPT_OPTIONS).filter((name) => !changes || value(name) === flags.includes('s'));
  if (operands.length > 0 && valid.some((name) => !value(name))) status = 1;
  if (flags.includes('q')) return status;
  const line = (name: string): string => (flags.includes('p') ? `${isSet ? 'set' : 'shopt'} ${isSet ? (value(name) ? '-o' : '+o') : value(name) ? '-s' : '-u'} ${name}\n` : `${name.padEnd(15)}\t${value(name) ? 'on' : 'off'}\n`);
  return print(shell, 'shopt', names.map(line).join(''), status);
};
