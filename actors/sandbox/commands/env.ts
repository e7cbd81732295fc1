// env and printenv: programs with another environment (https://www.gnu.org/software/coreutils/env).
import { Errno } from '../kernel/errno.js';
import { signalNumber } from '../kernel/signals.js';
import type { Main } from '../kernel/program.js';
import type { Process } from '../kernel/process.js';
import { command, encode, parseOptions, plainCommand, UsageError, usageError } from '../programs/stdio.js';
import { executeOrComplain } from './common/exec.js';
import { quoteName } from './common/quote.js';

const LONG = {
  'ignore-environment': 'no', null: 'no', unset: 'required', chdir: 'required', 'split-string': 'required', 'block-signal': 'optional',
  'default-signal': 'optional', 'ignore-signal': 'optional', 'list-signal-handling': 'no', debug: 'no', argv0: 'required',
} as const;
const ESCAPES: Readonly<Record<string, string>> = { f: '\f', n: '\n', r: '\r', t: '\t', v: '\v', '#': '#', $: '$', '"': '"', "'": "'", '\\': '\\', _: ' ' };

/** -S: one word of a `#!` line into several, with quotes, escapes and `${NAME}`. */
function splitString(text: string, env: ReadonlyMap<string, string>): string[] {
  const words: string[] = [];
  let word: string | undefined;
  let quote = '';
  for (let i = 0; i < text.length; i++) {
    const character = text[i]!;
    if (character === '\\') {
      const next = text[++i];
      if (next === undefined) throw new UsageError(`invalid backslash at end of string in -S`, 125);
      if (next === 'c' && quote === '') break;
      if (quote === "'" && next !== '\\' && next !== "'") word = `${word ?? ''}\\${next}`;
      else if (next === '_' && quote === '') {
        if (word !== undefined) words.push(word);
        word = undefined;
      } else if (Object.hasOwn(ESCAPES, next)) word = (word ?? '') + ESCAPES[next]!;
      else throw new UsageError(`invalid sequence '\\${next}' in -S`, 125);
    } else if (quote !== '' ? character === quote : character === '"' || character === "'") {
      quote = quote === '' ? character : '';
      word ??= '';
    } else if (character === '$' && quote !== "'") {
      const [all, name] = /^\$\{([A-Za-z_]\w*)\}/.exec(text.slice(i)) ?? [];
      if (all === undefined) throw new UsageError(`only \${VARNAME} expansion is supported, error at: ${text.slice(i)}`, 125);
      word = (word ?? '') + (env.get(name!) ?? '');
      i += all.length - 1;
    } else if (quote === '' && /\s/.test(character)) {
      if (word !== undefined) words.push(word);
      word = undefined;
    } else if (quote === '' && character === '#' && word === undefined) {
      break;
    } else {
      word = (word ?? '') + character;
    }
  }
  if (quote !== '') throw new UsageError('no terminating quote in -S string', 125);
  if (word !== undefined) words.push(word);
  return words;
}

/** argv with every -S taken apart; what follows it is kept. */
function expandSplits(process: Process): string[] {
  const argv = [...process.argv];
  for (let i = 1; i < argv.length; i++) {
    const word = argv[i]!;
    const [, value] = /^(?:-v*S|--split-string(?:=|$))([^]*)$/.exec(word) ?? [];
    if (value !== undefined) {
      const isSeparate = value === '' && argv[i + 1] !== undefined;
      argv.splice(i, isSeparate ? 2 : 1, ...splitString(isSeparate ? argv[i + 1]! : value, process.env));
      i--;
    } else if (!word.startsWith('-') || word === '--') {
      break;
    } else if (/^-[uC]$/.test(word)) {
      i++;
    }
  }
  return argv;
}

function changeSignals(process: Process, list: string | undefined, disposition: 'ignore' | 'default'): void {
  if (list === undefined) return;
  const numbers = list === '' ? Array.from({ length: 31 }, (_, i) => i + 1).filter((signal) => signal !== 9 && signal !== 19) : list.split(',').map((name) => {
    const signal = signalNumber(name);
    if (signal === undefined) throw usageError(process.argv, `${quoteName(name)}: invalid signal`, 125);
    return signal;
  });
  for (const signal of numbers) process.onSignal(signal, disposition);
}

export const env: Main = command(function* (process, output) {
  const argv = expandSplits(process);
  const options = parseOptions(argv, '0C:iu:v', LONG, { posix: true, exitCode: 125 });
  const words = [...options.operands];
  const isEmpty = options.has('i', 'ignore-environment') || words[0] === '-';
  if (words[0] === '-') words.shift();
  const changed = new Map(isEmpty ? [] : process.env);
  for (const name of [...(options.given.get('u') ?? []), ...(options.given.get('unset') ?? [])]) {
    if (name === '' || name.includes('=')) throw new UsageError(`cannot unset ${quoteName(name)}: Invalid argument`, 125);
    changed.delete(name);
  }
  for (let word = words[0]; word !== undefined && word.indexOf('=') > 0; word = words[0]) {
    const at = word.indexOf('=');
    changed.set(word.slice(0, at), word.slice(at + 1));
    words.shift();
  }
  const folder = options.value('C', 'chdir');
  if (words.length === 0) {
    if (folder !== undefined) throw usageError(argv, 'must specify command with --chdir (-C)', 125);
    for (const [name, value] of changed) output.print(`${name}=${value}${options.has('0', 'null') ? '\0' : '\n'}`);
    return 0;
  }
  if (options.has('0', 'null')) throw usageError(argv, 'cannot specify --null (-0) with command', 125);
  try {
    if (folder !== undefined) process.files.chdir(folder);
  } catch (error) {
    if (error instanceof Errno) throw new UsageError(`cannot change directory to ${quoteName(folder!)}: ${error.message}`, 125);
    throw error;
  }
  changeSignals(process, options.value('ignore-signal'), 'ignore');
  changeSignals(process, options.value('default-signal'), 'default');
  const hint = /\s/.test(words[0]!) ? '\nenv: use -[v]S to pass options in shebang lines' : '';
  return yield* executeOrComplain(process, words, changed, (name, why) => `env: ${quoteName(name)}: ${why}${hint}`);
});

export const printenv: Main = plainCommand((process, output) => {
  const options = parseOptions(process.argv, '0', { null: 'no' }, { posix: true, exitCode: 2 });
  const end = options.has('0', 'null') ? '\0' : '\n';
  if (options.operands.length === 0) {
    for (const [name, value] of process.env) output.print(encode(`${name}=${value}${end}`));
    return 0;
  }
  let status = 0;
  for (const name of options.operands) {
    const value = process.env.get(name);
    if (value === undefined) status = 1;
    else output.print(value + end);
  }
  return status;
});
