// What every built-in command needs around its own work: buffered output, line input, complaints, options.
import { Errno } from '../kernel/errno.js';
import type { Process } from '../kernel/process.js';
import { SIGPIPE } from '../kernel/signals.js';
import { decode, encode } from '../kernel/text.js';
import type { Task } from '../kernel/wait.js';
import { describe } from './descriptions.js';
import { BUSYBOX_BANNER, isBusybox } from './flavour.js';
import { RegexSyntaxError } from '../regex/nodes.js';

const FLUSH_BYTES = 32768;

/** Buffered output to a descriptor. `print` never blocks; call `flush` when `isFull` and at the end (and before blocking on input). */
export class Output {
  readonly #process: Process;
  readonly #fd: number;
  #parts: Uint8Array[] = [];
  #text = '';
  #sizeBytes = 0;
  /** Whether a write failed. */
  hasFailed = false;

  constructor(process: Process, fd = 1) {
    this.#process = process;
    this.#fd = fd;
  }

  print(data: string | Uint8Array): void {
    if (typeof data === 'string') {
      this.#text += data;
    } else {
      this.#seal();
      this.#parts.push(data);
    }
    this.#sizeBytes += data.length;
  }

  get isFull(): boolean {
    return this.#sizeBytes >= FLUSH_BYTES;
  }

  #seal(): void {
    if (this.#text === '') return;
    this.#parts.push(encode(this.#text));
    this.#text = '';
  }

  *flush(): Task {
    if (this.#sizeBytes === 0) return;
    this.#seal();
    const bytes = this.#parts.length === 1 ? this.#parts[0]! : Buffer.concat(this.#parts);
    this.#parts = [];
    this.#sizeBytes = 0;
    try {
      yield* this.#process.write(this.#fd, bytes);
    } catch (error) {
      this.hasFailed = true;
      throw error;
    }
  }
}

/** How programs end that cannot write, where that is not 1. */
const WRITE_FAILURE: Readonly<Record<string, number>> = { awk: 2, env: 125, expr: 3, gawk: 2, grep: 2, jq: 2, ls: 2, sed: 4, sort: 2 };

/** Reads a descriptor line by line, as bytes without copying where it can. */
export class LineReader {
  readonly #process: Process;
  readonly #fd: number;
  readonly #delimiter: number;
  #rest: Uint8Array = new Uint8Array(0);
  #ended = false;
  /** Whether the last line returned ended with the delimiter. */
  terminated = true;

  constructor(process: Process, fd: number, delimiter = 10) {
    this.#process = process;
    this.#fd = fd;
    this.#delimiter = delimiter;
  }

