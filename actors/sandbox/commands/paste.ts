// paste: lines of several files side by side.
import { Errno } from '../kernel/errno.js';
import type { Main } from '../kernel/program.js';
import type { Process } from '../kernel/process.js';
import type { Task } from '../kernel/wait.js';
import { command, type Output, parseOptions, UsageError } from '../programs/stdio.js';
import { openInput, Pace, TextLines } from './text-input.js';

/** The delimiters in turn; `\0` is none at all. */
function delimitersOf(list: string): string[] {
  if (list === '') return [''];
  if (/^(?:[^\\]|\\[^])*\\$/.test(list)) throw new UsageError(`delimiter list ends with an unescaped backslash: ${list}`);
  const found: string[] = [];
  for (const [, escaped, plain] of list.matchAll(/\\([^])|([^])/gu)) {
    const letters: Readonly<Record<string, string>> = { n: '\n', t: '\t', '\\': '\\', '0': '', b: '\b', f: '\f', r: '\r', v: '\v' };
    found.push(escaped === undefined ? plain! : (letters[escaped] ?? escaped));
  }
  return found;
}

/** All lines of a file as one: where the delimiter is one byte, line ends just become it. */
function* joinLines(process: Process, output: Output, fd: number, delimiter: number, end: number): Task {
  const pace = new Pace();
  let isOwed = false;
  for (let chunk = yield* process.read(fd); chunk.length > 0; chunk = yield* process.read(fd)) {
    const bytes = Buffer.from(chunk);
    if (isOwed) output.print(Buffer.of(delimiter));
    isOwed = bytes[bytes.length - 1] === end;
    for (let i = 0; i < bytes.length; i++) if (bytes[i] === end) bytes[i] = delimiter;
    output.print(isOwed ? bytes.subarray(0, -1) : bytes);
    yield* output.flush();
    yield* pace.turn();
  }
  output.print(Buffer.of(end));
}

export const paste: Main = command(function* (process, output) {
  const options = parseOptions(process.argv, 'd:sz', { delimiters: 'required', serial: 'no', 'zero-terminated': 'no' });
  const delimiters = delimitersOf(options.value('d', 'delimiters') ?? '\t');
  const end = options.has('z', 'zero-terminated') ? '\0' : '\n';
  const names = options.operands.length > 0 ? options.operands : ['-'];
  const standard = new TextLines(process, 0, output, end);
  const files: TextLines[] = [];
  const descriptors: number[] = [];
  for (const name of names) {
    try {
      const fd = openInput(process, name);
      descriptors.push(fd);
      files.push(fd === 0 ? standard : new TextLines(process, fd, output, end));
    } catch (error) {
      throw error instanceof Errno ? new UsageError(`${name}: ${error.message}`) : error;
    }
  }
  const [delimiter = ''] = delimiters;
  if (options.has('s', 'serial') && delimiters.length === 1 && /^[\0-\x7f]$/.test(delimiter)) {
    for (const fd of descriptors) yield* joinLines(process, output, fd, delimiter.charCodeAt(0), end.charCodeAt(0));
    return 0;
  }
  if (options.has('s', 'serial')) {
    for (const file of files) {
      let text = '';
      for (let i = 0, line = yield* file.next(); line !== undefined; i++, line = file.take() ?? (yield* file.next())) text += (i > 0 ? delimiters[(i - 1) % delimiters.length]! : '') + line;
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
