// zip's command line: options may stand anywhere, lists follow -x and -i.
export interface ZipOptions {
  archive: string | undefined;
  names: string[];
  level: number;
  recurse: boolean;
  symlinks: boolean;
  junkPaths: boolean;
  noDirectories: boolean;
  noExtra: boolean;
  namesFromInput: boolean;
  quiet: boolean;
  mode: 'add' | 'update' | 'freshen' | 'delete';
  sync: boolean;
  move: boolean;
  test: boolean;
  excludes: string[];
  includes: string[] | undefined;
  lists: boolean;
  verbose: boolean;
}

export class ZipUsage extends Error {
  readonly exitCode: number;
  constructor(message: string, exitCode = 16) {
    super(message);
    this.exitCode = exitCode;
  }
}

export const ZIP_USAGE = `Copyright (c) 1990-2008 Info-ZIP - Type 'zip "-L"' for software license.
Zip 3.0 (July 5th 2008). Usage:
zip [-options] [zipfile list] [-xi list]
  The default action is to add or replace zipfile entries from list, which
  can include the special name - to compress standard input.
  -f   freshen: only changed files  -u   update: only changed or new files
  -d   delete entries in zipfile    -m   move into zipfile (delete OS files)
  -r   recurse into directories     -j   junk (don't record) directory names
  -0   store only                   -1   compress faster, -9 compress better
  -q   quiet operation              -@   read names from stdin
  -x   exclude the following names  -i   include only the following names
  -D   do not add directory entries -T   test zipfile integrity
  -X   eXclude eXtra file attributes
  -y   store symbolic links as the link instead of the referenced file
`;

const LONG: Readonly<Record<string, string>> = {
  'recurse-paths': 'r', symlinks: 'y', 'junk-paths': 'j', 'no-dir-entries': 'D', 'strip-extra': 'X', 'no-extra': 'X', 'names-stdin': '@', quiet: 'q', update: 'u', freshen: 'f', delete: 'd', filesync: 'FS', move: 'm', test: 'T', exclude: 'x', include: 'i', verbose: 'v', help: 'h', 'show-files': 'sf',
};

export function parseZip(argv: readonly string[]): ZipOptions {
  const options: ZipOptions = {
    archive: undefined, names: [], level: 6, recurse: false, symlinks: false, junkPaths: false, noDirectories: false, noExtra: false, namesFromInput: false, quiet: false, mode: 'add', sync: false, move: false, test: false, excludes: [], includes: undefined, lists: false, verbose: false,
  };
  let list: 'x' | 'i' | undefined;
  const operand = (word: string): void => {
    if (list === 'x') options.excludes.push(word);
    else if (list === 'i') options.includes!.push(word);
    else if (options.archive === undefined) options.archive = word;
    else options.names.push(word);
  };
  const flag = (name: string, rest: string): boolean => {
    if (name === 'x' || name === 'i') {
      list = name;
      if (name === 'i') options.includes ??= [];
      if (rest !== '') operand(rest.replace(/^=/, ''));
      return true;
    }
    set(options, name);
    return false;
  };
  for (let at = 1; at < argv.length; at++) {
    const word = argv[at]!;
    if (word === '--') for (at++; at < argv.length; at++) operand(argv[at]!);
    else if (word === '@' && list !== undefined) list = undefined;
    else if (word.startsWith('--')) {
      const [name, value] = word.slice(2).split(/=(.*)/s) as [string, string?];
      const letters = LONG[name];
      if (letters === undefined) throw new ZipUsage(`\nzip error: Invalid command arguments (long option '${name}' not supported)\n`);
      list = undefined;
      flag(letters, value ?? '');
    } else if (/^-./.test(word)) {
      list = undefined;
      for (let i = 1; i < word.length; i++) {
        const two = word.slice(i, i + 2);
        if (two === 'FS' || two === 'sf') {
          flag(two, '');
          i++;
        } else if (flag(word[i]!, word.slice(i + 1))) break;
      }
    } else operand(word);
  }
  return options;
}

function set(options: ZipOptions, name: string): void {
  if (/^\d$/.test(name)) {
    options.level = Number(name);
    return;
  }
  switch (name) {
    case 'r': options.recurse = true; break;
    case 'y': options.symlinks = true; break;
    case 'j': options.junkPaths = true; break;
    case 'D': options.noDirectories = true; break;
    case 'X': options.noExtra = true; break;
    case '@': options.namesFromInput = true; break;
    case 'q': options.quiet = true; break;
    case 'u': options.mode = 'update'; break;
    case 'f': options.mode = 'freshen'; break;
    case 'd': options.mode = 'delete'; break;
    case 'FS': options.sync = true; break;
    case 'm': options.move = true; break;
    case 'T': options.test = true; break;
    case 'v': options.verbose = true; break;
    case 'sf': options.lists = true; break;
    case 'h': throw new ZipUsage(ZIP_USAGE, 0);
    default: throw new ZipUsage(`\nzip error: Invalid command arguments (short option '${name}' not supported)\n`);
  }
}
