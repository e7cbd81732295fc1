// join: lines of two sorted files that have a field in common.
import { Errno } from '../kernel/errno.js';
import type { Main } from '../kernel/program.js';
import type { Task } from '../kernel/wait.js';
import { command, complain, type Options, parseOptions, UsageError } from '../programs/stdio.js';
import { openInput, TextLines } from './text-input.js';

type Row = readonly string[];

/** One file's rows, with the run of those that share a key. */
class Side {
  readonly #lines: TextLines;
  readonly #split: (line: string) => Row;
  readonly #field: number;
  #ahead: Row | undefined;
  disordered = false;
  #lastKey: string | undefined;
  readonly #fold: boolean;

  constructor(lines: TextLines, split: (line: string) => Row, field: number, fold: boolean) {
    this.#lines = lines;
    this.#split = split;
    this.#field = field;
    this.#fold = fold;
  }

  key(row: Row): string {
    const key = row[this.#field] ?? '';
    return this.#fold ? key.toLowerCase() : key;
  }

  *peek(): Task<Row | undefined> {
    if (this.#ahead) return this.#ahead;
    const line = this.#lines.take() ?? (yield* this.#lines.next());
    if (line === undefined) return undefined;
    this.#ahead = this.#split(line);
    const key = this.key(this.#ahead);
    if (this.#lastKey !== undefined && key < this.#lastKey) this.disordered = true;
    this.#lastKey = key;
    return this.#ahead;
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

/** -o: `0`, `1.2`, … */
function formatOf(options: Options): (readonly [number, number])[] | undefined {
  const given = options.given.get('o');
  if (!given || given.join('') === 'auto') return undefined;
  return given.join(' ').split(/[ ,\t]+/).filter((word) => word !== '').map((word) => {
    const match = /^(?:(0)|([12])\.([1-9]\d*))$/.exec(word);
    if (!match) throw new UsageError(`invalid field specifier: '${word}'`);
    return match[1] === '0' ? ([0, 0] as const) : ([Number(match[2]), Number(match[3]) - 1] as const);
  });
}

export const join: Main = command(function* (process, output) {
  const options = parseOptions(process.argv, 'a:e:i1:2:j:o:t:v:z', { 'ignore-case': 'no', 'check-order': 'no', 'nocheck-order': 'no', header: 'no', 'zero-terminated': 'no' });
  const names = options.operands;
  if (names.length < 2) throw new UsageError(names.length === 0 ? 'missing operand' : `missing operand after '${names[0]!}'`);
  if (names.length > 2) throw new UsageError(`extra operand '${names[2]!}'`);
  const both = options.value('j');
  const fields = ['1', '2'].map((letter) => fieldNumber(options.value(letter) ?? both ?? '1'));
  const tab = options.value('t') === '\\0' ? '\0' : options.value('t');
  const split = tab === undefined ? (line: string) => line.split(/[ \t]+/).filter((field, i) => field !== '' || i > 0) : tab === '' ? (line: string) => [line] : (line: string) => line.split(tab);
  const end = options.has('z', 'zero-terminated') ? '\0' : '\n';
  const sides = names.map((name, i) => {
    try {
      return new Side(new TextLines(process, openInput(process, name), output, end), split, fields[i]!, options.has('i', 'ignore-case'));
    } catch (error) {
      throw error instanceof Errno ? new UsageError(`${name}: ${error.message}`) : error;
    }
  }) as [Side, Side];
  const unpaired = new Set([...(options.given.get('a') ?? []), ...(options.given.get('v') ?? [])]);
  const pairs = !options.has('v');
  const empty = options.value('e') ?? '';
  const format = formatOf(options);
  const print = (a: Row | undefined, b: Row | undefined): void => {
    const key = (a ? a[fields[0]!] : b![fields[1]!]) ?? '';
    const others = (row: Row | undefined, field: number): string[] => (row ?? []).filter((_, i) => i !== field);
    const cells = format ? format.map(([file, field]) => (file === 0 ? key : (file === 1 ? a : b)?.[field]) || empty) : [key, ...others(a, fields[0]!), ...others(b, fields[1]!)].map((cell) => cell || empty);
    output.print(cells.join(tab ?? ' ') + end);
  };
  if (options.has('header')) {
    const [a, b] = [yield* sides[0].take(), yield* sides[1].take()];
    if (a || b) print(a, b);
  }
  for (;;) {
    const [a, b] = [yield* sides[0].peek(), yield* sides[1].peek()];
    if (!a && !b) break;
    const [x, y] = [a && sides[0].key(a), b && sides[1].key(b)];
    if (x !== undefined && x === y) {
      const [left, right] = [yield* sides[0].run(x), yield* sides[1].run(x)];
      if (pairs) for (const one of left) for (const other of right) print(one, other);
    } else if (y === undefined || (x !== undefined && x < y)) {
      const row = yield* sides[0].take();
      if (unpaired.has('1')) print(row, undefined);
    } else {
      const row = yield* sides[1].take();
      if (unpaired.has('2')) print(undefined, row);
    }
    if (output.isFull) yield* output.flush();
  }
  yield* output.flush();
  const disordered = sides.findIndex((side) => side.disordered);
  if (disordered < 0 || options.has('nocheck-order')) return 0;
  yield* complain(process, `${names[disordered]!}: is not sorted`);
  return 1;
});
