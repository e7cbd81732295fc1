// Addresses and ports of the machine's TCP sockets, and which of them answer for which (ip(7), ipv6(7)).
import { Errno } from './errno.js';

/** One end of a connection: a numeric address and a port. */
export interface Endpoint {
  readonly address: string;
  readonly port: number;
}

/** Both ends of a connection as one of them sees it. */
export interface Endpoints {
  readonly local: Endpoint;
  readonly peer: Endpoint;
}

export interface ListenAddress {
  readonly address: string;
  /** `::` answers for IPv4 addresses too, unless it is for IPv6 only. */
  readonly v6Only: boolean;
}

const MAPPED = '::ffff:';

function isV6(address: string): boolean {
  return address.includes(':');
}

/** What a client that names an address connects to: an IPv4 address that is mapped into IPv6 is one of IPv4, "any" is the loopback's. */
function destination(address: string): string {
  const plain = address.startsWith(MAPPED) && address.includes('.') ? address.slice(MAPPED.length) : address;
  return plain === '0.0.0.0' ? '127.0.0.1' : plain === '::' ? '::1' : plain;
}

/** What a server may be bound to; EADDRNOTAVAIL for what is no address of the machine. */
export function listenAddress(address: string, v6Only: boolean): ListenAddress {
  const bound = /^::$|^0\.0\.0\.0$/.test(address) ? address : destination(address);
  if (!/^(::1?|0\.0\.0\.0|127(\.\d+){3})$/.test(bound)) throw new Errno('EADDRNOTAVAIL');
  return { address: bound, v6Only };
}

/** Whether a server there is who a client that names `asked` reaches. */
export function answersFor({ address, v6Only }: ListenAddress, asked: string): boolean {
  const wanted = destination(asked);
  if (address === '0.0.0.0') return !isV6(wanted);
  return address === '::' ? isV6(wanted) || !v6Only : address === wanted;
}

/** Whether two servers cannot have the same port. */
export function collide(one: ListenAddress, other: ListenAddress): boolean {
  const covers = (wide: ListenAddress, narrow: ListenAddress): boolean => wide.address === narrow.address || (narrow.address === '0.0.0.0' ? wide.address === '::' && !wide.v6Only : narrow.address !== '::' && answersFor(wide, narrow.address));
  return covers(one, other) || covers(other, one);
}

/** How the two ends of a new connection see it: a server of IPv6 sees a client of IPv4 by a mapped address. */
export function endsOf(asked: Endpoint, from: Endpoint, listener: ListenAddress): { client: Endpoints; server: Endpoints } {
  const peer = { ...asked, address: destination(asked.address) };
  const local = { ...from, address: destination(from.address) };
  const seen = (end: Endpoint): Endpoint => (listener.address === '::' && !isV6(end.address) ? { ...end, address: `${MAPPED}${end.address}` } : end);
  return { client: { local, peer }, server: { local: seen(peer), peer: seen(local) } };
}
