// clear and reset: an empty screen, and a terminal that behaves again (ncurses' commands, as xterm takes them).
import type { Main } from '../kernel/program.js';
import { TerminalFile } from '../kernel/tty.js';
import { parseOptions, plainCommand } from '../programs/stdio.js';

const ERASE = '\x1b[H\x1b[2J';
const ERASE_SCROLLED = '\x1b[3J';
/** Full reset, soft reset, modes 3 and 4 off, cursor shown. */
const RESET = '\x1bc\x1b[!p\x1b[?3;4l\x1b[4l\x1b>';

export const clear: Main = plainCommand((process, output) => {
  const options = parseOptions(process.argv, 'xT:');
  output.print(ERASE + (options.has('x') ? '' : ERASE_SCROLLED));
  return 0;
});

export const reset: Main = plainCommand((process, output) => {
  parseOptions(process.argv, 'cIQqw');
  const file = [0, 1, 2].map((fd) => process.descriptors.find(fd)).find((candidate) => candidate instanceof TerminalFile);
  if (file instanceof TerminalFile) {
    file.terminal.setModes({ icanon: true, echo: true, isig: true, icrnl: true, opost: true, onlcr: true, iexten: true, ixon: true, min: 1, timeDeciseconds: 0 });
  }
  output.print(RESET);
  return 0;
});
