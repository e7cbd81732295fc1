// curl: URLs in, bytes out (https://curl.se/docs/manpage.html); http, https and file.
import { createBrotliDecompress, createGunzip, createInflate } from 'node:zlib';
import type { Readable } from 'node:stream';
import { Errno } from '../../kernel/errno.js';
import type { Process } from '../../kernel/process.js';
import type { Main } from '../../kernel/program.js';
import { settle, type Task } from '../../kernel/wait.js';
import { command, complain, encode, type Output, reason } from '../../programs/stdio.js';
import { exchange, type HttpAnswer, type HttpRequest, portOf } from '../net/http-client.js';
import { StreamChunks } from '../net/read-stream.js';
import { type Body, dataBody, formBody, uploadBody } from './body.js';
import { CurlFailure, curlFailure, TIMED_OUT } from './failure.js';
import { curlOptions, type CurlOptions } from './options.js';
import { closeFile, openOutput, sinkName } from './output.js';
import { type Transfer, writeOut } from './write-out.js';

const REDIRECTS_MAX = 50;
const RETRIED = new Set([408, 429, 500, 502, 503, 504]);
const USER_AGENT = 'curl/8.5.0';
const FAILED_STATUS = 22;

function parseUrl(text: string): URL {
  const whole = /^[a-z][a-z0-9+.-]*:\/\//i.test(text) ? text : `http://${text}`;
  let url: URL;
  try {
    url = new URL(whole);
  } catch {
    throw new CurlFailure(3, `URL rejected: Malformed input to a URL function`);
  }
  if (!['http:', 'https:', 'file:'].includes(url.protocol)) throw new CurlFailure(1, `Protocol "${url.protocol.slice(0, -1)}" not supported`);
  return url;
}

function headersFor(options: CurlOptions, url: URL, body: Body | undefined, sameHost: boolean): [string, string][] {
  const own = new Map<string, [string, string]>();
  const put = (name: string, value: string): unknown => own.set(name.toLowerCase(), [name, value]);
  put('Host', url.host);
  const user = options.value('u', 'user') ?? (url.username === '' ? undefined : `${decodeURIComponent(url.username)}:${decodeURIComponent(url.password)}`);
  if (user !== undefined && sameHost) put('Authorization', `Basic ${Buffer.from(user.includes(':') ? user : `${user}:`).toString('base64')}`);
  const bearer = options.value('oauth2-bearer');
  if (bearer !== undefined && sameHost) put('Authorization', `Bearer ${bearer}`);
  put('User-Agent', options.value('A', 'user-agent') ?? USER_AGENT);
  put('Accept', options.has('json') ? 'application/json' : '*/*');
  if (options.has('compressed')) put('Accept-Encoding', 'deflate, gzip, br');
  const range = options.value('r', 'range');
  if (range !== undefined) put('Range', `bytes=${range}`);
  const referer = options.value('e', 'referer');
  if (referer !== undefined) put('Referer', referer);
  const cookies = options.all('b', 'cookie').filter((cookie) => cookie.includes('='));
  if (cookies.length > 0) put('Cookie', cookies.join('; '));
  if (body?.contentType !== undefined) put('Content-Type', body.contentType);
  const extra: [string, string][] = [];
  const replaced = new Set<string>();
  for (const line of options.all('H', 'header')) {
    const [, name, mark, value] = /^([^:;]+)([:;])\s*([\s\S]*)$/.exec(line) ?? [];
    if (name === undefined) continue;
    const key = name.toLowerCase();
    if (!sameHost && (key === 'authorization' || key === 'cookie')) continue;
    replaced.add(key);
    if (mark === ';' || value !== '') extra.push([name, mark === ';' ? '' : value!]);
  }
  return [...[...own].filter(([key]) => !replaced.has(key)).map(([, header]) => header), ...extra];
}

function connectTo(options: CurlOptions, url: URL): { host: string; port: number } | undefined {
  const wanted = `${url.hostname}:${portOf(url)}:`;
  const resolved = options.all('resolve').find((entry) => entry.replace(/^[+*]/, '').startsWith(wanted));
  return resolved === undefined ? undefined : { host: resolved.replace(/^[+*]/, '').slice(wanted.length).replace(/^\[|\]$/g, ''), port: portOf(url) };
}

/** Rejects with curl's time-out once the time is over. */
function within<T>(promise: Promise<T>, timeLeftMs: number | undefined, limitMs: number): Promise<T> {
  if (timeLeftMs === undefined) return promise;
  let timer: NodeJS.Timeout;
  const over = new Promise<never>((_, fail) => {
    timer = setTimeout(() => fail(new CurlFailure(TIMED_OUT, `Operation timed out after ${limitMs} milliseconds with 0 bytes received`)), Math.max(0, timeLeftMs));
  });
  return Promise.race([promise, over]).finally(() => clearTimeout(timer));
}

