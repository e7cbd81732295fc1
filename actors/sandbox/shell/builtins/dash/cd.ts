// dash's cd: what is not given is nothing, and nothing is here; pwd.
import { Errno } from '../../../kernel/errno.js';
import type { Builtin } from '../../parts.js';
import type { Shell } from '../../shell.js';
import { logicalDirectory } from '../../working-directory.js';
import { change } from '../directories.js';
import { print, readOptions } from '../output.js';

function isDirectory(shell: Shell, path: string): boolean {
  try {
    return shell.process.files.stat(path).type === 'directory';
  } catch (error) {
    if (error instanceof Errno) return false;
    throw error;
  }
}

/** Along CDPATH; `shows` where that was not an empty entry. */
function findDirectory(shell: Shell, target: string): { path: string; shows: boolean } {
  const folders = shell.variables.get('CDPATH');
  if (folders === undefined || /^(?:\/|\.\.?(?:\/|$))/.test(target)) return { path: target, shows: false };
  for (const folder of folders.split(':')) {
    const path = folder === '' ? target : `${folder}/${target}`;
    if (isDirectory(shell, path)) return { path, shows: folder !== '' };
  }
  return { path: target, shows: false };
}

export const cd: Builtin = (shell, argv) => {
  const { flags, operands } = readOptions(shell, argv, 'LP', '')!;
  const { variables } = shell;
  const back = operands[0] === '-';
  const target = (operands[0] === undefined ? variables.get('HOME') : back ? variables.get('OLDPWD') : operands[0]) || '.';
  const { path, shows } = findDirectory(shell, target);
  const status = change(shell, 'cd', path, flags.endsWith('P'), target);
  return status === 0 && (back || shows) ? print(shell, 'cd', `${variables.get('PWD')}\n`) : status;
};

export const pwd: Builtin = (shell, argv) => {
  const { flags } = readOptions(shell, argv, 'LP', '')!;
  return print(shell, 'pwd', `${flags.endsWith('P') ? shell.process.files.getcwd() : logicalDirectory(shell)}\n`);
};
