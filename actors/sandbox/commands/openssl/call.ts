// What every command of openssl has: its options with one hyphen, its input and output, its way to complain.
import { Errno } from '../../kernel/errno.js';
import { O_CREAT, O_RDONLY, O_TRUNC, O_WRONLY } from '../../kernel/open-file.js';
import type { Process } from '../../kernel/process.js';
import type { Task } from '../../kernel/wait.js';
import { decode, encode } from '../../kernel/text.js';
import { readAll, UsageError } from '../../programs/stdio.js';

/** Options that take no value, and those that do. */
export interface OptionNames {
  flags: readonly string[];
  values: readonly string[];
}

export interface Call {
  readonly process: Process;
  /** The command: dgst, enc, … */
  readonly name: string;
  readonly flags: ReadonlySet<string>;
  readonly values: ReadonlyMap<string, string>;
  /** Options that are none of ours: names of digests and ciphers. */
  readonly others: readonly string[];
  readonly operands: readonly string[];
}

export function misuse(name: string, message: string): UsageError {
  return new UsageError(`${name}: ${message}\n${name}: Use -help for summary.`, 1, 'usage');
}

/** Reads the words behind the command's name; options end where the first operand is. */
export function readCall(process: Process, name: string, words: readonly string[], names: OptionNames, isOther: (option: string) => boolean = () => false): Call {
  const flags = new Set<string>();
  const values = new Map<string, string>();
  const others: string[] = [];
  let at = 0;
  for (; at < words.length; at++) {
    const word = words[at]!;
    if (word === '--' || !word.startsWith('-') || word === '-') break;
    const option = word.replace(/^--?/, '');
    if (names.values.includes(option)) {
      if (words[at + 1] === undefined) throw misuse(name, `Option -${option} needs a value`);
      values.set(option, words[++at]!);
    } else if (names.flags.includes(option)) {
      flags.add(option);
    } else if (isOther(option)) {
      others.push(option);
    } else {
      throw misuse(name, `Unknown option: -${option}`);
    }
  }
  return { process, name, flags, values, others, operands: words.slice(words[at] === '--' ? at + 1 : at) };
}

/** What -in names, else standard input. */
export function openIn({ process, values }: Call): number {
  const path = values.get('in');
  if (path === undefined) return 0;
  try {
    return process.open(path, O_RDONLY);
  } catch (error) {
    if (!(error instanceof Errno)) throw error;
    throw new UsageError(`Can't open "${path}" for reading, ${error.message}`, 1, 'usage');
  }
}

/** What -out names, else standard output. */
export function openOut({ process, values }: Call, mode = 0o666): number {
  const path = values.get('out');
  if (path === undefined) return 1;
  try {
    return process.open(path, O_WRONLY | O_CREAT | O_TRUNC, mode);
  } catch (error) {
    if (!(error instanceof Errno)) throw error;
    throw new UsageError(`Can't open "${path}" for writing, ${error.message}`, 1, 'usage');
  }
}

export function readPath(process: Process, path: string, what: string): Uint8Array {
  try {
    return process.files.readFile(path);
  } catch (error) {
    if (!(error instanceof Errno)) throw error;
    throw new UsageError(`Could not open file or uri for loading ${what} from ${path}`, 1, 'usage');
  }
}

/** A password as `pass:…`, `env:…`, `file:…` or `stdin` says. */
export function* readPassword(process: Process, source: string): Task<string> {
  const [kind, ...rest] = source.split(':');
  const value = rest.join(':');
  if (kind === 'pass') return value;
  if (kind === 'env') {
    const found = process.env.get(value);
    if (found === undefined) throw new UsageError(`Can't read environment variable ${value}`, 1, 'usage');
    return found;
  }
  if (kind === 'file') return decode(readPath(process, value, 'password')).split('\n')[0]!;
  if (kind === 'stdin') return decode(yield* readAll(process, 0)).split('\n')[0]!;
  throw new UsageError(`Invalid password argument, missing ':' within the first 5 chars`, 1, 'usage');
}

export function* writeText(process: Process, fd: number, text: string): Task {
  yield* process.write(fd, encode(text));
}
