// httpd: busybox's web server for files, on the machine's own loopback (https://busybox.net/downloads/BusyBox.html#httpd); no CGI, no configuration file.
import { posix } from 'node:path';
import { Errno } from '../kernel/errno.js';
import { O_RDONLY } from '../kernel/open-file.js';
import type { Process } from '../kernel/process.js';
import type { Main } from '../kernel/program.js';
import type { Listener } from '../kernel/sockets.js';
import type { Task } from '../kernel/wait.js';
import { command, encode, parseOptions, UsageError } from '../programs/stdio.js';

const HEAD_MAX_BYTES = 8192;
const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html', '.htm': 'text/html', '.txt': 'text/plain', '.css': 'text/css', '.js': 'application/javascript', '.json': 'application/json', '.png': 'image/png', '.jpg': 'image/jpeg',
  '.gif': 'image/gif', '.svg': 'image/svg+xml', '.xml': 'text/xml', '.gz': 'application/gzip', '.tar': 'application/x-tar', '.wasm': 'application/wasm',
};
const WORDS: Readonly<Record<number, string>> = { 200: 'OK', 302: 'Found', 400: 'Bad Request', 403: 'Forbidden', 404: 'Not Found', 501: 'Not Implemented' };

function* readHead(process: Process, fd: number): Task<string> {
  let text = '';
  while (!/\r?\n\r?\n/.test(text) && text.length < HEAD_MAX_BYTES) {
    const bytes = yield* process.read(fd, HEAD_MAX_BYTES);
    if (bytes.length === 0) break;
    text += Buffer.from(bytes).toString('latin1');
  }
  return text;
}

function head(status: number, headers: Readonly<Record<string, string>>): Uint8Array {
  const lines = [`HTTP/1.1 ${status} ${WORDS[status]}`, `Date: ${new Date().toUTCString()}`, ...Object.entries(headers).map(([name, value]) => `${name}: ${value}`), 'Connection: close'];
  return encode(`${lines.join('\r\n')}\r\n\r\n`);
}

function* refuse(process: Process, fd: number, status: number, extra: Readonly<Record<string, string>> = {}): Task {
  const page = encode(`<HTML><HEAD><TITLE>${status} ${WORDS[status]}</TITLE></HEAD>\n<BODY><H1>${status} ${WORDS[status]}</H1>\n</BODY></HTML>\n`);
  yield* process.write(fd, head(status, { 'Content-type': 'text/html', 'Content-length': String(page.length), ...extra }));
  yield* process.write(fd, page);
}

/** One request, one answer. */
function* answer(process: Process, fd: number, home: string): Task {
  const [, method, target] = /^([A-Z]+) (\S+)/.exec(yield* readHead(process, fd)) ?? [];
  if (method === undefined || target === undefined) return yield* refuse(process, fd, 400);
  if (method !== 'GET' && method !== 'HEAD') return yield* refuse(process, fd, 501);
  let path: string;
  try {
    path = posix.join(home, posix.normalize(`/${decodeURIComponent(target.replace(/[?#].*/, ''))}`));
  } catch {
    return yield* refuse(process, fd, 400);
  }
  try {
    if (process.files.stat(path).type === 'directory') {
      if (!target.endsWith('/')) return yield* refuse(process, fd, 302, { Location: `${target}/` });
      path = posix.join(path, 'index.html');
    }
    const { sizeBytes, mtimeMs } = process.files.stat(path);
    const file = process.open(path, O_RDONLY);
    yield* process.write(fd, head(200, { 'Content-type': TYPES[posix.extname(path)] ?? 'application/octet-stream', 'Content-length': String(sizeBytes), 'Last-Modified': new Date(mtimeMs).toUTCString() }));
    if (method === 'HEAD') return;
    for (let bytes = yield* process.read(file); bytes.length > 0; bytes = yield* process.read(file)) yield* process.write(fd, new Uint8Array(bytes));
  } catch (error) {
    if (!(error instanceof Errno) || error.code === 'EPIPE') throw error;
    yield* refuse(process, fd, error.code === 'EACCES' ? 403 : 404);
  }
}

function* serve(process: Process, listener: Listener, home: string): Task<number> {
  for (;;) {
    const socket = listener.accept();
    if (!socket) {
      yield* process.block(listener.readable);
      while (process.children.size > 0 && (yield* process.wait(undefined, { noHang: true })));
      continue;
    }
    const fd = process.descriptors.add(socket);
    socket.release();
    process.fork(function* connection(self) {
      yield* answer(self, fd, home);
      return 0;
    });
    process.close(fd);
  }
}

export const httpd: Main = command(function* (process) {
  const options = parseOptions(process.argv, 'fivp:h:c:u:r:', {});
  const refused = ['c', 'u', 'r', 'i'].find((name) => options.has(name));
  if (refused !== undefined) throw new UsageError(`-${refused} is not available here`);
  const port = Number((options.value('p') ?? '80').split(':').at(-1));
  if (!Number.isInteger(port) || port < 1 || port > 65535) throw new UsageError(`invalid port '${options.value('p')}'`);
  const home = process.files.realpath(options.value('h') ?? '.');
  const listener = process.kernel.sockets.listen(process.credentials, port);
  const fd = process.descriptors.add(listener);
  if (options.has('f')) return yield* serve(process, listener, home);
  process.fork(function* daemon(self) {
    self.setSession();
    for (const standard of [0, 1, 2]) if (self.descriptors.find(standard)) self.close(standard);
    return yield* serve(self, listener, home);
  });
  process.close(fd);
  return 0;
});
