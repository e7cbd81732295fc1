// grep's command line.
import type { Process } from '../../kernel/process.js';
import { decode } from '../../kernel/text.js';
import type { Task } from '../../kernel/wait.js';
import { type Options, parseOptions, readAll, UsageError } from '../../programs/stdio.js';
import { openInput } from '../text-input.js';

const LONG = {
  'extended-regexp': 'no', 'fixed-strings': 'no', 'basic-regexp': 'no', 'perl-regexp': 'no', regexp: 'required', file: 'required',
  'ignore-case': 'no', 'no-ignore-case': 'no', 'word-regexp': 'no', 'line-regexp': 'no', 'null-data': 'no', 'no-messages': 'no',
  'invert-match': 'no', 'max-count': 'required', 'byte-offset': 'no', 'line-number': 'no', 'line-buffered': 'no', 'with-filename': 'no',
  'no-filename': 'no', label: 'required', 'only-matching': 'no', quiet: 'no', silent: 'no', 'binary-files': 'required', text: 'no',
  directories: 'required', devices: 'required', recursive: 'no', 'dereference-recursive': 'no', include: 'required', exclude: 'required',
  'exclude-from': 'required', 'exclude-dir': 'required', 'files-without-match': 'no', 'files-with-matches': 'no', count: 'no',
  'initial-tab': 'no', null: 'no', 'before-context': 'required', 'after-context': 'required', context: 'required', 'group-separator': 'required',
  'no-group-separator': 'no', color: 'optional', colour: 'optional', binary: 'no', unix: 'no', version: 'no', help: 'no',
} as const;

export type Syntax = 'basic' | 'extended' | 'fixed' | 'perl';

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
  separator: string | undefined;
  countMax: number;
  binary: 'binary' | 'text' | 'without-match';
  color: boolean;
  silent: boolean;
  lineBuffered: boolean;
  label: string;
  recursive: 'no' | 'yes' | 'following';
  skipsDirectories: boolean;
  include: readonly string[];
  exclude: readonly string[];
  excludeFolders: readonly string[];
  files: readonly string[];
}

/** `-5` and `-n5` mean `-C 5`. */
function modern(argv: readonly string[]): string[] {
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
  if (!/^[-+]?\d+$/.test(text)) throw new UsageError(what === 'max count' ? 'invalid max count' : `${text}: invalid ${what}`, 2);
  return Number(text);
}

function syntaxOf(options: Options, name: string): Syntax {
  if (options.has('P', 'perl-regexp')) return 'perl';
  if (options.has('F', 'fixed-strings') || (name === 'fgrep' && !options.has('E', 'G'))) return 'fixed';
  if (options.has('E', 'extended-regexp') || (name === 'egrep' && !options.has('G'))) return 'extended';
  return 'basic';
}

function outputOf(options: Options): GrepSettings['output'] {
  if (options.has('q', 'quiet', 'silent')) return 'nothing';
  if (options.has('L', 'files-without-match')) return 'without-match';
  if (options.has('l', 'files-with-matches')) return 'with-match';
  if (options.has('c', 'count')) return 'count';
  return options.has('o', 'only-matching') ? 'parts' : 'lines';
}

function* patternsOf(process: Process, options: Options): Task<{ patterns: string[]; files: readonly string[] }> {
  const given = [...(options.given.get('e') ?? []), ...(options.given.get('regexp') ?? [])].flatMap((text) => text.split('\n'));
  const lists = [...(options.given.get('f') ?? []), ...(options.given.get('file') ?? [])];
  for (const list of lists) {
    try {
      const text = decode(yield* readAll(process, openInput(process, list)));
      given.push(...(text === '' ? [] : text.replace(/\n$/, '').split('\n')));
    } catch (error) {
      throw error instanceof Error ? new UsageError(`${list}: ${error.message}`, 2) : error;
    }
  }
  if (given.length > 0 || lists.length > 0) return { patterns: given, files: options.operands };
  const [first, ...files] = options.operands;
  if (first === undefined) throw new UsageError("Usage: grep [OPTION]... PATTERNS [FILE]...\nTry 'grep --help' for more information.", 2);
  return { patterns: first.split('\n'), files };
}

/** Throws UsageError with exit code 2. */
export function* parseGrep(process: Process): Task<GrepSettings> {
  const options = parseOptions(modern(process.argv), 'EFGPe:f:iywxvm:bnHhoqsarRLlcA:B:C:TZzUuId:D:', LONG, { exitCode: 2 });
  const { patterns, files } = yield* patternsOf(process, options);
  const context = number(options, 'context length argument', 'C', 'context');
  const color = options.has('color', 'colour') ? options.value('color', 'colour')! : 'never';
  const terminal = process.descriptors.find(1)?.isTerminal === true && process.env.get('TERM') !== 'dumb';
  const following = options.has('R', 'dereference-recursive');
  const recursive = following ? 'following' : options.has('r', 'recursive') || options.value('d', 'directories') === 'recurse' ? 'yes' : 'no';
  const countMax = number(options, 'max count', 'm', 'max-count');
  const excludeFrom = options.value('exclude-from');
  const listed = excludeFrom === undefined ? [] : decode(process.files.readFile(excludeFrom)).split('\n').filter((line) => line !== '');
  return {
    syntax: syntaxOf(options, process.command), patterns, ignoreCase: options.has('i', 'y', 'ignore-case') && !options.has('no-ignore-case'),
    words: options.has('w', 'word-regexp'), wholeLines: options.has('x', 'line-regexp'), invert: options.has('v', 'invert-match'),
    output: outputOf(options), names: options.has('h', 'no-filename') ? false : options.has('H', 'with-filename') ? true : undefined,
    numbers: options.has('n', 'line-number'), offsets: options.has('b', 'byte-offset'), initialTab: options.has('T', 'initial-tab'),
    nameEnd: options.has('Z', 'null') ? '\0' : undefined, delimiter: options.has('z', 'null-data') ? '\0' : '\n',
    before: number(options, 'context length argument', 'B', 'before-context') ?? context ?? 0,
    after: number(options, 'context length argument', 'A', 'after-context') ?? context ?? 0,
    separator: options.has('no-group-separator') ? undefined : (options.value('group-separator') ?? '--'),
    countMax: countMax === undefined || countMax < 0 ? Infinity : countMax,
    binary: options.has('a', 'text') || options.value('binary-files') === 'text' ? 'text'
      : options.has('I') || options.value('binary-files') === 'without-match' ? 'without-match' : 'binary',
    color: color === 'always' || (terminal && (color === 'auto' || color === '')), silent: options.has('s', 'no-messages'),
    lineBuffered: options.has('line-buffered'), label: options.value('label') ?? '(standard input)', recursive,
    skipsDirectories: options.value('d', 'directories') === 'skip', include: options.given.get('include') ?? [],
    exclude: [...(options.given.get('exclude') ?? []), ...listed], excludeFolders: options.given.get('exclude-dir') ?? [], files,
  };
}
