// The file with the user's own keys.
import { Errno } from '../../kernel/errno.js';
import { decode } from '../../kernel/text.js';
import type { Shell } from '../shell.js';
import { applyFile } from './inputrc.js';

/** INPUTRC, ~/.inputrc or /etc/inputrc; one that cannot be read is none. */
export function loadSettings(shell: Shell): void {
  shell.editor.isLoaded = true;
  const { files } = shell.process;
  const own = shell.variables.get('INPUTRC') ?? `${shell.variables.get('HOME') ?? ''}/.inputrc`;
  const path = [own, '/etc/inputrc'].find((each) => files.exists(each));
  if (path === undefined || !shell.isBash) return;
  try {
    for (const complaint of applyFile(shell.editor, decode(files.readFile(path)))) shell.warnRaw(`readline: ${path}: ${complaint}\n`);
  } catch (error) {
    if (!(error instanceof Errno)) throw error;
  }
}
