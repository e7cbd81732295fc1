// Canonical paths where parts may be missing: realpath and readlink -f, -e, -m.
import { Errno } from '../../kernel/errno.js';
import type { Process } from '../../kernel/process.js';

const SYMLINKS_MAX = 40;

/**
 * An absolute path without symlinks, `.` and `..`. `existing`: every component must exist, 'parents': all but the last, 'any': none.
 * With `logical` a `..` is taken off before symlinks are followed. Throws Errno.
 */
export function canonical(process: Process, path: string, missing: 'existing' | 'parents' | 'any', options: { logical?: boolean; keepLinks?: boolean } = {}): string {
  if (path === '') throw new Errno('ENOENT');
  const start = path.startsWith('/') ? path : `${process.files.getcwd()}/${path}`;
  let rest = (options.logical === true || options.keepLinks === true ? withoutDots(start) : start).split('/').filter((name) => name !== '');
  let at = '';
  let hops = 0;
  let lost = false;
  while (rest.length > 0) {
    const name = rest.shift()!;
    if (name === '.') continue;
    if (name === '..') {
      at = at.slice(0, Math.max(0, at.lastIndexOf('/')));
      continue;
    }
    const next = `${at}/${name}`;
    const inode = lost ? undefined : inodeAt(process, next, missing, rest.some((later) => later !== '.'));
    if (!inode) {
      lost = true;
    } else if (inode.type === 'symlink' && options.keepLinks !== true) {
      if (++hops > SYMLINKS_MAX) {
        if (missing !== 'any') throw new Errno('ELOOP');
        at = next;
        continue;
      }
      const target = inode.readlink();
      rest = [...target.split('/').filter((part) => part !== ''), ...rest];
      if (target.startsWith('/')) at = '';
      continue;
    }
    at = next;
  }
  if (missing !== 'any' && !lost && path.endsWith('/') && process.files.stat(at || '/').type !== 'directory') throw new Errno('ENOTDIR');
  return at || '/';
}

function inodeAt(process: Process, path: string, missing: 'existing' | 'parents' | 'any', hasMore: boolean): ReturnType<Process['files']['locate']>['inode'] | undefined {
  try {
    const { inode } = process.files.locate(path, false);
    if (hasMore && inode.type !== 'directory' && inode.type !== 'symlink' && missing !== 'any') throw new Errno('ENOTDIR');
    return inode;
  } catch (error) {
    if (!(error instanceof Errno)) throw error;
    if (missing === 'any' || (missing === 'parents' && !hasMore && error.code === 'ENOENT')) return undefined;
    throw error;
  }
}

function withoutDots(path: string): string {
  const kept: string[] = [];
  for (const name of path.split('/')) {
    if (name === '..') kept.pop();
    else if (name !== '' && name !== '.') kept.push(name);
  }
  return `/${kept.join('/')}${path.endsWith('/') ? '/' : ''}`;
}
