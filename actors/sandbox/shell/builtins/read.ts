// read: a line into variables, never a byte further than it must.
import { Errno } from '../../kernel/errno.js';
import { decode } from '../../kernel/text.js';
import { TerminalFile } from '../../kernel/tty.js';
import type { Task } from '../../kernel/wait.js';
import type { Builtin, Shell } from '../shell.js';
import { AssignmentError, isName, parseReference } from '../variables/variables.js';
import { fail, usage } from './output.js';

const SYNOPSIS = 'read [-ers] [-a array] [-d delim] [-i text] [-n nchars] [-N nchars] [-p prompt] [-t timeout] [-u fd] [name ...]';

interface ReadOptions {
  raw: boolean;
  array: string | undefined;
  delimiter: number;
  /** Characters to read at most; `exact` also ignores delimiters. */
  count: number | undefined;
  exact: boolean;
  prompt: string;
  silent: boolean;
  timeoutMs: number | undefined;
  fd: number;
  names: readonly string[];
}

function parse(shell: Shell, argv: readonly string[]): ReadOptions | number {
  const options: ReadOptions = { raw: false, array: undefined, delimiter: 10, count: undefined, exact: false, prompt: '', silent: false, timeoutMs: undefined, fd: 0, names: [] };
  const withValue = shell.isBash ? 'adinNptu' : 'pt';
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
        else if (letter === 's' && shell.isBash) options.silent = true;
        else if (!(letter === 'e' && shell.isBash)) return usage(shell, 'read', shell.isBash ? `-${letter}: invalid option` : `Illegal option -${letter}`, SYNOPSIS);
        continue;
      }
      const value = i + 1 < word.length ? word.slice(i + 1) : argv[++at];
      if (value === undefined) return usage(shell, 'read', `-${letter}: option requires an argument`, SYNOPSIS);
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

interface Input {
  bytes: number[];
  /** Which bytes a backslash protected. */
  quoted: Set<number>;
  status: number;
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

/** Reads byte by byte: what follows belongs to somebody else. */
function* readInput(shell: Shell, options: ReadOptions): Task<Input> {
  const { process } = shell;
  const input: Input = { bytes: [], quoted: new Set(), status: 0 };
  const until = options.timeoutMs === undefined ? undefined : performance.now() + options.timeoutMs;
  let escaped = false;
  let characters = 0;
  for (;;) {
    if (options.count !== undefined && characters >= options.count) return input;
    if (!process.descriptors.get(options.fd).canRead) {
      const status = yield* awaitInput(shell, options.fd, until);
      if (status !== 0) return { ...input, status };
    }
    const chunk = yield* process.read(options.fd, 1);
    if (chunk.length === 0) return { ...input, status: 1 };
    const byte = chunk[0]!;
    if (escaped) {
      escaped = false;
      if (byte === 10) continue;
      input.quoted.add(input.bytes.length);
    } else if (byte === 92 && !options.raw) {
      escaped = true;
      continue;
    } else if (byte === options.delimiter && !options.exact) {
      return input;
    }
    if (byte === 0) continue;
    if ((byte & 0xc0) !== 0x80 || input.bytes.length === 0) characters++;
    input.bytes.push(byte);
  }
}

/** Splits at IFS into at most `max` fields; the last takes the rest. Protected characters never split. */
function split(input: Input, ifs: string, max: number): string[] {
  const separators = new Set(Buffer.from(ifs));
  const isSpace = (at: number): boolean => !input.quoted.has(at) && separators.has(input.bytes[at]!) && [32, 9, 10].includes(input.bytes[at]!);
  const isOther = (at: number): boolean => !input.quoted.has(at) && separators.has(input.bytes[at]!) && ![32, 9, 10].includes(input.bytes[at]!);
  const text = (from: number, to: number): string => decode(Uint8Array.from(input.bytes.slice(from, to)));
  const fields: string[] = [];
  let at = 0;
  let end = input.bytes.length;
  while (at < end && isSpace(at)) at++;
  while (at < end && fields.length < max - 1) {
    const from = at;
    while (at < end && !isSpace(at) && !isOther(at)) at++;
    fields.push(text(from, at));
    while (at < end && isSpace(at)) at++;
    if (at < end && isOther(at)) {
      at++;
      while (at < end && isSpace(at)) at++;
    }
  }
  if (at >= end) return fields;
  while (end > at && isSpace(end - 1)) end--;
  // One trailing separator that ends the very last field goes away too.
  let stop = at;
  while (stop < end && !isSpace(stop) && !isOther(stop)) stop++;
  let after = stop;
  while (after < end && isSpace(after)) after++;
  if (after < end && isOther(after)) after++;
  while (after < end && isSpace(after)) after++;
  fields.push(after >= end ? text(at, stop) : text(at, end));
  return fields;
}

function store(shell: Shell, name: string, value: string): void {
  const { name: variable, subscript } = parseReference(name)!;
  if (subscript === undefined) shell.variables.set(variable, value);
  else shell.variables.setElement(variable, subscript, value);
}

function assign(shell: Shell, options: ReadOptions, input: Input): number {
  const whole = decode(Uint8Array.from(input.bytes));
  try {
    if (options.array !== undefined) {
      const variable = shell.variables.writable(shell.variables.follow(options.array).name);
      shell.variables.assignList(variable, split(input, shell.separators, Infinity));
    } else if (options.names.length === 0) {
      shell.variables.set('REPLY', whole);
    } else if (options.exact) {
      options.names.forEach((name, index) => store(shell, name, index === 0 ? whole : ''));
    } else {
      const fields = split(input, shell.separators, options.names.length);
      options.names.forEach((name, index) => store(shell, name, fields[index] ?? ''));
    }
    return input.status;
  } catch (error) {
    if (!(error instanceof AssignmentError)) throw error;
    return fail(shell, 'read', error.message);
  }
}

export const readBuiltin: Builtin = (shell, argv) => {
  const options = parse(shell, argv);
  if (typeof options === 'number') return options;
  const names = options.array === undefined ? options.names : [options.array];
  const bad = names.find((name) => (shell.isBash ? !parseReference(name) : !isName(name)));
  if (bad !== undefined) return fail(shell, 'read', shell.isBash ? `\`${bad}': not a valid identifier` : `${bad}: bad variable name`, shell.isBash ? 1 : 2);
  if (!shell.isBash && names.length === 0 && shell.dialect === 'dash') return fail(shell, 'read', 'arg count', 2);
  return run(shell, options);
};

function* run(shell: Shell, options: ReadOptions): Task<number> {
  const file = shell.process.descriptors.find(options.fd);
  if (!file) return fail(shell, 'read', `${options.fd}: invalid file descriptor: Bad file descriptor`);
  if (options.timeoutMs === 0) return file.canRead ? 0 : 1;
  const terminal = file instanceof TerminalFile ? file.terminal : undefined;
  if (options.prompt !== '' && terminal) shell.warnRaw(options.prompt);
  const modes = terminal && { ...terminal.modes };
  if (terminal && (options.silent || options.count !== undefined)) terminal.modes = { ...terminal.modes, ...(options.silent ? { echo: false } : {}), ...(options.count === undefined ? {} : { icanon: false }) };
  let input: Input;
  try {
    input = yield* readInput(shell, options);
  } catch (error) {
    if (!(error instanceof Errno)) throw error;
    return fail(shell, 'read', `read error: ${options.fd}: ${error.message}`);
  } finally {
    if (terminal && modes) terminal.modes = modes;
  }
  return assign(shell, options, input);
}
