// wget: fetches URLs into files (https://www.gnu.org/software/wget/manual/wget.html; busybox's options are among GNU's).
import { dirname } from 'node:path/posix';
import { Errno } from '../kernel/errno.js';
import { O_APPEND, O_CREAT, O_TRUNC, O_WRONLY } from '../kernel/open-file.js';
import type { Process } from '../kernel/process.js';
import type { Main } from '../kernel/program.js';
import { settle, type Task } from '../kernel/wait.js';
import { command, decode, encode, type Options, parseOptions, readAll, reason, UsageError } from '../programs/stdio.js';
import { UnknownHost } from './net/connection.js';
import { exchange, type HttpAnswer, type HttpRequest, portOf } from './net/http-client.js';
import { StreamChunks } from './net/read-stream.js';

const GENERIC = 1, FILE_ERROR = 3, NETWORK = 4, TLS = 5, SERVER_ERROR = 8;
const REDIRECTS_MAX = 20;
const LONG = {
  quiet: 'no', 'no-verbose': 'no', verbose: 'no', 'output-document': 'required', 'directory-prefix': 'required', 'server-response': 'no', spider: 'no', continue: 'no', 'no-clobber': 'no',
  header: 'required', 'post-data': 'required', 'post-file': 'required', 'body-data': 'required', method: 'required', 'user-agent': 'required', user: 'required', password: 'required', 'http-user': 'required',
  'http-password': 'required', timeout: 'required', tries: 'required', 'no-check-certificate': 'no', 'input-file': 'required', 'output-file': 'required', progress: 'required', 'show-progress': 'no',
  'no-proxy': 'no', proxy: 'required', 'max-redirect': 'required', 'content-disposition': 'no', 'retry-connrefused': 'no', waitretry: 'required', wait: 'required', 'connect-timeout': 'required',
  'read-timeout': 'required', 'dns-timeout': 'required', timestamping: 'no', 'inet4-only': 'no', 'no-cache': 'no', 'ca-certificate': 'required', 'auth-no-challenge': 'no', compression: 'required', 'content-on-error': 'no',
  'https-only': 'no', 'secure-protocol': 'required', 'no-hsts': 'no', 'no-dns-cache': 'no', 'retry-on-http-error': 'required', 'no-netrc': 'no', 'force-directories': 'no',
} as const;

class WgetFailure extends Error {
  readonly exitCode: number;
  /** Whether another try may help. */
  readonly again: boolean;
  constructor(exitCode: number, message: string, again = false) {
    super(message);
    this.exitCode = exitCode;
    this.again = again;
  }
}

function failureOf(error: unknown, url: URL, retriesRefused: boolean): WgetFailure {
  if (error instanceof WgetFailure) return error;
  if (error instanceof UnknownHost) return new WgetFailure(NETWORK, `wget: unable to resolve host address '${url.hostname}'`);
  const code = error instanceof Errno ? error.code : (error as NodeJS.ErrnoException).code;
  if (code === 'ECONNREFUSED') return new WgetFailure(NETWORK, `Connecting to ${url.hostname}:${portOf(url)}... failed: Connection refused.`, retriesRefused);
  if (code === 'ENETUNREACH' || code === 'EHOSTUNREACH') return new WgetFailure(NETWORK, `Connecting to ${url.hostname}:${portOf(url)}... failed: ${code === 'ENETUNREACH' ? 'Network is unreachable' : 'No route to host'}.`);
  if (code === 'ETIMEDOUT' || code === 'ECONNRESET' || code === 'EPIPE') return new WgetFailure(NETWORK, code === 'ETIMEDOUT' ? 'failed: Connection timed out.' : 'Read error (Connection reset by peer) in headers.', true);
  if (code !== undefined && /CERT|SELF_SIGNED|UNABLE_TO|ALTNAME|ERR_SSL/.test(code)) return new WgetFailure(TLS, `ERROR: cannot verify ${url.hostname}'s certificate: ${(error as Error).message}\nTo connect to ${url.hostname} insecurely, use \`--no-check-certificate'.`);
  throw error;
}

function* postBody(process: Process, options: Options): Task<Uint8Array | undefined> {
  const data = options.value('post-data', 'body-data');
  if (data !== undefined) return encode(data);
  const path = options.value('post-file');
  if (path === undefined) return undefined;
  return path === '-' ? yield* readAll(process, 0) : process.files.readFile(path);
}

