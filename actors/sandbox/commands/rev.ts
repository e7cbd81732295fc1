// rev: each line's characters in reverse order.
import type { Main } from '../kernel/program.js';
import { command, parseOptions } from '../programs/stdio.js';
import { mapLines } from './text-stream.js';

export const rev: Main = command(function* (process, output) {
  const options = parseOptions(process.argv, '0', { zero: 'no' });
  return yield* mapLines(process, output, options.operands, (line) => [...line].reverse().join(''), options.has('0', 'zero') ? '\0' : '\n');
});
