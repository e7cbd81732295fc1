// xargs: builds command lines from standard input and runs them (https://www.gnu.org/software/findutils/manual/html_mono/find.html#Invoking-xargs).
import { O_RDONLY, O_RDWR } from '../../kernel/open-file.js';
import type { Process } from '../../kernel/process.js';
import type { Main } from '../../kernel/program.js';
import type { Task } from '../../kernel/wait.js';
import { byteLength } from '../../kernel/text.js';
import { command, complain, encode, parseOptions, type Options, reason, UsageError, usageError } from '../../programs/stdio.js';
import { confirm } from '../common/ask.js';
import { unescape } from '../common/escapes.js';
import { spawn } from '../common/exec.js';
import { quoteIfNeeded, quoteName } from '../common/quote.js';
import { DelimitedReader, type Item, type ItemReader, LinesReader, WordsReader } from './input.js';

const LONG = {
  null: 'no', 'arg-file': 'required', delimiter: 'required', eof: 'optional', replace: 'optional', 'max-lines': 'optional', 'max-args': 'required',
  'open-tty': 'no', 'max-procs': 'required', interactive: 'no', 'no-run-if-empty': 'no', 'max-chars': 'required', 'show-limits': 'no',
  verbose: 'no', exit: 'no', 'process-slot-var': 'required',
} as const;
const DEFAULT_CHARACTERS = 131_072;

interface Plan {
  words: readonly string[];
  replace: string | undefined;
  maxItems: number;
  maxLines: number;
  maxCharacters: number;
  maxProcesses: number;
  exitsWhenTooLong: boolean;
  runsEmpty: boolean;
  verbose: boolean;
  asks: boolean;
  keepsInput: boolean;
  /** The variable that tells each child which of the parallel places it has. */
  slotVariable: string | undefined;
}

function positive(options: Options, names: readonly string[], letter: string, least = 1): number | undefined {
  const text = options.value(...names);
  if (text === undefined) return undefined;
  const value = /^[+-]?\d+$/.test(text) ? Number(text) : Number.NaN;
  if (Number.isNaN(value)) throw usageError(['xargs'], `invalid number "${text}" for -${letter} option`);
  if (value < least) throw usageError(['xargs'], `value ${text} for -${letter} option should be >= ${least}`);
  return value;
}

const REPLACE = '--replace';
/** Options of which one counts, and what they are called in a warning. */
const EXCLUSIVE: Readonly<Record<string, string>> = {
  I: REPLACE, i: REPLACE, replace: REPLACE, n: '--max-args', 'max-args': '--max-args', L: '--max-lines', l: '--max-lines', 'max-lines': '--max-lines',
};
/** What the last of them is called there. */
const LAST_NAMES: Readonly<Record<string, string>> = { [REPLACE]: '--replace/-I/-i', '--max-args': '--max-args/-n', '--max-lines': '--max-lines/-l' };

/** Warnings of options that another one put out of use; a lone `-n1` beside -I is none to speak of. */
function exclusions(options: Options): string[] {
  const given = [...options.given.keys()].filter((name) => Object.hasOwn(EXCLUSIVE, name));
  return given.slice(1).flatMap((name, i) => {
    const [before, now] = [EXCLUSIVE[given[i]!]!, EXCLUSIVE[name]!];
    if (before === now || (before === REPLACE && now === '--max-args' && Number(options.value('n', 'max-args')) === 1)) return [];
    return [`warning: options ${before} and ${name === 'L' ? '-L' : LAST_NAMES[now]!} are mutually exclusive, ignoring previous ${before} value`];
  });
}

