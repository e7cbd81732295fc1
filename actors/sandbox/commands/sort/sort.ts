// sort: orders the lines of its inputs, or says whether they are in order.
import { randomBytes } from 'node:crypto';
import type { Process } from '../../kernel/process.js';
import type { Main } from '../../kernel/program.js';
import { decode } from '../../kernel/text.js';
import type { Task } from '../../kernel/wait.js';
import { command, complain, type Options, type Output, parseOptions, readAll, UsageError } from '../../programs/stdio.js';
import { choose } from '../common/choice.js';
import { quoteName } from '../common/quote.js';
import { RandomFile } from '../common/random-source.js';
import { namesFrom } from '../common/names-from.js';
import { parseSize } from '../common/sizes.js';
import { openInput, Pace, splitLines } from '../text-input.js';
import { keyComparison, keyText, keyValue, type KeyValue, modernKeys, parseKey, type SortKey } from './keys.js';

const LONG = {
  'ignore-leading-blanks': 'no', 'dictionary-order': 'no', 'ignore-case': 'no', 'general-numeric-sort': 'no', 'ignore-nonprinting': 'no',
  'month-sort': 'no', 'human-numeric-sort': 'no', 'numeric-sort': 'no', 'random-sort': 'no', 'random-source': 'required', reverse: 'no',
  sort: 'required', 'version-sort': 'no', 'batch-size': 'required', check: 'optional', 'compress-program': 'required', debug: 'no',
  'files0-from': 'required', key: 'required', merge: 'no', output: 'required', stable: 'no', 'buffer-size': 'required',
  'field-separator': 'required', 'temporary-directory': 'required', parallel: 'required', unique: 'no', 'zero-terminated': 'no',
} as const;

const FLAG_NAMES: Readonly<Record<string, string>> = {
  b: 'ignore-leading-blanks', d: 'dictionary-order', f: 'ignore-case', g: 'general-numeric-sort', i: 'ignore-nonprinting', M: 'month-sort',
  h: 'human-numeric-sort', n: 'numeric-sort', R: 'random-sort', r: 'reverse', V: 'version-sort',
};

const SORTS = { 'general-numeric': 'g', 'human-numeric': 'h', month: 'M', numeric: 'n', random: 'R', version: 'V' } as const;
const SORT_WORDS = Object.keys(SORTS) as (keyof typeof SORTS)[];
/** What one merge takes at once, at least. */
const BATCH_MIN = 2;
const SALT_BYTES = 16;
const CHECKS = [['quiet', 'silent'], 'diagnose-first'] as const;

interface Order {
  keys: readonly SortKey[];
  tab: string | undefined;
  reverse: boolean;
  stable: boolean;
  unique: boolean;
  /** What -R scrambles with. */
  salt: Uint8Array;
}

function orderOf(process: Process, options: Options): Order {
  const flags = new Set(Object.entries(FLAG_NAMES).filter(([letter, name]) => options.has(letter, name)).map(([letter]) => letter));
  const word = options.value('sort');
  if (word !== undefined) {
    flags.add(SORTS[choose(process.argv, '--sort', word, SORT_WORDS)]);
  }
  const specs = [...(options.given.get('k') ?? []), ...(options.given.get('key') ?? [])];
  const reverse = flags.has('r');
  const whole: SortKey = { flags, startField: 0, startCharacter: 0, endField: Infinity, endCharacter: 0, startSkipsBlanks: flags.has('b'), endSkipsBlanks: false };
  const keys = specs.length > 0 ? specs.map((spec) => parseKey(spec, flags)) : [...flags].some((flag) => flag !== 'r') ? [whole] : [];
  for (const key of keys) {
    // -d, -i, -R and -V go together, as one.
    const kinds = [...'ghMn'].filter((flag) => key.flags.has(flag)).length + ([...'diRV'].some((flag) => key.flags.has(flag)) ? 1 : 0);
    if (kinds > 1) throw new UsageError(`options '-${[...'dghiMnRV'].filter((flag) => key.flags.has(flag)).join('')}' are incompatible`, 2);
  }
  return { keys, tab: tabOf(options), reverse, stable: options.has('s', 'stable'), unique: options.has('u', 'unique'), salt: randomBytes(SALT_BYTES) };
}

