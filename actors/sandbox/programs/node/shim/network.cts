// What of the network a program may not use: the host's own sockets by path, and all of it where the container has none.
import dns from 'node:dns';
import { internalBinding } from './internals.cjs';
import { errnoOf, tryCall } from './wire.cjs';

/** Sockets with a path: none of the host's, and in the machine nobody listens on one. */
function refuseUnixSockets(): void {
  const { prototype } = internalBinding('pipe_wrap').Pipe;
  prototype.connect = (_request: unknown, path: string) => ('errno' in tryCall({ op: 'access', path, mode: 0 }) ? errnoOf('ENOENT') : errnoOf('ECONNREFUSED'));
  prototype.bind = () => errnoOf('EOPNOTSUPP');
  prototype.fchmod = () => errnoOf('EOPNOTSUPP');
}

/** No boundary by itself: where the host can, its kernel keeps the child from the network too. */
function refuseNetwork(): void {
  const unreachable = (): number => errnoOf('ENETUNREACH');
  const { TCP } = internalBinding('tcp_wrap');
  const { UDP } = internalBinding('udp_wrap');
  for (const name of ['connect', 'connect6', 'bind', 'bind6', 'listen', 'open']) TCP.prototype[name] = unreachable;
  for (const name of ['connect', 'connect6', 'bind', 'bind6', 'send', 'send6', 'open']) UDP.prototype[name] = unreachable;
  const cares = internalBinding('cares_wrap');
  const noName = (): number => errnoOf('EAI_AGAIN');
  cares.getaddrinfo = noName;
  cares.getnameinfo = noName;
  for (const name of Object.getOwnPropertyNames(cares.ChannelWrap.prototype)) {
    if (/^(query|getHostByAddr)/.test(name)) cares.ChannelWrap.prototype[name] = noName;
  }
  dns.setServers([]);
}

export function restrictNetwork(network: boolean): void {
  refuseUnixSockets();
  if (!network) refuseNetwork();
}
