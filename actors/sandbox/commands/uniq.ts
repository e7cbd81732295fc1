// uniq: reports or leaves out repeated adjacent lines.
import type { Main } from '../kernel/program.js';
import { O_CREAT, O_TRUNC, O_WRONLY } from '../kernel/open-file.js';
import { command, type Options, Output, parseOptions, UsageError, usageError } from '../programs/stdio.js';
import { choose } from './common/choice.js';
import { quoteName } from './common/quote.js';
import { openInput, TextLines } from './text-input.js';

const LONG = {
  count: 'no', repeated: 'no', 'all-repeated': 'optional', 'skip-fields': 'required', group: 'optional', 'ignore-case': 'no',
  'skip-chars': 'required', unique: 'no', 'zero-terminated': 'no', 'check-chars': 'required',
} as const;

function count(options: Options, short: string, long: string, what: string): number | undefined {
  const text = options.value(short, long);
  if (text === undefined) return undefined;
  if (!/^\d+$/.test(text)) throw new UsageError(`${text}: invalid number of ${what}`);
  return Number(text);
}

/** What of a line is compared. */
function comparedPart(options: Options): (line: string) => string {
  const fields = count(options, 'f', 'skip-fields', 'fields to skip') ?? 0;
  const skip = count(options, 's', 'skip-chars', 'bytes to skip') ?? 0;
  const length = count(options, 'w', 'check-chars', 'bytes to compare');
  const folds = options.has('i', 'ignore-case');
  if (fields === 0 && skip === 0 && length === undefined) return folds ? (line) => line.toUpperCase() : (line) => line;
  return (line) => {
    let part = line;
    for (let i = 0; i < fields && part !== ''; i++) part = part.replace(/^[ \t]*[^ \t]*/, '');
    part = length === undefined ? part.slice(skip) : part.slice(skip, skip + length);
    return folds ? part.toUpperCase() : part;
  };
}

/** What the options ask for together must make sense. */
function judge(argv: readonly string[], options: Options): void {
  const all = options.value('all-repeated') ?? '';
  if (all !== '') choose(argv, '--all-repeated', all, ['none', 'prepend', 'separate']);
  const group = options.value('group') ?? '';
  if (group !== '') choose(argv, '--group', group, ['prepend', 'append', 'separate', 'both']);
  if (options.has('group') && options.has('c', 'count', 'd', 'repeated', 'D', 'all-repeated', 'u', 'unique')) throw usageError(argv, '--group is mutually exclusive with -c/-d/-D/-u');
  if (options.has('D', 'all-repeated') && options.has('c', 'count')) throw usageError(argv, 'printing all duplicated lines and repeat counts is meaningless');
}

/** Old scripts' `uniq -1 +2`. */
function modern(argv: readonly string[]): string[] {
  return argv.flatMap((word, i) => (/^-\d+$/.test(word) && !/^-[fsw]$/.test(argv[i - 1] ?? '') ? ['-f', word.slice(1)] : /^\+\d+$/.test(word) ? ['-s', word.slice(1)] : [word]));
}

/** Prints one run of equal lines. */
type Report = (lines: readonly string[], repeats: number) => string;

function reporter(options: Options, end: string): { report: Report; keepsAll: boolean } {
  const repeatedOnly = options.has('d', 'repeated');
  const uniqueOnly = options.has('u', 'unique');
  const all = options.has('D', 'all-repeated');
  const group = options.has('group') ? options.value('group') || 'separate' : undefined;
  const separator = all ? options.value('all-repeated') || 'none' : group;
  let isFirst = true;
  if (all || group !== undefined) {
    return {
      keepsAll: true,
      report: (lines, repeats) => {
        if (group === undefined && repeats < 2) return '';
        const before = separator === 'prepend' || separator === 'both' || (separator === 'separate' && !isFirst) ? end : '';
        const first = separator === 'both' && !isFirst ? '' : before;
        isFirst = false;
        return first + lines.map((line) => line + end).join('') + (separator === 'append' || separator === 'both' ? end : '');
      },
    };
  }
  const counts = options.has('c', 'count');
  return {
    keepsAll: false,
    report: (lines, repeats) => {
      if ((repeatedOnly && repeats < 2) || (uniqueOnly && repeats > 1)) return '';
      return `${counts ? `${String(repeats).padStart(7)} ` : ''}${lines[0]!}${end}`;
    },
  };
}

export const uniq: Main = command(function* (process, standardOutput) {
  const options = parseOptions(modern(process.argv), 'cdDf:is:uw:z', LONG);
  const [input = '-', target, extra] = options.operands;
  if (extra !== undefined) throw usageError(process.argv, `extra operand ${quoteName(extra)}`);
  judge(process.argv, options);
  let fd: number;
  try {
    fd = openInput(process, input);
  } catch (error) {
    throw error instanceof Error && input !== '-' ? new UsageError(`${input}: ${error.message}`) : error;
  }
  const output = target === undefined || target === '-' ? standardOutput : new Output(process, process.open(target, O_WRONLY | O_CREAT | O_TRUNC));
  const end = options.has('z', 'zero-terminated') ? '\0' : '\n';
  const part = comparedPart(options);
  const { report, keepsAll } = reporter(options, end);
  const lines = new TextLines(process, fd, output, end);
  let run: string[] = [];
  let repeats = 0;
  let previous: string | undefined;
  for (;;) {
    const line = lines.take() ?? (yield* lines.next());
    const compared = line === undefined ? undefined : part(line);
    if (line !== undefined && repeats > 0 && compared === previous) {
      repeats++;
      if (keepsAll) run.push(line);
      continue;
    }
    if (repeats > 0) output.print(report(run, repeats));
    if (output.isFull) yield* output.flush();
    if (line === undefined) break;
    run = [line];
    repeats = 1;
    previous = compared;
  }
  yield* output.flush();
  return 0;
});
