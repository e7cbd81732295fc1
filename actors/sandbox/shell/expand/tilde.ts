// Tilde expansion: `~`, `~user`, `~+`, `~-`, `~N`.
import { Errno } from '../../kernel/errno.js';
import { decode } from '../../kernel/text.js';
import type { Shell } from '../shell.js';

/** What `~user` stands for; itself when there is no such user or folder. */
export function expandTilde(shell: Shell, user: string): string {
  if (user === '' && !shell.isBash) return shell.variables.get('HOME') ?? '~';
  if (user === '') return shell.variables.get('HOME') ?? homeOf(shell, (entry) => entry[2] === String(shell.process.credentials.uid)) ?? '/';
  if (shell.isBash) {
    if (user === '+') return shell.variables.get('PWD') ?? '~+';
    if (user === '-') return shell.variables.get('OLDPWD') ?? '~-';
    const match = /^([+-]?)(\d+)$/.exec(user);
    if (match) {
      const stack = [shell.variables.get('PWD') ?? '/', ...shell.directories];
      const index = match[1] === '-' ? stack.length - 1 - Number(match[2]) : Number(match[2]);
      return stack[index] ?? `~${user}`;
    }
  }
  return homeOf(shell, (entry) => entry[0] === user) ?? `~${user}`;
}

function homeOf(shell: Shell, matches: (entry: readonly string[]) => boolean): string | undefined {
  let text: string;
  try {
    text = decode(shell.process.files.readFile('/etc/passwd'));
  } catch (error) {
    if (error instanceof Errno) return undefined;
    throw error;
  }
  return text.split('\n').map((line) => line.split(':')).find(matches)?.[5];
}
