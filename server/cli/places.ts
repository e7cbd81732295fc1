// Where things are when nobody says otherwise: data, sockets, addresses.
import { homedir } from 'node:os';
import { join } from 'node:path';
import { Fault } from '../../actors/runtime/fault.js';

const isRoot = process.getuid?.() === 0;

/** As dockerd's --data-root: where everything durable lies. */
export function defaultDataRoot(): string {
  return isRoot ? '/var/lib/sockerless' : join(process.env.XDG_DATA_HOME ?? join(homedir(), '.local', 'share'), 'sockerless');
}

export function defaultHost(): string {
  const folder = isRoot ? '/var/run' : (process.env.XDG_RUNTIME_DIR ?? defaultDataRoot());
  return `unix://${join(folder, 'sockerless.sock')}`;
}

/** Where the running server shows its actors; only its own user can reach it. */
export function inspectorSocket(dataRoot: string): string {
  return join(dataRoot, 'inspector.sock');
}

/** Where the token lies that the inspector's page asks of clients from elsewhere. */
export function inspectorToken(dataRoot: string): string {
  return join(dataRoot, 'inspector.token');
}

export type HostAddress = { unix: string } | { host: string; port: number };

const UNIX_PATH_MAX_BYTES = 107;
const DEFAULT_PORT = 2375;

/** `unix:///path` or `tcp://host:port`, as dockerd's -H. Throws Fault invalid in dockerd's words. */
export function parseHost(text: string): HostAddress {
  if (text.startsWith('unix://')) {
    const path = text.slice('unix://'.length);
    if (path === '') throw new Fault('invalid', `unable to parse docker host \`${text}\``);
    if (Buffer.byteLength(path) > UNIX_PATH_MAX_BYTES) throw new Fault('invalid', `listen unix ${path}: the path of a socket can have ${UNIX_PATH_MAX_BYTES} bytes`);
    return { unix: path };
  }
  const tcp = /^tcp:\/\/(\[[0-9a-fA-F:]+\]|[^:/]*)(?::(\d+))?\/?$/.exec(text);
  if (!tcp) throw new Fault('invalid', `unable to parse docker host \`${text}\``);
  const host = tcp[1] === '' ? '127.0.0.1' : tcp[1]!.replace(/^\[|\]$/g, '');
  return { host, port: Number(tcp[2] ?? DEFAULT_PORT) };
}

export function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || host.startsWith('127.');
}
