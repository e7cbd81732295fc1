// What no container may reach: a secret file of the host, and listeners on its loopback, its unix sockets and its UDP ports.
import dgram from 'node:dgram';
import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import net from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** Nothing else on the machine contains it. */
export const SECRET = `kept-secret-${process.pid}-${Math.random().toString(36).slice(2)}`;

export interface Canary {
  /** World-readable and world-writable, as are the folder and the socket: nothing but the sandbox protects them. */
  readonly folder: string;
  readonly secretPath: string;
  readonly socketPath: string;
  readonly tcpPort: number;
  readonly udpPort: number;
  /** What has been reached so far, by kind: `tcp`, `unix`, `udp`. */
  readonly touched: string[];
  /** Whether the secret is as it was. */
  isIntact(): boolean;
  close(): void;
}

function listening(server: net.Server, where: net.ListenOptions): Promise<void> {
  return new Promise((done, fail) => server.once('error', fail).listen(where, done));
}

/** Answers whoever comes with the secret, as HTTP. */
function listener(kind: string, touched: string[]): net.Server {
  return net.createServer((socket) => {
    touched.push(kind);
    socket.on('error', () => undefined);
    socket.end(`HTTP/1.0 200 OK\r\nContent-Length: ${SECRET.length}\r\n\r\n${SECRET}`);
  });
}

export async function openCanary(): Promise<Canary> {
  const folder = mkdtempSync(join(tmpdir(), 'canary-'));
  chmodSync(folder, 0o777);
  const secretPath = join(folder, 'secret');
  writeFileSync(secretPath, SECRET);
  chmodSync(secretPath, 0o666);
  const touched: string[] = [];
  const tcp = listener('tcp', touched);
  // Both families where the host has IPv6.
  await listening(tcp, { host: '::', port: 0 }).catch(() => listening(tcp, { host: '127.0.0.1', port: 0 }));
  const unix = listener('unix', touched);
  const socketPath = join(folder, 'socket');
  await listening(unix, { path: socketPath });
  chmodSync(socketPath, 0o777);
  const udp = dgram.createSocket('udp4').on('message', () => touched.push('udp'));
  await new Promise<void>((done) => udp.bind(0, '127.0.0.1', done));
  return {
    folder, secretPath, socketPath, touched, tcpPort: (tcp.address() as net.AddressInfo).port, udpPort: udp.address().port,
    isIntact: () => readFileSync(secretPath, 'utf8') === SECRET,
    close() {
      for (const server of [tcp, unix, udp]) server.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
