// less and more: cat where the output is no terminal, screen by screen where it is.
import { Errno } from '../kernel/errno.js';
import { O_RDWR } from '../kernel/open-file.js';
import type { Process } from '../kernel/process.js';
import type { Main } from '../kernel/program.js';
import type { Task } from '../kernel/wait.js';
import { command, type Output } from '../programs/stdio.js';
import { Inputs, TextLines } from './text-input.js';

const PROMPT = '\x1b[7m--More--\x1b[m';
const ERASE = '\r\x1b[K';

/** Asks on the terminal; how many more lines are wanted, 0 to stop. */
function* ask(process: Process, output: Output, terminal: number, screen: number): Task<number> {
  output.print(PROMPT);
  yield* output.flush();
  for (;;) {
    const [key] = yield* process.read(terminal, 1);
    // q, Q, ^C, ^D or the end of the terminal stop; Enter and j go on by a line; anything else by a screen.
    const stops = key === undefined || key === 0x71 || key === 0x51 || key === 3 || key === 4;
    output.print(ERASE);
    if (stops) return 0;
    return key === 10 || key === 13 || key === 0x6a ? 1 : screen;
  }
}

export const less: Main = command(function* (process, output) {
  const operands = process.argv.slice(1).filter((word) => !/^[-+]./.test(word));
  const pages = process.descriptors.find(1)?.isTerminal === true;
  let terminal: number | undefined;
  if (pages) {
    try {
      terminal = process.open('/dev/tty', O_RDWR);
    } catch (error) {
      if (!(error instanceof Errno)) throw error;
    }
  }
  const screen = Math.max(2, Number(process.env.get('LINES') ?? 24)) - 1;
  let left = screen;
  const inputs = new Inputs(process, operands);
  for (let file = yield* inputs.next(); file; file = yield* inputs.next()) {
    const lines = new TextLines(process, file.fd, output);
    for (let line = yield* lines.next(); line !== undefined; line = yield* lines.next()) {
      if (terminal !== undefined && left-- <= 0) {
        left = (yield* ask(process, output, terminal, screen)) - 1;
        if (left < 0) return 0;
      }
      output.print(line + (lines.terminated ? '\n' : ''));
      if (output.isFull) yield* output.flush();
    }
  }
  return inputs.failed ? 1 : 0;
});
