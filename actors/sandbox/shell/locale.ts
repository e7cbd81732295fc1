// The character set of the shell's own work on text: the locale's, as far as scripts choose one.
import { isInstalled, isPlainLocale as isPlain } from '../programs/locale.js';
import type { Shell } from './shell.js';

const NON_ASCII = /[^\x00-\x7f]/;

/** Whether a text's characters are its bytes: it has other than ASCII ones, and LC_ALL, LC_CTYPE or LANG says C. Where none is set, UTF-8 it is. */
export function countsBytes(shell: Shell, text: string): boolean {
  return NON_ASCII.test(text) && (!shell.isBash || isPlainLocale(shell));
}

/** The same for `${#x}`, which is all that busybox's ash counts in characters, in a locale that calls itself UTF-8. */
export function lengthIsOfBytes(shell: Shell, text: string): boolean {
  return countsBytes(shell, text) && !(shell.dialect === 'ash' && BUSYBOX_UTF8.test(LOCALE_NAMES.map((name) => shell.variables.get(name)).find((value) => value !== undefined) ?? ''));
}

const LOCALE_NAMES = ['LC_ALL', 'LC_CTYPE', 'LANG'];
const BUSYBOX_UTF8 = /\.(?:utf|UTF)/;

/** As the shell's own variables have it, exported or not. */
export function isPlainLocale({ process, variables }: Shell): boolean {
  return isPlain(process, (name) => variables.get(name));
}

export const LOCALE_CATEGORIES = ['LC_ALL', 'LC_COLLATE', 'LC_CTYPE', 'LC_MESSAGES', 'LC_NUMERIC', 'LC_TIME'];

/** bash tells of a locale that is not there when a script asks for it. */
export function checkLocale(shell: Shell, category: string, name: string): void {
  // What the environment brought is looked at when all of it is there.
  if (shell.line === 0 || name === '' || isInstalled(shell.process, name) || (category !== 'LC_ALL' && shell.variables.get('LC_ALL'))) return;
  shell.complain(`warning: setlocale: ${category}: cannot change locale (${name}): No such file or directory`);
}

/** The same for what a shell starts with: LC_ALL, or where there is none the others. */
export function checkLocales(shell: Shell): void {
  const { env } = shell.process;
  for (const category of env.has('LC_ALL') ? ['LC_ALL'] : LOCALE_CATEGORIES) {
    const name = env.get(category) ?? '';
    if (name !== '' && !isInstalled(shell.process, name)) shell.warnRaw(`${shell.name}: warning: setlocale: ${category}: cannot change locale (${name})\n`);
  }
}
