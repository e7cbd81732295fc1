// nl: numbers lines, by logical pages.
import type { Main } from '../kernel/program.js';
import { compileRegex } from '../regex/posix-regex.js';
import { command, parseOptions, UsageError, usageError } from '../programs/stdio.js';
import { quoteName } from './common/quote.js';
import { Inputs, TextLines } from './text-input.js';

type Style = (line: string) => boolean;

function styleOf(argv: readonly string[], section: string, text: string): Style {
  if (text === 'a') return () => true;
  if (text === 't') return (line) => line !== '';
  if (text === 'n') return () => false;
  if (!text.startsWith('p')) throw usageError(argv, `invalid ${section} numbering style: ${quoteName(text)}`);
  const regex = compileRegex(text.slice(1), { extended: false });
  return (line) => regex.test(line);
}

function count(text: string, what: string, min = -Infinity): number {
  if (!/^-?\d+$/.test(text)) throw new UsageError(`invalid ${what}: '${text}'`);
  if (Number(text) < min) throw new UsageError(`invalid ${what}: '${text}': Numerical result out of range`);
  return Number(text);
}

export const nl: Main = command(function* (process, output) {
  const options = parseOptions(process.argv, 'b:d:f:h:i:l:n:ps:v:w:', {
    'body-numbering': 'required', 'section-delimiter': 'required', 'footer-numbering': 'required', 'header-numbering': 'required', 'line-increment': 'required',
    'join-blank-lines': 'required', 'number-format': 'required', 'no-renumber': 'no', 'number-separator': 'required', 'starting-line-number': 'required', 'number-width': 'required',
  });
  const styles = {
    body: styleOf(process.argv, 'body', options.value('b', 'body-numbering') ?? 't'),
    header: styleOf(process.argv, 'header', options.value('h', 'header-numbering') ?? 'n'),
    footer: styleOf(process.argv, 'footer', options.value('f', 'footer-numbering') ?? 'n'),
  };
  const start = count(options.value('v', 'starting-line-number') ?? '1', 'starting line number');
  const step = count(options.value('i', 'line-increment') ?? '1', 'line number increment');
  const width = count(options.value('w', 'number-width') ?? '6', 'line number field width', 1);
  const blanks = count(options.value('l', 'join-blank-lines') ?? '1', 'line number of blank lines', 1);
  const separator = options.value('s', 'number-separator') ?? '\t';
  const format = options.value('n', 'number-format') ?? 'rn';
  if (!['ln', 'rn', 'rz'].includes(format)) throw usageError(process.argv, `invalid line numbering format: ${quoteName(format)}`);
  const given = options.value('d', 'section-delimiter') ?? '\\:';
  const mark = given.length === 1 ? `${given}:` : given;
  const shown = (number: number): string => {
    if (format === 'ln') return String(number).padEnd(width);
    return format === 'rn' ? String(number).padStart(width) : (number < 0 ? `-${String(-number).padStart(width - 1, '0')}` : String(number).padStart(width, '0'));
  };
  let section: keyof typeof styles = 'body';
  let number = start;
  let blankRun = 0;
  const inputs = new Inputs(process, options.operands);
  for (let file = yield* inputs.next(); file; file = yield* inputs.next()) {
    const lines = new TextLines(process, file.fd, output);
    for (let line = yield* lines.next(); line !== undefined; line = lines.take() ?? (yield* lines.next())) {
      const marked = mark !== '' && (line === mark ? 'footer' : line === mark + mark ? 'body' : line === mark + mark + mark ? 'header' : undefined);
      if (marked) {
        section = marked;
        if (!options.has('p', 'no-renumber')) number = start;
        output.print('\n');
        continue;
      }
      blankRun = line === '' ? blankRun + 1 : 0;
      const numbered = styles[section](line) && (line !== '' || blankRun % blanks === 0);
      output.print(numbered ? `${shown(number)}${separator}${line}\n` : `${' '.repeat(width + separator.length)}${line}\n`);
      if (numbered) number += step;
      if (output.isFull) yield* output.flush();
    }
  }
  return inputs.failed ? 1 : 0;
});
