// A git repository in the container's files: isomorphic-git over the calls of one process.
import { posix } from 'node:path';
import type { HttpClient, PromiseFsClient } from 'isomorphic-git';
import type { Stat } from '../../kernel/inode.js';
import type { Process } from '../../kernel/process.js';
import { exchange } from '../net/http-client.js';
import { nowMs } from '../common/dates/now.js';
import { zoneOf } from '../common/dates/zone.js';
import { setting } from './configuration.js';
import { givenDate } from './dates.js';

/** `fatal: …`, exit code 128 unless said otherwise. */
export class GitFailure extends Error {
  readonly exitCode: number;
  /** Lines that come before the message. */
  readonly before: string;
  constructor(message: string, exitCode = 128, before = '') {
    super(message);
    this.exitCode = exitCode;
    this.before = before;
  }
}

const TYPES = { file: 0o100000, directory: 0o040000, symlink: 0o120000, character: 0o020000, block: 0o060000, fifo: 0o010000, socket: 0o140000 } as const;

function nodeStat(stat: Stat): object {
  const seconds = (ms: number): object => ({ seconds: Math.floor(ms / 1000), nanoseconds: 0 });
  return {
    type: stat.type === 'directory' ? 'dir' : stat.type, mode: TYPES[stat.type] | stat.mode, size: stat.sizeBytes, ino: stat.ino, dev: stat.device, uid: stat.uid, gid: stat.gid,
    mtimeMs: stat.mtimeMs, ctimeMs: stat.ctimeMs, mtime: new Date(stat.mtimeMs), ctime: new Date(stat.ctimeMs), mtimeSeconds: seconds(stat.mtimeMs),
    isFile: () => stat.type === 'file', isDirectory: () => stat.type === 'directory', isSymbolicLink: () => stat.type === 'symlink',
  };
}

/** The file calls of a process, as the library wants them. */
export function filesOf(process: Process): PromiseFsClient {
  const { files } = process;
  const promises = {
    readFile: async (path: string, options?: string | { encoding?: string }) => {
      const bytes = Buffer.from(files.readFile(path));
      const encoding = typeof options === 'string' ? options : options?.encoding;
      return encoding === undefined ? bytes : bytes.toString(encoding as 'utf8');
    },
    writeFile: async (path: string, data: string | Uint8Array, options?: string | { mode?: number }) => {
      const mode = typeof options === 'object' ? options.mode : undefined;
      files.writeFile(path, Buffer.from(data as string), mode === undefined ? {} : { mode });
      if (mode !== undefined && (mode & 0o111) !== 0) files.chmod(path, 0o777 & ~process.umask);
    },
    unlink: async (path: string) => files.unlink(path),
    readdir: async (path: string) => files.readdir(path).map(({ name }) => name),
    mkdir: async (path: string) => files.mkdir(path),
    rmdir: async (path: string) => files.rmdir(path),
    stat: async (path: string) => nodeStat(files.stat(path)),
    lstat: async (path: string) => nodeStat(files.lstat(path)),
    readlink: async (path: string) => files.readlink(path),
    symlink: async (target: string, path: string) => files.symlink(target, path),
    chmod: async (path: string, mode: number) => files.chmod(path, mode),
  };
  return { promises } as unknown as PromiseFsClient;
}

/** git's smart HTTP over the container's network; `headers` are those of http.*.extraheader. */
export function httpOf(process: Process, headers: readonly (readonly [string, string])[], insecure: boolean): HttpClient {
  return {
    async request({ url, method = 'GET', headers: given = {}, body }) {
      const parts: Uint8Array[] = [];
      for await (const part of body ?? []) parts.push(part as Uint8Array);
      let target = new URL(url);
      const all: [string, string][] = [...Object.entries(given as Record<string, string>), ...headers.map(([name, value]) => [name, value] as [string, string])];
      for (let redirects = 0; ; redirects++) {
        const sent = [['Host', target.host] as [string, string], ...all];
        const answer = await exchange(process, { url: target, method, headers: sent, insecure, ...(parts.length > 0 ? { body: Buffer.concat(parts) } : {}) });
        const { location } = answer.headers;
        if (answer.status >= 300 && answer.status < 400 && location !== undefined && redirects < 5) {
          answer.end();
          target = new URL(location, target);
          continue;
        }
        return { url: target.href, method, statusCode: answer.status, statusMessage: answer.reason, headers: answer.headers as Record<string, string>, body: answer.body[Symbol.asyncIterator]() as AsyncIterableIterator<Uint8Array> };
      }
    },
  };
}