  /** The next line without its delimiter; undefined at the end. */
  *next(): Task<Uint8Array | undefined> {
    const line = this.take();
    if (line !== undefined || this.#ended) return line;
    const parts: Uint8Array[] = this.#rest.length > 0 ? [this.#rest] : [];
    for (;;) {
      const chunk = yield* this.#process.read(this.#fd, 65536);
      if (chunk.length === 0) {
        this.#ended = true;
        this.#rest = new Uint8Array(0);
        this.terminated = false;
        return parts.length === 0 ? undefined : Buffer.concat(parts);
      }
      const at = chunk.indexOf(this.#delimiter);
      if (at < 0) {
        parts.push(chunk);
        continue;
      }
      this.#rest = chunk.subarray(at + 1);
      const head = chunk.subarray(0, at);
      return parts.length === 0 ? head : Buffer.concat([...parts, head]);
    }
  }

  /** The next line if it is already here: lets tight loops run without a generator per line. */
  take(): Uint8Array | undefined {
    const at = this.#rest.indexOf(this.#delimiter);
    if (at < 0) return undefined;
    const line = this.#rest.subarray(0, at);
    this.#rest = this.#rest.subarray(at + 1);
    return line;
  }
}

/** More than this a program that needs its whole input cannot take. */
const INPUT_MAX_BYTES = 2 ** 31;

/** Everything from a descriptor; ENOMEM where it never ends. */
export function* readAll(process: Process, fd: number): Task<Uint8Array> {
  const parts: Uint8Array[] = [];
  let sizeBytes = 0;
  for (;;) {
    const chunk = yield* process.read(fd, 1 << 20);
    if (chunk.length === 0) return parts.length === 1 ? parts[0]! : Buffer.concat(parts);
    parts.push(chunk);
    sizeBytes += chunk.length;
    if (sizeBytes > INPUT_MAX_BYTES) throw new Errno('ENOMEM');
  }
}

/** `name: message` on standard error, as commands complain. */
export function* complain(process: Process, message: string): Task {
  yield* process.write(2, encode(`${process.argv[0]?.split('/').at(-1) ?? process.command}: ${message}\n`));
}

/** The words for a failed call: `cannot open 'x': No such file or directory` minus the name. Anything that is no Errno is a defect. */
export function reason(error: unknown): string {
  if (error instanceof Errno) return error.message;
  throw error;
}

/** A user's mistake on the command line; printed as `name: message`, exit code 1 or as given. */
export class UsageError extends Error {
  readonly exitCode: number;
  /** What shows the usage beside, or (operands missing or too many, in busybox) instead of the message; or a usage that is the whole message. */
  readonly about: 'options' | 'operands' | 'usage' | undefined;
  constructor(message: string, exitCode = 1, about?: 'options' | 'operands' | 'usage') {
    super(message);
    this.exitCode = exitCode;
    this.about = about;
  }
}

/** `--help` or `--version` given to a command that has no such option of its own. */
export class InformationRequest extends Error {
  readonly kind: 'help' | 'version';
  constructor(kind: 'help' | 'version') {
    super(kind);
    this.kind = kind;
  }
}

/** A UsageError with GNU's second line: `Try 'cp --help' for more information.` */
export function usageError(argv: readonly string[], message: string, exitCode = 1, about: 'options' | 'operands' = 'operands'): UsageError {
  return new UsageError(`${message}\nTry '${argv[0]?.split('/').at(-1) ?? ''} --help' for more information.`, exitCode, about);
}

/** busybox shows this for `--help`, and to whoever calls it wrongly. */
function busyboxUsage(name: string): string {
  return `${BUSYBOX_BANNER}\n\nUsage: ${name} [OPTION]... [ARGUMENT]...\n${describe(name)}`;
}

/** Its exit code then, which is 1 nearly everywhere. */
function busyboxUsageCode(name: string): number {
  return ['grep', 'egrep', 'fgrep', 'cmp', 'sort'].includes(name) ? 2 : 1;
}

/** The package and version that a command of GNU is like; coreutils where nothing else is said. */
const LIKE: Readonly<Record<string, string>> = {
  sed: 'GNU sed) 4.9', grep: 'GNU grep) 3.8', egrep: 'GNU grep) 3.8', fgrep: 'GNU grep) 3.8', tar: 'GNU tar) 1.34', cpio: 'GNU cpio) 2.13', patch: 'GNU patch) 2.7.6',
  find: 'GNU findutils) 4.9.0', xargs: 'GNU findutils) 4.9.0', diff: 'GNU diffutils) 3.8', cmp: 'GNU diffutils) 3.8', ed: 'GNU ed) 1.19',
};

/** What scripts look for when they ask which flavour of a command this is: they grep for GNU and its package, or for BusyBox. */
function information(process: Process, kind: 'help' | 'version'): string {
  const name = process.argv[0]?.split('/').at(-1) ?? process.command;
  if (isBusybox(process)) return busyboxUsage(name);
  if (kind === 'version') return `${name} (Sockerless built-in, compatible with ${LIKE[name] ?? 'GNU coreutils) 9.1'}\n`;
  return `Usage: ${name} [OPTION]... [ARGUMENT]...\n${describe(name).slice(1)}${name} is built into this machine; it takes the options of GNU's ${name}.\n`;
}

export interface Options {
  /** Short ('n') or long ('lines') name -> values in order of appearance ('' for flags). */
  readonly given: ReadonlyMap<string, readonly string[]>;
  readonly operands: readonly string[];
  has(...names: string[]): boolean;
  /** The last value given under any of the names. */
  value(...names: string[]): string | undefined;
}

/**
 * getopt_long(3) over argv[1…]. `short` is getopt's string ('n:rv', '::' for optional values); `long` maps a name to whether it
 * takes a value ('no' | 'required' | 'optional'). Options may follow operands unless `posix`. Throws UsageError in GNU's words.
 */
export function parseOptions(
  argv: readonly string[],
  short: string,
  long: Readonly<Record<string, 'no' | 'required' | 'optional'>> = {},
  settings: { posix?: boolean; exitCode?: number; /** A line of usage that some commands add to such complaints. */ usage?: string } = {},
): Options {
  const given = new Map<string, string[]>();
  const operands: string[] = [];
  const refuse = (message: string): UsageError =>
    usageError(argv, settings.usage === undefined ? message : `${message}\n${settings.usage}`, settings.exitCode, 'options');
  const note = (name: string, value: string): void => {
    given.set(name, [...(given.get(name) ?? []), value]);
  };
  for (let i = 1; i < argv.length; i++) {
    const word = argv[i]!;
    if (word === '--') {
      operands.push(...argv.slice(i + 1));
      break;
    }
    if (word.startsWith('--')) {
      const equals = word.indexOf('=');
      const typed = equals < 0 ? word.slice(2) : word.slice(2, equals);
      if ((typed === 'help' || typed === 'version') && !Object.hasOwn(long, typed)) throw new InformationRequest(typed);
      const name = longName(typed, long, refuse);
      const takes = long[name]!;
      if (takes === 'no' && equals >= 0) throw refuse(`option '--${name}' doesn't allow an argument`);
      if (equals >= 0) note(name, word.slice(equals + 1));
      else if (takes !== 'required') note(name, '');
      else if (i + 1 < argv.length) note(name, argv[++i]!);
      else throw refuse(`option '--${name}' requires an argument`);
      continue;
    }
    if (!word.startsWith('-') || word === '-') {
      operands.push(word);
      if (settings.posix !== true) continue;
      operands.push(...argv.slice(i + 1));
      break;
    }
    for (let at = 1; at < word.length; at++) {
      const letter = word[at]!;
      const known = short.indexOf(letter);
      if (known < 0 || letter === ':') throw refuse(`invalid option -- '${letter}'`);
      if (short[known + 1] !== ':') {
        note(letter, '');
        continue;
      }
      const rest = word.slice(at + 1);
      if (rest !== '' || short[known + 2] === ':') note(letter, rest);
      else if (i + 1 < argv.length) note(letter, argv[++i]!);
      else throw refuse(`option requires an argument -- '${letter}'`);
      break;
    }
  }
  return {
    given,
    operands,
    has: (...names) => names.some((name) => given.has(name)),
    value: (...names) => names.map((name) => given.get(name)?.at(-1)).find((value) => value !== undefined),
  };
}

function longName(typed: string, long: Readonly<Record<string, unknown>>, refuse: (message: string) => UsageError): string {
  if (Object.hasOwn(long, typed)) return typed;
  const matches = Object.keys(long).filter((name) => name.startsWith(typed));
  if (matches.length === 1) return matches[0]!;
  if (matches.length === 0) throw refuse(`unrecognized option '--${typed}'`);
  const possible = matches.map((name) => `'--${name}'`).join(' ');
  throw refuse(`option '--${typed}' is ambiguous; possibilities: ${possible}`);
}

/** Whether a write failed that has ended the process already: nobody reads its output. */
export function endsBySignal(process: Process, error: Errno): boolean {
  return error.code === 'EPIPE' && !process.signalsThat('ignored').includes(SIGPIPE);
}

/** Turns UsageError into its message and exit code, and a failed call or a wrong expression into its words, so that a command's body just throws. */
export function command(body: (process: Process, output: Output) => Task<number>): (process: Process) => Task<number> {
  return function* run(process) {
    const output = new Output(process);
    try {
      const code = yield* body(process, output);
      yield* output.flush();
      return code;
    } catch (error) {
      if (error instanceof InformationRequest) {
        output.print(information(process, error.kind));
        yield* output.flush();
        return 0;
      }
      if (error instanceof UsageError) {
        yield* output.flush();
        if (error.about === 'usage') {
          yield* process.write(2, encode(`${error.message}\n`));
          return error.exitCode;
        }
        if (error.about === undefined || !isBusybox(process)) {
          yield* complain(process, error.message);
          return error.exitCode;
        }
        const name = process.argv[0]?.split('/').at(-1) ?? process.command;
        if (error.about === 'options') yield* complain(process, error.message.split('\n')[0]!);
        yield* process.write(2, encode(busyboxUsage(name)));
        return busyboxUsageCode(name);
      }
      if (error instanceof RegexSyntaxError || (error instanceof Errno && !endsBySignal(process, error))) {
        const isUnwritten = output.hasFailed || (error instanceof Errno && error.code === 'EPIPE');
        yield* complain(process, isUnwritten ? `write error: ${error.message}` : error.message);
        return isUnwritten && !isBusybox(process) ? WRITE_FAILURE[process.argv[0]?.split('/').at(-1) ?? ''] ?? 1 : 1;
      }
      throw error;
    }
  };
}

/** A command that never blocks: an ordinary function. */
export function plainCommand(body: (process: Process, output: Output) => number): (process: Process) => Task<number> {
  return command(function* run(process, output) {
    const code = body(process, output);
    yield* output.flush();
    return code;
  });
}

export { decode, encode };
