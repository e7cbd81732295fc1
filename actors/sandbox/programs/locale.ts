// The character set of a process: its locale's, as far as scripts choose one.
import type { Process } from '../kernel/process.js';
import { decode, decodeBytes, encode } from '../kernel/text.js';

const UTF8 = /\.utf-?8(?:@.*)?$/i;
/** What glibc brings along (C.UTF-8 by its other spellings, too). */
const BUILT_IN = /^(?:C|POSIX|C\.(?:UTF-?8|utf-?8))$/;
const MUSL = ['x86_64', 'aarch64', 'armhf'].map((machine) => `/lib/ld-musl-${machine}.so.1`);

/** Whether the image has a locale: glibc keeps them in folders or in one archive, musl knows every name. */
export function isInstalled({ files }: Process, name: string): boolean {
  if (BUILT_IN.test(name)) return true;
  const folder = `/usr/lib/locale/${name.replace(/utf-8/i, 'utf8')}`;
  if (['/usr/lib/locale/locale-archive', folder].some((path) => files.exists(path))) return true;
  return MUSL.some((path) => files.exists(path));
}

/** Whether LC_ALL, LC_CTYPE or LANG says C, or what is not there: then it stays at that. Where none is set, UTF-8 it is. */
export function isPlainLocale(process: Process, variable = (name: string): string | undefined => process.env.get(name)): boolean {
  const chosen = variable('LC_ALL') || variable('LC_CTYPE') || variable('LANG') || '';
  return chosen !== '' && !(UTF8.test(chosen) && isInstalled(process, chosen));
}

/** How a process makes characters of bytes: in a plain locale each byte is one. `encode` turns both back. */
export function decoderOf(process: Process): (bytes: Uint8Array) => string {
  return isPlainLocale(process) ? decodeBytes : decode;
}

/** An argument as the process's locale has it. */
export function localText(process: Process, text: string): string {
  return isPlainLocale(process) ? decodeBytes(encode(text)) : text;
}
