// The character set of the shell's own work on text: the locale's, as far as scripts choose one.
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

/** Whether LC_ALL, LC_CTYPE or LANG says C, or what is not there: then it stays at that. */
export function isPlainLocale(shell: Shell): boolean {
  const { variables } = shell;
  const chosen = variables.get('LC_ALL') || variables.get('LC_CTYPE') || variables.get('LANG') || '';
  return chosen !== '' && !(UTF8.test(chosen) && isInstalled(shell, chosen));
}

const UTF8 = /\.utf-?8(?:@.*)?$/i;
/** What glibc brings along (C.UTF-8 by its other spellings, too). */
const BUILT_IN = /^(?:C|POSIX|C\.(?:UTF-?8|utf-?8))$/;

/** Whether the image has a locale: glibc keeps them in folders or in one archive, musl knows every name. */
export function isInstalled({ process: { files } }: Shell, name: string): boolean {
  if (BUILT_IN.test(name)) return true;
  const folder = `/usr/lib/locale/${name.replace(/utf-8/i, 'utf8')}`;
  if (['/usr/lib/locale/locale-archive', folder].some((path) => files.exists(path))) return true;
  return MUSL.some((path) => files.exists(path));
}

const MUSL = ['x86_64', 'aarch64', 'armhf'].map((machine) => `/lib/ld-musl-${machine}.so.1`);

export const LOCALE_CATEGORIES = ['LC_ALL', 'LC_COLLATE', 'LC_CTYPE', 'LC_MESSAGES', 'LC_NUMERIC', 'LC_TIME'];

/** bash tells of a locale that is not there when a script asks for it. */
export function checkLocale(shell: Shell, category: string, name: string): void {
  // What the environment brought is looked at when all of it is there.
  if (shell.line === 0 || name === '' || isInstalled(shell, name) || (category !== 'LC_ALL' && shell.variables.get('LC_ALL'))) return;
  shell.complain(`warning: setlocale: ${category}: cannot change locale (${name}): No such file or directory`);
}

/** The same for what a shell starts with: LC_ALL, or where there is none the others. */
export function checkLocales(shell: Shell): void {
  const { env } = shell.process;
  for (const category of env.has('LC_ALL') ? ['LC_ALL'] : LOCALE_CATEGORIES) {
    const name = env.get(category) ?? '';
    if (name !== '' && !isInstalled(shell, name)) shell.warnRaw(`${shell.name}: warning: setlocale: ${category}: cannot change locale (${name})\n`);
  }
}
