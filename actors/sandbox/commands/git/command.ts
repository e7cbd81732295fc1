// What an operation of git gets: arguments, output, and the repository that it works on.
import type { Process } from '../../kernel/process.js';
import { type Options, parseOptions } from '../../programs/stdio.js';
import { findRepository, GitFailure, person, type Repository } from './repository.js';

export interface GitContext {
  readonly process: Process;
  /** The operation's name and its arguments. */
  readonly argv: readonly string[];
  readonly overrides: ReadonlyMap<string, string>;
  readonly gitDir: string | undefined;
  readonly workTree: string | undefined;
  print(text: string): void;
  /** To standard error. */
  complain(text: string): void;
  people(repository: Repository): Promise<{ author: object; committer: object }>;
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
export function options(context: GitContext, short: string, long: Readonly<Record<string, 'no' | 'required' | 'optional'>>): Options & { readonly afterDashes: readonly string[] } {
  const at = context.argv.indexOf('--');
  const parsed = parseOptions(context.argv, short, long, { exitCode: 129 });
  return Object.assign(parsed, { afterDashes: at < 0 ? [] : context.argv.slice(at + 1) });
}

export async function people(repository: Repository): Promise<{ author: object; committer: object }> {
  return { author: await person(repository, 'AUTHOR'), committer: await person(repository, 'COMMITTER') };
}

export function unsupported(what: string): never {
  throw new GitFailure(`'git ${what}' is not supported by this machine's git (isomorphic-git)`, 1);
}
