// What a command line asks of ls.
import type { Process } from '../../kernel/process.js';
import { type Options, parseOptions, UsageError, usageError } from '../../programs/stdio.js';
import { type BlockSize, blocksOf, HUMAN, HUMAN_SI, parseBlockSize } from '../common/sizes.js';
import { isBusybox } from '../../programs/flavour.js';
import { isBusyboxUnicode } from '../common/busybox-printable.js';
import { choose } from '../common/choice.js';
import { quoteName } from '../common/quote.js';

export interface ListOptions {
  format: 'long' | 'lines' | 'columns' | 'across' | 'commas';
  sort: 'name' | 'time' | 'size' | 'extension' | 'version' | 'width' | 'none';
  reverse: boolean;
  hidden: 'all' | 'almost' | 'no';
  recursive: boolean;
  foldersThemselves: boolean;
  foldersFirst: boolean;
  follow: 'all' | 'operands' | 'no';
  time: 'modification' | 'access' | 'change';
  timeStyle: string;
  indicate: 'no' | 'slash' | 'file-type' | 'classify';
  inode: boolean;
  blocks: boolean;
  numeric: boolean;
  owner: boolean;
  group: boolean;
  color: boolean;
  /** The owner once more, behind the group. */
  author: boolean;
  quoting: 'literal' | 'escape' | 'c' | 'shell' | 'shell-always' | 'busybox-ascii' | 'busybox-unicode';
  hideControl: boolean;
  sizes: BlockSize;
  blockSize: BlockSize;
  width: number;
  ignored: readonly string[];
  zero: boolean;
}

const LONG = {
  all: 'no', 'almost-all': 'no', author: 'no', escape: 'no', 'block-size': 'required', 'ignore-backups': 'no', color: 'optional', directory: 'no',
  classify: 'optional', 'file-type': 'no', format: 'required', 'full-time': 'no', 'group-directories-first': 'no', 'no-group': 'no',
  'human-readable': 'no', si: 'no', 'dereference-command-line': 'no', 'dereference-command-line-symlink-to-dir': 'no', hide: 'required',
  hyperlink: 'optional', 'indicator-style': 'required', inode: 'no', ignore: 'required', kibibytes: 'no', dereference: 'no',
  'numeric-uid-gid': 'no', literal: 'no', 'hide-control-chars': 'no', 'show-control-chars': 'no', 'quote-name': 'no',
  'quoting-style': 'required', reverse: 'no', recursive: 'no', size: 'no', sort: 'required', time: 'required', 'time-style': 'required',
  tabsize: 'required', width: 'required', context: 'no', zero: 'no',
} as const;

/** Of several options about one thing the last one given counts. */
function last<T>(options: Options, table: Readonly<Record<string, T>>): T | undefined {
  let result: T | undefined;
  for (const name of options.given.keys()) if (Object.hasOwn(table, name)) result = table[name];
  return result;
}

function word<T>(options: Options, name: string, table: Readonly<Record<string, T>>): T | undefined {
  const value = options.value(name);
  if (value === undefined) return undefined;
  // Words that mean the same stand together where a wrong one is refused.
  const words = Object.keys(table);
  const groups = [...new Set(Object.values(table))].map((meaning) => words.filter((each) => table[each] === meaning) as [string, ...string[]]);
  return table[choose(['ls'], `--${name}`, value, groups, 1)];
}

const SORTS = { none: 'none', size: 'size', time: 'time', version: 'version', extension: 'extension', name: 'name', width: 'width' } as const;
const FORMATS = { long: 'long', verbose: 'long', 'single-column': 'lines', vertical: 'columns', across: 'across', horizontal: 'across', commas: 'commas' } as const;
const TIMES = { atime: 'access', access: 'access', use: 'access', ctime: 'change', status: 'change', mtime: 'modification', modification: 'modification', birth: 'modification', creation: 'modification' } as const;
const QUOTINGS = { literal: 'literal', shell: 'shell', 'shell-always': 'shell-always', 'shell-escape': 'shell', 'shell-escape-always': 'shell-always', c: 'c', escape: 'escape' } as const;

/** Colours need LS_COLORS, COLORTERM or a terminal that is known to have them, whatever --color says. */
function knowsColors(env: ReadonlyMap<string, string>): boolean {
  if (env.has('LS_COLORS') || (env.get('COLORTERM') ?? '') !== '') return true;
  return /^(Eterm|ansi|.*color.*|con\d+x\d+|cons25|console|cygwin|.*direct.*|dtterm|gnome|hurd|jfbterm|konsole|kterm|linux.*|mlterm|putty|rxvt.*|screen.*|st|terminator|tmux.*|vt100|vt220|xterm.*|alacritty|foot.*|.*kitty.*)$/.test(env.get('TERM') ?? '');
}

/** The WHEN of --color, --classify and their like. */
function isWanted(options: Options, name: 'color' | 'classify' | 'hyperlink', isTerminal: boolean): boolean {
  const when = options.value(name);
  if (when === undefined) return false;
  const chosen = when === '' ? 'always' : choose(['ls'], `--${name}`, when, [['always', 'yes', 'force'], ['never', 'no', 'none'], ['auto', 'tty', 'if-tty']]);
  return chosen === 'always' || (chosen === 'auto' && isTerminal);
}

