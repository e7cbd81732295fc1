// What of the network a program may not use: datagrams and name servers of the host itself, and all of it where the container has none.
import dns from 'node:dns';
import net from 'node:net';
import { isLoopback } from './addresses.cjs';
import { internalBinding } from './internals.cjs';
import { errnoOf, tryCall } from './wire.cjs';

// Taken before a program runs, as in addresses.cts.
const { apply } = Reflect;

/** Datagrams go out and their answers come back; the machine has none of its own, and nobody outside finds a port of it. */
function refuseLocalDatagrams(): void {
  const { prototype } = internalBinding('udp_wrap').UDP;
  for (const name of ['connect', 'connect6'] as const) {
    const native = prototype[name];
    prototype[name] = function (wanted: unknown, port: number): number {
      const address = `${wanted as string}`;
      return isLoopback(address) ? errnoOf('ECONNREFUSED') : (apply(native, this, [address, port]) as number);
    };
  }
  for (const name of ['send', 'send6'] as const) {
    const native = prototype[name];
    prototype[name] = function (request: unknown, list: unknown, count: number, port: unknown, wanted: unknown, hasCallback: unknown): number {
      // A connected socket names no address: it has four arguments.
      if (hasCallback === undefined) return apply(native, this, [request, list, count, port]) as number;
      const address = `${wanted as string}`;
      return isLoopback(address) ? errnoOf('ECONNREFUSED') : (apply(native, this, [request, list, count, port, address, hasCallback]) as number);
    };
  }
  for (const name of ['bind', 'bind6'] as const) {
    const native = prototype[name];
    prototype[name] = function (wanted: unknown, port: number, flags: number): number {
      return port === 0 ? (apply(native, this, [`${wanted as string}`, 0, flags]) as number) : errnoOf('EADDRNOTAVAIL');
    };
  }
  prototype.open = () => errnoOf('EINVAL');
}

const cares = internalBinding('cares_wrap');
const ARES_ECONNREFUSED = 11, DNS_PORT = 53;

/** A program may choose its name servers, but not on this host, unless the host itself uses that one. */
function refuseLocalNameServers(): void {
  const { prototype } = cares.ChannelWrap;
  const { setServers } = prototype;
  const known = new Set(new dns.Resolver().getServers());
  const { has } = Set.prototype;
  prototype.setServers = function (wanted: readonly [number, unknown, number][]): number {
    const servers: [number, string, number][] = [];
    for (let at = 0; at < wanted.length; at++) {
      const one = wanted[at]!;
      const address = `${one[1] as string}`;
      const name = one[2] === DNS_PORT ? address : `${one[0] === 6 ? `[${address}]` : address}:${one[2]}`;
      if (isLoopback(address) && !apply(has, known, [name])) return ARES_ECONNREFUSED;
      servers[at] = [one[0], address, one[2]];
    }
    return apply(setServers, this, [servers]) as number;
  };
}

/** Addresses that the container's /etc/hosts has for a name. */
function listed(name: string, family: number): string[] {
  const answer = tryCall({ op: 'readFile', path: '/etc/hosts' });
  const lines = 'errno' in answer ? [] : answer.bytes.toString('utf8').split('\n').map((line) => line.replace(/#.*/, '').trim().split(/\s+/));
  const found = lines.filter(([address, ...names]) => net.isIP(address!) > 0 && names.includes(name)).map(([address]) => address!);
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
  replaceNames(network);
  refuseLocalDatagrams();
  refuseLocalNameServers();
  if (!network) refuseNetwork();
}
