// read: a line into variables, never a byte further than it must.
import { Errno } from '../../kernel/errno.js';
import { TerminalFile } from '../../kernel/tty.js';
import type { Task } from '../../kernel/wait.js';
import type { Builtin } from '../parts.js';
import type { Shell } from '../shell.js';
import { isPlainLocale } from '../locale.js';
import { refusal } from '../variables/assignment-error.js';
import { AssignmentError, isName, parseReference } from '../variables/variables.js';
import { fail, usage } from './output.js';
import { ReadInput } from './read-input.js';

const SYNOPSIS = 'read [-ers] [-a array] [-d delim] [-i text] [-n nchars] [-N nchars] [-p prompt] [-t timeout] [-u fd] [name ...]';

interface ReadOptions {
  raw: boolean;
  array: string | undefined;
  delimiter: number;
  /** Characters to read at most; `exact` also ignores delimiters. */
  count: number | undefined;
  exact: boolean;
  /** Each byte is a character. */
  bytes: boolean;
  prompt: string;
  silent: boolean;
  timeoutMs: number | undefined;
  fd: number;
  names: readonly string[];
}

function parse(shell: Shell, argv: readonly string[]): ReadOptions | number {
  const options: ReadOptions = { raw: false, array: undefined, delimiter: 10, count: undefined, exact: false, bytes: !shell.isBash || isPlainLocale(shell), prompt: '', silent: false, timeoutMs: undefined, fd: 0, names: [] };
  const withValue = shell.isBash ? 'adinNptu' : shell.dialect === 'ash' ? 'dnptu' : 'p';
  let at = 1;
  for (; at < argv.length; at++) {
    const word = argv[at]!;
    if (word === '--') {
      at++;
      break;
    }
    if (word.length < 2 || word[0] !== '-') break;
    for (let i = 1; i < word.length; i++) {
      const letter = word[i]!;
      if (!withValue.includes(letter)) {
        if (letter === 'r') options.raw = true;
        else if (letter === 's' && shell.dialect !== 'dash') options.silent = true;
        else if (!(letter === 'e' && shell.isBash)) return usage(shell, 'read', shell.isBash ? `-${letter}: invalid option` : `Illegal option -${letter}`, SYNOPSIS);
        continue;
      }
      const value = i + 1 < word.length ? word.slice(i + 1) : argv[++at];
      if (value === undefined) return usage(shell, 'read', shell.isBash ? `-${letter}: option requires an argument` : `No arg for -${letter} option`, SYNOPSIS);
      const problem = setValue(options, letter, value);
      if (problem !== undefined) return fail(shell, 'read', problem);
      break;
    }
  }
  return { ...options, names: argv.slice(at) };
}

function setValue(options: ReadOptions, letter: string, value: string): string | undefined {
  if (letter === 'a') options.array = value;
  else if (letter === 'd') options.delimiter = value === '' ? 0 : Buffer.from(value)[0]!;
  else if (letter === 'p') options.prompt = value;
  else if (letter === 'u') {
    if (!/^\d+$/.test(value)) return `${value}: invalid file descriptor specification`;
    options.fd = Number(value);
  } else if (letter === 't') {
    if (!/^(\d+\.?\d*|\.\d+)$/.test(value)) return `${value}: invalid timeout specification`;
    options.timeoutMs = Number(value) * 1000;
  } else if (letter === 'n' || letter === 'N') {
    if (!/^\d+$/.test(value)) return `${value}: invalid number`;
    options.count = Number(value);
    options.exact = letter === 'N';
  }
  return undefined;
}

/** Until there is something to read: 0. Traps run meanwhile; for bash reading goes on after them, for others it has failed. */
function* awaitInput(shell: Shell, fd: number, until: number | undefined): Task<number> {
  const file = shell.process.descriptors.get(fd);
  while (!file.canRead) {
    try {
      const ready = yield* shell.process.poll([{ fd, read: true }], until === undefined ? Infinity : Math.max(0, until - performance.now()));
      return ready.length === 0 ? 142 : 0;
    } catch (error) {
      if (!(error instanceof Errno && error.code === 'EINTR')) throw error;
      if (!shell.isBash) return 1;
      const signal = shell.traps.pending[0];
      yield* shell.execution.runTraps();
      if (shell.options.posix && signal !== undefined) return 128 + signal;
    }
  }
  return 0;
}