/** The columns of -w: octal where it begins with 0, as C's numbers. */
function lineWidth(text: string): number {
  if (!/^(?:0[0-7]*|0[xX][\da-fA-F]+|[1-9]\d*)$/.test(text)) throw new UsageError(`invalid line width: ${quoteName(text)}`, 2);
  return /^0[0-7]+$/.test(text) ? parseInt(text, 8) : Number(text);
}

/** The style of times that -l shows; a wrong one is refused where it would be used. */
function timeStyleOf(process: Process, options: Options, isLong: boolean): string {
  const style = options.has('full-time') ? 'full-iso' : options.value('time-style') ?? process.env.get('TIME_STYLE') ?? 'locale';
  if (!isLong || style.startsWith('+') || ['full-iso', 'long-iso', 'iso', 'locale'].includes(style.replace(/^(?:posix-)+/, ''))) return style;
  throw usageError(process.argv, `invalid argument ${quoteName(style)} for 'time style'\nValid arguments are:\n  - [posix-]full-iso\n  - [posix-]long-iso\n  - [posix-]iso\n  - [posix-]locale\n  - +FORMAT (e.g., +%H:%M) for a 'date'-style format`, 2);
}

function sizesOf(options: Options): Pick<ListOptions, 'sizes' | 'blockSize'> {
  const given = options.value('block-size');
  if (given !== undefined) {
    const size = parseBlockSize(given);
    if (!size) throw new UsageError(`invalid --block-size argument ${quoteName(given)}`, 2);
    return { sizes: size, blockSize: size };
  }
  const human = last(options, { h: HUMAN, 'human-readable': HUMAN, si: HUMAN_SI });
  return human ? { sizes: human, blockSize: human } : { sizes: blocksOf(1), blockSize: blocksOf(1024) };
}

/** Parses argv; throws UsageError with exit code 2, as ls. */
export function listOptions(process: Process): { options: ListOptions; operands: readonly string[] } {
  const options = parseOptions(process.argv, '1aAbBcCdDfFgGhHiI:klLmnNopqQrRsStT:uUvw:xXZ', LONG, { exitCode: 2 });
  const terminal = process.descriptors.find(1);
  const isTerminal = terminal?.isTerminal === true;
  const isLong = options.has('l', 'g', 'n', 'numeric-uid-gid', 'o', 'full-time');
  const classifies = isWanted(options, 'classify', isTerminal);
  const format = word(options, 'format', FORMATS) ?? (isLong ? 'long' : last(options, { 1: 'lines', C: 'columns', x: 'across', m: 'commas' } as const));
  const time = word(options, 'time', TIMES) ?? last(options, { c: 'change', u: 'access' } as const);
  const bare = options.has('f');
  const sort = word(options, 'sort', SORTS) ?? last(options, { t: 'time', S: 'size', X: 'extension', v: 'version', U: 'none', f: 'none' } as const)
    ?? (time !== undefined && format !== 'long' && !isLong ? 'time' : 'name');
  const asked = options.value('w', 'width');
  const width = asked !== undefined ? lineWidth(asked) : Number(process.env.get('COLUMNS') ?? process.terminal?.columns ?? 80);
  const result: ListOptions = {
    format: format ?? (isTerminal ? 'columns' : 'lines'),
    sort,
    reverse: options.has('r', 'reverse'),
    hidden: last(options, { a: 'all', all: 'all', f: 'all', A: 'almost', 'almost-all': 'almost' } as const) ?? 'no',
    recursive: options.has('R', 'recursive') && !options.has('d', 'directory'),
    foldersThemselves: options.has('d', 'directory'),
    foldersFirst: options.has('group-directories-first'),
    follow: options.has('L', 'dereference') ? 'all' : options.has('H', 'dereference-command-line', 'dereference-command-line-symlink-to-dir') ? 'operands' : 'no',
    time: time ?? 'modification',
    timeStyle: timeStyleOf(process, options, isLong || format === 'long'),
    indicate: word(options, 'indicator-style', { none: 'no', slash: 'slash', 'file-type': 'file-type', classify: 'classify' } as const)
      ?? last(options, { F: 'classify', p: 'slash', 'file-type': 'file-type', ...(classifies ? { classify: 'classify' } : {}) } as const) ?? 'no',
    inode: options.has('i', 'inode'),
    blocks: options.has('s', 'size'),
    numeric: options.has('n', 'numeric-uid-gid'),
    owner: !options.has('g'),
    group: !options.has('o', 'G', 'no-group'),
    color: isWanted(options, 'color', isTerminal) && !bare && knowsColors(process.env),
    author: options.has('author'),
    quoting: isBusybox(process) ? (isBusyboxUnicode(process.env) ? 'busybox-unicode' : 'busybox-ascii') : word(options, 'quoting-style', QUOTINGS) ?? last(options, { N: 'literal', literal: 'literal', b: 'escape', escape: 'escape', Q: 'c', 'quote-name': 'c' } as const)
      ?? (isTerminal ? 'shell' : 'literal'),
    hideControl: options.has('q', 'hide-control-chars') || (isTerminal && !options.has('show-control-chars')),
    ...sizesOf(options),
    width: Number.isFinite(width) && width >= 0 ? width : 80,
    ignored: [...(options.given.get('I') ?? []), ...(options.given.get('ignore') ?? []), ...(options.given.get('hide') ?? []), ...(options.has('B', 'ignore-backups') ? ['*~'] : [])],
    zero: options.has('zero'),
  };
  return { options: result, operands: options.operands };
}
