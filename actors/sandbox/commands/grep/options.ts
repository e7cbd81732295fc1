// grep's command line.
import type { Process } from '../../kernel/process.js';
import { decode } from '../../kernel/text.js';
import type { Task } from '../../kernel/wait.js';
import { decoderOf, localText } from '../../programs/locale.js';
import { isBusybox } from '../../programs/flavour.js';
import { complain, InformationRequest, type Options, parseOptions, readAll, UsageError } from '../../programs/stdio.js';
import { quoteName } from '../common/quote.js';
import { openInput } from '../text-input.js';

export const LONG = {
  'extended-regexp': 'no', 'fixed-strings': 'no', 'basic-regexp': 'no', 'perl-regexp': 'no', regexp: 'required', file: 'required',
  'ignore-case': 'no', 'no-ignore-case': 'no', 'word-regexp': 'no', 'line-regexp': 'no', 'null-data': 'no', 'no-messages': 'no',
  'invert-match': 'no', 'max-count': 'required', 'byte-offset': 'no', 'line-number': 'no', 'line-buffered': 'no', 'with-filename': 'no',
  'no-filename': 'no', label: 'required', 'only-matching': 'no', quiet: 'no', silent: 'no', 'binary-files': 'required', text: 'no',
  directories: 'required', devices: 'required', recursive: 'no', 'dereference-recursive': 'no', include: 'required', exclude: 'required',
  'exclude-from': 'required', 'exclude-dir': 'required', 'files-without-match': 'no', 'files-with-matches': 'no', count: 'no',
  'initial-tab': 'no', null: 'no', 'before-context': 'required', 'after-context': 'required', context: 'required', 'group-separator': 'required',
  'no-group-separator': 'no', color: 'optional', colour: 'optional', binary: 'no', 'unix-byte-offsets': 'no',
} as const;

/** What grep says after a mistake on its command line. */
const USAGE = "Usage: grep [OPTION]... PATTERNS [FILE]...\nTry 'grep --help' for more information.";

function usage(message: string): UsageError {
  return new UsageError(`${message}\n${USAGE}`, 2);
}

/** SGR parts of GREP_COLORS that are used. */
export interface Colors {
  match: string;
  name: string;
  number: string;
  offset: string;
  separator: string;
}

const COLOR_NAMES: Readonly<Record<string, keyof Colors>> = { ms: 'match', mt: 'match', fn: 'name', ln: 'number', bn: 'offset', se: 'separator' };

function* colorsOf(process: Process): Task<Colors> {
  const colors: Colors = { match: '01;31', name: '35', number: '32', offset: '32', separator: '36' };
  const old = process.env.get('GREP_COLOR');
  if (old !== undefined && old !== '') {
    yield* complain(process, `warning: GREP_COLOR='${old}' is deprecated; use GREP_COLORS='mt=${old}'`);
    if (/^[\d;]+$/.test(old)) colors.match = old;
  }
  for (const [, name, value] of (process.env.get('GREP_COLORS') ?? '').matchAll(/(\w\w)=([\d;]*)(?::|$)/g)) {
    const key = COLOR_NAMES[name!];
    if (key !== undefined) colors[key] = value!;
  }
  return colors;
}

/** --color's argument, in all the spellings that GNU's takes. */
function isColored(process: Process, options: Options): boolean {
  if (!options.has('color', 'colour')) return false;
  const when = options.value('color', 'colour')!;
  if (['always', 'yes', 'force'].includes(when)) return true;
  if (['never', 'no', 'none'].includes(when)) return false;
  if (!['', 'auto', 'tty', 'if-tty'].includes(when)) throw new InformationRequest('help');
  return process.descriptors.find(1)?.isTerminal === true && process.env.get('TERM') !== 'dumb';
}

export const SHORT = 'EFGPe:f:iywxvm:bnHhoqsarRLlcA:B:C:TZzUuId:D:';

export type Syntax = 'basic' | 'extended' | 'fixed' | 'perl';

/** An --include, or an --exclude; of several that match the last one counts. */
export interface NameFilter {
  readonly glob: string;
  readonly includes: boolean;
}

