// strings: printable text inside binary files.
import type { Main } from '../kernel/program.js';
import { command, parseOptions, readAll, UsageError } from '../programs/stdio.js';
import { Inputs } from './text-input.js';

export const strings: Main = command(function* (process, output) {
  const argv = process.argv.map((word, i) => (i > 0 && /^-\d+$/.test(word) ? `-n${word.slice(1)}` : word));
  const options = parseOptions(argv, 'adfn:ot:e:ws:', { all: 'no', data: 'no', 'print-file-name': 'no', bytes: 'required', radix: 'required', encoding: 'required', 'include-all-whitespace': 'no', 'output-separator': 'required' });
  const least = Number(options.value('n', 'bytes') ?? 4);
  if (!Number.isInteger(least) || least < 1) throw new UsageError(`invalid minimum string length ${options.value('n', 'bytes')!}`);
  const radixLetter = options.has('o') ? 'o' : options.value('t', 'radix');
  const radix = radixLetter === undefined ? undefined : ({ o: 8, d: 10, x: 16 } as Record<string, number>)[radixLetter];
  if (radixLetter !== undefined && radix === undefined) throw new UsageError('invalid radix');
  const set = options.has('w', 'include-all-whitespace') ? '[\\t-\\r -~]' : '[\\t -~]';
  const pattern = new RegExp(`${set}{${least},}`, 'g');
  const separator = options.value('s', 'output-separator') ?? '\n';
  const inputs = new Inputs(process, options.operands, (name, why) => (why === 'No such file or directory' ? `'${name}': No such file` : `${name}: ${why}`));
  for (let file = yield* inputs.next(); file; file = yield* inputs.next()) {
    const text = Buffer.from(yield* readAll(process, file.fd)).toString('latin1');
    for (const match of text.matchAll(pattern)) {
      const name = options.has('f', 'print-file-name') ? `${file.name}: ` : '';
      const offset = radix === undefined ? '' : `${match.index.toString(radix).padStart(7)} `;
      output.print(`${name}${offset}${match[0]}${separator}`);
      if (output.isFull) yield* output.flush();
    }
  }
  return inputs.failed ? 1 : 0;
});