function decoded(answer: HttpAnswer, wanted: boolean): Readable {
  const make = { gzip: createGunzip, deflate: createInflate, br: createBrotliDecompress }[(answer.headers['content-encoding'] ?? '') as 'gzip'];
  return wanted && make ? answer.body.pipe(make()) : answer.body;
}

function headText(answer: HttpAnswer): string {
  const lines = [`HTTP/${answer.version} ${answer.status} ${answer.reason}`];
  for (let i = 0; i < answer.rawHeaders.length; i += 2) lines.push(`${answer.rawHeaders[i]}: ${answer.rawHeaders[i + 1]}`);
  return `${lines.join('\r\n')}\r\n\r\n`;
}

function verbose(url: URL, method: string, headers: readonly (readonly [string, string])[], answer: HttpAnswer): string {
  const sent = [`${method} ${url.pathname}${url.search} HTTP/1.1`, ...headers.map(([name, value]) => `${name}: ${value}`), ''];
  const got = headText(answer).split('\r\n').slice(0, -1);
  return `* Connected to ${url.hostname} port ${portOf(url)}\n${sent.map((line) => `> ${line}\n`).join('')}${got.map((line) => `< ${line}\n`).join('')}`;
}

/** One URL, redirects followed; `transfer` is filled for --write-out. */
function* fetchUrl(process: Process, options: CurlOptions, first: URL, output: string | undefined, transfer: Transfer, standardOutput: Output): Task {
  const given = (yield* formBody(process, options)) ?? (yield* uploadBody(process, options)) ?? (yield* dataBody(process, options));
  const limitMs = Number(options.value('m', 'max-time') ?? 0) * 1000;
  const until = limitMs > 0 ? performance.now() + limitMs : undefined;
  let url = first;
  let body: Body | undefined = given;
  if (options.has('G', 'get') && given) {
    url = new URL(url);
    url.search = `${url.search === '' ? '?' : `${url.search}&`}${Buffer.from(given.bytes).toString()}`;
    body = undefined;
  }
  let method = options.value('X', 'request') ?? (options.has('I', 'head') ? 'HEAD' : options.has('T', 'upload-file') ? 'PUT' : body ? 'POST' : 'GET');
  const redirectsMax = Number(options.value('max-redirs') ?? REDIRECTS_MAX);
  const isOutside = (at: URL): boolean => at.host !== first.host && !options.has('location-trusted');
  for (;;) {
    const headers = headersFor(options, url, body, !isOutside(url));
    const cacert = options.value('cacert');
    const target = connectTo(options, url);
    const request: HttpRequest = {
      url, method, headers, insecure: options.has('k', 'insecure'), connectTimeoutMs: Number(options.value('connect-timeout') ?? 0) * 1000,
      ...(body ? { body: body.bytes } : {}), ...(cacert === undefined ? {} : { authorities: Buffer.from(process.files.readFile(cacert)).toString() }), ...(target ? { connectTo: target } : {}),
    };
    const startedMs = performance.now();
    let answer: HttpAnswer;
    try {
      answer = yield* settle(within(exchange(process, request), until === undefined ? undefined : until - performance.now(), limitMs));
    } catch (error) {
      throw curlFailure(error, url, Math.round(performance.now() - startedMs));
    }
    try {
      Object.assign(transfer, { status: answer.status, url: url.href, contentType: answer.headers['content-type'] ?? '', headers: answer.headers, version: answer.version, method });
      if (options.has('v', 'verbose')) yield* process.write(2, encode(verbose(url, method, headers, answer)));
      const { location } = answer.headers;
      const redirects = options.has('L', 'location', 'location-trusted') && location !== undefined && answer.status >= 300 && answer.status < 400;
      if (options.has('i', 'include', 'I', 'head') && output === '-') standardOutput.print(headText(answer));
      const dump = options.value('D', 'dump-header');
      if (dump === '-') standardOutput.print(headText(answer));
      else if (dump !== undefined) process.files.writeFile(dump, encode(headText(answer)), { append: transfer.redirects > 0 });
      if (!redirects) {
        if (options.has('f', 'fail') && answer.status >= 400) throw new CurlFailure(FAILED_STATUS, `The requested URL returned error: ${answer.status}`);
        return yield* receive(process, options, url, answer, output, transfer, standardOutput, { until, limitMs });
      }
      transfer.redirects++;
      if (transfer.redirects > redirectsMax && redirectsMax >= 0) throw new CurlFailure(47, `Maximum (${redirectsMax}) redirects followed`);
      url = new URL(location, url);
      parseUrl(url.href);
      const rewritten = answer.status === 303 ? method !== 'HEAD' : (answer.status === 301 || answer.status === 302) && method === 'POST';
      if (rewritten && options.value('X', 'request') === undefined) [method, body] = ['GET', undefined];
    } finally {
      answer.end();
    }
  }
}