export interface GrepSettings {
  syntax: Syntax;
  patterns: readonly string[];
  ignoreCase: boolean;
  words: boolean;
  wholeLines: boolean;
  invert: boolean;
  /** What is printed: lines, the matching parts, a count, or names of files. */
  output: 'lines' | 'parts' | 'count' | 'with-match' | 'without-match' | 'nothing';
  names: boolean | undefined;
  numbers: boolean;
  offsets: boolean;
  initialTab: boolean;
  /** After a file name: `\0` with -Z. */
  nameEnd: string | undefined;
  delimiter: '\n' | '\0';
  before: number;
  after: number;
  /** Context was asked for, if only none: lines that do not follow each other are set off. */
  grouped: boolean;
  separator: string | undefined;
  countMax: number;
  binary: 'binary' | 'text' | 'without-match';
  color: Colors | undefined;
  silent: boolean;
  lineBuffered: boolean;
  label: string;
  recursive: 'no' | 'yes' | 'following';
  skipsDirectories: boolean;
  /** Undefined: devices, pipes and sockets are read where they are named, and not where they are found. */
  devices: 'read' | 'skip' | undefined;
  filters: readonly NameFilter[];
  excludeFolders: readonly string[];
  files: readonly string[];
}

/** `-5` and `-n5` mean `-C 5`. */
export function modern(argv: readonly string[]): string[] {
  const end = argv.indexOf('--');
  return argv.flatMap((word, i) => {
    if (end >= 0 && i >= end) return [word];
    const match = /^-([ivnchlosqwxHEFGPrzabyRL]*)(\d+)$/.exec(word);
    if (!match || (i > 0 && /^-[a-zA-Z]*[ABCmef]$/.test(argv[i - 1]!))) return [word];
    return [...(match[1] === '' ? [] : [`-${match[1]!}`]), '-C', match[2]!];
  });
}

function number(options: Options, what: string, ...names: string[]): number | undefined {
  const text = options.value(...names);
  if (text === undefined) return undefined;
  if (!/^[-+]?\d+$/.test(text) || (what !== 'max count' && text.startsWith('-'))) throw new UsageError(what === 'max count' ? 'invalid max count' : `${text}: invalid ${what}`, 2);
  return Number(text);
}

function syntaxOf(process: Process, options: Options): Syntax {
  const name = process.command;
  const named = [['P', 'perl-regexp'], ['F', 'fixed-strings'], ['E', 'extended-regexp'], ['G', 'basic-regexp']].filter((names) => options.has(...names));
  if (named.length > 1 && !isBusybox(process)) throw new UsageError('conflicting matchers specified', 2);
  if (options.has('P', 'perl-regexp')) return 'perl';
  if (options.has('F', 'fixed-strings') || (name === 'fgrep' && !options.has('E', 'G'))) return 'fixed';
  if (options.has('E', 'extended-regexp') || (name === 'egrep' && !options.has('G'))) return 'extended';
  return 'basic';
}

/** Of -i and --no-ignore-case the last one counts. */
function ignoresCase(argv: readonly string[], options: Options): boolean {
  if (!options.has('no-ignore-case')) return options.has('i', 'y', 'ignore-case');
  return options.has('i', 'y', 'ignore-case') && argv.lastIndexOf('--no-ignore-case') < argv.findLastIndex((word) => /^-[A-Za-z]*[iy]|^--ignore-case$/.test(word));
}

/** Of -h and -H the last one counts. */
function namesOf(argv: readonly string[], options: Options): boolean | undefined {
  const [hides, shows] = [options.has('h', 'no-filename'), options.has('H', 'with-filename')];
  if (!hides && !shows) return undefined;
  if (hides !== shows) return shows;
  const last = argv.findLast((word) => /^-[A-Za-z]*[hH]|^--(?:no|with)-filename$/.test(word))!;
  return last.startsWith('--') ? last.startsWith('--with') : last.lastIndexOf('H') > last.lastIndexOf('h');
}

/** In the order of the command line, with --exclude-from's lines at their end. */
function filtersOf(process: Process, options: Options): NameFilter[] {
  const words = process.argv.filter((word, at) => /^--(?:include|exclude)(?:=|$)/.test(word) && process.argv[at - 1] !== '-e');
  const next = { include: 0, exclude: 0 };
  const filters = words.map((word): NameFilter => {
    const name = word.startsWith('--include') ? 'include' : 'exclude';
    return { glob: options.given.get(name)?.[next[name]++] ?? '', includes: name === 'include' };
  });
  const excludeFrom = options.value('exclude-from');
  const listed = excludeFrom === undefined ? [] : decode(process.files.readFile(excludeFrom)).split('\n').filter((line) => line !== '');
  return [...filters, ...listed.map((glob) => ({ glob, includes: false }))];
}

