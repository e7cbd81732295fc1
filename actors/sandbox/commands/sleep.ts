// sleep and usleep: wait (https://www.gnu.org/software/coreutils/sleep).
import type { Main } from '../kernel/program.js';
import { command, complain, parseOptions, usageError } from '../programs/stdio.js';
import { parseDuration } from './common/duration.js';
import { quoteName } from './common/quote.js';

export const sleep: Main = command(function* (process) {
  const { operands } = parseOptions(process.argv, '', {}, { posix: true });
  if (operands.length === 0) throw usageError(process.argv, 'missing operand');
  const durations = operands.map(parseDuration);
  const bad = operands.filter((_operand, i) => durations[i] === undefined);
  for (const operand of bad.slice(0, -1)) yield* complain(process, `invalid time interval ${quoteName(operand)}`);
  if (bad.length > 0) throw usageError(process.argv, `invalid time interval ${quoteName(bad.at(-1)!)}`);
  const totalMs = durations.reduce<number>((sum, ms) => sum + ms!, 0);
  if (totalMs === Infinity) for (;;) yield* process.resting({}, process.pause());
  const wakeAtMs = process.resumed?.wakeAtMs ?? Date.now() + totalMs;
  yield* process.resting({ wakeAtMs }, process.sleep(process.resumed ? wakeAtMs - Date.now() : totalMs));
  return 0;
});

export const usleep: Main = command(function* (process) {
  const microseconds = Number(process.argv[1] ?? '1');
  if (!Number.isFinite(microseconds) || microseconds < 0) throw usageError(process.argv, `invalid number ${quoteName(process.argv[1]!)}`);
  yield* process.sleep(microseconds / 1000);
  return 0;
});
