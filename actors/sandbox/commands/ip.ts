// ip: the machine's interfaces and routes (https://man7.org/linux/man-pages/man8/ip.8.html): there is the loopback, and nothing can be changed.
import type { Main } from '../kernel/program.js';
import { command, complain } from '../programs/stdio.js';

const LINK = '1: lo: <LOOPBACK,UP,LOWER_UP> mtu 65536 qdisc noqueue state UNKNOWN group default qlen 1000\n    link/loopback 00:00:00:00:00:00 brd 00:00:00:00:00:00\n';
const ADDRESS = '    inet 127.0.0.1/8 scope host lo\n       valid_lft forever preferred_lft forever\n';
const SHOWS = new Set(['show', 's', 'list', 'ls', 'lst', 'sh', undefined]);

export const ip: Main = command(function* (process, output) {
  const [object = 'help', action] = process.argv.slice(1).filter((word) => !word.startsWith('-'));
  const kind = ['address', 'link', 'route'].find((name) => name.startsWith(object));
  if (kind === undefined) {
    yield* complain(process, `Object "${object}" is unknown here: address, link and route can be shown`);
    return 1;
  }
  if (!SHOWS.has(action)) {
    yield* process.write(2, Buffer.from('RTNETLINK answers: Operation not permitted\n'));
    return 2;
  }
  // Connections to the outside are the server's: the machine itself has no route.
  if (kind !== 'route') output.print(kind === 'link' ? LINK : LINK + ADDRESS);
  return 0;
});