function tabOf(options: Options): string | undefined {
  const tabs = [...(options.given.get('t') ?? []), ...(options.given.get('field-separator') ?? [])];
  const tab = tabs.at(-1);
  if (tab === undefined) return undefined;
  if (tabs.some((other) => other !== tab)) throw new UsageError('incompatible tabs', 2);
  if (tab === '') throw new UsageError('empty tab', 2);
  if (tab === '\\0') return '\0';
  const bytes = Buffer.from(tab, 'utf8').toString('latin1');
  if ([...tab].length > 1) throw new UsageError(`multi-character tab '${tab}'`, 2);
  return bytes;
}

/** A comparison of whole lines by index, with the keys taken out once. */
function comparison(lines: readonly string[], order: Order): (a: number, b: number) => number {
  const columns = order.keys.map((key) => {
    const value = keyValue(key, order.salt);
    const isWhole = key.startField === 0 && key.startCharacter === 0 && key.endField === Infinity && !key.startSkipsBlanks;
    const values: KeyValue[] = Array.from(lines, (line) => value(isWhole ? line : keyText(line, key, order.tab)));
    return { values, compare: keyComparison(key) };
  });
  const [only] = columns;
  if (columns.length === 1 && order.keys[0]!.flags.has('n') && !order.stable && !order.unique) return byNumber(lines, only!.values as number[], order.keys[0]!.flags.has('r'), order.reverse);
  const lastResort = !order.stable && !order.unique;
  const sign = order.reverse ? -1 : 1;
  return (a, b) => {
    for (const { values, compare } of columns) {
      const result = compare(values[a]!, values[b]!);
      if (result !== 0) return result;
    }
    if (columns.length > 0 && !lastResort) return 0;
    const first = lines[a]!;
    const second = lines[b]!;
    return first < second ? -sign : first > second ? sign : 0;
  };
}

/** One numeric key, equal ones by the whole line: the commonest of the slow orders, with nothing looked up on the way. */
function byNumber(lines: readonly string[], values: readonly number[], keyReverse: boolean, lineReverse: boolean): (a: number, b: number) => number {
  const numbers = Float64Array.from(values);
  const keySign = keyReverse ? -1 : 1;
  const lineSign = lineReverse ? -1 : 1;
  return (a, b) => {
    const x = numbers[a]!;
    const y = numbers[b]!;
    if (x !== y) return x < y ? -keySign : keySign;
    const first = lines[a]!;
    const second = lines[b]!;
    return first < second ? -lineSign : first > second ? lineSign : 0;
  };
}

/** Sorted and, where asked for, unique. */
export function sortLines(lines: string[], order: Order): string[] {
  if (order.keys.length === 0) {
    lines.sort();
    if (order.reverse) lines.reverse();
    return order.unique ? lines.filter((line, i) => i === 0 || line !== lines[i - 1]) : lines;
  }
  const compare = comparison(lines, order);
  const indexes = lines.map((_, i) => i).sort(compare);
  const kept = order.unique ? indexes.filter((index, i) => i === 0 || compare(indexes[i - 1]!, index) !== 0) : indexes;
  return kept.map((index) => lines[index]!);
}

function* readLines(process: Process, names: readonly string[], delimiter: string): Task<string[]> {
  const all: string[] = [];
  for (const name of names) {
    const fd = openInput(process, name);
    const bytes = yield* readAll(process, fd);
    if (fd > 0) process.close(fd);
    const { lines } = splitLines(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('latin1'), delimiter);
    for (const line of lines) all.push(line);
  }
  return all;
}

function* check(process: Process, lines: readonly string[], order: Order, name: string, silent: boolean): Task<number> {
  const compare = comparison(lines, order);
  for (let i = 1; i < lines.length; i++) {
    const result = compare(i - 1, i);
    if (result < 0 || (result === 0 && !order.unique)) continue;
    if (!silent) yield* complain(process, `${name}:${i + 1}: disorder: ${decode(Buffer.from(lines[i]!, 'latin1'))}`);
    return 1;
  }
  return 0;
}

