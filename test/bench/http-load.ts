// The load generator of the HTTP bench: a process of its own that speaks HTTP over bare sockets and reports one figure.
import { connect, type Socket } from 'node:net';

export interface Load {
  port: number;
  kind: 'keep-alive' | 'connection-each' | 'upload' | 'download';
  connections: number;
  durationMs: number;
  /** For uploads: how much; chunked. */
  bodyBytes: number;
}

const hello = 'GET /hello HTTP/1.1\r\nHost: bench\r\nUser-Agent: Docker-Client/28.2.2 (linux)\r\nAccept: application/json\r\n\r\n';

process.once('message', (load: Load) => {
  const run = { 'keep-alive': keepAlive, 'connection-each': connectionEach, upload, download }[load.kind];
  run(load).then(
    (perSecond) => process.send?.({ perSecond }, () => process.exit(0)),
    (error: Error) => process.send?.({ error: error.message }, () => process.exit(1)),
  );
});

/** Requests per second; one request at a time on each connection. */
async function keepAlive(load: Load): Promise<number> {
  const replyBytes = await firstReplyBytes(load.port);
  let answered = 0;
  const sockets = Array.from({ length: load.connections }, () => {
    const socket = connect(load.port, '127.0.0.1');
    let got = 0;
    socket.on('data', (bytes) => {
      got += bytes.length;
      if (got < replyBytes) return;
      got -= replyBytes;
      answered++;
      socket.write(hello);
    });
    socket.write(hello);
    return socket;
  });
  await wait(load.durationMs / 4);
  const before = answered;
  const start = performance.now();
  await wait(load.durationMs);
  const perSecond = (answered - before) / ((performance.now() - start) / 1000);
  for (const socket of sockets) socket.destroy();
  return perSecond;
}

async function connectionEach(load: Load): Promise<number> {
  const until = performance.now() + load.durationMs;
  let answered = 0;
  const loop = async () => {
    while (performance.now() < until) {
      await firstReplyBytes(load.port);
      answered++;
    }
  };
  await Promise.all(Array.from({ length: load.connections }, loop));
  return answered / (load.durationMs / 1000);
}

/** Bytes of one answer: its head and Content-Length. */
function firstReplyBytes(port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    const socket = connect(port, '127.0.0.1');
    let got = '';
    socket.on('error', reject);
    socket.on('close', () => reject(new Error('closed without an answer')));
    socket.on('data', (bytes) => {
      got += bytes.toString('latin1');
      const end = got.indexOf('\r\n\r\n') + 4;
      const size = end + Number(/content-length: (\d+)/i.exec(got)?.[1]);
      if (end < 4 || got.length < size) return;
      resolve(size);
      socket.destroy();
    });
    socket.write(hello);
  });
}

/** Bytes per second of a chunked upload. */
async function upload(load: Load): Promise<number> {
  const payload = Buffer.alloc(64 << 10, 'x');
  const chunk = Buffer.concat([Buffer.from(`${payload.length.toString(16)}\r\n`), payload, Buffer.from('\r\n')]);
  const socket = connect(load.port, '127.0.0.1');
  const answered = reply(socket);
  const start = performance.now();
  socket.write('POST /upload HTTP/1.1\r\nHost: bench\r\nTransfer-Encoding: chunked\r\n\r\n');
  for (let sent = 0; sent < load.bodyBytes; sent += payload.length) {
    if (!socket.write(chunk)) await new Promise((resolve) => socket.once('drain', resolve));
  }
  socket.write('0\r\n\r\n');
  const text = await answered;
  if (!text.endsWith(String(load.bodyBytes))) throw new Error(`upload answered: ${text.slice(0, 200)}`);
  return load.bodyBytes / ((performance.now() - start) / 1000);
}

function reply(socket: Socket): Promise<string> {
  return new Promise((resolve, reject) => {
    socket.once('data', (bytes) => {
      resolve(bytes.toString('latin1'));
      socket.destroy();
    });
    socket.on('error', reject);
  });
}

/** Bytes per second of a streamed answer, framing included. */
function download(load: Load): Promise<number> {
  return new Promise((resolve, reject) => {
    const socket = connect(load.port, '127.0.0.1');
    const start = performance.now();
    let got = 0;
    socket.on('data', (bytes) => (got += bytes.length));
    socket.on('error', reject);
    socket.on('close', () => (got < load.bodyBytes ? reject(new Error(`download ended at ${got}`)) : resolve(got / ((performance.now() - start) / 1000))));
    socket.write('GET /download HTTP/1.1\r\nHost: bench\r\nConnection: close\r\n\r\n');
  });
}

function wait(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
