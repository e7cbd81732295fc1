// ts: a time in front of each line (moreutils, busybox).
import type { Main } from '../kernel/program.js';
import { command, LineReader, parseOptions } from '../programs/stdio.js';
import { formatDate } from './common/dates/format.js';
import { nowMs } from './common/dates/now.js';
import { UTC, zoneOf } from './common/dates/zone.js';

export const ts: Main = command(function* (process, output) {
  const options = parseOptions(process.argv, 'ismr');
  const isRelative = options.has('i', 's');
  const pattern = options.operands[0] ?? (isRelative ? '%H:%M:%S' : '%b %d %H:%M:%S');
  // `%.S`, `%.s` and `%.T` have fractions.
  const format = pattern.replace(/%\.([SsT])/g, (_, letter: string) => (letter === 'T' ? '%H:%M:%S.%6N' : `%${letter}.%6N`));
  const zone = isRelative ? UTC : zoneOf(process);
  let since = nowMs();
  const lines = new LineReader(process, 0);
  for (let line = yield* lines.next(); line !== undefined; line = yield* lines.next()) {
    const now = nowMs();
    output.print(`${formatDate(format, isRelative ? now - since : now, zone)} `);
    output.print(new Uint8Array(line));
    if (lines.terminated) output.print('\n');
    if (options.has('i')) since = now;
    // Each line is out as soon as it came.
    yield* output.flush();
  }
  return 0;
});