/** What every operation works on. */
export interface Repository {
  readonly process: Process;
  readonly fs: PromiseFsClient;
  /** The root of the working tree. */
  readonly dir: string;
  readonly gitdir: string;
  /** -c name=value, which wins over every file. */
  readonly overrides: ReadonlyMap<string, string>;
}

/** Where `.git` in a folder leads: the folder itself, or the one that a file of that name tells of; undefined where there is none. */
export function gitFolder(process: Process, dir: string): string | undefined {
  const path = posix.join(dir, '.git');
  if (isGitFolder(process, path)) return path;
  if (!process.files.exists(path) || process.files.stat(path).type !== 'file') return undefined;
  const [, target] = /^gitdir: (.+)/.exec(Buffer.from(process.files.readFile(path)).toString()) ?? [];
  if (target === undefined) throw new GitFailure(`invalid gitfile format: ${path}`);
  const gitdir = posix.resolve(dir, target.trimEnd());
  if (!isGitFolder(process, gitdir)) throw new GitFailure(`not a git repository: ${gitdir}`);
  return gitdir;
}

function isGitFolder(process: Process, path: string): boolean {
  return process.files.exists(posix.join(path, 'HEAD')) && process.files.exists(posix.join(path, 'objects'));
}

/** The repository that holds the current directory, or the one that --git-dir names. Throws GitFailure. */
export function findRepository(process: Process, overrides: ReadonlyMap<string, string>, gitDir?: string, workTree?: string): Repository {
  const cwd = process.files.getcwd();
  const fs = filesOf(process);
  const named = gitDir ?? process.env.get('GIT_DIR');
  if (named !== undefined) {
    const gitdir = posix.resolve(cwd, named);
    if (!isGitFolder(process, gitdir)) throw new GitFailure(`not a git repository: '${named}'`);
    return { process, fs, gitdir, dir: posix.resolve(cwd, workTree ?? process.env.get('GIT_WORK_TREE') ?? '.'), overrides };
  }
  for (let dir = cwd; ; dir = posix.dirname(dir)) {
    const gitdir = gitFolder(process, dir);
    if (gitdir !== undefined) return { process, fs, dir, gitdir, overrides };
    if (isGitFolder(process, dir)) return { process, fs, dir, gitdir: dir, overrides };
    if (dir === '/') throw new GitFailure('not a git repository (or any of the parent directories): .git');
  }
}

/** A path of the command line as the library wants it: relative to the root of the working tree; '.' for the root itself. */
export function inTree({ process, dir }: Repository, path: string): string {
  const relative = posix.relative(dir, posix.resolve(process.files.getcwd(), path));
  if (relative.startsWith('..')) throw new GitFailure(`${path}: '${path}' is outside repository at '${dir}'`);
  return relative === '' ? '.' : relative;
}

/** Who commits: environment, then configuration. Throws GitFailure in git's words. */
export async function person(repository: Repository, role: 'AUTHOR' | 'COMMITTER'): Promise<{ name: string; email: string; timestamp: number; timezoneOffset: number }> {
  const { env } = repository.process;
  const own = (what: string): string | undefined => setting(repository, `${role.toLowerCase()}.${what}`) ?? setting(repository, `user.${what}`);
  const name = env.get(`GIT_${role}_NAME`) ?? own('name');
  const email = env.get(`GIT_${role}_EMAIL`) ?? own('email') ?? env.get('EMAIL');
  if (name === undefined || email === undefined) {
    throw new GitFailure(`unable to auto-detect email address\n\n*** Please tell me who you are.\n\nRun\n\n  git config --global user.email "you@example.com"\n  git config --global user.name "Your Name"\n\nto set your account's default identity.\nOmit --global to set the identity only in this repository.\n`);
  }
  const zone = zoneOf(repository.process);
  const date = env.get(`GIT_${role}_DATE`);
  const stamp = date === undefined ? { timestamp: Math.floor(nowMs() / 1000), timezoneOffset: -zone.offsetSeconds(nowMs()) / 60 || 0 } : givenDate(date, zone);
  if (stamp === undefined) throw new GitFailure(`invalid date format: ${date}`);
  return { name, email, ...stamp };
}