function headersFor(options: Options, url: URL, startByte: number): [string, string][] {
  const headers = new Map<string, [string, string]>([['user-agent', ['User-Agent', options.value('U', 'user-agent') ?? 'Wget/1.21.4']], ['accept', ['Accept', '*/*']], ['accept-encoding', ['Accept-Encoding', 'identity']], ['host', ['Host', url.host]]]);
  const user = options.value('user', 'http-user') ?? (url.username === '' ? undefined : decodeURIComponent(url.username));
  const password = options.value('password', 'http-password') ?? decodeURIComponent(url.password);
  if (user !== undefined) headers.set('authorization', ['Authorization', `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`]);
  if (startByte > 0) headers.set('range', ['Range', `bytes=${startByte}-`]);
  if (options.has('post-data', 'post-file')) headers.set('content-type', ['Content-Type', 'application/x-www-form-urlencoded']);
  for (const line of options.given.get('header') ?? []) {
    const at = line.indexOf(':');
    if (at > 0) headers.set(line.slice(0, at).toLowerCase(), [line.slice(0, at), line.slice(at + 1).trim()]);
  }
  return [...headers.values()];
}

function targetName(options: Options, url: URL, answer: HttpAnswer | undefined): string {
  const document = options.value('O', 'output-document');
  if (document !== undefined) return document;
  const offered = options.has('content-disposition') ? /filename="?([^";]+)"?/i.exec(answer?.headers['content-disposition'] ?? '')?.[1] : undefined;
  const name = (offered ?? decodeURIComponent(url.pathname.split('/').at(-1)!)) || 'index.html';
  return `${options.value('P', 'directory-prefix')?.replace(/\/?$/, '/') ?? ''}${name}${offered === undefined ? url.search : ''}`;
}

function makeFolders(process: Process, path: string): void {
  if (process.files.exists(path)) return;
  makeFolders(process, dirname(path));
  process.files.mkdir(path);
}

/** One try. */
function* fetchOnce(process: Process, options: Options, first: URL, say: (text: string) => Task): Task {
  const name = targetName(options, first, undefined);
  const has = (path: string): boolean => path !== '-' && process.files.exists(path);
  if (options.has('nc', 'no-clobber') && has(name)) return yield* say(`File '${name}' already there; not retrieving.\n`);
  const startByte = options.has('c', 'continue') && has(name) ? process.files.stat(name).sizeBytes : 0;
  const body = yield* postBody(process, options);
  let url = first;
  for (let redirects = 0; ; redirects++) {
    yield* say(`Connecting to ${url.hostname}:${portOf(url)}... `);
    const headers = headersFor(options, url, startByte);
    const method = options.value('method') ?? (options.has('spider') ? 'HEAD' : body ? 'POST' : 'GET');
    const certificate = options.value('ca-certificate');
    const request: HttpRequest = {
      url, method, headers, insecure: options.has('no-check-certificate'), connectTimeoutMs: Number(options.value('T', 'timeout', 'connect-timeout') ?? 0) * 1000,
      ...(body && redirects === 0 ? { body } : {}), ...(certificate === undefined ? {} : { authorities: decode(process.files.readFile(certificate)) }),
    };
    let answer: HttpAnswer;
    try {
      answer = yield* settle(exchange(process, request));
    } catch (error) {
      throw failureOf(error, url, options.has('retry-connrefused'));
    }
    try {
      yield* say(`connected.\nHTTP request sent, awaiting response... ${answer.status} ${answer.reason}\n`);
      if (options.has('S', 'server-response')) {
        for (let i = 0; i < answer.rawHeaders.length; i += 2) yield* process.write(2, encode(`  ${answer.rawHeaders[i]}: ${answer.rawHeaders[i + 1]}\n`));
      }
      const { location } = answer.headers;
      if (answer.status >= 300 && answer.status < 400 && location !== undefined) {
        if (redirects >= Number(options.value('max-redirect') ?? REDIRECTS_MAX)) throw new WgetFailure(SERVER_ERROR, `${redirects} redirections exceeded.`);
        url = new URL(location, url);
        yield* say(`Location: ${location} [following]\n`);
        continue;
      }
      if (answer.status === 416 && startByte > 0) return yield* say('\n    The file is already fully retrieved; nothing to do.\n\n');
      if (answer.status >= 400) throw new WgetFailure(SERVER_ERROR, `ERROR ${answer.status}: ${answer.reason}.`, answer.status >= 500);
      if (options.has('spider')) return yield* say('Remote file exists.\n\n');
      return yield* save(process, options, url, answer, startByte > 0 && answer.status === 206, say);
    } finally {
      answer.end();
    }
  }
}

