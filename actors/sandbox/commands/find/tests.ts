// find's tests: predicates that look at a file and change nothing.
import { Errno } from '../../kernel/errno.js';
import type { FileType, Stat } from '../../kernel/inode.js';
import { MAY_EXECUTE, MAY_READ, MAY_WRITE, permits } from '../../kernel/path.js';
import { compileRegex } from '../../regex/posix-regex.js';
import { UsageError } from '../../programs/stdio.js';
import { parseDate } from '../common/dates/parse.js';
import { compileGlob } from '../common/glob.js';
import { parseMode } from '../common/mode.js';
import { mountOf } from '../common/mounts.js';
import { type FindRun, type Found, plain, type Test } from './run.js';

/** Makes a test of its argument; `name` is the predicate as written. */
export type TestMaker = (argument: string, run: FindRun, name: string) => Test;

const DAY_MS = 86_400_000;
const MINUTE_MS = 60_000;
const TYPES: Readonly<Record<string, FileType>> = { f: 'file', d: 'directory', l: 'symlink', p: 'fifo', c: 'character', b: 'block', s: 'socket' };

function invalid(name: string, argument: string): UsageError {
  return new UsageError(`invalid argument \`${argument}' to \`${name}'`);
}

/** `+5` more than, `-5` less than, `5` exactly. */
function comparison(argument: string, name: string): (value: number) => boolean {
  const [, sign, digits] = /^([-+]?)(\d+(?:\.\d+)?)$/.exec(argument) ?? [];
  if (digits === undefined) throw invalid(name, argument);
  const wanted = Number(digits);
  if (sign === '+') return (value) => value > wanted;
  return sign === '-' ? (value) => value < wanted : (value) => value === wanted;
}

type Clock = 'atimeMs' | 'mtimeMs' | 'ctimeMs';

function age(clock: Clock, unitMs: number): TestMaker {
  return (argument, run, name) => {
    const [, sign, digits] = /^([-+]?)(\d+(?:\.\d+)?)$/.exec(argument) ?? [];
    if (digits === undefined) throw invalid(name, argument);
    const wanted = Number(digits);
    const ageOf = ({ stat }: Found): number => (run.nowMs - stat[clock]) / unitMs;
    // Days are whole ones; minutes are compared as they are, so that -mmin 0 and -1 mean what they say.
    if (unitMs === DAY_MS) {
      const compares = comparison(argument, name);
      return plain((file) => compares(Math.floor(ageOf(file))));
    }
    if (sign === '+') return plain((file) => ageOf(file) > wanted);
    return sign === '-' ? plain((file) => ageOf(file) < wanted) : plain((file) => Math.ceil(ageOf(file)) === wanted);
  };
}

function reference(run: FindRun, path: string): Stat {
  try {
    return run.settings.follow === 'never' ? run.process.files.lstat(path) : run.process.files.stat(path);
  } catch (error) {
    if (error instanceof Errno) throw new UsageError(`'${path}': ${error.message}`);
    throw error;
  }
}

const CLOCKS: Readonly<Record<string, Clock>> = { a: 'atimeMs', B: 'mtimeMs', c: 'ctimeMs', m: 'mtimeMs' };

/** -newer, -anewer, -cnewer and -newerXY. */
export function newer(name: string): TestMaker | undefined {
  const [, x, y] = /^-newer([aBcm])([aBcmt])$/.exec(name) ?? (name === '-newer' ? ['', 'm', 'm'] : name === '-anewer' ? ['', 'a', 'm'] : name === '-cnewer' ? ['', 'c', 'm'] : []);
  if (x === undefined) return undefined;
  return (argument, run) => {
    const than = y === 't' ? parseDate(argument, Date.now(), run.zone) : reference(run, argument)[CLOCKS[y!]!];
    if (than === undefined) throw new UsageError(`I cannot figure out how to interpret '${argument}' as a date or time`);
    return plain(({ stat }) => stat[CLOCKS[x]!] > than);
  };
}

