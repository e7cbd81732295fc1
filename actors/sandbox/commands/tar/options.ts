// tar's command line: old style (`tar xzf a.tar`), short clusters, long options, and `-C` and `-T` in the order they are given.
import type { Coding } from '../compress/coder.js';
import { InformationRequest, UsageError } from '../../programs/stdio.js';
import { Transform } from './transform.js';

export type TarMode = 'create' | 'extract' | 'list' | 'append' | 'update' | 'concatenate' | 'compare' | 'delete';

/** One thing to archive or to take out, and the folder it is seen from. */
export interface Member {
  readonly folder: string;
  readonly name: string;
}

export interface TarOptions {
  mode: TarMode | undefined;
  file: string | undefined;
  folder: string;
  members: Member[];
  flags: Set<string>;
  excludes: string[];
  excludeFiles: string[];
  filesFrom: string[];
  strip: number;
  owner: string | undefined;
  group: string | undefined;
  mtime: string | undefined;
  permissions: string | undefined;
  /** By option; undefined: by the archive's name (with `-a`) or its first bytes. */
  compression: Coding | undefined;
  /** A program to pass the archive through, in words. */
  program: readonly string[] | undefined;
  readonly transform: Transform;
}

const SHORT: Readonly<Record<string, string>> = {
  c: 'create', x: 'extract', t: 'list', r: 'append', u: 'update', A: 'concatenate', d: 'compare', f: 'file', C: 'directory', v: 'verbose', z: 'gzip', j: 'bzip2', J: 'xz', p: 'preserve-permissions', k: 'keep-old-files', O: 'to-stdout', P: 'absolute-names', h: 'dereference',
  T: 'files-from', X: 'exclude-from', m: 'touch', a: 'auto-compress', o: 'no-same-owner', S: 'sparse', B: 'read-full-records', i: 'ignore-zeros', l: 'check-links', w: 'interactive', U: 'unlink-first', H: 'format', b: 'blocking-factor', Z: 'compress', I: 'use-compress-program',
};
const VALUED: ReadonlySet<string> = new Set(['file', 'directory', 'files-from', 'exclude-from', 'exclude', 'strip-components', 'owner', 'group', 'mtime', 'mode', 'format', 'blocking-factor', 'sort', 'checkpoint', 'record-size', 'warning', 'use-compress-program', 'transform', 'xform', 'pax-option', 'xattrs-include', 'xattrs-exclude']);
const FLAGS: ReadonlySet<string> = new Set([...Object.values(SHORT), 'get', 'catenate', 'diff', 'delete', 'lzma', 'zstd', 'no-same-permissions', 'same-permissions', 'same-owner', 'numeric-owner', 'no-recursion', 'recursion', 'wildcards', 'no-wildcards', 'anchored', 'no-anchored', 'overwrite',
  'skip-old-files', 'no-overwrite-dir', 'null', 'gunzip', 'ungzip', 'one-file-system', 'xattrs', 'acls', 'selinux', 'no-xattrs', 'no-acls', 'no-selinux', 'totals', 'exclude-vcs', 'delay-directory-restore', 'no-delay-directory-restore', 'force-local', 'ignore-failed-read', 'remove-files', 'verbatim-files-from', 'preserve-order', 'hard-dereference', 'posix', 'old-archive', 'portability', 'no-auto-compress', 'preserve', 'atime-preserve', 'no-unquote', 'quote-chars', 'show-transformed-names', 'show-stored-names']);
/** Understood, and not done here. */
const REFUSED: ReadonlySet<string> = new Set(['compress', 'interactive']);
const COMPRESSIONS: Readonly<Record<string, TarOptions['compression']>> = { gzip: 'gzip', gunzip: 'gzip', ungzip: 'gzip', bzip2: 'bzip2', xz: 'xz', lzma: 'lzma', zstd: 'zstd' };
const USAGE = 64;
const MODES: Readonly<Record<string, TarMode>> = { create: 'create', extract: 'extract', get: 'extract', list: 'list', append: 'append', update: 'update', concatenate: 'concatenate', catenate: 'concatenate', compare: 'compare', diff: 'compare', delete: 'delete' };

