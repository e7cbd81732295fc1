// The options of make, from the command line and from MAKEFLAGS, and how they are handed to makes below.
import { parseOptions, type Options as Parsed } from '../../programs/stdio.js';

export interface Options {
  folders: string[];
  makefiles: string[];
  includeFolders: string[];
  /** --eval: read before the makefiles. */
  evaluated: string[];
  oldFiles: string[];
  newFiles: string[];
  makesAll: boolean;
  environmentWins: boolean;
  ignoresErrors: boolean;
  keepsGoing: boolean;
  onlyPrints: boolean;
  onlyAsks: boolean;
  onlyTouches: boolean;
  printsDatabase: boolean;
  hasNoRules: boolean;
  hasNoVariables: boolean;
  isSilent: boolean;
  traces: boolean;
  debugs: boolean;
  warnsUndefined: boolean;
  /** Undefined where neither -w nor --no-print-directory was given. */
  printsFolder: boolean | undefined;
  /** Infinity for -j alone; undefined where not given. */
  jobs: number | undefined;
  load: string | undefined;
  outputSync: 'none' | 'line' | 'target' | 'recurse' | undefined;
  /** Descriptors of a make above us, from which we take jobs: `3,4`. */
  jobserver: string | undefined;
}

const SHORT = 'bBC:dE:ef:hiI:j::kl::Lmno:O::pqrRsStvwW:';
const LONG = {
  'always-make': 'no', directory: 'required', debug: 'optional', eval: 'required', 'environment-overrides': 'no', file: 'required', makefile: 'required', help: 'no', 'ignore-errors': 'no',
  'include-dir': 'required', jobs: 'optional', 'jobserver-auth': 'required', 'keep-going': 'no', 'load-average': 'optional', 'max-load': 'optional', 'check-symlink-times': 'no', 'just-print': 'no',
  'dry-run': 'no', recon: 'no', 'old-file': 'required', 'assume-old': 'required', 'output-sync': 'optional', 'print-data-base': 'no', question: 'no', 'no-builtin-rules': 'no',
  'no-builtin-variables': 'no', silent: 'no', quiet: 'no', 'no-silent': 'no', 'no-keep-going': 'no', stop: 'no', touch: 'no', trace: 'no', version: 'no', 'print-directory': 'no',
  'no-print-directory': 'no', 'what-if': 'required', 'new-file': 'required', 'assume-new': 'required', 'warn-undefined-variables': 'no',
} as const;

export function noOptions(): Options {
  return {
    folders: [], makefiles: [], includeFolders: [], evaluated: [], oldFiles: [], newFiles: [], makesAll: false, environmentWins: false, ignoresErrors: false, keepsGoing: false, onlyPrints: false, onlyAsks: false,
    onlyTouches: false, printsDatabase: false, hasNoRules: false, hasNoVariables: false, isSilent: false, traces: false, debugs: false, warnsUndefined: false, printsFolder: undefined, jobs: undefined, load: undefined,
    outputSync: undefined, jobserver: undefined,
  };
}

/** A mistake in how make is called; the usage follows. */
export class OptionError extends Error {}

const SYNC = ['none', 'line', 'target', 'recurse'] as const;

/** Options, assignments (`A=b`) and goals of a list of words. */
export interface CommandLine {
  operands: string[];
  asks: 'help' | 'version' | undefined;
}

/** Getopt's short options whose value may follow as a word of its own where that is a number (-j 4). */
function joinNumbers(argv: readonly string[]): string[] {
  const words: string[] = [];
  for (let i = 0; i < argv.length; i++) {
    const isOpen = /^-[bBdeikLmnpqrRsStw]*[jl]$/.test(argv[i]!) || /^--(jobs|load-average|max-load)$/.test(argv[i]!);
    if (isOpen && /^\d+(\.\d+)?$/.test(argv[i + 1] ?? '')) words.push(argv[i]!.startsWith('--') ? `${argv[i]}=${argv[++i]}` : argv[i]! + argv[++i]!);
    else words.push(argv[i]!);
    if (argv[i] === '--') return [...words, ...argv.slice(i + 1)];
  }
  return words;
}

