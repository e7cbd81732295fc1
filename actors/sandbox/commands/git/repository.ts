// A git repository in the container's files: isomorphic-git over the calls of one process.
import { posix } from 'node:path';
import git, { type HttpClient, type PromiseFsClient, type ReadCommitResult } from 'isomorphic-git';
import { Errno } from '../../kernel/errno.js';
import type { Stat } from '../../kernel/inode.js';
import type { Process } from '../../kernel/process.js';
import { exchange } from '../net/http-client.js';

/** `fatal: …`, exit code 128 unless said otherwise. */
export class GitFailure extends Error {
  readonly exitCode: number;
  constructor(message: string, exitCode = 128) {
    super(message);
    this.exitCode = exitCode;
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
    const gitdir = posix.join(dir, '.git');
    if (isGitFolder(process, gitdir)) return { process, fs, dir, gitdir, overrides };
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

/** Full object id of a revision: HEAD, branches, tags, ids and their beginnings, with ~n, ^n and ^{type}. Throws GitFailure. */
export async function resolveRevision(repository: Repository, text: string): Promise<string> {
  const unknown = (): GitFailure => new GitFailure(`ambiguous argument '${text}': unknown revision or path not in the working tree.\nUse '--' to separate paths from revisions, like this:\n'git <command> [<revision>...] -- [<file>...]'`);
  const [, base, steps] = /^(.*?)((?:~\d*|\^(?:\d+|\{[a-z]*\})?)*)$/.exec(text)!;
  const { fs, gitdir } = repository;
  const found = await baseOid(repository, base === '' || base === '@' ? 'HEAD' : base!).catch(() => undefined);
  if (found === undefined) throw unknown();
  let oid: string = found;
  for (const [step] of steps!.matchAll(/~\d*|\^(?:\d+|\{[a-z]*\})?/g)) {
    const commit: ReadCommitResult | undefined = await git.readCommit({ fs, gitdir, oid }).catch(() => undefined);
    if (!commit) throw unknown();
    oid = commit.oid;
    if (step.startsWith('^{')) {
      if (step === '^{tree}') oid = commit.commit.tree;
      continue;
    }
    const count = Number(step.slice(1) || 1);
    if (step.startsWith('^')) {
      oid = count === 0 ? oid : (commit.commit.parent[count - 1] ?? '');
    } else {
      for (let i = 0; i < count && oid !== ''; i++) oid = (await git.readCommit({ fs, gitdir, oid })).commit.parent[0] ?? '';
    }
    if (oid === '') throw unknown();
  }
  return oid;
}

async function baseOid({ fs, gitdir }: Repository, name: string): Promise<string> {
  if (/^[0-9a-f]{40}$/.test(name)) return name;
  try {
    return await git.resolveRef({ fs, gitdir, ref: name });
  } catch {
    return git.expandOid({ fs, gitdir, oid: name });
  }
}

/** A value of the configuration: -c, then the repository, then the user's and the system's file. */
export async function setting(repository: Pick<Repository, 'process' | 'overrides'> & Partial<Repository>, name: string): Promise<string | undefined> {
  const { process, overrides, fs, gitdir } = repository;
  const over = overrides.get(name.toLowerCase());
  if (over !== undefined) return over;
  const own = fs && gitdir !== undefined ? ((await git.getConfig({ fs, gitdir, path: name })) as unknown) : undefined;
  if (own !== undefined) return String(own);
  for (const path of userFiles(process)) {
    const found = readConfig(process, path).filter(([key]) => key === canonical(name)).at(-1);
    if (found) return found[1];
  }
  return undefined;
}

/** ~/.gitconfig and /etc/gitconfig. */
export function userFiles(process: Process): string[] {
  return [...(process.env.has('HOME') ? [`${process.env.get('HOME')}/.gitconfig`] : []), '/etc/gitconfig'];
}

/** Section and key without case, subsections with. */
export function canonical(name: string): string {
  const first = name.indexOf('.');
  const last = name.lastIndexOf('.');
  return name.slice(0, first).toLowerCase() + name.slice(first, last) + name.slice(last).toLowerCase();
}

/** The entries of a configuration file in order; none where there is no file. */
export function readConfig(process: Process, path: string): [string, string][] {
  let text: string;
  try {
    text = Buffer.from(process.files.readFile(path)).toString();
  } catch (error) {
    if (error instanceof Errno) return [];
    throw error;
  }
  const entries: [string, string][] = [];
  let section = '';
  for (const line of text.split('\n')) {
    const [, name, sub] = /^\s*\[\s*([\w.-]+)(?:\s+"((?:[^"\\]|\\.)*)")?\s*\]/.exec(line) ?? [];
    if (name !== undefined) section = name.toLowerCase() + (sub === undefined ? '' : `.${sub.replaceAll(/\\(.)/g, '$1')}`);
    const [, key, value] = /^\s*([A-Za-z][\w-]*)\s*(?:=\s*(.*?))?\s*$/.exec(line.replace(/^\s*\[[^\]]*\]\s*/, '')) ?? [];
    if (key !== undefined) entries.push([`${section}.${key.toLowerCase()}`, (value ?? 'true').replace(/^"(.*)"$/, '$1').replaceAll(/\\(.)/g, '$1')]);
  }
  return entries;
}

/** Who commits: environment, then configuration. Throws GitFailure in git's words. */
export async function person(repository: Repository, role: 'AUTHOR' | 'COMMITTER'): Promise<{ name: string; email: string; timestamp: number; timezoneOffset: number }> {
  const { env } = repository.process;
  const name = env.get(`GIT_${role}_NAME`) ?? (await setting(repository, 'user.name'));
  const email = env.get(`GIT_${role}_EMAIL`) ?? (await setting(repository, 'user.email'));
  if (name === undefined || email === undefined) {
    throw new GitFailure(`unable to auto-detect email address\n\n*** Please tell me who you are.\n\nRun\n\n  git config --global user.email "you@example.com"\n  git config --global user.name "Your Name"\n\nto set your account's default identity.\nOmit --global to set the identity only in this repository.\n`);
  }
  const date = env.get(`GIT_${role}_DATE`);
  const timestamp = date === undefined ? Math.floor(Date.now() / 1000) : /^@?\d+/.test(date) && !/^\d{4}-/.test(date) ? Number(/\d+/.exec(date)![0]) : Math.floor(Date.parse(date) / 1000);
  return { name, email, timestamp, timezoneOffset: 0 };
}
