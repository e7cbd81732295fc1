// yes: says the same for ever (https://www.gnu.org/software/coreutils/yes).
import { Errno } from '../kernel/errno.js';
import type { Main } from '../kernel/program.js';
import { PREEMPT } from '../kernel/wait.js';
import { command, encode, endsBySignal, parseOptions, UsageError } from '../programs/stdio.js';
import { Pace } from './common/pace.js';

const CHUNK_BYTES = 65_536;

export const yes: Main = command(function* (process) {
  const { operands } = parseOptions(process.argv, '', {}, { posix: true });
  const line = encode(`${operands.length === 0 ? 'y' : operands.join(' ')}\n`);
  const chunk = Buffer.alloc(Math.max(1, Math.floor(CHUNK_BYTES / line.length)) * line.length, line);
  const pace = new Pace();
  for (;;) {
    // A copy each time: a buffer written is given away.
    try {
      yield* process.write(1, Buffer.from(chunk));
    } catch (error) {
      if (!(error instanceof Errno) || endsBySignal(process, error)) throw error;
      throw new UsageError(`standard output: ${error.message}`);
    }
    if (pace.isOver) yield PREEMPT;
  }
});
