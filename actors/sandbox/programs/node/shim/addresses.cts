// Which addresses mean the machine itself, however they are written; asked by the shim and by the machine's own commands.
import net from 'node:net';

// Taken before a program runs: what it changes in the built-in objects must not change the answer.
const { apply } = Reflect;
const { indexOf, slice } = String.prototype;
const { isIP } = net;
const { check } = net.BlockList.prototype;
const own = new net.BlockList();
// Linux takes 0.0.0.0 and :: for loopback when it connects. IPv4 rules hold for IPv4 addresses that are mapped into IPv6 too.
own.addSubnet('127.0.0.0', 8, 'ipv4');
own.addSubnet('0.0.0.0', 8, 'ipv4');
own.addAddress('::1', 'ipv6');
own.addAddress('::', 'ipv6');

/** Whether a numeric address leads to whoever uses it. False for what is no address. */
export function isLoopback(address: string): boolean {
  const zone = apply(indexOf, address, ['%']) as number;
  const bare = zone < 0 ? address : (apply(slice, address, [0, zone]) as string);
  const version = isIP(bare);
  return version !== 0 && (apply(check, own, [bare, version === 4 ? 'ipv4' : 'ipv6']) as boolean);
}