function* save(process: Process, options: Options, url: URL, answer: HttpAnswer, appends: boolean, say: (text: string) => Task): Task {
  const name = targetName(options, url, answer);
  yield* say(`Length: ${answer.headers['content-length'] ?? 'unspecified'} [${answer.headers['content-type'] ?? ''}]\nSaving to: '${name === '-' ? 'STDOUT' : name}'\n`);
  let fd = 1;
  try {
    if (name !== '-') makeFolders(process, dirname(name));
    if (name !== '-') fd = process.open(name, O_WRONLY | O_CREAT | (appends ? O_APPEND : O_TRUNC), 0o666);
  } catch (error) {
    throw new WgetFailure(FILE_ERROR, `${name}: ${reason(error)}`);
  }
  let sizeBytes = 0;
  try {
    const chunks = new StreamChunks(answer.body);
    for (let chunk = yield* chunks.next(); chunk; chunk = yield* chunks.next()) {
      sizeBytes += chunk.length;
      yield* process.write(fd, chunk);
    }
  } catch (error) {
    if (error instanceof Errno && (error.code === 'EPIPE' || error.code === 'ENOSPC')) throw error;
    throw failureOf(error, url, true);
  } finally {
    if (fd > 2 && process.status === undefined) process.close(fd);
  }
  yield* say(`\n'${name}' saved [${sizeBytes}]\n\n`);
}

function* readUrls(process: Process, options: Options): Task<string[]> {
  const path = options.value('i', 'input-file');
  const listed = path === undefined ? '' : decode(path === '-' ? yield* readAll(process, 0) : process.files.readFile(path));
  return [...options.operands, ...listed.split('\n').map((line) => line.trim()).filter((line) => line !== '')];
}

export const wget: Main = command(function* (process) {
  // -nc, -nv and -nH are one option each.
  const argv = process.argv.map((word) => (word === '-nc' ? '--no-clobber' : word === '-nv' ? '--no-verbose' : word === '-nH' || word === '-nd' ? '--no-cache' : word));
  const options = parseOptions(argv, 'qvO:P:ScT:t:U:i:o:N4Y:e:r', LONG, { exitCode: 2 });
  if (options.has('r')) throw new UsageError('recursive retrieval is not available here', GENERIC);
  const urls = yield* readUrls(process, options);
  if (urls.length === 0) throw new UsageError('missing URL\nUsage: wget [OPTION]... [URL]...\n\nTry `wget --help\' for more options.', GENERIC);
  const quiet = options.has('q', 'quiet', 'no-verbose');
  const say = function* (text: string): Task {
    if (!quiet) yield* process.write(2, encode(text));
  };
  const tries = Number(options.value('t', 'tries') ?? 20) || 20;
  let exitCode = 0;
  for (const text of urls) {
    let url: URL;
    try {
      url = new URL(/^[a-z]+:\/\//i.test(text) ? text : `http://${text}`);
    } catch {
      throw new UsageError(`${text}: Invalid URL.`, GENERIC);
    }
    if (url.protocol !== 'http:' && url.protocol !== 'https:') throw new UsageError(`${text}: Unsupported scheme '${url.protocol.slice(0, -1)}'.`, GENERIC);
    yield* say(`--${new Date().toISOString().slice(0, 19).replace('T', ' ')}--  ${url.href}\n`);
    for (let attempt = 1; ; attempt++) {
      try {
        yield* fetchOnce(process, options, url, say);
        break;
      } catch (error) {
        if (!(error instanceof WgetFailure)) throw error;
        if (!options.has('q', 'quiet')) yield* process.write(2, encode(`${error.message}\n`));
        exitCode = error.exitCode;
        if (!error.again || attempt >= tries) break;
        exitCode = 0;
        yield* process.sleep(Math.min(attempt, 10) * 1000);
      }
    }
  }
  return exitCode;
});