function types(of: (file: Found) => Stat | undefined): TestMaker {
  return (argument, _run, name) => {
    const wanted = argument.split(',').map((letter) => {
      const type = TYPES[letter];
      if (type === undefined) throw new UsageError(letter.length > 1 ? `Must separate multiple arguments to ${name} using: ','` : `Unknown argument to ${name}: ${argument}`);
      return type;
    });
    return plain((file) => wanted.includes((of(file) ?? file.stat).type));
  };
}

const SIZE_UNITS: Readonly<Record<string, number>> = { c: 1, w: 2, b: 512, '': 512, k: 1024, M: 1024 ** 2, G: 1024 ** 3 };

const size: TestMaker = (argument, _run, name) => {
  const [, amount, unit] = /^([-+]?\d+)([cwbkMG]?)$/.exec(argument) ?? [];
  if (amount === undefined && /^[-+]?\d+\D$/.test(argument)) throw new UsageError(`invalid -size type \`${argument.at(-1)!}'`);
  if (amount === undefined) throw invalid(name, argument);
  const compares = comparison(amount, name);
  return plain(({ stat }) => compares(Math.ceil(stat.sizeBytes / SIZE_UNITS[unit!]!)));
};

const perm: TestMaker = (argument, _run, name) => {
  const how = argument[0] === '-' || argument[0] === '/' ? argument[0] : '';
  const change = /^\+[0-7]/.test(argument) ? undefined : parseMode(argument.slice(how.length));
  if (!change) throw new UsageError(`invalid mode '${argument}'`.replace('invalid mode', name === '-perm' ? 'invalid mode' : name));
  const wanted = change(0, false, 0);
  if (how === '-') return plain(({ stat }) => (stat.mode & wanted) === wanted);
  if (how === '/') return plain(({ stat }) => wanted === 0 || (stat.mode & wanted) !== 0);
  return plain(({ stat }) => stat.mode === wanted);
};

function pattern(ignoreCase: boolean, text: (file: Found) => string | undefined): TestMaker {
  return (argument) => {
    const matches = compileGlob(argument, { ignoreCase });
    return plain((file) => {
      const subject = text(file);
      return subject !== undefined && matches(subject);
    });
  };
}

const linkTarget = (file: Found): string | undefined => (file.stat.type === 'symlink' ? file.run.process.files.readlink(file.path) : undefined);

/** Emacs' syntax, find's default: `\(`, `\)`, `\|` are operators, `+` and `?` too; braces are not. */
function fromEmacs(source: string): string {
  return source.replace(/\\([^])|\[\^?\]?[^\]]*\]|[(){}|]/g, (all: string, escaped: string | undefined) => {
    if (escaped !== undefined) return '()|'.includes(escaped) ? escaped : all;
    return all.length === 1 ? `\\${all}` : all;
  });
}

/** The dialects of -regextype. */
export const REGEX_TYPES: Readonly<Record<string, 'emacs' | 'basic' | 'extended'>> = {
  'findutils-default': 'emacs', emacs: 'emacs', ed: 'basic', sed: 'basic', grep: 'basic', 'posix-basic': 'basic', 'posix-minimal-basic': 'basic', awk: 'extended',
  gnu_awk: 'extended', 'gnu-awk': 'extended', 'posix-awk': 'extended', egrep: 'extended', 'posix-egrep': 'extended', 'posix-extended': 'extended',
};

export function regexTest(source: string, type: 'emacs' | 'basic' | 'extended', ignoreCase: boolean): Test {
  const regex = compileRegex(type === 'emacs' ? fromEmacs(source) : source, { extended: type !== 'basic', ignoreCase });
  return plain(({ path }) => {
    const match = regex.exec(path);
    return match !== null && match.index === 0 && match[0]!.length === path.length;
  });
}

