// How other repositories are reached: addresses, headers, credentials, and what goes wrong in git's words.
import { posix } from 'node:path';
import type { Process } from '../../kernel/process.js';
import { allSettings, setting, type SettingsOf } from './configuration.js';
import { isPath, type LocalRepository, openLocal } from './local.js';
import { GitFailure, httpOf, type Repository } from './repository.js';

/** What the library needs to talk to `url`: headers and credentials of the configuration and the URL. */
export async function transport(process: Process, repository: Partial<Repository> & { overrides: ReadonlyMap<string, string> }, url: string): Promise<object> {
  if (!/^https?:\/\//.test(url)) throw new GitFailure(`unable to access '${url}': this machine's git speaks http and https, and reads paths, only`);
  const of = { process, ...repository };
  const headers: [string, string][] = [];
  for (const { name, value } of allSettings(of)) {
    const [, prefix] = /^http\.(?:(.*)\.)?extraheader$/.exec(name) ?? [];
    if (!/^http\.(.*\.)?extraheader$/.test(name) || (prefix !== undefined && !url.startsWith(prefix))) continue;
    const at = value.indexOf(':');
    if (value === '') headers.length = 0;
    else headers.push([value.slice(0, at), value.slice(at + 1).trim()]);
  }
  const insecure = setting(of, 'http.sslVerify') === 'false' || process.env.get('GIT_SSL_NO_VERIFY') !== undefined;
  const { username, password } = new URL(url);
  return {
    http: httpOf(process, headers, insecure),
    ...(username === '' ? {} : { onAuth: () => ({ username: decodeURIComponent(username), password: decodeURIComponent(password) }) }),
    onAuthFailure: () => ({ cancel: true }),
  };
}

/** The URL without its secrets, for messages. */
export function shown(url: string): string {
  return url.replace(/\/\/[^@/]*@/, '//');
}

export function describeFailure(error: unknown, url: string): Error {
  const { code, name, message, data } = error as { code?: string; name?: string; message: string; data?: { statusCode?: number } };
  if (error instanceof GitFailure) return error;
  if (name === 'UserCanceledError' || data?.statusCode === 401) return new GitFailure(`Authentication failed for '${shown(url)}'`);
  if (code === 'HttpError' && data?.statusCode === 404) return new GitFailure(`repository '${shown(url)}/' not found`);
  return new GitFailure(`unable to access '${shown(url)}/': ${message}`);
}

/** The repository where an address is a path; undefined where it is none. Throws GitFailure where nothing is there. */
export function localOf(process: Process, url: string, from: string): LocalRepository | undefined {
  if (!isPath(process, url)) return undefined;
  const found = openLocal(process, url, from);
  if (!found) throw noRepository(url);
  return found;
}

export function noRepository(remote: string): GitFailure {
  return new GitFailure(`'${remote}' does not appear to be a git repository\nfatal: Could not read from remote repository.\n\nPlease make sure you have the correct access rights\nand the repository exists.`);
}

/** The address of a remote, by its name or as it is given; url.*.insteadOf is minded. Throws GitFailure. */
export function urlOf(repository: Repository, remote: string, pushes = false): string {
  if (/^[a-z]+:\/\//.test(remote)) return rewritten(repository, remote, pushes);
  const url = (pushes ? setting(repository, `remote.${remote}.pushurl`) : undefined) ?? setting(repository, `remote.${remote}.url`);
  if (url !== undefined) return rewritten(repository, url, pushes);
  if (/^[\w.-]+@[\w.-]+:/.test(remote)) return rewritten(repository, remote, pushes);
  if (/^\.{0,2}\//.test(remote) || remote === '.' || remote === '..') return posix.resolve(repository.process.files.getcwd(), remote);
  throw noRepository(remote);
}

/** As url.BASE.insteadOf and pushInsteadOf say: the longest beginning wins. */
export function rewritten(of: SettingsOf, url: string, pushes = false): string {
  let best: { base: string; prefix: string } | undefined;
  for (const { name, value } of allSettings(of)) {
    const [, base, kind] = /^url\.(.*)\.(insteadof|pushinsteadof)$/s.exec(name) ?? [];
    if (base !== undefined && (kind === 'insteadof' || pushes) && url.startsWith(value) && value.length > (best?.prefix.length ?? -1)) best = { base, prefix: value };
  }
  return best === undefined ? url : best.base + url.slice(best.prefix.length);
}
