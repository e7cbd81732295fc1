// What one run of find shares among its parts, and the files it looks at.
import { Errno } from '../../kernel/errno.js';
import type { Stat } from '../../kernel/inode.js';
import type { Process } from '../../kernel/process.js';
import type { Task } from '../../kernel/wait.js';
import { complain, type Output } from '../../programs/stdio.js';
import { Accounts } from '../common/accounts.js';
import { type Zone, zoneOf } from '../common/dates/zone.js';
import { baseName } from '../common/paths.js';
import { quoteName } from '../common/quote.js';

/** Options that hold for the whole run, wherever they stand. */
export interface FindSettings {
  follow: 'never' | 'operands' | 'always';
  depthFirst: boolean;
  maxDepth: number;
  minDepth: number;
  oneFileSystem: boolean;
  ignoresRaces: boolean;
  quiet: boolean;
}

export class FindRun {
  readonly process: Process;
  readonly output: Output;
  readonly settings: FindSettings = {
    follow: 'never', depthFirst: false, maxDepth: Infinity, minDepth: 0, oneFileSystem: false, ignoresRaces: false, quiet: false,
  };
  readonly accounts: Accounts;
  readonly zone: Zone;
  /** When the run began, ms; with -daystart the end of today. */
  nowMs = Date.now();
  status = 0;
  /** What the expression gave reason to warn of, told before the walk. */
  readonly warnings: string[] = [];
  /** -quit was met. */
  isOver = false;

  constructor(process: Process, output: Output) {
    this.process = process;
    this.output = output;
    this.accounts = new Accounts(process.files);
    this.zone = zoneOf(process);
  }

  *fail(path: string, why: string): Task {
    this.status = 1;
    yield* this.output.flush();
    yield* complain(this.process, `${quoteName(path)}: ${why}`);
  }
}

/** A file that find came upon. */
export class Found {
  readonly run: FindRun;
  readonly path: string;
  /** The operand it was found under. */
  readonly operand: string;
  readonly depth: number;
  /** As -L, -H or nothing say: of the link or of what it leads to. */
  readonly stat: Stat;
  /** Set by -prune: the folder is not entered. */
  isPruned = false;

  constructor(run: FindRun, path: string, operand: string, depth: number, stat: Stat) {
    this.run = run;
    this.path = path;
    this.operand = operand;
    this.depth = depth;
    this.stat = stat;
  }

  get name(): string {
    return baseName(this.path);
  }

  /** Of what a symlink leads to; undefined when nowhere. */
  followed(): Stat | undefined {
    if (this.stat.type !== 'symlink') return this.stat;
    try {
      return this.run.process.files.stat(this.path);
    } catch (error) {
      if (error instanceof Errno) return undefined;
      throw error;
    }
  }
}

/** A part of the expression: plain where it can be, a Task where it may block. */
export type Test = { isTask: false; test: (file: Found) => boolean } | { isTask: true; test: (file: Found) => Task<boolean> };

export function plain(test: (file: Found) => boolean): Test {
  return { isTask: false, test };
}

export function blocking(test: (file: Found) => Task<boolean>): Test {
  return { isTask: true, test };
}

export function* evaluate(test: Test, file: Found): Task<boolean> {
  return test.isTask ? yield* test.test(file) : test.test(file);
}