/** Reads line by line, or byte by byte where characters are counted: what follows belongs to somebody else. Answers with the status. */
function* readInput(shell: Shell, options: ReadOptions, input: ReadInput): Task<number> {
  const { process } = shell;
  const until = options.timeoutMs === undefined ? undefined : performance.now() + options.timeoutMs;
  while (!input.isFull) {
    const file = process.descriptors.get(options.fd);
    if (!file.canRead) {
      const status = yield* awaitInput(shell, options.fd, until);
      if (status !== 0) return status;
    }
    const line = options.count === undefined && file.readsAllowed ? file.readThrough(options.delimiter) : undefined;
    const chunk = line ?? (yield* process.read(options.fd, 1));
    if (chunk.length === 0) return 1;
    if (input.take(chunk)) return 0;
  }
  return 0;
}

function assign(shell: Shell, options: ReadOptions, input: ReadInput, status: number): number {
  try {
    if (options.array !== undefined) {
      const variable = shell.variables.writable(shell.variables.follow(options.array).name);
      shell.variables.assignList(variable, input.fields(shell.separators, Infinity));
    } else if (options.names.length === 0) {
      shell.variables.set('REPLY', input.text);
    } else if (options.exact) {
      options.names.forEach((name, index) => shell.variables.setNamed(name, index === 0 ? input.text : ''));
    } else {
      const fields = input.fields(shell.separators, options.names.length);
      options.names.forEach((name, index) => shell.variables.setNamed(name, fields[index] ?? ''));
    }
    return status;
  } catch (error) {
    if (!(error instanceof AssignmentError)) throw error;
    if (!shell.isBash) return fail(shell, 'read', refusal(error, false), 2);
    shell.complain(error.message);
    return 1;
  }
}

export const readBuiltin: Builtin = (shell, argv) => {
  const options = parse(shell, argv);
  if (typeof options === 'number') return options;
  const names = options.array === undefined ? options.names : [options.array];
  const bad = names.find((name) => (shell.isBash ? !parseReference(name) : !isName(name)));
  if (bad !== undefined) return fail(shell, 'read', shell.isBash ? `\`${bad}': not a valid identifier` : `${bad}: bad variable name`, shell.isBash ? 1 : 2);
  if (!shell.isBash && names.length === 0 && shell.dialect === 'dash') return fail(shell, 'read', 'arg count', 2);
  const input = new ReadInput(options);
  return readNow(shell, options, input) ?? run(shell, options, input);
};

/** dash takes an error for the end of the input. */
function unreadable(shell: Shell, options: ReadOptions, input: ReadInput, message: string): number {
  return shell.dialect === 'dash' ? assign(shell, options, input, 1) : fail(shell, 'read', message);
}

/** The status when a whole line is at hand: loops over files need no generator per line. */
function readNow(shell: Shell, options: ReadOptions, input: ReadInput): number | undefined {
  const file = shell.process.descriptors.find(options.fd);
  if (!file || options.count !== undefined || options.timeoutMs === 0 || !file.readsAllowed || !file.canRead || file instanceof TerminalFile) return undefined;
  try {
    const line = file.readThrough(options.delimiter);
    if (line === undefined || (line.length > 0 && !input.take(line))) return undefined;
    return assign(shell, options, input, line.length > 0 ? 0 : 1);
  } catch (error) {
    if (!(error instanceof Errno)) throw error;
    return unreadable(shell, options, input, `read error: ${options.fd}: ${error.message}`);
  }
}

function* run(shell: Shell, options: ReadOptions, input: ReadInput): Task<number> {
  const file = shell.process.descriptors.find(options.fd);
  if (!file) return unreadable(shell, options, input, `${options.fd}: invalid file descriptor: Bad file descriptor`);
  if (options.timeoutMs === 0) return file.canRead ? 0 : 1;
  const terminal = file instanceof TerminalFile ? file.terminal : undefined;
  if (options.prompt !== '' && terminal) shell.warnRaw(options.prompt);
  const modes = terminal && { ...terminal.modes };
  if (terminal && (options.silent || options.count !== undefined)) terminal.modes = { ...terminal.modes, ...(options.silent ? { echo: false } : {}), ...(options.count === undefined ? {} : { icanon: false }) };
  let status: number;
  try {
    status = yield* readInput(shell, options, input);
  } catch (error) {
    if (!(error instanceof Errno)) throw error;
    return unreadable(shell, options, input, `read error: ${options.fd}: ${error.message}`);
  } finally {
    if (terminal && modes) terminal.modes = modes;
  }
  // busybox forgets what came before the time was up.
  return assign(shell, options, status === 142 && shell.dialect === 'ash' ? new ReadInput(options) : input, status === 142 && shell.dialect === 'ash' ? 1 : status);
}
