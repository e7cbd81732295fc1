// join: lines of two sorted files that have a field in common.
import { Errno } from '../kernel/errno.js';
import type { Process } from '../kernel/process.js';
import type { Main } from '../kernel/program.js';
import type { Task } from '../kernel/wait.js';
import { command, complain, type Options, parseOptions, UsageError, usageError } from '../programs/stdio.js';
import { quoteName } from './common/quote.js';
import { openInput, TextLines } from './text-input.js';

type Row = readonly string[];

/** Whether the files must be in order, and what was seen of that; unless asked for, only once a line had no partner. */
interface Order {
  readonly check: 'always' | 'unpaired' | 'never';
  unpaired: boolean;
  warned: boolean;
}

/** One file's rows, with the run of those that share a key. */
class Side {
  readonly #lines: TextLines;
  readonly #split: (line: string) => Row;
  readonly #field: number;
  #ahead: Row | undefined;
  #lastKey: string | undefined;
  #lineNumber = 0;
  #isWarned = false;
  readonly #fold: boolean;
  readonly #order: Order;
  readonly #process: Process;
  readonly #name: string;

  constructor(process: Process, name: string, lines: TextLines, split: (line: string) => Row, field: number, fold: boolean, order: Order) {
    this.#process = process;
    this.#name = name;
    this.#order = order;
    this.#lines = lines;
    this.#split = split;
    this.#field = field;
    this.#fold = fold;
  }

