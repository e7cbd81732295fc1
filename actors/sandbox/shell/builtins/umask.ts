// umask: in octal, or by classes.
import type { Builtin } from '../parts.js';
import { fail, print, readOptions } from './output.js';

const WHO = ['u', 'g', 'o'] as const;

/** `u=rwx,g=rx,o=rx`: what a mask lets through. */
export function symbolicMask(mask: number): string {
  return WHO.map((who, index) => {
    const bits = ~(mask >> (6 - index * 3)) & 7;
    return `${who}=${bits & 4 ? 'r' : ''}${bits & 2 ? 'w' : ''}${bits & 1 ? 'x' : ''}`;
  }).join(',');
}

export const umask: Builtin = (shell, argv) => {
  const options = readOptions(shell, argv, 'Sp', 'umask [-p] [-S] [mode]');
  if (!options) return 2;
  const [mode] = options.operands;
  const { process } = shell;
  if (mode === undefined) {
    const text = options.flags.includes('S') ? symbolicMask(process.umask) : process.umask.toString(8).padStart(4, '0');
    return print(shell, 'umask', `${options.flags.includes('p') ? `umask ${options.flags.includes('S') ? '-S ' : ''}` : ''}${text}\n`);
  }
  if (/^\d/.test(mode)) {
    const most = shell.isBash ? 0o7777 : 0o777;
    if (!/^[0-7]+$/.test(mode) || Number.parseInt(mode, 8) > most) return shell.isBash ? fail(shell, 'umask', `${mode}: octal number out of range`) : fail(shell, 'umask', `illegal mode: ${mode}`, 2);
    process.umask = Number.parseInt(mode, 8) & 0o777;
    return 0;
  }
  let allowed = ~process.umask & 0o777;
  for (const clause of mode.split(',')) {
    const match = /^([ugoa]*)([-+=])([rwx]*)$/.exec(clause);
    if (!match) {
      const [begun, operator = ''] = /^[ugoa]*([-+=][rwx]*)?/.exec(clause)!;
      if (!shell.isBash) return fail(shell, 'umask', `illegal mode: ${mode}`, 2);
      return fail(shell, 'umask', `\`${clause.slice(begun.length, begun.length + 1)}': invalid symbolic mode ${operator === '' ? 'operator' : 'character'}`);
    }
    const who = match[1] === '' || match[1]!.includes('a') ? 'ugo' : match[1]!;
    const bits = [...match[3]!].reduce((sum, letter) => sum | (letter === 'r' ? 4 : letter === 'w' ? 2 : 1), 0);
    for (const letter of who) {
      const shift = letter === 'u' ? 6 : letter === 'g' ? 3 : 0;
      if (match[2] === '=') allowed = (allowed & ~(7 << shift)) | (bits << shift);
      else if (match[2] === '+') allowed |= bits << shift;
      else allowed &= ~(bits << shift);
    }
  }
  process.umask = ~allowed & 0o777;
  return options.flags.includes('S') && shell.isBash ? print(shell, 'umask', `${symbolicMask(process.umask)}\n`) : 0;
};
