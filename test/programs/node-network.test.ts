// Connections of Node programs inside the machine: addresses and ports, what is written when, TLS and HTTP/2, resets.
import test from 'ava';
import { allCommands } from '../../actors/sandbox/commands/index.js';
import { nodeKind } from '../../actors/sandbox/programs/node/index.js';
import { BUILTIN_MARKER } from '../../actors/sandbox/programs/builtin.js';
import { TestMachine, type TestRunResult } from '../support/machine.js';

const HELP = `
  import net from 'node:net'; import http from 'node:http'; import https from 'node:https'; import http2 from 'node:http2'; import tls from 'node:tls';
  import { once } from 'node:events'; import { text } from 'node:stream/consumers';
  const listen = async (server, ...where) => { server.listen(...where); await once(server, 'listening'); return server.address(); };
`;
/** A cipher without certificates: who is who does not matter here. */
const ANONYMOUS = `{ ciphers: 'AECDH-AES128-SHA:@SECLEVEL=0', maxVersion: 'TLSv1.2', rejectUnauthorized: false }`;

function run(code: string): Promise<TestRunResult> {
  const files = { '/usr/local/bin/node': { content: BUILTIN_MARKER, mode: 0o755 }, '/work/main.mjs': HELP + code };
  return new TestMachine({ commands: allCommands, kinds: [nodeKind()], files }).run(['node', '--no-warnings', 'main.mjs'], { cwd: '/work', timeoutMs: 60_000 });
}

test('both ends know each other by the same addresses and ports', async (t) => {
  const ran = await run(`
    for (const where of ['::', '127.0.0.1', '::1', '0.0.0.0']) {
      const server = net.createServer((socket) => socket.end(JSON.stringify([socket.remoteFamily, socket.remoteAddress, socket.localAddress, socket.remotePort, socket.localPort])));
      const { port } = await listen(server, 0, where);
      const ports = new Set();
      for (const host of ['127.0.0.1', '::1', '0.0.0.0']) {
        const client = net.connect(port, host);
        try {
          await once(client, 'connect');
          const [mine, theirs] = [[client.localPort, client.remotePort], client.remoteAddress];
          ports.add(client.localPort);
          const [family, remote, local, ...seen] = JSON.parse(await text(client));
          console.log(where, host, theirs, family, remote, local, seen.join() === mine.join());
        } catch (error) { console.log(where, host, error.code); }
      }
      console.log(ports.size);
      server.close();
    }`);
  const lines = [
    ':: 127.0.0.1 127.0.0.1 IPv6 ::ffff:127.0.0.1 ::ffff:127.0.0.1 true', ':: ::1 ::1 IPv6 ::1 ::1 true', ':: 0.0.0.0 127.0.0.1 IPv6 ::ffff:127.0.0.1 ::ffff:127.0.0.1 true', '3',
    '127.0.0.1 127.0.0.1 127.0.0.1 IPv4 127.0.0.1 127.0.0.1 true', '127.0.0.1 ::1 ECONNREFUSED', '127.0.0.1 0.0.0.0 127.0.0.1 IPv4 127.0.0.1 127.0.0.1 true', '2',
    '::1 127.0.0.1 ECONNREFUSED', '::1 ::1 ::1 IPv6 ::1 ::1 true', '::1 0.0.0.0 ECONNREFUSED', '1',
    '0.0.0.0 127.0.0.1 127.0.0.1 IPv4 127.0.0.1 127.0.0.1 true', '0.0.0.0 ::1 ECONNREFUSED', '0.0.0.0 0.0.0.0 127.0.0.1 IPv4 127.0.0.1 127.0.0.1 true', '2',
  ];
  t.deepEqual(ran.stdout.trim().split('\n'), lines, ran.stderr);
});

test('a port is taken for the addresses that its server answers for', async (t) => {
  const ran = await run(`
    const { port } = await listen(net.createServer().unref(), 0, '127.0.0.1');
    for (const where of ['127.0.0.1', '0.0.0.0', '::', '::1', '127.0.0.2', '192.0.2.1']) {
      const server = net.createServer();
      console.log(where, await listen(server, port, where).then(({ family }) => family, (error) => error.code));
      server.close();
    }
    const both = net.createServer(), narrow = net.createServer();
    const address = await listen(narrow, { port: 0, host: '::', ipv6Only: true });
    console.log((await listen(both, address.port, '0.0.0.0')).family);
    both.close(); narrow.close();`);
  t.is(ran.stdout, '127.0.0.1 EADDRINUSE\n0.0.0.0 EADDRINUSE\n:: EADDRINUSE\n::1 IPv6\n127.0.0.2 IPv4\n192.0.2.1 EADDRNOTAVAIL\nIPv4\n', ran.stderr);
});

