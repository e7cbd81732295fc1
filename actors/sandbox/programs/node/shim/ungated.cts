// The few functions of node:fs that the library itself refuses under the permission model, whatever the path: over the machine they may.
import fs from 'node:fs';
import { internal, internalBinding } from './internals.cjs';

const binding = internalBinding('fs');
const { getStatsFromBinding, getValidatedPath, toUnixTimestamp } = internal('internal/fs/utils');
const { parseFileMode, validateInteger } = internal('internal/validators');
const ID_MAX = 2 ** 32 - 1;

/** A function in the library's three forms, made of one that reads its arguments and one that acts. */
interface Form {
  readonly name: string;
  /** Arguments for the binding; throws as the library does for wrong ones. */
  readonly read: (...args: any[]) => unknown[];
  readonly finish?: (value: any) => unknown;
}

const seconds = (time: unknown, name: string): number => toUnixTimestamp(time, name);
const ownership = (fd: unknown, uid: unknown, gid: unknown): unknown[] => {
  validateInteger(uid, 'uid', -1, ID_MAX);
  validateInteger(gid, 'gid', -1, ID_MAX);
  return [fd, uid, gid];
};

const FORMS: readonly Form[] = [
  { name: 'fsync', read: (fd) => [fd] },
  { name: 'fdatasync', read: (fd) => [fd] },
  { name: 'fchmod', read: (fd, mode) => [fd, parseFileMode(mode, 'mode')] },
  { name: 'fchown', read: ownership },
  { name: 'futimes', read: (fd, atime, mtime) => [fd, seconds(atime, 'atime'), seconds(mtime, 'mtime')] },
  { name: 'symlink', read: (target, path) => [getValidatedPath(target, 'target'), getValidatedPath(path), 0] },
  {
    name: 'lstat',
    read: (path, options) => [getValidatedPath(path), options?.bigint === true],
    finish: (value) => (value === undefined ? undefined : getStatsFromBinding(value)),
  },
];

/** Options may be left out before a callback. */
function split(args: any[]): { given: any[]; callback: (error: unknown, value?: unknown) => void } {
  const callback = args.at(-1);
  if (typeof callback !== 'function') {
    const { ERR_INVALID_ARG_TYPE } = internal('internal/errors').codes;
    throw new ERR_INVALID_ARG_TYPE('cb', 'Function', callback);
  }
  return { given: args.slice(0, -1), callback };
}

function replace({ name, read, finish = (value) => value }: Form): void {
  const target = fs as any;
  target[`${name}Sync`] = (...args: any[]) => finish(binding[name](...read(...args), ...(name === 'lstat' ? [undefined, args[1]?.throwIfNoEntry] : [])));
  target[name] = (...args: any[]) => {
    const { given, callback } = split(args);
    const request = new binding.FSReqCallback(given[1]?.bigint === true);
    request.oncomplete = (error: unknown, value: unknown) => (error ? callback(error) : value === undefined ? callback(null) : callback(null, finish(value)));
    binding[name](...read(...given), request);
  };
  if (target.promises[name]) target.promises[name] = async (...args: any[]) => finish(await binding[name](...read(...args), binding.kUsePromises));
}

function replaceHandleMethods(): void {
  const { prototype } = internal('internal/fs/promises').FileHandle;
  prototype.chmod = async function (mode: unknown) {
    return binding.fchmod(this.fd, parseFileMode(mode, 'mode'), binding.kUsePromises);
  };
  prototype.chown = async function (uid: unknown, gid: unknown) {
    return binding.fchown(...ownership(this.fd, uid, gid), binding.kUsePromises);
  };
  prototype.utimes = async function (atime: unknown, mtime: unknown) {
    return binding.futimes(this.fd, seconds(atime, 'atime'), seconds(mtime, 'mtime'), binding.kUsePromises);
  };
}

/** Runs after the binding is replaced. */
export function replaceGated(): void {
  for (const form of FORMS) replace(form);
  replaceHandleMethods();
}
