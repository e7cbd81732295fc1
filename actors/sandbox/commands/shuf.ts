// shuf: lines in random order.
import type { Main } from '../kernel/program.js';
import { decode } from '../kernel/text.js';
import { command, parseOptions, readAll, UsageError, usageError } from '../programs/stdio.js';
import { quoteName } from './common/quote.js';
import { RandomFile, systemRandom } from './common/random-source.js';
import { openInput, Pace, splitLines } from './text-input.js';

const RANGE_MAX = 1 << 26;

export const shuf: Main = command(function* (process, output) {
  const options = parseOptions(process.argv, 'ei:n:o:rz', {
    echo: 'no', 'input-range': 'required', 'head-count': 'required', output: 'required', 'random-source': 'required', repeat: 'no', 'zero-terminated': 'no',
  });
  const end = options.has('z', 'zero-terminated') ? '\0' : '\n';
  const range = options.value('i', 'input-range');
  let lines: string[];
  if (range !== undefined && options.has('e', 'echo')) throw usageError(process.argv, 'cannot combine -e and -i options');
  if (range !== undefined) {
    if (options.operands.length > 0) throw usageError(process.argv, `extra operand ${quoteName(options.operands[0]!)}`);
    const match = /^(\d+)-(\d+)$/.exec(range);
    if (!match || Number(match[2]) < Number(match[1]) - 1) throw new UsageError(`invalid input range: '${range}'`);
    const [low, high] = [Number(match[1]), Number(match[2])];
    if (high - low > RANGE_MAX) throw new UsageError('memory exhausted');
    lines = Array.from({ length: high - low + 1 }, (_, i) => String(low + i));
  } else if (options.has('e', 'echo')) {
    lines = [...options.operands];
  } else {
    const [file = '-', extra] = options.operands;
    if (extra !== undefined) throw usageError(process.argv, `extra operand ${quoteName(extra)}`);
    try {
      lines = splitLines(decode(yield* readAll(process, openInput(process, file))), end).lines;
    } catch (error) {
      throw error instanceof Error ? new UsageError(`${file}: ${error.message}`) : error;
    }
  }
  const countText = options.value('n', 'head-count');
  if (countText !== undefined && !/^\d+$/.test(countText)) throw new UsageError(`invalid line count: '${countText}'`);
  const repeats = options.has('r', 'repeat');
  if (repeats && lines.length === 0) throw new UsageError('no lines to repeat');
  const count = Math.min(countText === undefined ? Infinity : Number(countText), repeats ? Infinity : lines.length);
  const source = options.value('random-source');
  const random = source === undefined ? systemRandom : new RandomFile(process, source);
  const pace = new Pace();
  const chosen: string[] = [];
  const target = options.value('o', 'output');
  for (let i = 0; i < count; i++) {
    const at = repeats ? yield* random.below(lines.length) : i + (yield* random.below(lines.length - i));
    if (!repeats) [lines[i], lines[at]] = [lines[at]!, lines[i]!];
    const line = (repeats ? lines[at]! : lines[i]!) + end;
    if (target === undefined) output.print(line);
    else chosen.push(line);
    if (!output.isFull) continue;
    yield* output.flush();
    yield* pace.turn();
  }
  if (target !== undefined) process.files.writeFile(target, Buffer.from(chosen.join('')));
  return 0;
});
