// cut: selected bytes, characters or fields of each line.
import type { Main } from '../kernel/program.js';
import { isBusybox } from '../programs/flavour.js';
import { compileRegex } from '../regex/posix-regex.js';
import { command, encode, type Options, parseOptions, readAll, usageError } from '../programs/stdio.js';
import { complementRanges, parseRanges, type Ranges } from './list-ranges.js';
import { Blocks, Inputs, splitLines } from './text-input.js';

const LONG = {
  bytes: 'required', characters: 'required', delimiter: 'required', fields: 'required', complement: 'no', 'only-delimited': 'no',
  'output-delimiter': 'required', 'zero-terminated': 'no',
} as const;

/** Lines are latin1 strings here: a byte is a character, as in GNU's cut. A line without delimiters may be known to have had one at its end. */
type Selection = (line: string, isDelimited?: boolean) => string | undefined;

function latin1(text: string): string {
  return Buffer.from(encode(text)).toString('latin1');
}

/** The one given, as it stands in lines; an empty one is NUL. */
function delimiterOf(options: Options): string {
  return latin1(options.value('d', 'delimiter') ?? '\t') || '\0';
}

function fieldSelection(argv: readonly string[], ranges: Ranges, options: Options): Selection {
  const delimiter = delimiterOf(options);
  if ([...(options.value('d', 'delimiter') ?? '\t')].length > 1) throw usageError(argv, 'the delimiter must be a single character');
  const between = options.value('O', 'output-delimiter');
  const joiner = between === undefined ? delimiter : latin1(between) || '\0';
  const onlyDelimited = options.has('s', 'only-delimited');
  const firstOnly = ranges.length === 1 && ranges[0]![1] === 1;
  return (line, isDelimited = false) => {
    const first = line.indexOf(delimiter);
    if (first < 0 && !isDelimited) return onlyDelimited ? undefined : line;
    if (first < 0 && onlyDelimited && ranges[0]![0] > 1) return undefined;
    if (firstOnly && first >= 0) return line.slice(0, first);
    return cutFields(line, first, ranges, delimiter, joiner);
  };
}

/** Walks from delimiter to delimiter and takes each range in one piece; `firstEnd` is where the first field ends. */
function cutFields(line: string, firstEnd: number, ranges: Ranges, delimiter: string, joiner: string): string {
  let out: string | undefined;
  let field = 1;
  let start = 0;
  let end = firstEnd;
  for (const [low, high] of ranges) {
    while (field < low) {
      if (end < 0) return out ?? '';
      start = end + delimiter.length;
      end = line.indexOf(delimiter, start);
      field++;
    }
    const from = start;
    if (high === Infinity) end = -1;
    for (; field < high && end >= 0; field++) end = line.indexOf(delimiter, (start = end + delimiter.length));
    const piece = line.slice(from, end < 0 ? undefined : end);
    const joined = joiner === delimiter ? piece : piece.replaceAll(delimiter, () => joiner);
    out = out === undefined ? joined : out + joiner + joined;
    if (end < 0) break;
  }
  return out ?? '';
}

/** busybox's -F: fields between matches of an expression, what stands between them in a range as it is. */
function regexSelection(ranges: Ranges, options: Options): Selection {
  const delimiter = compileRegex(latin1(options.value('d', 'delimiter') || '[[:space:]]+'), { extended: true });
  const joiner = latin1(options.value('O', 'output-delimiter') ?? ' ');
  return (line) => {
    const fields: { start: number; end: number }[] = [];
    let start = 0;
    for (let match = delimiter.exec(line); match !== null && match[0] !== ''; match = delimiter.exec(line, start)) {
      fields.push({ start, end: match.index });
      start = match.index + match[0].length;
    }
    fields.push({ start, end: line.length });
    if (fields.length === 1) return options.has('s', 'only-delimited') ? undefined : '';
    return ranges.flatMap(([low, high]) => {
      const [first, last] = [fields[low - 1], fields[Math.min(high, fields.length) - 1]];
      return first && last && last.end > first.start ? [line.slice(first.start, last.end)] : [];
    }).join(joiner);
  };
}

function characterSelection(ranges: Ranges, options: Options): Selection {
  const between = options.value('O', 'output-delimiter');
  if (between === undefined) return (line) => ranges.map(([low, high]) => line.slice(low - 1, high)).join('');
  const joiner = latin1(between) || '\0';
  return (line) => ranges.filter(([low]) => low <= line.length).map(([low, high]) => line.slice(low - 1, high)).join(joiner);
}

function selectionOf(argv: readonly string[], options: Options): Selection {
  const lists = (['b', 'c', 'f', 'F'] as const).flatMap((letter) => {
    const value = options.value(letter, { b: 'bytes', c: 'characters', f: 'fields', F: 'F' }[letter]);
    return value === undefined ? [] : [{ letter, value }];
  });
  const list = lists[0];
  if (!list) throw usageError(argv, 'you must specify a list of bytes, characters, or fields');
  if (lists.length > 1) throw usageError(argv, 'only one list may be specified');
  const isField = list.letter === 'f' || list.letter === 'F';
  if (!isField) {
    if (options.has('d', 'delimiter')) throw usageError(argv, 'an input delimiter may be specified only when operating on fields');
    if (options.has('s', 'only-delimited')) throw usageError(argv, 'suppressing non-delimited lines makes sense\n\tonly when operating on fields');
  }
  // busybox's -D: as the list has them, not sorted.
  const given = options.has('D') ? list.value.split(',').flatMap((part) => parseRanges(argv, part, 'field')) : parseRanges(argv, list.value, isField ? 'field' : 'byte/character');
  const ranges = options.has('complement') ? complementRanges(given) : given;
  if (list.letter === 'F') return regexSelection(ranges, options);
  return list.letter === 'f' ? fieldSelection(argv, ranges, options) : characterSelection(ranges, options);
}

export const cut: Main = command(function* (process, output) {
  const options = parseOptions(process.argv, isBusybox(process) ? 'b:c:d:f:nszDF:O:' : 'b:c:d:f:nsz', LONG);
  const select = selectionOf(process.argv, options);
  const end = options.has('z', 'zero-terminated') ? '\0' : '\n';
  const inputs = new Inputs(process, options.operands);
  const linesAreFields = options.has('f', 'fields') && delimiterOf(options) === end;
  for (let file = yield* inputs.next(); file; file = yield* inputs.next()) {
    if (linesAreFields) {
      const whole = Buffer.from(yield* readAll(process, file.fd)).toString('latin1');
      const isEnded = whole.endsWith(end);
      const selected = whole === '' ? undefined : select(isEnded ? whole.slice(0, -1) : whole, isEnded);
      if (selected !== undefined) output.print(Buffer.from(selected + end, 'latin1'));
      continue;
    }
    const blocks = new Blocks(process, file.fd, output, end.charCodeAt(0));
    for (let block = yield* blocks.next(); block; block = yield* blocks.next()) {
      const { lines } = splitLines(Buffer.from(block.buffer, block.byteOffset, block.length).toString('latin1'), end);
      let text = '';
      for (const line of lines) {
        const selected = select(line);
        if (selected !== undefined) text += selected + end;
      }
      output.print(Buffer.from(text, 'latin1'));
    }
  }
  return inputs.failed ? 1 : 0;
});
