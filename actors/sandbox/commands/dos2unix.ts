// dos2unix and unix2dos: line ends of one kind into the other, in place or as a filter.
import { Errno } from '../kernel/errno.js';
import type { Main } from '../kernel/program.js';
import { command, complain, parseOptions, readAll } from '../programs/stdio.js';

export const dos2unix: Main = command(function* (process, output) {
  const options = parseOptions(process.argv, 'dukonfqsl', { quiet: 'no', keepdate: 'no', force: 'no', newfile: 'no', oldfile: 'no', safe: 'no' });
  const toDos = options.has('u') ? false : options.has('d') || process.argv[0]!.split('/').at(-1) === 'unix2dos';
  const convert = (bytes: Uint8Array): Buffer => {
    const text = Buffer.from(bytes).toString('latin1').replaceAll('\r\n', '\n');
    return Buffer.from(toDos ? text.replaceAll('\n', '\r\n') : text, 'latin1');
  };
  if (options.operands.length === 0) {
    output.print(convert(yield* readAll(process, 0)));
    return 0;
  }
  const quiet = options.has('q', 'quiet');
  const pairs = options.has('n', 'newfile') ? [[options.operands[0]!, options.operands[1] ?? options.operands[0]!]] : options.operands.map((name) => [name, name]);
  let failed = false;
  for (const [from, to] of pairs as [string, string][]) {
    try {
      const bytes = process.files.readFile(from);
      if (bytes.includes(0) && !options.has('f', 'force')) {
        if (!quiet) yield* complain(process, `Skipping binary file ${from}`);
        continue;
      }
      const before = process.files.stat(from);
      if (!quiet) yield* complain(process, from === to ? `converting file ${from} to ${toDos ? 'DOS' : 'Unix'} format...` : `converting file ${from} to file ${to} in ${toDos ? 'DOS' : 'Unix'} format...`);
      process.files.writeFile(to, convert(bytes));
      if (options.has('k', 'keepdate')) process.files.utimes(to, before.atimeMs, before.mtimeMs);
    } catch (error) {
      if (!(error instanceof Errno)) throw error;
      failed = true;
      yield* complain(process, `${from}: ${error.message}`);
    }
  }
  return failed ? 2 : 0;
});
