// File modes: `drwxr-xr-x` for listings, and chmod's octal and symbolic changes (chmod(1), gnulib's modechange).
import type { FileType } from '../../kernel/inode.js';

const TYPE_LETTERS: Readonly<Record<FileType, string>> = {
  file: '-', directory: 'd', symlink: 'l', fifo: 'p', character: 'c', block: 'b', socket: 's',
};

/** The S_IFMT bits of a type (stat(2)). */
export const TYPE_BITS: Readonly<Record<FileType, number>> = {
  file: 0o100000, directory: 0o040000, symlink: 0o120000, fifo: 0o010000, character: 0o020000, block: 0o060000, socket: 0o140000,
};

/** The ten characters of `ls -l`. */
export function modeString(type: FileType, mode: number): string {
  const triple = (shift: number, special: number, mark: string): string => {
    const bits = (mode >> shift) & 7;
    const executes = (bits & 1) !== 0;
    const last = (mode & special) !== 0 ? (executes ? mark : mark.toUpperCase()) : executes ? 'x' : '-';
    return `${(bits & 4) !== 0 ? 'r' : '-'}${(bits & 2) !== 0 ? 'w' : '-'}${last}`;
  };
  return TYPE_LETTERS[type] + triple(6, 0o4000, 's') + triple(3, 0o2000, 's') + triple(0, 0o1000, 't');
}

interface Change {
  operator: string;
  affected: number;
  value: number;
  mentioned: number;
  kind: 'plain' | 'copy' | 'execute-if-any';
}

/** Makes a new mode of an old one. `umask` counts where a symbolic clause names nobody. */
export type ModeChange = (mode: number, isDirectory: boolean, umask: number) => number;

const WHO: Readonly<Record<string, number>> = { u: 0o4700, g: 0o2070, o: 0o1007, a: 0o7777 };
const PERMISSION: Readonly<Record<string, number>> = { r: 0o444, w: 0o222, x: 0o111, X: 0, s: 0o6000, t: 0o1000 };
const COPY: Readonly<Record<string, number>> = { u: 0o700, g: 0o070, o: 0o007 };

/** Parses `755`, `u+x,go-w`, `a=rX`, `g=u`, `+t`; undefined when it is no mode. */
export function parseMode(text: string): ModeChange | undefined {
  const changes = /^[0-7]+$/.test(text) ? octal(text) : symbolic(text);
  return changes && ((mode, isDirectory, umask) => changes.reduce((now, change) => adjust(now, change, isDirectory, umask), mode));
}

/** On folders a short octal mode leaves setuid and setgid alone, unless it mentions them. */
function octal(text: string): Change[] | undefined {
  const value = Number.parseInt(text, 8);
  if (value > 0o7777) return undefined;
  return [{ operator: '=', affected: 0o7777, value, mentioned: text.length < 5 ? (value & 0o7000) | 0o777 : 0o7777, kind: 'plain' }];
}

function symbolic(text: string): Change[] | undefined {
  const changes: Change[] = [];
  for (const clause of text.split(',')) {
    const [, who, actions] = /^([ugoa]*)((?:[-+=](?:[0-7]+|[ugo]|[rwxXst]*))+)$/.exec(clause) ?? [];
    if (actions === undefined) return undefined;
    const affected = [...who!].reduce((bits, letter) => bits | WHO[letter]!, 0);
    for (const [, operator, what] of actions.matchAll(/([-+=])([0-7]+|[ugo]|[rwxXst]*)/g)) {
      changes.push(action(operator!, what!, affected));
    }
  }
  return changes;
}

function action(operator: string, what: string, affected: number): Change {
  if (/^[0-7]+$/.test(what)) {
    const value = Number.parseInt(what, 8);
    return { operator, affected: 0o7777, value, mentioned: 0o7777, kind: 'plain' };
  }
  if (Object.hasOwn(COPY, what)) {
    return { operator, affected, value: COPY[what]!, mentioned: affected === 0 ? COPY[what]! : affected & COPY[what]!, kind: 'copy' };
  }
  const value = [...what].reduce((bits, letter) => bits | PERMISSION[letter]!, 0);
  return { operator, affected, value, mentioned: affected === 0 ? value : affected & value, kind: what.includes('X') ? 'execute-if-any' : 'plain' };
}

function adjust(mode: number, { operator, affected, value: given, mentioned, kind }: Change, isDirectory: boolean, umask: number): number {
  const kept = isDirectory ? 0o6000 & ~mentioned : 0;
  let value = given;
  if (kind === 'copy') {
    value &= mode;
    for (const bits of [0o444, 0o222, 0o111]) if ((value & bits) !== 0) value |= bits;
  } else if (kind === 'execute-if-any' && (isDirectory || (mode & 0o111) !== 0)) {
    value |= 0o111;
  }
  value &= (affected === 0 ? ~umask : affected) & ~kept;
  if (operator === '+') return mode | value;
  if (operator === '-') return mode & ~value;
  const preserved = (affected === 0 ? 0 : ~affected) | kept;
  return ((mode & preserved) | value) & 0o7777;
}