function outputOf(options: Options): GrepSettings['output'] {
  if (options.has('q', 'quiet', 'silent')) return 'nothing';
  if (options.has('L', 'files-without-match')) return 'without-match';
  if (options.has('l', 'files-with-matches')) return 'with-match';
  if (options.has('c', 'count')) return 'count';
  return options.has('o', 'only-matching') ? 'parts' : 'lines';
}

function* patternsOf(process: Process, options: Options): Task<{ patterns: string[]; files: readonly string[] }> {
  const given = [...(options.given.get('e') ?? []), ...(options.given.get('regexp') ?? [])].flatMap((text) => localText(process, text).split('\n'));
  const lists = [...(options.given.get('f') ?? []), ...(options.given.get('file') ?? [])];
  for (const list of lists) {
    try {
      const text = decoderOf(process)(yield* readAll(process, openInput(process, list)));
      given.push(...(text === '' ? [] : text.replace(/\n$/, '').split('\n')));
    } catch (error) {
      throw error instanceof Error ? new UsageError(`${list}: ${error.message}`, 2) : error;
    }
  }
  if (given.length > 0 || lists.length > 0) return { patterns: given, files: options.operands };
  const [first, ...files] = options.operands;
  if (first === undefined) throw new UsageError(USAGE, 2, 'usage');
  return { patterns: localText(process, first).split('\n'), files };
}

/** Words that an option's argument may be. */
function judge(options: Options): void {
  const binary = options.value('binary-files');
  if (binary !== undefined && !['binary', 'text', 'without-match'].includes(binary)) throw new UsageError('unknown binary-files type', 2);
  const folders = options.value('d', 'directories');
  if (folders !== undefined && !['read', 'recurse', 'skip'].includes(folders)) {
    const error = usage(`invalid argument ${quoteName(folders)} for '--directories'\nValid arguments are:\n  - 'read'\n  - 'recurse'\n  - 'skip'`);
    throw new UsageError(error.message, 1);
  }
  const devices = options.value('D', 'devices');
  if (devices !== undefined && !['read', 'skip'].includes(devices)) throw new UsageError('unknown devices method', 2);
}

/** Throws UsageError with exit code 2. */
export function* parseGrep(process: Process): Task<GrepSettings> {
  const options = parseOptions(modern(process.argv), SHORT, LONG, { exitCode: 2, usage: USAGE.split('\n')[0]! });
  const { patterns, files } = yield* patternsOf(process, options);
  const context = number(options, 'context length argument', 'C', 'context');
  const following = options.has('R', 'dereference-recursive');
  const recursive = following ? 'following' : options.has('r', 'recursive') || options.value('d', 'directories') === 'recurse' ? 'yes' : 'no';
  judge(options);
  const countMax = number(options, 'max count', 'm', 'max-count');
  return {
    syntax: syntaxOf(process, options), patterns, ignoreCase: ignoresCase(process.argv, options),
    words: options.has('w', 'word-regexp'), wholeLines: options.has('x', 'line-regexp'), invert: options.has('v', 'invert-match'),
    output: outputOf(options), names: namesOf(process.argv, options),
    numbers: options.has('n', 'line-number'), offsets: options.has('b', 'byte-offset'), initialTab: options.has('T', 'initial-tab'),
    nameEnd: options.has('Z', 'null') ? '\0' : undefined, delimiter: options.has('z', 'null-data') ? '\0' : '\n',
    before: number(options, 'context length argument', 'B', 'before-context') ?? context ?? 0,
    after: number(options, 'context length argument', 'A', 'after-context') ?? context ?? 0,
    grouped: options.has('A', 'B', 'C', 'context', 'before-context', 'after-context'),
    separator: options.has('no-group-separator') ? undefined : (options.value('group-separator') ?? '--'),
    countMax: countMax === undefined || countMax < 0 ? Infinity : countMax,
    binary: options.has('a', 'text') || options.value('binary-files') === 'text' ? 'text'
      : options.has('I') || options.value('binary-files') === 'without-match' ? 'without-match' : 'binary',
    color: isColored(process, options) ? yield* colorsOf(process) : undefined, silent: options.has('s', 'no-messages'),
    lineBuffered: options.has('line-buffered'), label: options.value('label') ?? '(standard input)', recursive,
    skipsDirectories: options.value('d', 'directories') === 'skip', devices: options.value('D', 'devices') as GrepSettings['devices'],
    filters: filtersOf(process, options), excludeFolders: options.given.get('exclude-dir') ?? [], files,
  };
}
