// host and nslookup: what a name's address is, by the container's own files and the resolver of its network.
import type { Process } from '../../kernel/process.js';
import type { Main } from '../../kernel/program.js';
import { settle, type Task } from '../../kernel/wait.js';
import { command, decode, type Output, parseOptions, UsageError } from '../../programs/stdio.js';
import { resolve, UnknownHost } from './connection.js';

const TIMED_OUT = ';; connection timed out; no servers could be reached';

function* addressOf(process: Process, name: string): Task<string | undefined> {
  try {
    return (yield* settle(resolve(process, name))).address;
  } catch (error) {
    if (error instanceof UnknownHost) return undefined;
    throw error;
  }
}

function serverOf(process: Process): string {
  return process.files.exists('/etc/resolv.conf') ? (/^nameserver\s+(\S+)/m.exec(decode(process.files.readFile('/etc/resolv.conf')))?.[1] ?? '127.0.0.1') : '127.0.0.1';
}

/** Without a network there is nobody to ask. */
function unreachable(process: Process, output: Output): number {
  output.print(`${TIMED_OUT}\n${process.argv[0]!.endsWith('nslookup') ? '\n' : ''}`);
  return 1;
}

export const host: Main = command(function* (process, output) {
  const { operands } = parseOptions(process.argv, 'aCc:dilm:N:prR:sTt:UvVwW:46');
  const [name] = operands;
  if (name === undefined) throw new UsageError('a name is needed');
  const address = yield* addressOf(process, name);
  if (address === undefined && !process.kernel.network) return unreachable(process, output);
  output.print(address === undefined ? `Host ${name} not found: 3(NXDOMAIN)\n` : `${name} has ${address.includes(':') ? 'IPv6 address' : 'address'} ${address}\n`);
  return address === undefined ? 1 : 0;
});

export const nslookup: Main = command(function* (process, output) {
  const [name] = process.argv.slice(1).filter((word) => !word.startsWith('-'));
  if (name === undefined) throw new UsageError('a name is needed; the embedded machine has no interactive nslookup');
  const address = yield* addressOf(process, name);
  if (address === undefined && !process.kernel.network) return unreachable(process, output);
  const server = serverOf(process);
  output.print(`Server:\t\t${server}\nAddress:\t${server}#53\n\n`);
  output.print(address === undefined ? `** server can't find ${name}: NXDOMAIN\n\n` : `Non-authoritative answer:\nName:\t${name}\nAddress: ${address}\n\n`);
  return address === undefined ? 1 : 0;
});
