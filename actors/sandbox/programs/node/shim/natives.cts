// Calls that Node's native code would carry out by itself, past the file binding: copying trees, environment files, blobs of files.
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import util from 'node:util';
import { internal, internalBinding } from './internals.cjs';

const binding = internalBinding('fs');

function copyError(code: string, message: string, subject: string, errno: number): Error {
  const Constructor = internal('internal/errors').codes[code];
  return new Constructor({ message, path: subject, syscall: 'cp', errno, code });
}

/** What fs.cpSync asks before it copies anything (https://nodejs.org/api/fs.html#fscpsyncsrc-dest-options). */
function checkPaths(from: string, to: string, dereference: boolean, recursive: boolean): void {
  const look = dereference ? fs.statSync : fs.lstatSync;
  const source = look(from);
  const target = look(to, { throwIfNoEntry: false });
  const { EINVAL, EISDIR, ENOTDIR } = os.constants.errno;
  if (target) {
    if (target.ino === source.ino && target.dev === source.dev) throw copyError('ERR_FS_CP_EINVAL', 'src and dest cannot be the same', to, EINVAL);
    if (source.isDirectory() && !target.isDirectory()) throw copyError('ERR_FS_CP_DIR_TO_NON_DIR', `cannot overwrite non-directory ${to} with directory ${from}`, to, EISDIR);
    if (!source.isDirectory() && target.isDirectory()) throw copyError('ERR_FS_CP_NON_DIR_TO_DIR', `cannot overwrite directory ${to} with non-directory ${from}`, to, ENOTDIR);
  }
  if (source.isDirectory() && !recursive) throw copyError('ERR_FS_EISDIR', `Recursive option not enabled, cannot copy a directory: ${from}`, from, EISDIR);
  if (source.isDirectory() && `${path.resolve(to)}/`.startsWith(`${path.resolve(from)}/`)) throw copyError('ERR_FS_CP_EINVAL', `cannot copy ${from} to a subdirectory of self ${to}`, to, EINVAL);
  fs.mkdirSync(path.dirname(to), { recursive: true });
}

function overrideFile(from: string, to: string, mode: number, preserveTimestamps: boolean): void {
  fs.unlinkSync(to);
  fs.copyFileSync(from, to, mode);
  if (preserveTimestamps) keepTimes(from, to);
}

function keepTimes(from: string, to: string): void {
  const { atime, mtime } = fs.statSync(from);
  fs.utimesSync(to, atime, mtime);
}

function copyFolder(from: string, to: string, force: boolean, dereference: boolean, errorOnExist: boolean, verbatimSymlinks: boolean, preserveTimestamps: boolean): void {
  fs.mkdirSync(to, { recursive: true });
  for (const name of fs.readdirSync(from)) {
    const source = path.join(from, name);
    const target = path.join(to, name);
    const stat = dereference ? fs.statSync(source) : fs.lstatSync(source);
    if (stat.isDirectory()) {
      copyFolder(source, target, force, dereference, errorOnExist, verbatimSymlinks, preserveTimestamps);
      continue;
    }
    const isThere = fs.lstatSync(target, { throwIfNoEntry: false }) !== undefined;
    if (isThere && errorOnExist && !force) throw copyError('ERR_FS_CP_EEXIST', `${target} already exists`, target, os.constants.errno.EEXIST);
    if (isThere && !force) continue;
    if (isThere) fs.unlinkSync(target);
    if (stat.isSymbolicLink()) {
      const link = fs.readlinkSync(source);
      fs.symlinkSync(verbatimSymlinks || path.isAbsolute(link) ? link : path.resolve(path.dirname(source), link), target);
      continue;
    }
    fs.copyFileSync(source, target);
    if (preserveTimestamps) keepTimes(source, target);
  }
}

/** As `node --env-file`: what the environment has already wins. */
function loadEnvFile(file: string | URL | Buffer = '.env'): void {
  const parsed = util.parseEnv(fs.readFileSync(file, 'utf8'));
  for (const [name, value] of Object.entries(parsed)) if (process.env[name] === undefined) process.env[name] = value;
}

/** Runs after the binding is replaced. */
export function replaceNatives(): void {
  if ('cpSyncCheckPaths' in binding) Object.assign(binding, { cpSyncCheckPaths: checkPaths, cpSyncOverrideFile: overrideFile, cpSyncCopyDir: copyFolder });
  if ('loadEnvFile' in process) process.loadEnvFile = loadEnvFile;
  (fs as { openAsBlob: unknown }).openAsBlob = async (file: string, options?: { type?: string }) => new Blob([fs.readFileSync(file)], options);
}