test('what a connection has room for is written at once, and arrives although it is closed next', async (t) => {
  const ran = await run(`
    const server = net.createServer((socket) => { socket.pause(); setTimeout(async () => { console.log((await text(socket)).length); server.close(); }, 200); });
    const { port } = await listen(server, 0);
    const client = net.connect(port);
    await once(client, 'connect');
    let sum = 0;
    while (client.write('x'.repeat(1000))) sum += 1000;
    console.log(client.bytesWritten === sum + 1000, client.writableLength < sum);
    client.end(() => client.destroy());
    await once(client, 'close');
    console.log(client.bytesWritten === sum + 1000);`);
  const [atOnce, bounded, total, length] = ran.stdout.trim().split(/\s+/);
  t.deepEqual([atOnce, bounded], ['true', 'true'], ran.stdout + ran.stderr);
  t.true([total, length].includes('true') && Number(total === 'true' ? length : total) > 16000, ran.stdout + ran.stderr);
});

test('TLS, to servers and over connections that are there already', async (t) => {
  const ran = await run(`
    const secure = ${ANONYMOUS};
    const server = https.createServer(secure, async (request, response) => response.end('got ' + (await text(request)).length));
    const { port } = await listen(server, 0);
    const post = (size, more) => new Promise((resolve, reject) => https.request({ ...secure, host: 'localhost', port, method: 'POST', ...more }, (answer) => resolve(text(answer))).on('error', reject).end('x'.repeat(size)));
    console.log(await post(5), await post(3_000_000, { agent: new https.Agent({ keepAlive: true }) }));
    console.log(await post(1, { rejectUnauthorized: true, ciphers: 'ECDHE-RSA-AES128-GCM-SHA256' }).catch((error) => error.code));
    console.log(await new Promise((resolve) => http.get({ port }, () => resolve('answered')).on('error', (error) => resolve(error.code))));
    server.closeAllConnections(); server.close();
    const upgrading = net.createServer((socket) => socket.once('data', () => { socket.write('go'); const inner = new tls.TLSSocket(socket, { ...secure, isServer: true }); inner.on('data', (data) => inner.end('echo ' + data)); }));
    const socket = net.connect((await listen(upgrading, 0)).port);
    socket.write('starttls');
    await once(socket, 'data');
    const inner = tls.connect({ ...secure, socket }, () => inner.write('hi'));
    console.log(await text(inner));
    upgrading.close();`);
  t.regex(ran.stdout, /^got 5 got 3000000\n\S*(SSL|EPROTO)\S*\nECONNRESET\necho hi\n$/, ran.stderr);
});

test('HTTP/2 in the clear and encrypted', async (t) => {
  const ran = await run(`
    for (const [scheme, server] of [['http', http2.createServer()], ['https', http2.createSecureServer(${ANONYMOUS})]]) {
      server.on('stream', async (stream) => { const size = (await text(stream)).length; stream.respond({ ':status': 201 }); stream.end('y'.repeat(size)); });
      const client = http2.connect(scheme + '://localhost:' + (await listen(server, 0)).port, ${ANONYMOUS});
      const sizes = await Promise.all([10, 400_000].map(async (size) => { const request = client.request({ ':method': 'POST' }); request.end('x'.repeat(size)); return (await text(request)).length; }));
      console.log(scheme, sizes.join());
      client.close(); server.close();
    }`);
  t.is(ran.stdout, 'http 10,400000\nhttps 10,400000\n', ran.stderr);
});

test('a connection that is reset fails at its other end', async (t) => {
  const ran = await run(`
    const server = net.createServer((socket) => { socket.write('last words', () => socket.resetAndDestroy()); });
    const client = net.connect((await listen(server, 0)).port);
    client.on('data', (data) => console.log(String(data))).on('error', (error) => console.log(error.code, error.syscall)).on('close', (failed) => { console.log(failed); server.close(); });`);
  t.is(ran.stdout, 'last words\nECONNRESET read\ntrue\n', ran.stderr);
});
