// One listed file: its attributes, its name as shown, and the order among others.
import { Errno } from '../../kernel/errno.js';
import type { Stat } from '../../kernel/inode.js';
import type { Process } from '../../kernel/process.js';
import { busyboxPrintable } from '../common/busybox-printable.js';
import { escapeName, hideUnprintable, quoteIfNeeded, quoteName } from '../common/quote.js';
import { compareVersions } from '../common/version-order.js';
import type { ListOptions } from './options.js';

export interface Entry {
  /** As shown: the operand, or the name in its folder. */
  name: string;
  path: string;
  stat: Stat;
  /** Of a symlink. */
  target: string | undefined;
  /** What a symlink leads to; undefined when nowhere, or when it is none. */
  followed: Stat | undefined;
}

/** Throws Errno. */
export function readEntry(process: Process, path: string, name: string, follow: boolean, wantsTarget: boolean): Entry {
  const { files } = process;
  let stat = files.lstat(path);
  if (stat.type !== 'symlink') return { name, path, stat, target: undefined, followed: undefined };
  let followed: Stat | undefined;
  if (follow || wantsTarget) {
    try {
      followed = files.stat(path);
    } catch (error) {
      if (!(error instanceof Errno)) throw error;
    }
  }
  if (follow && followed) stat = followed;
  return { name, path, stat, target: stat.type === 'symlink' ? files.readlink(path) : undefined, followed };
}

export function timeOf({ stat }: Entry, { time }: ListOptions): number {
  return time === 'access' ? stat.atimeMs : time === 'change' ? stat.ctimeMs : stat.mtimeMs;
}

const byName = (a: Entry, b: Entry): number => (a.name < b.name ? -1 : a.name > b.name ? 1 : 0);
const extension = (name: string): string => (name.lastIndexOf('.') < 0 ? '' : name.slice(name.lastIndexOf('.')));

export function sortEntries(entries: Entry[], options: ListOptions): Entry[] {
  const orders: Readonly<Record<ListOptions['sort'], (a: Entry, b: Entry) => number>> = {
    name: byName,
    time: (a, b) => timeOf(b, options) - timeOf(a, options) || byName(a, b),
    size: (a, b) => b.stat.sizeBytes - a.stat.sizeBytes || byName(a, b),
    version: (a, b) => compareVersions(a.name, b.name),
    extension: (a, b) => {
      const [x, y] = [extension(a.name), extension(b.name)];
      return x < y ? -1 : x > y ? 1 : byName(a, b);
    },
    width: (a, b) => a.name.length - b.name.length || byName(a, b),
    none: () => 0,
  };
  const order = orders[options.sort];
  const direction = options.reverse && options.sort !== 'none' ? -1 : 1;
  const isFolder = ({ stat, followed }: Entry): boolean => (followed ?? stat).type === 'directory';
  return entries.sort((a, b) => {
    if (options.foldersFirst && isFolder(a) !== isFolder(b)) return isFolder(a) ? -1 : 1;
    return order(a, b) * direction;
  });
}

/** The name in the wanted quoting. */
export function shownName(name: string, { quoting, hideControl }: ListOptions): string {
  switch (quoting) {
    case 'shell':
      return quoteIfNeeded(name);
    case 'shell-always':
      return quoteName(name);
    case 'escape':
      return escapeName(name);
    case 'busybox-ascii':
    case 'busybox-unicode':
      return busyboxPrintable(name, quoting === 'busybox-unicode');
    case 'c':
      return `"${escapeName(name).replaceAll('\\ ', ' ').replaceAll('"', '\\"')}"`;
    default:
      return hideControl ? hideUnprintable(name) : name;
  }
}

/** `/`, `*`, `@`, `|`, `=` behind names. */
export function indicator(stat: Stat, style: ListOptions['indicate']): string {
  if (style === 'no') return '';
  if (stat.type === 'directory') return '/';
  if (style === 'slash') return '';
  if (stat.type === 'symlink') return '@';
  if (stat.type === 'fifo') return '|';
  if (stat.type === 'socket') return '=';
  return style === 'classify' && stat.type === 'file' && (stat.mode & 0o111) !== 0 ? '*' : '';
}

const COLORS: Readonly<Record<string, string>> = {
  di: '01;34', ln: '01;36', pi: '33', so: '01;35', bd: '01;33', cd: '01;33', ex: '01;32', su: '37;41', sg: '30;43', tw: '30;42', ow: '34;42', st: '37;44',
};

/** LS_COLORS: `key=code` and `*.suffix=code` entries (dircolors(5)). */
export class Palette {
  readonly #codes: Record<string, string> = { ...COLORS };
  readonly #suffixes: [string, string][] = [];
  #isUsed = false;

  constructor(setting = '') {
    for (const part of setting.split(':')) {
      const [, key, code] = /^([^=]+)=(.*)$/.exec(part) ?? [];
      if (key?.startsWith('*')) this.#suffixes.push([key.slice(1), code!]);
      else if (key !== undefined) this.#codes[key] = code!;
    }
  }

  #code(name: string, stat: Stat, isBroken: boolean): string | undefined {
    const { mode } = stat;
    switch (stat.type) {
      case 'directory':
        return this.#codes[(mode & 0o1002) === 0o1002 ? 'tw' : (mode & 2) !== 0 ? 'ow' : (mode & 0o1000) !== 0 ? 'st' : 'di'];
      case 'symlink':
        return isBroken ? this.#codes['or'] ?? this.#codes['ln'] : this.#codes['ln'];
      case 'fifo':
        return this.#codes['pi'];
      case 'socket':
        return this.#codes['so'];
      case 'block':
        return this.#codes['bd'];
      case 'character':
        return this.#codes['cd'];
      default:
        if ((mode & 0o4000) !== 0) return this.#codes['su'];
        if ((mode & 0o2000) !== 0) return this.#codes['sg'];
        if ((mode & 0o111) !== 0) return this.#codes['ex'];
        return this.#suffixes.findLast(([suffix]) => name.endsWith(suffix))?.[1];
    }
  }

  paint(text: string, name: string, stat: Stat, isBroken: boolean): string {
    const code = this.#code(name, stat, isBroken);
    if (code === undefined || code === '' || code === '0' || code === '00') return text;
    const opening = this.#isUsed ? '' : '\x1b[0m';
    this.#isUsed = true;
    return `${opening}\x1b[${code}m${text}\x1b[0m`;
  }
}