/** Puts what the words say into the options. */
export function readOptions(options: Options, argv: readonly string[]): CommandLine {
  const parsed = parseOptions(joinNumbers(argv), SHORT, LONG, { exitCode: 2 });
  const has = (...names: string[]): boolean => parsed.has(...names);
  const all = (...names: string[]): readonly string[] => names.flatMap((name) => parsed.given.get(name) ?? []);
  options.folders.push(...all('C', 'directory'));
  options.makefiles.push(...all('f', 'file', 'makefile'));
  options.includeFolders.push(...all('I', 'include-dir'));
  options.evaluated.push(...all('E', 'eval'));
  options.oldFiles.push(...all('o', 'old-file', 'assume-old'));
  options.newFiles.push(...all('W', 'what-if', 'new-file', 'assume-new'));
  options.makesAll ||= has('B', 'always-make');
  options.environmentWins ||= has('e', 'environment-overrides');
  options.ignoresErrors ||= has('i', 'ignore-errors');
  options.onlyPrints ||= has('n', 'just-print', 'dry-run', 'recon');
  options.onlyAsks ||= has('q', 'question');
  options.onlyTouches ||= has('t', 'touch');
  options.printsDatabase ||= has('p', 'print-data-base');
  options.hasNoVariables ||= has('R', 'no-builtin-variables');
  options.hasNoRules ||= options.hasNoVariables || has('r', 'no-builtin-rules');
  options.traces ||= has('trace');
  options.debugs ||= has('d', 'debug');
  options.warnsUndefined ||= has('warn-undefined-variables');
  if (has('k', 'keep-going')) options.keepsGoing = true;
  if (has('S', 'no-keep-going', 'stop')) options.keepsGoing = false;
  if (has('s', 'silent', 'quiet')) options.isSilent = true;
  if (has('no-silent')) options.isSilent = false;
  if (has('w', 'print-directory')) options.printsFolder = true;
  if (has('no-print-directory')) options.printsFolder = false;
  if (has('jobserver-auth')) options.jobserver = parsed.value('jobserver-auth');
  readNumbers(options, parsed);
  return { operands: [...parsed.operands], asks: has('v', 'version') ? 'version' : has('h', 'help') ? 'help' : undefined };
}

function readNumbers(options: Options, parsed: Parsed): void {
  if (parsed.has('j', 'jobs')) {
    const text = parsed.value('j', 'jobs')!;
    if (text !== '' && (!/^\d+$/.test(text) || Number(text) === 0)) throw new OptionError("the '-j' option requires a positive integer argument");
    options.jobs = text === '' ? Infinity : Number(text);
  }
  if (parsed.has('l', 'load-average', 'max-load')) options.load = parsed.value('l', 'load-average', 'max-load') || undefined;
  if (parsed.has('O', 'output-sync')) {
    const text = parsed.value('O', 'output-sync') || 'target';
    const kind = SYNC.find((each) => each === text);
    if (kind === undefined) throw new OptionError(`unknown output-sync type '${text}'`);
    options.outputSync = kind;
  }
}

/** The words of MAKEFLAGS: blanks behind a backslash stay in a word; a first word without hyphen is letters. */
export function wordsOfFlags(text: string): string[] {
  const words = (text.match(/(?:\\.|[^ \t\n\\])+/gs) ?? []).map((word) => word.replace(/\\(.)/gs, '$1'));
  return words.length > 0 && !words[0]!.startsWith('-') && !words[0]!.includes('=') && !/^\s/.test(text) ? [`-${words[0]}`, ...words.slice(1)] : words;
}

