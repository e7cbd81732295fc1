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

const cares = internalBinding('cares_wrap');

/** Addresses that the container's /etc/hosts has for a name. */
function listed(name: string, family: number): string[] {
  const answer = tryCall({ op: 'readFile', path: '/etc/hosts' });
  const lines = 'errno' in answer ? [] : answer.bytes.toString('utf8').split('\n').map((line) => line.replace(/#.*/, '').trim().split(/\s+/));
  const found = lines.filter(([, ...names]) => names.includes(name)).map(([address]) => address!);
  const all = found.length > 0 || name !== 'localhost' ? found : ['127.0.0.1'];
  return all.filter((address) => family === 0 || (family === 6) === address.includes(':'));
}

/** getaddrinfo(3): files first, then the host's resolver where there is a network. */
function replaceNames(network: boolean): void {
  const { getaddrinfo } = cares;
  cares.getaddrinfo = function (request: any, name: string, family: number, ...rest: unknown[]): number {
    const addresses = listed(name, family);
    if (addresses.length === 0) return network ? getaddrinfo.call(this, request, name, family, ...rest) : errnoOf('EAI_AGAIN');
    setImmediate(() => request.oncomplete(null, addresses));
    return 0;
  };
}

/** No boundary by itself: where the host can, its kernel keeps the child from the network too. */
function refuseNetwork(): void {
  const unreachable = (): number => errnoOf('ENETUNREACH');
  const { TCP } = internalBinding('tcp_wrap');
  const { UDP } = internalBinding('udp_wrap');
  for (const name of ['connect', 'connect6', 'open']) TCP.prototype[name] = unreachable;
  for (const name of ['connect', 'connect6', 'bind', 'bind6', 'send', 'send6', 'open']) UDP.prototype[name] = unreachable;
  const noName = (): number => errnoOf('EAI_AGAIN');
  cares.getnameinfo = noName;
  for (const name of Object.getOwnPropertyNames(cares.ChannelWrap.prototype)) {
    if (/^(query|getHostByAddr)/.test(name)) cares.ChannelWrap.prototype[name] = noName;
  }
  dns.setServers([]);
}

export function restrictNetwork(network: boolean): void {
  refuseUnixSockets();
  replaceNames(network);
  if (!network) refuseNetwork();
}