function planOf(options: Options): Plan {
  let replace = options.value('I') ?? (options.has('i', 'replace') ? options.value('i', 'replace') || '{}' : undefined);
  let maxItems = positive(options, ['n', 'max-args'], 'n') ?? Infinity;
  let maxLines = positive(options, ['L'], 'L') ?? (options.has('l', 'max-lines') ? Number(options.value('l', 'max-lines') || '1') : Infinity);
  // Of -I, -L and -n the last one given counts.
  const given = [...options.given.keys()].filter((name) => Object.hasOwn(EXCLUSIVE, name));
  const last = given.at(-1);
  if (replace !== undefined && last !== 'I' && last !== 'i' && last !== 'replace' && !(maxItems === 1 && maxLines === Infinity)) replace = undefined;
  if (replace !== undefined) maxItems = maxLines = Infinity;
  else if (last === 'n' || last === 'max-args') maxLines = Infinity;
  else if (maxLines !== Infinity) maxItems = Infinity;
  const processes = positive(options, ['P', 'max-procs'], 'P', 0) ?? 1;
  return {
    words: options.operands.length === 0 ? ['echo'] : options.operands, replace, maxItems, maxLines,
    maxCharacters: Math.min(positive(options, ['s', 'max-chars'], 's') ?? DEFAULT_CHARACTERS, DEFAULT_CHARACTERS),
    maxProcesses: processes === 0 ? Infinity : processes,
    exitsWhenTooLong: options.has('x', 'exit') || replace !== undefined || (maxLines !== Infinity && !options.has('n', 'max-args')),
    runsEmpty: !options.has('r', 'no-run-if-empty') && replace === undefined,
    verbose: options.has('t', 'verbose', 'p', 'interactive'), asks: options.has('p', 'interactive'), keepsInput: options.has('a', 'arg-file', 'o', 'open-tty'), slotVariable: options.value('process-slot-var'),
  };
}

function delimiterOf(options: Options): number | undefined {
  const text = options.value('d', 'delimiter');
  if (options.has('0', 'null')) return 0;
  if (text === undefined) return undefined;
  const bytes = encode(unescape(text));
  if (bytes.length !== 1) throw new UsageError(`Invalid input delimiter specification ${text}: the delimiter must be either a single character or an escape sequence starting with \\.`);
  return bytes[0]!;
}

class Runner {
  readonly #process: Process;
  readonly #plan: Plan;
  /** Who runs, by its place. */
  readonly #children = new Map<number, Process>();
  /** Set when a program could not be executed: nothing more is run. */
  #failure: number | undefined;
  #status = 0;

  constructor(process: Process, plan: Plan) {
    this.#process = process;
    this.#plan = plan;
  }

  get isOver(): boolean {
    return this.#failure !== undefined;
  }

  get status(): number {
    return this.#failure ?? this.#status;
  }