function id(lookUp: (run: FindRun, text: string) => number | undefined, of: (stat: Stat) => number, what: string): TestMaker {
  return (argument, run) => {
    const wanted = lookUp(run, argument);
    if (wanted === undefined) throw new UsageError(`'${argument}' is not the name of a known ${what}`);
    return plain(({ stat }) => of(stat) === wanted);
  };
}

function access(wanted: number): Test {
  return plain(({ run, path }) => {
    try {
      return permits(run.process.files.locate(path).inode, run.process.credentials, wanted);
    } catch (error) {
      if (error instanceof Errno) return false;
      throw error;
    }
  });
}

function isEmpty({ run, path, stat }: Found): boolean {
  if (stat.type === 'file') return stat.sizeBytes === 0;
  if (stat.type !== 'directory') return false;
  try {
    return run.process.files.readdir(path).length === 0;
  } catch (error) {
    if (error instanceof Errno) return false;
    throw error;
  }
}

/** Tests without an argument. */
export const PLAIN_TESTS: Readonly<Record<string, Test>> = {
  '-true': plain(() => true),
  '-false': plain(() => false),
  '-empty': plain(isEmpty),
  '-readable': access(MAY_READ),
  '-writable': access(MAY_WRITE),
  '-executable': access(MAY_EXECUTE),
  '-nouser': plain(({ run, stat }) => run.accounts.userName(stat.uid) === undefined),
  '-nogroup': plain(({ run, stat }) => run.accounts.groupName(stat.gid) === undefined),
};

/** Tests with an argument. */
export const TESTS: Readonly<Record<string, TestMaker>> = {
  '-name': pattern(false, ({ name }) => name),
  '-iname': pattern(true, ({ name }) => name),
  '-path': pattern(false, ({ path }) => path),
  '-wholename': pattern(false, ({ path }) => path),
  '-ipath': pattern(true, ({ path }) => path),
  '-iwholename': pattern(true, ({ path }) => path),
  '-lname': pattern(false, linkTarget),
  '-ilname': pattern(true, linkTarget),
  '-type': types(({ stat }) => stat),
  '-xtype': types((file) => (file.run.settings.follow === 'always' ? file.run.process.files.lstat(file.path) : file.followed())),
  '-size': size,
  '-perm': perm,
  '-mtime': age('mtimeMs', DAY_MS),
  '-atime': age('atimeMs', DAY_MS),
  '-ctime': age('ctimeMs', DAY_MS),
  '-mmin': age('mtimeMs', MINUTE_MS),
  '-amin': age('atimeMs', MINUTE_MS),
  '-cmin': age('ctimeMs', MINUTE_MS),
  '-user': id((run, text) => run.accounts.uid(text), ({ uid }) => uid, 'user'),
  '-group': id((run, text) => run.accounts.gid(text), ({ gid }) => gid, 'group'),
  '-uid': (argument, _run, name) => {
    const compares = comparison(argument, name);
    return plain(({ stat }) => compares(stat.uid));
  },
  '-gid': (argument, _run, name) => {
    const compares = comparison(argument, name);
    return plain(({ stat }) => compares(stat.gid));
  },
  '-links': (argument, _run, name) => {
    const compares = comparison(argument, name);
    return plain(({ stat }) => compares(stat.nlink));
  },
  '-inum': (argument, _run, name) => {
    const compares = comparison(argument, name);
    return plain(({ stat }) => compares(stat.ino));
  },
  '-samefile': (argument, run) => {
    const other = reference(run, argument);
    return plain(({ stat }) => stat.ino === other.ino && stat.device === other.device);
  },
  '-used': (argument, _run, name) => {
    const compares = comparison(argument, name);
    return plain(({ stat }) => compares(Math.ceil((stat.atimeMs - stat.ctimeMs) / DAY_MS)));
  },
  '-fstype': (argument) => plain(({ run, path }) => mountOf(run.process, run.process.files.locate(path, false)).fileSystem.type === argument),
};
