// rev: each line's characters in reverse order.
import type { Main } from '../kernel/program.js';
import { command, parseOptions } from '../programs/stdio.js';
import { Inputs, TextLines } from './text-input.js';

export const rev: Main = command(function* (process, output) {
  const options = parseOptions(process.argv, '0', { zero: 'no' });
  const delimiter = options.has('0', 'zero') ? '\0' : '\n';
  const inputs = new Inputs(process, options.operands, (name, why) => `cannot open ${name}: ${why}`);
  for (let file = yield* inputs.next(); file; file = yield* inputs.next()) {
    const lines = new TextLines(process, file.fd, output, delimiter);
    for (let line = lines.take() ?? (yield* lines.next()); line !== undefined; line = lines.take() ?? (yield* lines.next())) {
      // To util-linux and busybox a line ends at a NUL, and what follows it is lost with the line break.
      const nul = line.indexOf('\0');
      output.print([...(nul < 0 ? line : line.slice(0, nul))].reverse().join('') + (nul < 0 && lines.terminated ? delimiter : ''));
      if (output.isFull) yield* output.flush();
    }
  }
  return inputs.failed ? 1 : 0;
});
