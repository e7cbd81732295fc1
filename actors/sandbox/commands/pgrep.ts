// pgrep, pkill, pidof, killall: processes found by name (procps, psmisc).
import { maySignal } from '../kernel/credentials.js';
import type { Process } from '../kernel/process.js';
import type { Main } from '../kernel/program.js';
import { signalNumber } from '../kernel/signals.js';
import { type CompiledRegex, compileRegex, RegexSyntaxError } from '../regex/posix-regex.js';
import { command, complain, type Options, parseOptions, plainCommand, UsageError, usageError } from '../programs/stdio.js';
import { Accounts } from './common/accounts.js';

const LONG = {
  count: 'no', full: 'no', group: 'required', newest: 'no', oldest: 'no', parent: 'required', uid: 'required', exact: 'no', 'list-name': 'no',
  'list-full': 'no', inverse: 'no', 'ignore-case': 'no', signal: 'required', delimiter: 'required', echo: 'no',
} as const;
const NAME_MAX = 15;

function patternOf(text: string, ignoreCase: boolean): CompiledRegex {
  try {
    return compileRegex(text, { extended: true, ignoreCase });
  } catch (error) {
    throw error instanceof RegexSyntaxError ? new UsageError(`regex error: ${error.message}`, 2) : error;
  }
}

function others(process: Process): Process[] {
  return [...process.kernel.processes.values()].filter((other) => other !== process && other.status === undefined);
}

/** `-9`, `-TERM` and `-SIGTERM` out of the other words. */
function takeSignal(argv: readonly string[]): { argv: string[]; signal: number } {
  let signal = 15;
  const rest = argv.filter((word, i) => {
    const number = i > 0 && /^-(\d+|[A-Z][A-Z0-9+-]+)$/.test(word) ? signalNumber(word.slice(1)) : undefined;
    if (number !== undefined) signal = number;
    return number === undefined;
  });
  return { argv: rest, signal };
}

function matching(process: Process, options: Options): Process[] {
  const [pattern] = options.operands;
  if (pattern === undefined && !options.has('P', 'parent', 'u', 'uid', 'U', 'g', 'group')) throw usageError(process.argv, 'no matching criteria specified', 2);
  const text = options.has('x', 'exact') ? `^(${pattern ?? ''})$` : pattern ?? '';
  const regex = patternOf(text, options.has('i', 'ignore-case'));
  const list = (...names: string[]): string[] | undefined => options.value(...names)?.split(',');
  const parents = list('P', 'parent')?.map(Number);
  const accounts = new Accounts(process.files);
  const users = list('u', 'uid', 'U')?.map((user) => accounts.uid(user));
  const groups = list('g', 'group')?.map(Number);
  let found = others(process).filter((other) => {
    const subject = options.has('f', 'full') ? other.argv.join(' ') : other.command.slice(0, NAME_MAX);
    const matches = regex.test(subject) && (parents?.includes(other.parent?.pid ?? 0) ?? true) && (users?.includes(other.credentials.uid) ?? true) && (groups?.includes(other.processGroup) ?? true);
    return matches !== options.has('v', 'inverse');
  });
  if (options.has('n', 'newest')) found = found.slice(-1);
  if (options.has('o', 'oldest')) found = found.slice(0, 1);
  return found;
}

export const pgrep: Main = plainCommand((process, output) => {
  const options = parseOptions(process.argv, 'acd:fg:ilnoP:u:U:vx', LONG, { exitCode: 2 });
  const found = matching(process, options);
  if (options.has('c', 'count')) output.print(`${found.length}\n`);
  else if (found.length > 0) {
    const lines = found.map((other) => `${other.pid}${options.has('a', 'list-full') ? ` ${other.argv.join(' ')}` : options.has('l', 'list-name') ? ` ${other.command}` : ''}`);
    output.print(`${lines.join(options.value('d', 'delimiter') ?? '\n')}\n`);
  }
  return found.length > 0 ? 0 : 1;
});

export const pkill: Main = command(function* (process, output) {
  const { argv, signal: typed } = takeSignal(process.argv);
  const options = parseOptions(argv, 'cefg:ilnoP:u:U:vx', LONG, { exitCode: 2 });
  const name = options.value('signal');
  const signal = name === undefined ? typed : signalNumber(name);
  if (signal === undefined) throw new UsageError(`unknown signal name ${name}`, 2);
  const found = matching(process, options);
  let status = found.length > 0 ? 0 : 1;
  for (const other of found) {
    if (maySignal(process.credentials, other.credentials)) other.deliver(signal);
    else {
      yield* complain(process, `killing pid ${other.pid} failed: Operation not permitted`);
      status = 1;
    }
    if (options.has('e', 'echo')) output.print(`${other.command} killed (pid ${other.pid})\n`);
  }
  if (options.has('c', 'count')) output.print(`${found.length}\n`);
  return status;
});

/** Itself among them, where it has that name. */
function named(process: Process, name: string): Process[] {
  return [process, ...others(process)].filter((other) => other.command === name || other.argv[0] === name);
}

export const pidof: Main = plainCommand((process, output) => {
  const options = parseOptions(process.argv, 'o:qsx');
  const omitted = (options.given.get('o') ?? []).flatMap((list) => list.split(/[, ]/)).map(Number);
  const pids = options.operands.flatMap((name) => named(process, name).map(({ pid }) => pid)).filter((pid) => !omitted.includes(pid)).sort((a, b) => b - a);
  const shown = options.has('s') ? pids.slice(0, 1) : pids;
  if (shown.length > 0 && !options.has('q')) output.print(`${shown.join(' ')}\n`);
  return shown.length > 0 ? 0 : 1;
});

export const killall: Main = command(function* (process) {
  const { argv, signal: typed } = takeSignal(process.argv);
  const options = parseOptions(argv, 'eqs:vw', { quiet: 'no', signal: 'required', exact: 'no', verbose: 'no', wait: 'no' });
  const name = options.value('s', 'signal');
  const signal = name === undefined ? typed : signalNumber(name);
  if (signal === undefined) throw new UsageError(`${name}: unknown signal; killall -l lists signals.`);
  let status = 0;
  for (const operand of options.operands) {
    const found = named(process, operand).filter((other) => other !== process);
    if (found.length === 0) {
      status = 1;
      if (!options.has('q', 'quiet')) yield* process.write(2, Buffer.from(`${operand}: no process found\n`));
    }
    for (const other of found) {
      if (maySignal(process.credentials, other.credentials)) other.deliver(signal);
      else status = 1;
    }
  }
  return status;
});
