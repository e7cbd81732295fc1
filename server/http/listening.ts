// Opens a listening socket: a unix socket file in place of a dead process's, or a TCP port.
import { chmod, lstat, unlink } from 'node:fs/promises';
import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { isMainThread } from 'node:worker_threads';
import type { Address } from './exchange.js';

/** Docker's own mode for its socket: owner and group. */
const defaultMode = 0o660;

/** Clients that may be waiting to be accepted; Linux's usual most (net.core.somaxconn), as Go's servers take it. */
const BACKLOG = 4096;

/** Resolves once it accepts connections. Rejects with node's own error; EADDRINUSE when somebody else serves the address. */
export async function listenOn(address: Address, accept: (socket: Socket) => void): Promise<{ server: Server; port?: number }> {
  const server = createServer({ allowHalfOpen: true, noDelay: true, keepAlive: true, keepAliveInitialDelay: 30_000 }, accept);
  if (!('unix' in address)) {
    await listening(server, () => server.listen({ port: address.port, host: address.host, backlog: BACKLOG }));
    return { server, port: (server.address() as AddressInfo).port };
  }
  const mode = address.mode ?? defaultMode;
  const listen = () => {
    // The file comes into being inside listen(): it must at no time be open to others. A worker cannot, and there the usual
    // umask keeps others out until the chmod.
    if (!isMainThread) return void server.listen({ path: address.unix, backlog: BACKLOG });
    const before = process.umask(0o777 & ~mode);
    try {
      server.listen({ path: address.unix, backlog: BACKLOG });
    } finally {
      process.umask(before);
    }
  };
  try {
    await listening(server, listen);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EADDRINUSE' || !(await isStale(address.unix))) throw error;
    // Two processes that start at this very moment may both come here; the later one then owns the path, the other one hears nothing.
    await unlink(address.unix);
    await listening(server, listen);
  }
  await chmod(address.unix, mode);
  return { server };
}

function listening(server: Server, listen: () => void): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.once('listening', () => {
      server.off('error', reject);
      resolve();
    });
    listen();
  });
}

/** A socket file that nobody answers at: its process died without cleaning up. */
async function isStale(path: string): Promise<boolean> {
  if (!(await lstat(path)).isSocket()) return false;
  return new Promise((resolve) => {
    const probe = connect(path);
    probe.once('connect', () => {
      probe.destroy();
      resolve(false);
    });
    probe.once('error', (error: NodeJS.ErrnoException) => resolve(error.code === 'ECONNREFUSED'));
  });
}
