// look: the lines of a sorted file that begin with a string.
import { Errno } from '../kernel/errno.js';
import type { Main } from '../kernel/program.js';
import { command, parseOptions, UsageError } from '../programs/stdio.js';
import { openInput, TextLines } from './text-input.js';

const WORDS = '/usr/share/dict/words';

export const look: Main = command(function* (process, output) {
  const options = parseOptions(process.argv, 'adft:', { alternative: 'no', alphanum: 'no', 'ignore-case': 'no', terminate: 'required' });
  const [text, file] = options.operands;
  if (text === undefined) throw new UsageError("bad usage\nTry 'look --help' for more information.");
  const name = file ?? process.env.get('WORDLIST') ?? WORDS;
  const onlyAlphanumeric = options.has('d', 'alphanum') || file === undefined;
  const folds = options.has('f', 'ignore-case') || file === undefined;
  const compared = (line: string): string => {
    const kept = onlyAlphanumeric ? line.replace(/[^A-Za-z0-9\u0080-\u{10ffff}]/gu, '') : line;
    return folds ? kept.toLowerCase() : kept;
  };
  const end = options.value('t', 'terminate');
  const stop = end === undefined ? -1 : text.indexOf([...end][0] ?? '\0');
  const wanted = compared(stop < 0 ? text : text.slice(0, stop + 1));
  let fd: number;
  try {
    fd = openInput(process, name);
  } catch (error) {
    throw error instanceof Errno ? new UsageError(`${name}: ${error.message}`) : error;
  }
  const lines = new TextLines(process, fd, output);
  let found = false;
  for (let line = yield* lines.next(); line !== undefined; line = lines.take() ?? (yield* lines.next())) {
    if (compared(line).startsWith(wanted)) {
      found = true;
      output.print(`${line}\n`);
    } else if (found) break;
    if (output.isFull) yield* output.flush();
  }
  return found ? 0 : 1;
});
