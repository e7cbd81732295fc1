// unzip's and zipinfo's command line: flags may stand anywhere, `-x` and `-d` take what follows them.
import type { InfoParts } from './list.js';

export interface UnzipOptions {
  mode: 'extract' | 'list' | 'verbose' | 'test' | 'pipe' | 'console' | 'info';
  archive: string;
  patterns: string[];
  excludes: string[];
  folder: string | undefined;
  overwrite: 'ask' | 'all' | 'none';
  /** How often -q was given. */
  quiet: number;
  junkPaths: boolean;
  lowercase: boolean;
  ignoreCase: boolean;
  freshen: boolean;
  update: boolean;
  keepsSetIds: boolean;
  restoresOwner: boolean;
  info: InfoParts;
}

/** Help that was asked for, or a mistake. */
export class UnzipUsage extends Error {
  readonly exitCode: number;
  constructor(message: string, exitCode: number) {
    super(message);
    this.exitCode = exitCode;
  }
}

const USAGE = `UnZip 6.00 of 20 April 2009, by Info-ZIP.

Usage: unzip [-Z] [-opts[modifiers]] file[.zip] [list] [-x xlist] [-d exdir]
  Default action is to extract files in list, except those in xlist, to exdir.

  -p  extract files to pipe, no messages     -l  list files (short format)
  -f  freshen existing files, create none    -t  test compressed archive data
  -u  update files, create if necessary      -v  list verbosely/show version info
  -x  exclude files that follow (in xlist)   -d  extract files into exdir
modifiers:
  -n  never overwrite existing files         -q  quiet mode (-qq => quieter)
  -o  overwrite files WITHOUT prompting      -j  junk paths (do not make directories)
  -C  match filenames case-insensitively     -L  make (some) names lowercase
  -X  restore UID/GID info                   -K  keep setuid/setgid/tacky permissions
`;

export function parseUnzip(argv: readonly string[], isInfo: boolean): UnzipOptions {
  const options: UnzipOptions = {
    mode: 'extract', archive: '', patterns: [], excludes: [], folder: undefined, overwrite: 'ask', quiet: 0, junkPaths: false, lowercase: false, ignoreCase: false, freshen: false, update: false, keepsSetIds: false, restoresOwner: false,
    info: { style: 'short', hasHeader: true, hasTotals: true },
  };
  const operands: string[] = [];
  let letters = '';
  let excluding = false;
  for (let at = 1; at < argv.length; at++) {
    const word = argv[at]!;
    if (word === '-x') excluding = true;
    else if (word.startsWith('-d') && !(isInfo || letters.includes('Z'))) {
      excluding = false;
      options.folder = word.length > 2 ? word.slice(2) : argv[++at];
      if (options.folder === undefined) throw new UnzipUsage('error:  must specify directory to which to extract with -d option\n', 10);
    } else if (word === '--help') throw new UnzipUsage(USAGE, 0);
    else if (/^-./.test(word) && !excluding) letters += word.slice(1);
    else if (excluding && operands.length > 0) options.excludes.push(word);
    else operands.push(word);
  }
  if (isInfo || letters.includes('Z')) infoLetters(letters.replaceAll('Z', ''), options, operands.length > 1);
  else extractLetters(letters, options);
  const [archive, ...patterns] = operands;
  if (archive === undefined) throw new UnzipUsage(USAGE, letters === '' || letters === 'v' || letters === 'h' ? 0 : 10);
  return { ...options, archive, patterns };
}

function infoLetters(letters: string, options: UnzipOptions, hasPatterns: boolean): void {
  options.mode = 'info';
  let [header, totals, style]: [boolean | undefined, boolean | undefined, InfoParts['style'] | undefined] = [undefined, undefined, undefined];
  for (const letter of letters) {
    if (letter === '1' || letter === '2') style = 'names';
    else if (letter === 's') style = 'short';
    else if (letter === 'm') style = 'medium';
    else if (letter === 'l') style = 'long';
    else if (letter === 'h') header = true;
    else if (letter === 't') totals = true;
    else if (letter === 'C') options.ignoreCase = true;
    else if (!'TzM'.includes(letter)) throw new UnzipUsage(`zipinfo:  -${letter} is not supported by the embedded machine\n`, 10);
  }
  const isPlain = style !== 'names' && !hasPatterns && header === undefined && totals === undefined;
  options.info = { style: style ?? 'short', hasHeader: header ?? isPlain, hasTotals: totals ?? isPlain };
}

function extractLetters(letters: string, options: UnzipOptions): void {
  for (const letter of letters) {
    switch (letter) {
      case 'l': options.mode = 'list'; break;
      case 'v': options.mode = 'verbose'; break;
      case 't': options.mode = 'test'; break;
      case 'p': options.mode = 'pipe'; break;
      case 'c': options.mode = 'console'; break;
      case 'q': options.quiet++; break;
      case 'o': options.overwrite = 'all'; break;
      case 'n': options.overwrite = 'none'; break;
      case 'j': options.junkPaths = true; break;
      case 'L': options.lowercase = true; break;
      case 'C': options.ignoreCase = true; break;
      case 'f': options.freshen = true; break;
      case 'u': options.update = true; break;
      case 'K': options.keepsSetIds = true; break;
      case 'X': options.restoresOwner = true; break;
      case 'b': case 'U': break;
      case 'h': throw new UnzipUsage(USAGE, 0);
      default: throw new UnzipUsage(`error:  -${letter} is not supported by the embedded machine\n`, 10);
    }
  }
}
