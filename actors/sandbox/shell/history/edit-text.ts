// A text that the user edits in a file.
import { decode, encode } from '../../kernel/text.js';
import type { Task } from '../../kernel/wait.js';
import type { Shell } from '../shell.js';

/** Runs the editor (the text of a command) on a file with the text; what is in it then, undefined where the editor failed. */
export function* editText(shell: Shell, text: string, editor: string): Task<string | undefined> {
  const { files, pid } = shell.process;
  const path = `${shell.variables.get('TMPDIR') ?? '/tmp'}/bash-fc.${pid}-${Math.random().toString(36).slice(2, 8)}`;
  files.writeFile(path, encode(text), { mode: 0o600 });
  try {
    const status = yield* shell.execution.runText(`${editor} ${path}`, { name: 'fc' });
    return status === 0 ? decode(files.readFile(path)) : undefined;
  } finally {
    if (files.exists(path)) files.unlink(path);
  }
}
