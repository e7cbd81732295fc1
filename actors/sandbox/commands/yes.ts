// yes: says the same for ever (https://www.gnu.org/software/coreutils/yes).
import type { Main } from '../kernel/program.js';
import { PREEMPT } from '../kernel/wait.js';
import { command, encode, parseOptions } from '../programs/stdio.js';
import { Pace } from './common/pace.js';

const CHUNK_BYTES = 65_536;

export const yes: Main = command(function* (process) {
  const { operands } = parseOptions(process.argv, '', {}, { posix: true });
  const line = encode(`${operands.length === 0 ? 'y' : operands.join(' ')}\n`);
  const chunk = Buffer.alloc(Math.max(1, Math.floor(CHUNK_BYTES / line.length)) * line.length, line);
  const pace = new Pace();
  for (;;) {
    // A copy each time: a buffer written is given away.
    yield* process.write(1, Buffer.from(chunk));
    if (pace.isOver) yield PREEMPT;
  }
});
