// dash's umask: octal, or a list of clauses in which classes, operators and permissions may repeat.
import type { Builtin } from '../../parts.js';
import type { Shell } from '../../shell.js';
import { giveUp, print, readOptions } from '../output.js';
import { symbolicMask } from '../umask.js';

const CLASSES: Readonly<Record<string, number>> = { a: 0o111, u: 0o100, g: 0o010, o: 0o001 };

/** The bits that letters allow, those of one class; `u`, `g` and `o` are what these classes had before. */
function permissions(letters: string, before: number): number {
  const bits: Readonly<Record<string, number>> = { r: 4, w: 2, x: 1, u: before >> 6, g: before >> 3, o: before, X: (before & 0o111) === 0 ? 0 : 1, s: 0 };
  return [...letters].reduce((sum, letter) => sum | bits[letter]!, 0) & 7;
}

/** What is allowed after the clauses; undefined where they cannot be read. */
function applyClauses(text: string, before: number): number | undefined {
  let allowed = before;
  let classes = 0;
  const clause = /([augo]*)(?:([-+=])([rwxugoXs]*)(,?))?/y;
  while (clause.lastIndex < text.length) {
    const [, who, operator, letters, comma] = clause.exec(text)!;
    for (const letter of who!) classes |= CLASSES[letter]!;
    if (operator === undefined) return undefined;
    classes ||= 0o111;
    const bits = permissions(letters!, before) * classes;
    allowed = operator === '-' ? allowed & ~bits : operator === '+' ? allowed | bits : bits | (allowed & ~(classes * 7));
    if (comma === ',') classes = 0;
    else if (clause.lastIndex < text.length && !'=+-'.includes(text[clause.lastIndex]!)) return undefined;
  }
  return allowed;
}

function setMask(shell: Shell, mode: string): number {
  const { process } = shell;
  if (/^\d/.test(mode)) {
    if (!/^[0-7]+$/.test(mode)) return giveUp(shell, 'umask', `Illegal number: ${mode}`);
    process.umask = Number.parseInt(mode, 8) & 0o777;
    return 0;
  }
  const allowed = applyClauses(mode, ~process.umask & 0o777);
  if (allowed === undefined) return giveUp(shell, 'umask', `Illegal mode: ${mode}`);
  process.umask = ~allowed & 0o777;
  return 0;
}

export const umask: Builtin = (shell, argv) => {
  const { flags, operands } = readOptions(shell, argv, 'S', '')!;
  if (operands[0] !== undefined) return setMask(shell, operands[0]);
  const { umask: mask } = shell.process;
  return print(shell, 'umask', `${flags === '' ? mask.toString(8).padStart(4, '0') : symbolicMask(mask)}\n`);
};
