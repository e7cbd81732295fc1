// The character set of the shell's own work on text: the locale's, as far as scripts choose one.
import type { Shell } from './shell.js';

const NON_ASCII = /[^\x00-\x7f]/;

/** Whether a text's characters are its bytes: it has other than ASCII ones, and LC_ALL, LC_CTYPE or LANG says C. Where none is set, UTF-8 it is. */
export function countsBytes(shell: Shell, text: string): boolean {
  return NON_ASCII.test(text) && (shell.dialect === 'dash' || isPlainLocale(shell));
}

export function isPlainLocale({ variables }: Shell): boolean {
  const chosen = variables.get('LC_ALL') || variables.get('LC_CTYPE') || variables.get('LANG');
  return chosen === 'C' || chosen === 'POSIX';
}