function* receive(process: Process, options: CurlOptions, url: URL, answer: HttpAnswer, output: string | undefined, transfer: Transfer, standardOutput: Output, limit: { until: number | undefined; limitMs: number }): Task {
  const name = sinkName(options, url, output, answer.headers['content-disposition']);
  yield* standardOutput.flush();
  let fd = name === '-' ? 1 : undefined;
  try {
    const chunks = new StreamChunks(decoded(answer, options.has('compressed')));
    const overdue = limit.until === undefined ? undefined : setTimeout(() => answer.body.destroy(new CurlFailure(TIMED_OUT, `Operation timed out after ${limit.limitMs} milliseconds with ${transfer.sizeBytes} bytes received`)), Math.max(0, limit.until - performance.now()));
    try {
      for (let chunk = yield* chunks.next(); chunk; chunk = yield* chunks.next()) {
        fd ??= openOutput(process, options, name);
        transfer.sizeBytes += chunk.length;
        yield* process.write(fd, chunk);
      }
    } finally {
      clearTimeout(overdue);
    }
    fd ??= openOutput(process, options, name);
  } catch (error) {
    if (error instanceof CurlFailure) throw error;
    if (error instanceof Errno) throw error.code === 'EPIPE' ? error : new CurlFailure(23, `Failure writing output to destination: ${error.message}`);
    const missing = Number(answer.headers['content-length'] ?? 0) - transfer.sizeBytes;
    throw new CurlFailure(18, missing > 0 ? `transfer closed with ${missing} bytes remaining to read` : 'transfer closed with outstanding read data remaining');
  } finally {
    closeFile(process, fd);
  }
  if (options.has('fail-with-body') && answer.status >= 400) throw new CurlFailure(FAILED_STATUS, `The requested URL returned error: ${answer.status}`);
}

function* readLocal(process: Process, options: CurlOptions, url: URL, output: string | undefined): Task {
  const path = decodeURIComponent(url.pathname);
  const name = sinkName(options, url, output, undefined);
  let bytes: Uint8Array;
  try {
    bytes = process.files.readFile(path);
  } catch (error) {
    reason(error);
    throw new CurlFailure(37, `Couldn't open file ${path}`);
  }
  const fd = name === '-' ? 1 : openOutput(process, options, name);
  try {
    yield* process.write(fd, new Uint8Array(bytes));
  } finally {
    closeFile(process, fd);
  }
}

function canRetry(options: CurlOptions, failure: CurlFailure | undefined, transfer: Transfer): boolean {
  if (!failure) return RETRIED.has(transfer.status);
  if (failure.exitCode === FAILED_STATUS) return RETRIED.has(transfer.status) || options.has('retry-all-errors');
  return failure.exitCode === TIMED_OUT || options.has('retry-all-errors') || (failure.exitCode === 7 && options.has('retry-connrefused'));
}

/** One URL with its retries; the exit code. */
function* transferUrl(process: Process, options: CurlOptions, text: string, output: string | undefined, standardOutput: Output): Task<number> {
  const retries = Number(options.value('retry') ?? 0);
  const delayMs = Number(options.value('retry-delay') ?? 0) * 1000;
  for (let attempt = 0; ; attempt++) {
    const transfer: Transfer = { status: 0, url: text, sizeBytes: 0, contentType: '', redirects: 0, startedMs: performance.now(), headers: {}, version: '0', method: 'GET', exitCode: 0, errorMessage: '' };
    let failure: CurlFailure | undefined;
    try {
      const url = parseUrl(text);
      if (url.protocol === 'file:') yield* readLocal(process, options, url, output);
      else yield* fetchUrl(process, options, url, output, transfer, standardOutput);
    } catch (error) {
      if (!(error instanceof CurlFailure)) throw error;
      failure = error;
    }
    if (attempt < retries && canRetry(options, failure, transfer)) {
      yield* process.sleep(delayMs > 0 ? delayMs : 1000 * 2 ** attempt);
      continue;
    }
    Object.assign(transfer, { exitCode: failure?.exitCode ?? 0, errorMessage: failure?.message ?? '' });
    if (failure && (!options.has('s', 'silent') || options.has('S', 'show-error'))) yield* complain(process, `(${failure.exitCode}) ${failure.message}`);
    const format = options.value('w', 'write-out');
    if (format !== undefined) standardOutput.print(writeOut(format.startsWith('@') ? Buffer.from(process.files.readFile(format.slice(1))).toString() : format, transfer));
    yield* standardOutput.flush();
    return failure?.exitCode ?? 0;
  }
}

export const curl: Main = command(function* (process, output) {
  if (process.argv.includes('--version') || process.argv[1] === '-V') {
    output.print('curl 8.5.0 (Sockerless built-in) Node.js\nProtocols: file http https\nFeatures: brotli libz SSL\n');
    return 0;
  }
  const options = curlOptions(process.argv);
  let exitCode = 0;
  for (const [at, url] of options.urls.entries()) {
    exitCode = yield* transferUrl(process, options, url, options.outputs[at], output);
    if (exitCode !== 0 && options.has('fail-early')) break;
  }
  return exitCode;
});
