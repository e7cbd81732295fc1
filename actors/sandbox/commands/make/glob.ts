// File names of a makefile with `~`, `*`, `?` and `[…]`, in order.
import { Errno } from '../../kernel/errno.js';
import { PREEMPT, type Task } from '../../kernel/wait.js';
import { Accounts } from '../common/accounts.js';
import { compileGlob } from '../common/glob.js';
import type { Build } from './build.js';

const MAGIC = /[*?[]/;

/** `~` and `~user` at the front become folders. */
export function expandTilde(build: Build, name: string): string {
  if (!name.startsWith('~')) return name;
  const slash = name.indexOf('/');
  const user = name.slice(1, slash < 0 ? undefined : slash);
  const rest = slash < 0 ? '' : name.slice(slash);
  const home = user === '' ? build.variables.global.get('HOME')?.value ?? build.process.env.get('HOME') : new Accounts(build.process.files).users.find(({ name: login }) => login === user)?.home;
  return home === undefined || home === '' ? name : home + rest;
}

function* entriesMatching(build: Build, folder: string, part: string): Task<string[]> {
  if (build.pace.due) yield PREEMPT;
  const matches = compileGlob(part);
  try {
    const names = build.process.files.readdir(folder === '' ? '.' : folder).map(({ name }) => name);
    return ['.', '..', ...names].filter((name) => (!name.startsWith('.') || part.startsWith('.')) && matches(name)).sort();
  } catch (error) {
    if (error instanceof Errno) return [];
    throw error;
  }
}

/** The files there are that a pattern means; a name without pattern characters is one if it exists. */
export function* globNames(build: Build, pattern: string): Task<string[]> {
  const path = expandTilde(build, pattern);
  if (!MAGIC.test(path)) {
    const name = path.replace(/\\(.)/g, '$1');
    return exists(build, name) ? [name] : [];
  }
  const parts = path.split('/');
  let found = [''];
  for (const [i, part] of parts.entries()) {
    const next: string[] = [];
    const end = i < parts.length - 1 ? '/' : '';
    for (const folder of found) {
      const names = MAGIC.test(part) ? yield* entriesMatching(build, folder, part) : [part.replace(/\\(.)/g, '$1')];
      for (const name of names) {
        if (end === '' ? name === '' || exists(build, folder + name) : name === '' || isFolder(build, folder + name)) next.push(folder + name + end);
      }
    }
    found = next;
  }
  return found;
}

function exists(build: Build, path: string): boolean {
  try {
    build.process.files.lstat(path);
    return true;
  } catch (error) {
    if (error instanceof Errno) return false;
    throw error;
  }
}

function isFolder(build: Build, path: string): boolean {
  try {
    return build.process.files.stat(path).type === 'directory';
  } catch (error) {
    if (error instanceof Errno) return false;
    throw error;
  }
}
