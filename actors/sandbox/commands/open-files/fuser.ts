// fuser: which processes use files and ports, and an end to them (psmisc).
import { Errno } from '../../kernel/errno.js';
import type { Process } from '../../kernel/process.js';
import type { Main } from '../../kernel/program.js';
import { SIGKILL, signalNumber } from '../../kernel/signals.js';
import type { Task } from '../../kernel/wait.js';
import { command, encode, type Options, parseOptions, UsageError } from '../../programs/stdio.js';
import { Accounts } from '../common/accounts.js';
import { type OpenEntry, openFiles } from './open-files.js';

const NAME_COLUMNS = 20;
const LETTERS: Readonly<Record<string, string>> = { cwd: 'c', rtd: 'r', txt: 'e' };

interface Subject {
  readonly shown: string;
  readonly isUsed: (entry: OpenEntry) => boolean;
}

function subjectOf(process: Process, name: string, options: Options): Subject {
  const space = options.value('n', 'namespace') ?? /^\d+\/(tcp|udp)$/.exec(name)?.[1] ?? 'file';
  if (space === 'tcp' || space === 'udp') {
    const port = Number(name.replace(/\/.*/, ''));
    return { shown: `${name.replace(/\/.*/, '')}/${space}`, isUsed: (entry) => space === 'tcp' && entry.port === port };
  }
  if (space !== 'file') throw new UsageError('Invalid namespace name');
  try {
    const { device, ino } = process.files.stat(name);
    const isMount = options.has('m', 'mount', 'c');
    return { shown: process.files.realpath(name), isUsed: ({ stat }) => stat.device === device && (isMount || stat.ino === ino) };
  } catch (error) {
    if (!(error instanceof Errno)) throw error;
    throw new UsageError(`Specified filename ${name} does not exist.`);
  }
}

/** A process, and its ways to use the subject as `F....` shows them. */
function users(entries: readonly OpenEntry[], isUsed: Subject['isUsed']): Map<Process, Set<string>> {
  const found = new Map<Process, Set<string>>();
  for (const entry of entries) {
    if (!isUsed(entry)) continue;
    const letters = found.get(entry.process) ?? new Set();
    found.set(entry.process, letters.add(LETTERS[entry.descriptor] ?? (entry.port !== undefined || entry.access === 'u' || entry.access === 'w' ? 'F' : 'f')));
  }
  return found;
}

class Report {
  readonly #process: Process;
  readonly #isVerbose: boolean;
  readonly #accounts: Accounts;

  constructor(process: Process, isVerbose: boolean) {
    this.#process = process;
    this.#isVerbose = isVerbose;
    this.#accounts = new Accounts(process.files);
  }

  *#say(text: string): Task {
    yield* this.#process.write(2, encode(text));
  }

  /** Process ids go to standard output, all else beside it. */
  *subject(shown: string, found: ReadonlyMap<Process, ReadonlySet<string>>): Task {
    yield* this.#say(`${shown}:`.padEnd(NAME_COLUMNS));
    let isFirst = true;
    for (const [{ pid, credentials, command: name }, letters] of found) {
      if (this.#isVerbose) yield* this.#say(`${isFirst ? '' : ' '.repeat(NAME_COLUMNS)} ${(this.#accounts.userName(credentials.uid) ?? String(credentials.uid)).padEnd(8)}`);
      yield* this.#process.write(1, encode(` ${String(pid).padStart(this.#isVerbose ? 6 : 5)}`));
      if (this.#isVerbose) yield* this.#say(` ${letters.has('F') ? 'F' : letters.has('f') ? 'f' : '.'}${letters.has('r') ? 'r' : '.'}${letters.has('c') ? 'c' : '.'}${letters.has('e') ? 'e' : '.'}. ${name}\n`);
      else yield* this.#say([...letters].filter((letter) => letter.toLowerCase() !== 'f').join(''));
      isFirst = false;
    }
    if (!this.#isVerbose || isFirst) yield* this.#say('\n');
  }
}

export const fuser: Main = command(function* (process) {
  let signal = SIGKILL;
  const argv = process.argv.filter((word, at) => {
    const number = at > 0 && /^-(\d+|[A-Z][A-Z0-9]{2,})$/.test(word) ? signalNumber(word.slice(1)) : undefined;
    if (number !== undefined) signal = number;
    return number === undefined;
  });
  const options = parseOptions(argv, '46acfiIkmMn:suvw', { all: 'no', interactive: 'no', inode: 'no', kill: 'no', mount: 'no', ismountpoint: 'no', namespace: 'required', silent: 'no', user: 'no', verbose: 'no', writeonly: 'no' });
  if (options.operands.length === 0) {
    yield* process.write(2, encode('No process specification given\nUsage: fuser [-fIMuvw] [-a|-s] [-4|-6] [-c|-m|-n SPACE]\n             [-k [-i] [-SIGNAL]] NAME...\n'));
    return 1;
  }
  const isSilent = options.has('s', 'silent');
  const isVerbose = options.has('v', 'verbose');
  const report = new Report(process, isVerbose);
  const entries = openFiles(process).filter((entry) => entry.process !== process);
  const all = new Set<Process>();
  let hasHeader = false;
  let failed = false;
  for (const name of options.operands) {
    try {
      const { shown, isUsed } = subjectOf(process, name, options);
      const found = users(entries, isUsed);
      if (found.size === 0) failed = true;
      for (const each of found.keys()) all.add(each);
      if (isSilent || (found.size === 0 && !options.has('a', 'all'))) continue;
      if (isVerbose && !hasHeader) yield* process.write(2, encode(`${' '.repeat(NAME_COLUMNS + 1)}USER        PID ACCESS COMMAND\n`));
      hasHeader = true;
      yield* report.subject(shown, found);
    } catch (error) {
      if (!(error instanceof UsageError)) throw error;
      failed = true;
      yield* process.write(2, encode(`${error.message}\n`));
    }
  }
  if (options.has('k', 'kill')) for (const each of all) each.deliver(signal);
  return failed && all.size === 0 ? 1 : 0;
});
