// paste: lines of several files side by side.
import { Errno } from '../kernel/errno.js';
import type { Main } from '../kernel/program.js';
import { command, parseOptions, UsageError } from '../programs/stdio.js';
import { openInput, TextLines } from './text-input.js';

/** The delimiters in turn; `\0` is none at all. */
function delimitersOf(list: string): string[] {
  if (list === '') return [''];
  const found: string[] = [];
  for (const [, escaped, plain] of list.matchAll(/\\([^])|([^])/gu)) {
    const letters: Readonly<Record<string, string>> = { n: '\n', t: '\t', '\\': '\\', '0': '', b: '\b', f: '\f', r: '\r', v: '\v' };
    found.push(escaped === undefined ? plain! : (letters[escaped] ?? escaped));
  }
  return found;
}

export const paste: Main = command(function* (process, output) {
  const options = parseOptions(process.argv, 'd:sz', { delimiters: 'required', serial: 'no', 'zero-terminated': 'no' });
  const delimiters = delimitersOf(options.value('d', 'delimiters') ?? '\t');
  const end = options.has('z', 'zero-terminated') ? '\0' : '\n';
  const names = options.operands.length > 0 ? options.operands : ['-'];
  const standard = new TextLines(process, 0, output, end);
  const files: TextLines[] = [];
  for (const name of names) {
    try {
      files.push(name === '-' ? standard : new TextLines(process, openInput(process, name), output, end));
    } catch (error) {
      throw error instanceof Errno ? new UsageError(`${name}: ${error.message}`) : error;
    }
  }
  if (options.has('s', 'serial')) {
    for (const file of files) {
      let text = '';
      for (let i = 0, line = yield* file.next(); line !== undefined; i++, line = yield* file.next()) text += (i > 0 ? delimiters[(i - 1) % delimiters.length]! : '') + line;
      output.print(text + end);
      if (output.isFull) yield* output.flush();
    }
    return 0;
  }
  for (;;) {
    let text = '';
    let any = false;
    for (let i = 0; i < files.length; i++) {
      const line = files[i]!.take() ?? (yield* files[i]!.next());
      if (line !== undefined) any = true;
      text += (i > 0 ? delimiters[(i - 1) % delimiters.length]! : '') + (line ?? '');
    }
    if (!any) return 0;
    output.print(text + end);
    if (output.isFull) yield* output.flush();
  }
});
