// Operations of git that are other programs: git-NAME along PATH, and aliases. What stood before the operation reaches them through the environment.
import { posix } from 'node:path';
import { Errno } from '../../kernel/errno.js';
import type { Process } from '../../kernel/process.js';
import { encode } from '../../kernel/text.js';
import type { Task } from '../../kernel/wait.js';
import { findProgram, runProgram } from '../common/exec.js';
import { setting } from './configuration.js';
import { findRepository, GitFailure, type Repository } from './repository.js';

/** What stands before the operation. */
export interface GlobalOptions {
  readonly overrides: ReadonlyMap<string, string>;
  readonly folders: readonly string[];
  readonly gitDir: string | undefined;
  readonly workTree: string | undefined;
}

const message = (program: string, why: string): string => `fatal: cannot run ${program}: ${why}`;

/** Runs what the name stands for where that is a program or an alias: its exit code. Undefined where it is neither. */
export function* runExternal(process: Process, [name, ...words]: readonly string[], options: GlobalOptions): Task<number | undefined> {
  for (const folder of options.folders) {
    try {
      process.files.chdir(folder);
    } catch (error) {
      if (!(error instanceof Errno)) throw error;
      yield* process.write(2, encode(`fatal: cannot change to '${folder}': ${error.message}\n`));
      return 128;
    }
  }
  const env = environmentOf(process, options);
  const program = `git-${name}`;
  if (isProgram(process, program)) return yield* runProgram(process, [program, ...words], { env, message });
  const repository = repositoryOf(process, options);
  const alias = setting({ process, gitdir: repository?.gitdir, overrides: options.overrides }, `alias.${name}`);
  if (alias === undefined) return undefined;
  if (!alias.startsWith('!')) return yield* runProgram(process, ['/bin/sh', '-c', `exec git ${alias} "$@"`, 'git', ...words], { env, message });
  // A shell's words run at the top of the work tree.
  const command = alias.slice(1);
  return yield* runProgram(process, ['/bin/sh', '-c', words.length > 0 ? `${command} "$@"` : command, command, ...words], {
    env: repository ? atTop(repository, env) : env,
    ...(repository ? { prepare: (child: Process) => child.files.chdir(repository.dir) } : {}),
    message,
  });
}

function isProgram(process: Process, name: string): boolean {
  try {
    findProgram(process, name, process.env.get('PATH'));
    return true;
  } catch (error) {
    if (error instanceof Errno) return false;
    throw error;
  }
}

function repositoryOf(process: Process, { overrides, gitDir, workTree }: GlobalOptions): Repository | undefined {
  try {
    return findRepository(process, overrides, gitDir, workTree);
  } catch (error) {
    if (error instanceof GitFailure) return undefined;
    throw error;
  }
}

function environmentOf(process: Process, { overrides, gitDir, workTree }: GlobalOptions): Map<string, string> {
  const env = new Map(process.env);
  if (gitDir !== undefined) env.set('GIT_DIR', gitDir);
  if (workTree !== undefined) env.set('GIT_WORK_TREE', workTree);
  if (overrides.size === 0) return env;
  // Numbered as a caller would hand settings on; those that are there already go before.
  let count = Number(env.get('GIT_CONFIG_COUNT') ?? 0) || 0;
  for (const [name, value] of overrides) {
    env.set(`GIT_CONFIG_KEY_${count}`, name);
    env.set(`GIT_CONFIG_VALUE_${count++}`, value);
  }
  return env.set('GIT_CONFIG_COUNT', String(count));
}

function atTop({ process, dir }: Repository, env: ReadonlyMap<string, string>): Map<string, string> {
  const prefix = posix.relative(dir, process.files.getcwd());
  return new Map(env).set('GIT_PREFIX', prefix === '' || prefix.startsWith('..') ? '' : `${prefix}/`);
}
