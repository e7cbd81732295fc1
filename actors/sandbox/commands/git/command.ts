// What an operation of git gets: arguments, output, and the repository that it works on.
import type { Process } from '../../kernel/process.js';
import type { Task } from '../../kernel/wait.js';
import { type Options, parseOptions, UsageError } from '../../programs/stdio.js';
import type { Perform } from './blocking.js';
import { findRepository, GitFailure, person, type Repository } from './repository.js';
import type { Person } from './write-objects.js';

export interface GitContext {
  readonly process: Process;
  /** The operation's name and its arguments. */
  readonly argv: readonly string[];
  readonly overrides: ReadonlyMap<string, string>;
  readonly gitDir: string | undefined;
  readonly workTree: string | undefined;
  /** What the reflog says of where HEAD went, should the operation move it. */
  reason: string;
  print(text: string | Uint8Array): void;
  /** To standard error. */
  complain(text: string): void;
  /** Writes what was printed and complained so far. */
  flush(): Task;
  /** Has the process do what may block. */
  readonly perform: Perform;
  standardInput(): Promise<Uint8Array>;
  people(repository: Repository): Promise<{ author: Person; committer: Person }>;
  /** Always throws: what real git could do here, and this one cannot. */
  unsupported(what: string): never;
}

/** Resolves to the exit code. */
export type Command = (context: GitContext) => Promise<number>;

/** Throws GitFailure where there is no repository. */
export function need(context: GitContext): Repository {
  return findRepository(context.process, context.overrides, context.gitDir, context.workTree);
}

/** Wrong options end with git's 129. `afterDashes` are the operands that followed `--`. */
export function options(context: Pick<GitContext, 'argv'>, short: string, long: Readonly<Record<string, 'no' | 'required' | 'optional'>>): Options & { readonly afterDashes: readonly string[] } {
  const at = context.argv.indexOf('--');
  try {
    return Object.assign(parseOptions(context.argv, short, long, { exitCode: 129 }), { afterDashes: at < 0 ? [] : context.argv.slice(at + 1) });
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    throw optionFailure(context.argv[0]!, error.message.split('\n')[0]!);
  }
}

/** Operations that walk the history say this otherwise than the rest. */
const WALKERS = new Set(['diff', 'log', 'rev-list', 'shortlog', 'show', 'whatchanged']);

function optionFailure(operation: string, message: string): GitFailure {
  const [, long, letter] = /(?:unrecognized option '(--[^']*)'|invalid option -- '(.)')/.exec(message) ?? [];
  const word = long ?? (letter === undefined ? undefined : `-${letter}`);
  if (word === undefined) return new GitFailure(message.replace(/^[^:]*: /, ''), 129);
  if (operation === 'diff') return new GitFailure(`invalid option: ${word}`, 129);
  if (WALKERS.has(operation)) return new GitFailure(`unrecognized argument: ${word}`);
  return new GitFailure(long === undefined ? `unknown switch \`${letter}'` : `unknown option \`${long.slice(2)}'`, 129);
}

/** Options whose value may stand in a word of its own, as `--contains HEAD`. */
export function joined(argv: readonly string[], ...names: readonly string[]): string[] {
  const words: string[] = [];
  for (const word of argv) {
    const last = words.at(-1);
    if (last !== undefined && names.includes(last) && !word.startsWith('-')) words[words.length - 1] = `${last}=${word}`;
    else words.push(word);
  }
  return words;
}

/** For `joined`: those of branch, tag and for-each-ref. */
export const FILTERS = ['--contains', '--no-contains', '--merged', '--no-merged'] as const;

export async function people(repository: Repository): Promise<{ author: Person; committer: Person }> {
  return { author: await person(repository, 'AUTHOR'), committer: await person(repository, 'COMMITTER') };
}

export function unsupported(what: string): never {
  throw new GitFailure(`'git ${what}' is not supported by this machine's git (isomorphic-git)`, 1);
}
