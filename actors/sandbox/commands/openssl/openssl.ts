// openssl: random bytes, digests, ciphers, passwords and keys, as scripts ask for them; no certificates, no TLS.
import { getCipherInfo, randomBytes } from 'node:crypto';
import { versions } from 'node:process';
import type { Process } from '../../kernel/process.js';
import type { Main } from '../../kernel/program.js';
import type { Task } from '../../kernel/wait.js';
import { decode, encode } from '../../kernel/text.js';
import { command, readAll, UsageError } from '../../programs/stdio.js';
import { Pace } from '../text-input.js';
import { crypt, newSalt } from '../users/crypt.js';
import { misuse, openOut, readCall } from './call.js';
import { dgst, DIGESTS } from './digest.js';
import { enc } from './encipher.js';
import { genpkey, genrsa, pkey } from './keys.js';

const VERSION = `OpenSSL ${versions.openssl.replace(/\+.*$/, '')} (Sockerless built-in, on Node.js)\n`;
const RANDOM_CHUNK_BYTES = 48 * 1024;

type Subcommand = (process: Process, name: string, words: readonly string[]) => Task<number>;

function* rand(process: Process, name: string, words: readonly string[]): Task<number> {
  const call = readCall(process, name, words, { flags: ['hex', 'base64'], values: ['out', 'rand', 'writerand'] });
  const [count = '0', ...more] = call.operands;
  if (more.length > 0) throw misuse(name, 'Extra arguments given.');
  if (!/^\d+$/.test(count) || Number(count) > 2 ** 31) throw misuse(name, `Can't parse "${count}" as a number`);
  const out = openOut(call);
  const pace = new Pace();
  for (let left = Number(count); left > 0; left -= RANDOM_CHUNK_BYTES) {
    const bytes = randomBytes(Math.min(left, RANDOM_CHUNK_BYTES));
    const text = call.flags.has('hex') ? bytes.toString('hex') : call.flags.has('base64') ? bytes.toString('base64').replace(/.{1,64}/g, '$&\n') : undefined;
    yield* process.write(out, text === undefined ? bytes : encode(text));
    yield* pace.turn();
  }
  if (call.flags.has('hex')) yield* process.write(out, encode('\n'));
  return 0;
}

function* passwd(process: Process, name: string, words: readonly string[]): Task<number> {
  const call = readCall(process, name, words, { flags: ['5', '6', 'stdin', 'noverify', 'quiet'], values: ['salt'] });
  const method = call.flags.has('6') ? '6' : call.flags.has('5') ? '5' : undefined;
  if (method === undefined) throw new UsageError(`${name}: only -5 (SHA-256) and -6 (SHA-512) are supported here`, 1, 'usage');
  const passwords = call.flags.has('stdin') ? decode(yield* readAll(process, 0)).replace(/\n$/, '').split('\n') : call.operands;
  if (passwords.length === 0) throw new UsageError(`${name}: no password, and no terminal to ask at`, 1, 'usage');
  const salt = call.values.get('salt');
  for (const password of passwords) yield* process.write(1, encode(`${(yield* crypt(password, `$${method}$${salt ?? newSalt()}`)) ?? ''}\n`));
  return 0;
}

function* version(process: Process): Task<number> {
  yield* process.write(1, encode(VERSION));
  return 0;
}

const SUBCOMMANDS: Readonly<Record<string, Subcommand>> = { base64: enc, dgst, enc, genpkey, genrsa, passwd, pkey, rand, rsa: pkey, version, '-v': version, '--version': version };

/** Digests and ciphers are commands as well. */
function find(name: string): Subcommand | undefined {
  if (Object.hasOwn(SUBCOMMANDS, name)) return SUBCOMMANDS[name];
  if (Object.hasOwn(DIGESTS, name)) return dgst;
  return getCipherInfo(name) === undefined ? undefined : enc;
}

export const openssl: Main = command(function* (process) {
  const [name, ...words] = process.argv.slice(1);
  if (name === undefined) throw new UsageError('help:\n\nStandard commands\nbase64 dgst enc genpkey genrsa passwd pkey rand rsa version', 0, 'usage');
  const run = find(name);
  if (run === undefined) throw new UsageError(`Invalid command '${name}'; type "help" for a list.`, 1, 'usage');
  return yield* run(process, name, words);
});