const LETTERS: readonly (readonly [string, (options: Options) => boolean])[] = [
  ['B', (o) => o.makesAll], ['d', (o) => o.debugs], ['e', (o) => o.environmentWins], ['i', (o) => o.ignoresErrors], ['k', (o) => o.keepsGoing], ['n', (o) => o.onlyPrints], ['p', (o) => o.printsDatabase],
  ['q', (o) => o.onlyAsks], ['r', (o) => o.hasNoRules], ['R', (o) => o.hasNoVariables], ['s', (o) => o.isSilent], ['t', (o) => o.onlyTouches], ['w', (o) => o.printsFolder === true],
];

/** What MAKEFLAGS says while makefiles are read; `isComplete` with what only makes below have to know. */
export function flagsText(options: Options, isComplete: boolean): string {
  const letters = LETTERS.filter(([, isSet]) => isSet(options)).map(([letter]) => letter).join('');
  const words = options.includeFolders.map((folder) => `-I${folder}`);
  if (isComplete) {
    if (options.jobs !== undefined && options.jobs !== 1) words.push(options.jobs === Infinity ? '-j' : `-j${options.jobs}`);
    if (options.load !== undefined) words.push(`-l${options.load}`);
    if (options.outputSync !== undefined && options.outputSync !== 'none') words.push(`-O${options.outputSync}`);
    if (options.jobserver !== undefined) words.push(`--jobserver-auth=${options.jobserver}`);
  }
  if (options.traces) words.push('--trace');
  if (options.printsFolder === false) words.push('--no-print-directory');
  if (options.warnsUndefined) words.push('--warn-undefined-variables');
  return words.length === 0 ? letters : `${letters} ${words.join(' ')}`;
}

export const USAGE = `Usage: make [options] [target] ...
Options:
  -b, -m                      Ignored for compatibility.
  -B, --always-make           Unconditionally make all targets.
  -C DIRECTORY, --directory=DIRECTORY
                              Change to DIRECTORY before doing anything.
  -d                          Print lots of debugging information.
  --debug[=FLAGS]             Print various types of debugging information.
  -e, --environment-overrides
                              Environment variables override makefiles.
  -E STRING, --eval=STRING    Evaluate STRING as a makefile statement.
  -f FILE, --file=FILE, --makefile=FILE
                              Read FILE as a makefile.
  -h, --help                  Print this message and exit.
  -i, --ignore-errors         Ignore errors from recipes.
  -I DIRECTORY, --include-dir=DIRECTORY
                              Search DIRECTORY for included makefiles.
  -j [N], --jobs[=N]          Allow N jobs at once; infinite jobs with no arg.
  -k, --keep-going            Keep going when some targets can't be made.
  -l [N], --load-average[=N], --max-load[=N]
                              Don't start multiple jobs unless load is below N.
  -L, --check-symlink-times   Use the latest mtime between symlinks and target.
  -n, --just-print, --dry-run, --recon
                              Don't actually run any recipe; just print them.
  -o FILE, --old-file=FILE, --assume-old=FILE
                              Consider FILE to be very old and don't remake it.
  -O[TYPE], --output-sync[=TYPE]
                              Synchronize output of parallel jobs by TYPE.
  -p, --print-data-base       Print make's internal database.
  -q, --question              Run no recipe; exit status says if up to date.
  -r, --no-builtin-rules      Disable the built-in implicit rules.
  -R, --no-builtin-variables  Disable the built-in variable settings.
  -s, --silent, --quiet       Don't echo recipes.
  --no-silent                 Echo recipes (disable --silent mode).
  -S, --no-keep-going, --stop
                              Turns off -k.
  -t, --touch                 Touch targets instead of remaking them.
  --trace                     Print tracing information.
  -v, --version               Print the version number of make and exit.
  -w, --print-directory       Print the current directory.
  --no-print-directory        Turn off -w, even if it was turned on implicitly.
  -W FILE, --what-if=FILE, --new-file=FILE, --assume-new=FILE
                              Consider FILE to be infinitely new.
  --warn-undefined-variables  Warn when an undefined variable is referenced.
`;