function* writeLines(output: Output, lines: readonly string[], delimiter: string): Task {
  const pace = new Pace();
  for (let at = 0; at < lines.length; at += 4096) {
    const text = lines.slice(at, at + 4096).join(delimiter) + delimiter;
    output.print(Buffer.from(text, 'latin1'));
    yield* output.flush();
    yield* pace.turn();
  }
}

/** The options that only say how the work is done are judged all the same. */
function judgeTuning(options: Options): void {
  const parallel = options.value('parallel');
  if (parallel !== undefined && !/^\d+$/.test(parallel)) throw new UsageError(`invalid --parallel argument '${parallel}'`, 2);
  if (parallel !== undefined && Number(parallel) === 0) throw new UsageError('number in parallel must be nonzero', 2);
  const batch = options.value('batch-size');
  if (batch !== undefined && !/^\d+$/.test(batch)) throw new UsageError(`invalid --batch-size argument '${batch}'`, 2);
  if (batch !== undefined && Number(batch) < BATCH_MIN) throw new UsageError(`invalid --batch-size argument '${batch}'\nsort: minimum --batch-size argument is '${BATCH_MIN}'`, 2);
  const size = options.value('S', 'buffer-size');
  if (size === undefined || /^\d+%$/.test(size) || parseSize(size, { b: 1 }) !== undefined) return;
  throw new UsageError(/^\d/.test(size) ? `invalid suffix in -S argument '${size}'` : `invalid -S argument '${size}'`, 2);
}

/** The files of `--files0-from`; sort stops at the first name that is none. */
function* listedNames(process: Process, list: string, options: Options): Task<readonly string[]> {
  const { names, count, complaints } = yield* namesFrom(process, list, options, { unopened: `open failed: ${list}`, unread: `cannot read file names from ${quoteName(list)}`, exitCode: 2 });
  if (count === 0) throw new UsageError(`no input from ${quoteName(list)}`, 2);
  if (complaints.length > 0) throw new UsageError(complaints[0]!, 2);
  return names;
}

export const sort: Main = command(function* (process, output) {
  const options = parseOptions(modernKeys(process.argv), 'bcCdfghik:mMno:rRsS:t:T:uVzy:', LONG, { exitCode: 2 });
  const order = orderOf(process, options);
  const delimiter = options.has('z', 'zero-terminated') ? '\0' : '\n';
  let names: readonly string[] = options.operands.length > 0 ? options.operands : ['-'];
  judgeTuning(options);
  const source = options.value('random-source');
  if (source !== undefined) order.salt = yield* new RandomFile(process, source, 2).bytes(SALT_BYTES);
  const list = options.value('files0-from');
  if (list !== undefined) names = yield* listedNames(process, list, options);
  const checks = options.has('c', 'C', 'check');
  const silent = options.has('C') || (options.value('check') ?? '') !== '' && choose(process.argv, '--check', options.value('check')!, CHECKS, 1) === 'quiet';
  if (checks && options.has('o', 'output')) throw new UsageError(`options '-${silent ? 'C' : 'c'}o' are incompatible`, 2);
  if (checks && names.length > 1) throw new UsageError(`extra operand '${names[1]!}' not allowed with -c`, 2);
  for (const name of names) {
    try {
      if (name !== '-') process.files.access(name, 4);
      if (name !== '-' && process.files.stat(name).type === 'directory') throw new UsageError(`read failed: ${name}: Is a directory`, 2);
    } catch (error) {
      if (error instanceof UsageError || !(error instanceof Error)) throw error;
      throw new UsageError(`cannot read: ${name}: ${error.message}`, 2);
    }
  }
  const lines = yield* readLines(process, names, delimiter);
  if (checks) return yield* check(process, lines, { ...order, stable: order.stable || order.unique }, names[0]!, silent);
  const sorted = sortLines(lines, order);
  const target = options.value('o', 'output');
  if (target === undefined) {
    yield* writeLines(output, sorted, delimiter);
    return 0;
  }
  try {
    process.files.writeFile(target, Buffer.from(sorted.map((line) => line + delimiter).join(''), 'latin1'));
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    throw new UsageError(`open failed: ${target}: ${error.message}`, 2);
  }
  return 0;
});