  key(row: Row): string {
    const key = row[this.#field] ?? '';
    return this.#fold ? key.toUpperCase() : key;
  }

  *peek(): Task<Row | undefined> {
    if (this.#ahead) return this.#ahead;
    const line = this.#lines.take() ?? (yield* this.#lines.next());
    if (line === undefined) return undefined;
    this.#ahead = this.#split(line);
    const key = this.key(this.#ahead);
    this.#lineNumber++;
    if (this.#lastKey !== undefined && key < this.#lastKey) yield* this.#warn(line);
    this.#lastKey = key;
    return this.#ahead;
  }

  *#warn(line: string): Task {
    const { check, unpaired } = this.#order;
    if (this.#isWarned || check === 'never' || (check === 'unpaired' && !unpaired)) return;
    this.#isWarned = true;
    this.#order.warned = true;
    const message = `${this.#name}:${this.#lineNumber}: is not sorted: ${line}`;
    if (check === 'always') throw new UsageError(message);
    yield* complain(this.#process, message);
  }

  /** A header is in no order with what follows. */
  *takeHeader(): Task<Row | undefined> {
    const row = yield* this.take();
    this.#lastKey = undefined;
    return row;
  }

  *take(): Task<Row | undefined> {
    const row = yield* this.peek();
    this.#ahead = undefined;
    return row;
  }

  *run(key: string): Task<Row[]> {
    const rows: Row[] = [];
    for (let row = yield* this.peek(); row && this.key(row) === key; row = yield* this.peek()) {
      rows.push(row);
      this.#ahead = undefined;
    }
    return rows;
  }
}

function fieldNumber(text: string): number {
  if (!/^[1-9]\d*$/.test(text)) throw new UsageError(`invalid field number: '${text}'`);
  return Number(text) - 1;
}

type Format = readonly (readonly [file: number, field: number])[];

/** `-o auto`: the join field and as many others as the first line of each file has. */
function automatic(rows: readonly (Row | undefined)[], fields: readonly number[]): Format {
  return [[0, 0], ...rows.flatMap((row, i) => (row ?? []).flatMap((_, field) => (field === fields[i] ? [] : [[i + 1, field] as const])))];
}

/** -o: `0`, `1.2`, … */
function formatOf(options: Options): Format | undefined {
  const given = options.given.get('o');
  if (!given || isAutomatic(options)) return undefined;
  return given.join(' ').split(/[ ,\t]+/).filter((word) => word !== '').map((word) => {
    if (word === '0') return [0, 0] as const;
    if (/^[^012]/.test(word)) throw new UsageError(`invalid file number in field spec: '${word}'`);
    if (!/^[12]\./.test(word)) throw new UsageError(`invalid field specifier: '${word}'`);
    return [Number(word[0]), fieldNumber(word.slice(2))] as const;
  });
}

function isAutomatic(options: Options): boolean {
  return options.given.get('o')?.join('') === 'auto';
}

function tabOf(options: Options): string | undefined {
  const tab = options.value('t');
  if (tab !== undefined && tab !== '\\0' && [...tab].length > 1) throw new UsageError(`multi-character tab '${tab}'`);
  return tab === '\\0' ? '\0' : tab;
}

/** The fields of a line; blanks between them are one separator, unless a tab is named. */
function splitter(tab: string | undefined, blanks: RegExp): (line: string) => Row {
  if (tab === undefined) return (line) => line.split(blanks).filter((field, i) => field !== '' || i > 0);
  return tab === '' ? (line) => [line] : (line) => line.split(tab);
}

export const join: Main = command(function* (process, output) {
  const options = parseOptions(process.argv, 'a:e:i1:2:j:o:t:v:z', { 'ignore-case': 'no', 'check-order': 'no', 'nocheck-order': 'no', header: 'no', 'zero-terminated': 'no' });
  const names = options.operands;
  if (names.length < 2) throw usageError(process.argv, names.length === 0 ? 'missing operand' : `missing operand after ${quoteName(names[0]!)}`);
  if (names.length > 2) throw usageError(process.argv, `extra operand ${quoteName(names[2]!)}`);
  const both = options.value('j');
  const fields = ['1', '2'].map((letter) => fieldNumber(options.value(letter) ?? both ?? '1'));
  const tab = tabOf(options);
  const end = options.has('z', 'zero-terminated') ? '\0' : '\n';
  const split = splitter(tab, end === '\0' ? /[ \t\n]+/ : /[ \t]+/);
  const order: Order = { check: options.has('check-order') ? 'always' : options.has('nocheck-order') ? 'never' : 'unpaired', unpaired: false, warned: false };
  const sides = names.map((name, i) => {
    try {
      return new Side(process, name, new TextLines(process, openInput(process, name), output, end), split, fields[i]!, options.has('i', 'ignore-case'), order);
    } catch (error) {
      throw error instanceof Errno ? new UsageError(`${name}: ${error.message}`) : error;
    }
  }) as [Side, Side];
  const unpaired = new Set([...(options.given.get('a') ?? []), ...(options.given.get('v') ?? [])]);
  for (const file of unpaired) if (file !== '1' && file !== '2') throw new UsageError(`invalid field number: '${file}'`);
  const pairs = !options.has('v');
  const empty = options.value('e') ?? '';
  let format = formatOf(options);
  if (isAutomatic(options)) format = automatic([yield* sides[0].peek(), yield* sides[1].peek()], fields);
  const print = (a: Row | undefined, b: Row | undefined): void => {
    const key = (a ? a[fields[0]!] : b![fields[1]!]) ?? '';
    const others = (row: Row | undefined, field: number): string[] => (row ?? []).filter((_, i) => i !== field);
    const cells = format ? format.map(([file, field]) => (file === 0 ? key : (file === 1 ? a : b)?.[field]) || empty) : [key, ...others(a, fields[0]!), ...others(b, fields[1]!)].map((cell) => cell || empty);
    output.print(cells.join(tab ?? ' ') + end);
  };
  if (options.has('header')) {
    const [a, b] = [yield* sides[0].takeHeader(), yield* sides[1].takeHeader()];
    if (a || b) print(a, b);
  }
  for (;;) {
    const [a, b] = [yield* sides[0].peek(), yield* sides[1].peek()];
    if (!a && !b) break;
    const [x, y] = [a && sides[0].key(a), b && sides[1].key(b)];
    if (x !== undefined && x === y) {
      const [left, right] = [yield* sides[0].run(x), yield* sides[1].run(x)];
      if (pairs) for (const one of left) for (const other of right) print(one, other);
      continue;
    }
    if (x !== undefined && y !== undefined) order.unpaired = true;
    if (y === undefined || (x !== undefined && x < y)) {
      const row = yield* sides[0].take();
      if (unpaired.has('1')) print(row, undefined);
    } else {
      const row = yield* sides[1].take();
      if (unpaired.has('2')) print(undefined, row);
    }
    if (output.isFull) yield* output.flush();
  }
  yield* output.flush();
  if (!order.warned) return 0;
  yield* complain(process, 'input is not in sorted order');
  return 1;
});
