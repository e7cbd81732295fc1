// HTTP servers of the host for the network commands: what was asked, redirects, failures, and git's own backend.
import { spawn } from 'node:child_process';
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { networkInterfaces } from 'node:os';

/** An address of this host that is no loopback address, because those are the machine's own. */
export function outerAddress(): string | undefined {
  return Object.values(networkInterfaces()).flat().find((one) => one?.family === 'IPv4' && !one.internal)?.address;
}

export interface TestServer {
  readonly url: string;
  close(): void;
}

async function listen(handler: http.RequestListener): Promise<TestServer> {
  const server = http.createServer(handler);
  await new Promise<void>((done) => {
    server.listen(0, done);
  });
  return { url: `http://${outerAddress()}:${(server.address() as AddressInfo).port}`, close: () => server.close() };
}

/** Answers with what it was asked, as JSON; /to redirects to /end, /404 is not found, /flaky fails twice. */
export function echoServer(): Promise<TestServer> {
  let failures = 2;
  return listen((request, response) => {
    const parts: Buffer[] = [];
    request.on('data', (part: Buffer) => parts.push(part)).on('end', () => {
      if (request.url === '/to') return response.writeHead(302, { Location: '/end' }).end();
      if (request.url === '/404') return response.writeHead(404).end('gone\n');
      if (request.url === '/flaky' && failures-- > 0) return response.writeHead(503).end();
      response.setHeader('X-Seen', 'yes');
      const { host: _host, ...headers } = request.headers;
      response.end(`${JSON.stringify({ method: request.method, url: request.url, headers, body: Buffer.concat(parts).toString() })}\n`);
    });
  });
}

/** Serves the repositories in a folder by the host's `git http-backend`. */
export function gitServer(folder: string): Promise<TestServer> {
  return listen((request, response) => {
    const url = new URL(request.url!, 'http://x');
    const child = spawn('git', ['http-backend'], {
      env: {
        ...process.env, GIT_PROJECT_ROOT: folder, GIT_HTTP_EXPORT_ALL: '1', PATH_INFO: url.pathname, QUERY_STRING: url.search.slice(1), REQUEST_METHOD: request.method, CONTENT_TYPE: request.headers['content-type'] ?? '',
        REMOTE_USER: 'tester', REMOTE_ADDR: '192.0.2.1', ...(request.headers['git-protocol'] ? { GIT_PROTOCOL: String(request.headers['git-protocol']) } : {}), GIT_CONFIG_COUNT: '2', GIT_CONFIG_KEY_0: 'http.receivepack', GIT_CONFIG_VALUE_0: 'true', GIT_CONFIG_KEY_1: 'safe.directory', GIT_CONFIG_VALUE_1: '*',
      },
    });
    request.pipe(child.stdin);
    const parts: Buffer[] = [];
    child.stdout.on('data', (part: Buffer) => parts.push(part)).on('end', () => {
      const all = Buffer.concat(parts);
      const end = all.indexOf('\r\n\r\n');
      for (const line of all.toString('latin1', 0, end).split('\r\n')) {
        const [name, value] = [line.slice(0, line.indexOf(':')), line.slice(line.indexOf(':') + 2)];
        if (name === 'Status') response.statusCode = Number.parseInt(value, 10);
        else response.setHeader(name, value);
      }
      response.end(all.subarray(end + 4));
    });
  });
}
