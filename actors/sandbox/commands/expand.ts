// expand and unexpand: tabs to blanks and back.
import type { Main } from '../kernel/program.js';
import { isBusybox } from '../programs/flavour.js';
import { command, type Options, parseOptions, UsageError } from '../programs/stdio.js';
import { mapLines } from './text-stream.js';

/** Answers with the next tab stop behind a column. */
type Stops = (column: number) => number | undefined;

function stopsOf(options: Options): Stops {
  const list = (options.given.get('t') ?? options.given.get('tabs') ?? ['8']).join(',');
  const words = list.split(/[, ]+/).filter((word) => word !== '');
  const numbers: number[] = [];
  let every: number | undefined;
  let relative = false;
  for (const word of words) {
    const match = /^([/+]?)(\d+)$/.exec(word);
    if (!match) throw new UsageError(`tab size contains invalid character(s): '${word}'`);
    const value = Number(match[2]);
    if (value === 0) throw new UsageError('tab size cannot be 0');
    if (match[1] !== '') {
      every = value;
      relative = match[1] === '+';
    } else {
      if (numbers.length > 0 && value <= numbers.at(-1)!) throw new UsageError('tab sizes must be ascending');
      numbers.push(value);
    }
  }
  if (numbers.length === 1 && every === undefined) return (column) => (Math.floor(column / numbers[0]!) + 1) * numbers[0]!;
  const last = numbers.at(-1) ?? 0;
  return (column) => {
    const listed = numbers.find((stop) => stop > column);
    if (listed !== undefined || every === undefined) return listed;
    return relative ? last + (Math.floor((column - last) / every) + 1) * every : (Math.floor(column / every) + 1) * every;
  };
}

function modern(argv: readonly string[]): string[] {
  return argv.map((word, i) => (i > 0 && /^-\d[\d,]*$/.test(word) ? `-t${word.slice(1)}` : word));
}

export const expand: Main = command(function* (process, output) {
  const options = parseOptions(modern(process.argv), 'it:', { initial: 'no', tabs: 'required' });
  const stops = stopsOf(options);
  const initial = options.has('i', 'initial');
  return yield* mapLines(process, output, options.operands, (line) => {
    if (!line.includes('\t')) return line;
    let out = '';
    let column = 0;
    let converts = true;
    for (const character of line) {
      if (character === '\t' && converts) {
        const stop = stops(column) ?? column + 1;
        out += ' '.repeat(stop - column);
        column = stop;
        continue;
      }
      if (initial && character !== ' ') converts = false;
      column += character === '\b' ? -1 : 1;
      out += character;
    }
    return out;
  });
});

/** busybox's unexpand: a first word does not end the hunt for blanks, what follows the first run of blanks does unless `all`. */
function firstBlanksAsTabs(line: string, size: number, all: boolean): string {
  let out = '';
  let column = 0;
  for (let at = 0; at < line.length; ) {
    let blanks = 0;
    while (line[at] === ' ') {
      at++;
      blanks++;
    }
    column += blanks;
    if (line[at] === '\t') {
      column += size - (column % size);
      at++;
      continue;
    }
    if (column >= size) {
      out += '\t'.repeat(Math.floor(column / size));
      blanks = column = column % size;
    }
    const end = !all && at > 0 ? line.length : at + /^[^\t ]*/.exec(line.slice(at))![0].length;
    out += ' '.repeat(blanks) + line.slice(at, end);
    column = (column + [...line.slice(at, end)].length) % size;
    at = end;
  }
  return out;
}

export const unexpand: Main = command(function* (process, output) {
  const busybox = isBusybox(process);
  const options = parseOptions(modern(process.argv), busybox ? 'aft:' : 'at:', { all: 'no', 'first-only': 'no', tabs: 'required' });
  const stops = stopsOf(options);
  const all = (options.has('a', 'all') || options.has('t', 'tabs')) && !options.has('f', 'first-only');
  if (busybox) return yield* mapLines(process, output, options.operands, (line) => firstBlanksAsTabs(line, Number(options.value('t', 'tabs') ?? 8), all));
  return yield* mapLines(process, output, options.operands, (line) => {
    let out = '';
    let column = 0;
    let blanks = '';
    let converts = true;
    for (const character of line) {
      if (converts && (character === ' ' || character === '\t')) {
        const stop = stops(column);
        if (character === '\t') {
          out += '\t';
          blanks = '';
          column = stop ?? column + 1;
          continue;
        }
        blanks += ' ';
        column++;
        if (column !== stop) continue;
        // A single blank before a stop stays one, unless more blanks follow.
        out += blanks.length > 1 || out.endsWith('\t') ? '\t' : ' ';
        blanks = '';
        continue;
      }
      out += blanks + character;
      blanks = '';
      column++;
      if (!all) converts = false;
    }
    return out + blanks;
  });
});
