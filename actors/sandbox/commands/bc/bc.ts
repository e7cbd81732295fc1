// bc: a calculator without limits of length (GNU's).
import { Errno } from '../../kernel/errno.js';
import type { Main } from '../../kernel/program.js';
import { isBusybox } from '../../programs/flavour.js';
import { command, decode, encode, LineReader, parseOptions } from '../../programs/stdio.js';
import { BcExit, Interpreter } from './interpreter.js';
import { Quit } from './parser.js';
import { Session, STANDARD_INPUT } from './session.js';

const LINE_LENGTH = 70;
const BANNER = 'bc 1.07.1\nCopyright 1991-1994, 1997, 1998, 2000, 2004, 2006, 2008, 2012-2017 Free Software Foundation, Inc.\nThis is free software with ABSOLUTELY NO WARRANTY.\nFor details type `warranty\'. \n';

export const bc: Main = command(function* (process, output) {
  const options = parseOptions(process.argv, 'hilqswv', { help: 'no', interactive: 'no', mathlib: 'no', quiet: 'no', standard: 'no', warn: 'no', version: 'no' });
  if (options.has('v', 'version')) {
    output.print('bc 1.07.1\nCopyright 1991-1994, 1997, 1998, 2000, 2004, 2006, 2008, 2012-2017 Free Software Foundation, Inc.\n');
    return 0;
  }
  const given = process.env.get('BC_LINE_LENGTH');
  const lineLength = given === undefined || !/^\d+$/.test(given) || Number(given) === 1 || Number(given) === 2 ? LINE_LENGTH : Number(given);
  const input = new LineReader(process, 0);
  const interpreter = new Interpreter(process, output, input, { hasLibrary: options.has('l', 'mathlib'), lineLength });
  if (process.descriptors.find(0)?.isTerminal === true && !options.has('q', 'quiet')) output.print(BANNER);
  yield* output.flush();
  const session = new Session(process, interpreter);
  try {
    for (const path of options.operands) {
      session.begin(path);
      try {
        yield* session.feed(`${decode(process.files.readFile(path))}\n`, true);
      } catch (error) {
        if (!(error instanceof Errno) || error.code === 'EPIPE') throw error;
        yield* process.write(2, encode(isBusybox(process) ? `bc: can't open '${path}': ${error.message}\n` : `File ${path} is unavailable.\n`));
        return 1;
      }
    }
    session.begin(STANDARD_INPUT);
    for (let line = yield* input.next(); line !== undefined; line = yield* input.next()) yield* session.feed(`${decode(line)}\n`, false);
    yield* session.feed('', true);
  } catch (error) {
    if (error instanceof BcExit) return error.status;
    if (!(error instanceof Quit)) throw error;
  }
  return 0;
});
