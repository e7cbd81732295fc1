// Questions to the user: `rm -i`, `cp -i`, `find -ok`.
import type { Stat } from '../../kernel/inode.js';
import { MAY_WRITE, permits } from '../../kernel/path.js';
import type { Process } from '../../kernel/process.js';
import { encode } from '../../kernel/text.js';
import type { Task } from '../../kernel/wait.js';
import { modeString } from './mode.js';
import { quoteName } from './quote.js';

/** Asks on standard error, reads one line of standard input byte by byte (what follows belongs to others); yes is `y…`. */
export function* confirm(process: Process, question: string): Task<boolean> {
  yield* process.write(2, encode(question));
  let first = 0;
  for (let isFirst = true; ; isFirst = false) {
    const byte = yield* process.read(0, 1);
    if (byte.length === 0 || byte[0] === 10) return first === 0x79 || first === 0x59;
    if (isFirst) first = byte[0]!;
  }
}

/** `name: question` as commands begin theirs. */
export function prompt(process: Process, question: string): string {
  return `${process.argv[0]?.split('/').at(-1) ?? ''}: ${question}`;
}

/** Whether the user could not write to a file; links are never in the way. */
export function isWriteProtected({ files, credentials }: Process, path: string, { type }: Pick<Stat, 'type'>): boolean {
  return type !== 'symlink' && !permits(files.locate(path, false).inode, credentials, MAY_WRITE);
}

/** What cp and mv ask before they replace a file, which says more of one that is protected. */
export function overwriteQuestion(process: Process, path: string, existing: Stat, replaces: boolean): string {
  if (!isWriteProtected(process, path, existing)) return `overwrite ${quoteName(path)}? `;
  const [octal, letters] = [(existing.mode & 0o7777).toString(8).padStart(4, '0'), modeString('file', existing.mode).slice(1)];
  return replaces ? `replace ${quoteName(path)}, overriding mode ${octal} (${letters})? ` : `unwritable ${quoteName(path)} (mode ${octal}, ${letters}); try anyway? `;
}
