// getent: entries of the system databases (https://man7.org/linux/man-pages/man1/getent.1.html): hosts, ahosts, passwd, group.
import net from 'node:net';
import { readDatabase } from '../identity.js';
import type { Process } from '../kernel/process.js';
import type { Main } from '../kernel/program.js';
import { settle, type Task } from '../kernel/wait.js';
import { command, decode, parseOptions, UsageError } from '../programs/stdio.js';
import { resolve, UnknownHost } from './net/connection.js';

const NOT_FOUND = 2;

function* host(process: Process, name: string): Task<string | undefined> {
  try {
    return (yield* settle(resolve(process, name))).address;
  } catch (error) {
    if (error instanceof UnknownHost) return undefined;
    throw error;
  }
}

/** The lines of /etc/hosts as getent prints them. */
function allHosts(process: Process): string[] {
  return decode(process.files.readFile('/etc/hosts')).split('\n').map((line) => line.replace(/#.*/, '').trim().split(/\s+/)).filter(([address]) => address !== '').map(([address, ...names]) => `${address!.padEnd(15)} ${names.join(' ')}`);
}

export const getent: Main = command(function* (process, output) {
  const [database, ...keys] = parseOptions(process.argv, 's:i').operands;
  if (database === undefined) throw new UsageError('wrong number of arguments\nTry `getent --help\' or `getent --usage\' for more information.', 1);
  if (database === 'hosts' || database === 'ahosts' || database === 'ahostsv4') {
    if (keys.length === 0) output.print(allHosts(process).map((line) => `${line}\n`).join(''));
    for (const key of keys) {
      const address = yield* host(process, key);
      if (address === undefined) return NOT_FOUND;
      if (database === 'hosts') output.print(`${address.padEnd(15)} ${key}\n`);
      else for (const type of ['STREAM', 'DGRAM', 'RAW']) output.print(`${address.padEnd(15)} ${type}${type === 'STREAM' && net.isIP(key) === 0 ? ` ${key}` : ''}\n`);
    }
    return 0;
  }
  if (database !== 'passwd' && database !== 'group') throw new UsageError(`Unknown database: ${database}`, 1);
  const entries = readDatabase(process.files, `/etc/${database}`);
  if (keys.length === 0) output.print(entries.map((fields) => `${fields.join(':')}\n`).join(''));
  let missing = false;
  for (const key of keys) {
    const entry = entries.find((fields) => fields[0] === key || (/^\d+$/.test(key) && fields[2] === key));
    if (entry) output.print(`${entry.join(':')}\n`);
    else missing = true;
  }
  return missing ? NOT_FOUND : 0;
});
