// echo and printf as programs: GNU's and busybox's escapes and words, which differ from the shell's built-in ones.
import type { Main } from '../kernel/program.js';
import { isBusybox } from '../programs/flavour.js';
import { command, complain, usageError } from '../programs/stdio.js';
import { zoneOf } from './common/dates/zone.js';
import { escapes } from '../shell/escapes.js';
import { formatPrintf } from '../shell/printf.js';
import { strftime } from '../shell/strftime.js';

export const echo: Main = command(function* (process, output) {
  const words = process.argv.slice(1);
  let newline = true;
  let escaped = false;
  while (/^-[neE]+$/.test(words[0] ?? '')) {
    for (const letter of words.shift()!.slice(1)) {
      if (letter === 'n') newline = false;
      else escaped = letter === 'e';
    }
  }
  const text = words.join(' ');
  const { text: read, stop } = escaped ? escapes(text, isBusybox(process) ? 'busybox' : 'tool-echo') : { text, stop: false };
  output.print(read + (newline && !stop ? '\n' : ''));
  yield* output.flush();
  return 0;
});

export const printf: Main = command(function* (process, output) {
  const words = process.argv.slice(process.argv[1] === '--' ? 2 : 1);
  const [format, ...args] = words;
  if (format === undefined) throw usageError(process.argv, 'missing operand');
  const busybox = isBusybox(process);
  const { text, errors, status } = formatPrintf(format, args, { formatTime: (pattern, seconds) => strftime(pattern, seconds * 1000, zoneOf(process)) }, busybox ? 'busybox' : 'gnu');
  let done = 0;
  for (const { message, at } of errors) {
    // busybox writes what it has before it complains; GNU's output stays in its buffer.
    if (busybox) {
      output.print(text.slice(done, at));
      yield* output.flush();
      done = at;
    }
    yield* complain(process, message);
  }
  output.print(text.slice(done));
  return status;
});
