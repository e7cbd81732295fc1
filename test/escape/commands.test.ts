// Built-in commands that reach out are led at the host's own listeners by every spelling of their address: they find the machine's own loopback.
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import test from 'ava';
import fc from 'fast-check';
import { allCommands } from '../../actors/sandbox/commands/index.js';
import { openCanary, SECRET } from '../support/canary.js';
import { PATIENCE_MS, TestMachine } from '../support/machine.js';
import { loopbackAddresses } from './node-attempts.js';

const bracketed = (host: string): string => (host.includes(':') ? `[${host}]` : host);
/** Shell commands that would show the secret, or touch a listener. */
const commands: readonly ((host: string, port: number, socket: string) => string)[] = [
  (host, port) => `curl -s -m 2 'http://${bracketed(host)}:${port}/'`,
  (host, port) => `curl -s -m 2 --connect-to '::${bracketed(host)}:${port}' http://somewhere.example/`,
  (host, port) => `curl -s -m 2 --resolve 'somewhere.example:${port}:${host}' http://somewhere.example:${port}/`,
  (host, port) => `curl -s -m 2 -x 'http://${bracketed(host)}:${port}' http://somewhere.example/`,
  (host, port) => `http_proxy='http://${bracketed(host)}:${port}' curl -s -m 2 http://somewhere.example/`,
  (host, port) => `echo '${host} somewhere.example' >> /etc/hosts; curl -s -m 2 http://somewhere.example:${port}/`,
  (host, port) => `wget -q -T 2 -O - 'http://${bracketed(host)}:${port}/'`,
  (host, port) => `echo | nc -w 1 '${host}' ${port}`,
  (host, port) => `nc -z -w 1 '${host}' ${port}`,
  (host, port) => `git ls-remote 'http://${bracketed(host)}:${port}/x'`,
  (host, port) => `exec 3<>'/dev/tcp/${host}/${port}' && cat <&3`,
  (_host, _port, socket) => `curl -s -m 2 --unix-socket '${socket}' http://x/`,
  (_host, _port, socket) => `nc -w 1 -U '${socket}'`,
  (_host, _port, socket) => `cat '${socket}'`,
];

test('no command reaches a listener of the host', async (t) => {
  const canary = await openCanary();
  t.teardown(() => canary.close());
  const seed = Math.trunc(Math.random() * 2 ** 31);
  const scripts = fc.sample(fc.tuple(fc.constantFrom(...commands), loopbackAddresses).map(([make, host]) => make(host, canary.tcpPort, canary.socketPath)), { numRuns: 120, seed });
  for (const network of [true, false]) {
    const machine = new TestMachine({ commands: allCommands, network });
    for (const script of scripts) {
      const ran = await machine.run(['bash', '-c', script], { timeoutMs: PATIENCE_MS });
      t.false(ran.stdout.includes(SECRET) || ran.stderr.includes(SECRET), `seed ${seed}: ${script}`);
      t.deepEqual(canary.touched, [], `seed ${seed}: ${script}`);
    }
    t.deepEqual(machine.defects, []);
  }
});

test('the same host and port answer outside of the machine (negative control)', async (t) => {
  const canary = await openCanary();
  t.teardown(() => canary.close());
  const code = `require('net').connect(${canary.tcpPort}, '127.0.0.1').pipe(process.stdout)`;
  t.true((await promisify(execFile)(process.execPath, ['-e', code])).stdout.includes(SECRET));
  t.deepEqual(canary.touched, ['tcp']);
});
