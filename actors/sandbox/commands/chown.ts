// chown and chgrp: change owner and group (https://www.gnu.org/software/coreutils/chown).
import { Errno } from '../kernel/errno.js';
import type { Stat } from '../kernel/inode.js';
import type { Process } from '../kernel/process.js';
import type { Main } from '../kernel/program.js';
import { PREEMPT, type Task } from '../kernel/wait.js';
import { command, complain, type Options, type Output, parseOptions, reason, UsageError, usageError } from '../programs/stdio.js';
import { Accounts } from './common/accounts.js';
import { type Ownership, parseOwner } from './common/owner.js';
import { Pace } from './common/pace.js';
import { joinPath } from './common/paths.js';
import { quoteName } from './common/quote.js';

const LONG = {
  changes: 'no', quiet: 'no', silent: 'no', verbose: 'no', dereference: 'no', 'no-dereference': 'no', from: 'required', 'no-preserve-root': 'no',
  'preserve-root': 'no', reference: 'required', recursive: 'no',
} as const;

interface Run {
  wanted: Ownership;
  from: Ownership | undefined;
  recursive: boolean;
  /** Symlinks stand for what they lead to. */
  follow: boolean;
  /** Folders reached by symlinks are entered: -L all, -H operands only. */
  enter: 'all' | 'operands' | 'none';
  tells: 'all' | 'changes' | 'no';
  quiet: boolean;
  what: 'ownership' | 'group';
}

class OwnerChanger {
  readonly #process: Process;
  readonly #output: Output;
  readonly #accounts: Accounts;
  readonly #run: Run;
  readonly #pace = new Pace();
  failed = false;

  constructor(process: Process, output: Output, accounts: Accounts, run: Run) {
    this.#process = process;
    this.#output = output;
    this.#accounts = accounts;
    this.#run = run;
  }

  *#fail(message: string): Task {
    this.failed = true;
    if (!this.#run.quiet) yield* complain(this.#process, message);
  }

  *change(path: string, isOperand = true): Task {
    if (this.#pace.due) yield PREEMPT;
    const { files } = this.#process;
    const { recursive, enter } = this.#run;
    const entersLink = enter === 'all' || (enter === 'operands' && isOperand);
    const follow = recursive ? entersLink : this.#run.follow;
    let stat: Stat;
    try {
      stat = follow ? files.stat(path) : files.lstat(path);
    } catch (error) {
      return yield* this.#fail(`${error instanceof Errno && error.code === 'ENOENT' && this.#isLink(path) ? 'cannot dereference' : 'cannot access'} ${quoteName(path)}: ${reason(error)}`);
    }
    if (recursive && stat.type === 'directory') {
      try {
        for (const { name } of files.readdir(path)) yield* this.change(joinPath(path, name), false);
      } catch (error) {
        yield* this.#fail(`cannot read directory ${quoteName(path)}: ${reason(error)}`);
      }
    }
    yield* this.#one(path, stat, follow);
  }

  #isLink(path: string): boolean {
    try {
      return this.#process.files.lstat(path).type === 'symlink';
    } catch (error) {
      if (error instanceof Errno) return false;
      throw error;
    }
  }

  *#one(path: string, stat: Stat, follow: boolean): Task {
    const { wanted, from, what } = this.#run;
    if (from && ((from.uid !== -1 && from.uid !== stat.uid) || (from.gid !== -1 && from.gid !== stat.gid))) return yield* this.#tell(path, stat, true);
    try {
      this.#process.files.chown(path, wanted.uid, wanted.gid, follow || stat.type !== 'symlink');
    } catch (error) {
      return yield* this.#fail(`changing ${what} of ${quoteName(path)}: ${reason(error)}`);
    }
    yield* this.#tell(path, stat);
  }

  *#tell(path: string, { uid, gid }: Stat, isLeft = false): Task {
    const { tells, wanted, what } = this.#run;
    const isSame = isLeft || (wanted.uid === -1 || wanted.uid === uid) && (wanted.gid === -1 || wanted.gid === gid);
    if (tells === 'no' || (tells === 'changes' && isSame)) return;
    const user = (id: number): string => this.#accounts.userName(id) ?? String(id);
    const group = (id: number): string => this.#accounts.groupName(id) ?? String(id);
    const text = (owner: Ownership): string => [...(owner.uid === -1 ? [] : [user(owner.uid)]), ...(owner.gid === -1 ? [] : [group(owner.gid)])].join(':');
    const before = text({ uid: wanted.uid === -1 ? -1 : uid, gid: wanted.gid === -1 ? -1 : gid });
    this.#output.print(isSame ? `${what} of ${quoteName(path)} retained as ${before}\n` : `changed ${what} of ${quoteName(path)} from ${before} to ${text(wanted)}\n`);
    if (this.#output.isFull) yield* this.#output.flush();
  }
}

function referenced(process: Process, options: Options): Ownership | undefined {
  const reference = options.value('reference');
  if (reference === undefined) return undefined;
  try {
    return process.files.stat(reference);
  } catch (error) {
    throw new UsageError(`failed to get attributes of ${quoteName(reference)}: ${reason(error)}`);
  }
}

function changer(what: Run['what'], parse: (text: string, accounts: Accounts) => Ownership | string): Main {
  return command(function* (process, output) {
    const options = parseOptions(process.argv, 'cfhHLPRv', LONG);
    const accounts = new Accounts(process.files);
    const operands = [...options.operands];
    let wanted = referenced(process, options);
    if (!wanted) {
      if (operands.length === 0) throw usageError(process.argv, 'missing operand');
      const text = operands.shift()!;
      if (operands.length === 0) throw usageError(process.argv, `missing operand after ${quoteName(text)}`);
      const parsed = parse(text, accounts);
      if (typeof parsed === 'string') throw new UsageError(parsed);
      wanted = parsed;
    } else {
      wanted = what === 'group' ? { uid: -1, gid: wanted.gid } : { uid: wanted.uid, gid: wanted.gid };
    }
    if (operands.length === 0) throw usageError(process.argv, 'missing operand');
    const from = options.value('from');
    const parsedFrom = from === undefined ? undefined : parseOwner(from, accounts);
    if (typeof parsedFrom === 'string') throw new UsageError(parsedFrom);
    const entering = [...options.given.keys()].findLast((name) => 'HLP'.includes(name));
    const run = new OwnerChanger(process, output, accounts, {
      wanted, from: parsedFrom, what, recursive: options.has('R', 'recursive'), follow: !options.has('h', 'no-dereference'),
      enter: entering === 'L' ? 'all' : entering === 'H' ? 'operands' : 'none', quiet: options.has('f', 'quiet', 'silent'),
      tells: options.has('v', 'verbose') ? 'all' : options.has('c', 'changes') ? 'changes' : 'no',
    });
    for (const path of operands) yield* run.change(path);
    return run.failed ? 1 : 0;
  });
}

export const chown: Main = changer('ownership', parseOwner);

export const chgrp: Main = changer('group', (text, accounts) => {
  const gid = text === '' ? -1 : accounts.gid(text);
  return gid === undefined ? `invalid group: '${text}'` : { uid: -1, gid };
});