  *start(items: readonly string[]): Task {
    const { words, replace, verbose, asks, keepsInput, maxProcesses } = this.#plan;
    const argv = replace === undefined ? [...words, ...items] : words.map((word, i) => (i === 0 ? word : word.replaceAll(replace, () => items[0]!)));
    if (asks) {
      if (!(yield* this.#confirmed(argv))) return;
    } else if (verbose) {
      yield* this.#process.write(2, encode(`${argv.map(quoteIfNeeded).join(' ')}\n`));
    }
    while (this.#children.size >= maxProcesses) yield* this.#reap();
    if (this.isOver) return;
    const slot = this.#freeSlot();
    const { slotVariable } = this.#plan;
    const child = spawn(this.#process, argv, {
      ...(slotVariable === undefined ? {} : { env: new Map([...this.#process.env, [slotVariable, String(slot)]]) }),
      prepare: (self) => {
        if (!keepsInput) self.dup2(self.open('/dev/null', O_RDONLY), 0);
      },
      message: (name, why) => {
        this.#failure = why.startsWith('No such file') ? 127 : 126;
        return `xargs: ${name}: ${why}`;
      },
    });
    this.#children.set(slot, child);
    if (maxProcesses === 1) yield* this.#reap();
  }

  #freeSlot(): number {
    let slot = 0;
    while (this.#children.has(slot)) slot++;
    return slot;
  }

  *#confirmed(argv: readonly string[]): Task<boolean> {
    yield* this.#process.write(2, encode(`${argv.map(quoteIfNeeded).join(' ')}?...`));
    const saved = this.#process.descriptors.get(0).retain();
    try {
      this.#process.dup2(this.#process.open('/dev/tty', O_RDWR), 0);
      return yield* confirm(this.#process, '');
    } finally {
      this.#process.descriptors.put(0, saved);
      saved.release();
    }
  }

  *#reap(): Task {
    const child = yield* this.#process.wait([...this.#children.values()]);
    for (const [slot, one] of this.#children) if (one === child) this.#children.delete(slot);
    const status = child!.status!;
    const name = this.#plan.words[0]!;
    if (this.#failure !== undefined) return;
    if ('signal' in status) {
      yield* complain(this.#process, `${name}: terminated by signal ${status.signal}`);
      this.#failure = 125;
    } else if (status.exitCode === 255) {
      yield* complain(this.#process, `${name}: exited with status 255; aborting`);
      this.#failure = 124;
    } else if (status.exitCode !== 0) {
      this.#status = 123;
    }
  }

  *finish(): Task {
    while (this.#children.size > 0) yield* this.#reap();
  }
}

/** Reads items and starts a command whenever one is full. */
function* distribute(process: Process, reader: ItemReader, plan: Plan, runner: Runner): Task {
  const base = plan.words.reduce((sum, word) => sum + word.length + 1, 0);
  let items: string[] = [];
  let lines = 0;
  let characters = base;
  let isFirst = true;
  const start = function* (): Task {
    isFirst = false;
    yield* runner.start(items);
    items = [];
    lines = 0;
    characters = base;
  };
  const next = function* (): Task<Item | undefined> {
    try {
      return yield* reader.next();
    } catch (error) {
      if (error instanceof UsageError && items.length > 0) yield* start();
      throw error;
    }
  };
  for (let item = yield* next(); item !== undefined && !runner.isOver; item = reader.take?.() ?? (yield* next())) {
    const size = byteLength(item.text) + 1;
    if (base + size > plan.maxCharacters) throw new UsageError('argument line too long');
    if (characters + size > plan.maxCharacters) {
      if (plan.exitsWhenTooLong && plan.maxItems !== Infinity) throw new UsageError('argument list too long');
      yield* start();
    }
    items.push(item.text);
    characters += size;
    if (item.endsLine) lines++;
    if (plan.replace !== undefined || items.length >= plan.maxItems || lines >= plan.maxLines) yield* start();
  }
  if (!runner.isOver && (items.length > 0 || (isFirst && plan.runsEmpty))) yield* start();
}

export const xargs: Main = command(function* (process) {
  const options = parseOptions(process.argv, '0a:d:e::E:i::I:l::L:n:oP:prs:tx', LONG, { posix: true });
  for (const warning of exclusions(options)) yield* complain(process, warning);
  const plan = planOf(options);
  const path = options.value('a', 'arg-file');
  let fd = 0;
  try {
    if (path !== undefined && path !== '-') fd = process.descriptors.add(process.files.openFile(path, O_RDONLY), { lowest: 3, closeOnExec: true });
  } catch (error) {
    throw new UsageError(`Cannot open input file ${quoteName(path!)}: ${reason(error)}`);
  }
  const delimiter = delimiterOf(options);
  const end = options.value('E', 'e', 'eof') || undefined;
  const reader = delimiter !== undefined ? new DelimitedReader(process, fd, delimiter) : plan.replace !== undefined ? new LinesReader(process, fd, end) : new WordsReader(process, fd, end);
  const runner = new Runner(process, plan);
  try {
    yield* distribute(process, reader, plan, runner);
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    yield* runner.finish();
    throw error;
  }
  yield* runner.finish();
  return runner.status;
});