/** Throws UsageError in GNU tar's words, exit code 2, or 64 for an option that there is not. */
export function parseTarOptions(argv: readonly string[]): TarOptions {
  const options: TarOptions = {
    mode: undefined, file: undefined, folder: '.', members: [], flags: new Set(), excludes: [], excludeFiles: [], filesFrom: [], strip: 0, owner: undefined, group: undefined, mtime: undefined, permissions: undefined, compression: undefined, program: undefined, transform: new Transform(),
  };
  const words = [...argv.slice(1)];
  const first = words[0];
  if (first !== undefined && !first.startsWith('-') && first !== '') spreadOldStyle(words, first);
  for (let at = 0; at < words.length; at++) {
    const word = words[at]!;
    if (word === '--') {
      for (const name of words.slice(at + 1)) options.members.push({ folder: options.folder, name });
      break;
    }
    if (word.startsWith('--')) {
      const equals = word.indexOf('=');
      const name = fullName(equals < 0 ? word.slice(2) : word.slice(2, equals));
      if (!VALUED.has(name)) apply(options, name, '');
      else if (equals >= 0) apply(options, name, word.slice(equals + 1));
      else apply(options, name, words[++at] ?? missing(`--${name}`));
    } else if (word.startsWith('-') && word !== '-') {
      for (let i = 1; i < word.length; i++) {
        const letter = word[i]!;
        const name = SHORT[letter];
        if (name === undefined) throw new UsageError(`invalid option -- '${letter}'\nTry 'tar --help' or 'tar --usage' for more information.`, USAGE);
        if (!VALUED.has(name)) apply(options, name, '');
        else {
          apply(options, name, i + 1 < word.length ? word.slice(i + 1) : words[++at] ?? missing(`'${letter}'`));
          break;
        }
      }
    } else options.members.push({ folder: options.folder, name: word });
  }
  if (options.mode === undefined) throw new UsageError("You must specify one of the '-Acdtrux', '--delete' or '--test-label' options\nTry 'tar --help' or 'tar --usage' for more information.", 2);
  return options;
}

/** `xzfC a.tar dir` -> `-x -z -f a.tar -C dir`. */
function spreadOldStyle(words: string[], bundle: string): void {
  const spread: string[] = [];
  let taken = 1;
  for (const letter of bundle) {
    spread.push(`-${letter}`);
    if (VALUED.has(SHORT[letter] ?? '')) spread.push(words[taken++] ?? missing(`'${letter}'`));
  }
  words.splice(0, taken, ...spread);
}

function missing(option: string): never {
  throw new UsageError(`option requires an argument -- ${option}\nTry 'tar --help' or 'tar --usage' for more information.`, USAGE);
}

function fullName(typed: string): string {
  if (VALUED.has(typed) || FLAGS.has(typed)) return typed;
  if (typed === 'version' || typed === 'help') throw new InformationRequest(typed);
  const candidates = [...VALUED, ...FLAGS].filter((name) => name.startsWith(typed));
  if (candidates.length === 1) return candidates[0]!;
  throw new UsageError(candidates.length === 0 ? `unrecognized option '--${typed}'\nTry 'tar --help' or 'tar --usage' for more information.` : `option '--${typed}' is ambiguous; possibilities: ${candidates.map((name) => `'--${name}'`).join(' ')}`, USAGE);
}

function apply(options: TarOptions, name: string, value: string): void {
  if (REFUSED.has(name)) throw new UsageError(`--${name} is not supported by the embedded machine`, 2);
  const mode = MODES[name];
  if (mode !== undefined) {
    if (options.mode !== undefined && options.mode !== mode) throw new UsageError("You may not specify more than one '-Acdtrux', '--delete' or  '--test-label' option\nTry 'tar --help' or 'tar --usage' for more information.", 2);
    options.mode = mode;
    return;
  }
  switch (name) {
    case 'file':
      options.file = value;
      return;
    case 'directory':
      options.folder = value.startsWith('/') ? value : options.folder === '.' ? value : `${options.folder}/${value}`;
      return;
    case 'exclude':
      options.excludes.push(value);
      return;
    case 'exclude-from':
      options.excludeFiles.push(value);
      return;
    case 'files-from':
      options.filesFrom.push(value);
      return;
    case 'strip-components':
      if (!/^\d+$/.test(value)) throw new UsageError(`${value}: Invalid number of elements`, 2);
      options.strip = Number(value);
      return;
    case 'owner':
    case 'group':
    case 'mtime':
      options[name] = value;
      return;
    case 'transform':
    case 'xform':
      options.transform.add(value);
      return;
    case 'show-stored-names':
      options.flags.add('show-transformed-names');
      return;
    case 'use-compress-program':
      options.program = value.split(/\s+/).filter((word) => word !== '');
      return;
    case 'mode':
      options.permissions = value;
      return;
    case 'verbose':
      if (options.flags.has('verbose')) options.flags.add('very-verbose');
      break;
    case 'exclude-vcs':
      options.excludes.push('.git', '.gitignore', '.gitmodules', '.gitattributes', '.svn', '.hg', '.hgignore', 'CVS', '.bzr');
      return;
    default:
      break;
  }
  const compression = COMPRESSIONS[name];
  if (compression !== undefined) options.compression = compression;
  else if (!VALUED.has(name)) options.flags.add(name);
}
