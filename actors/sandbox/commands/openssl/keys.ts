// openssl genrsa, genpkey, rsa and pkey: key pairs made, read and written as PEM or DER.
import { createPrivateKey, createPublicKey, generateKeyPair, type KeyObject } from 'node:crypto';
import { promisify } from 'node:util';
import type { Process } from '../../kernel/process.js';
import { settle, type Task } from '../../kernel/wait.js';
import { readAll, UsageError } from '../../programs/stdio.js';
import { type Call, misuse, openIn, openOut, readCall } from './call.js';

const generate = promisify(generateKeyPair);
const MIN_BITS = 512;
const MAX_BITS = 16_384;
const CURVES: Readonly<Record<string, string>> = { 'P-256': 'prime256v1', 'P-384': 'secp384r1', 'P-521': 'secp521r1' };

function bits(name: string, text: string | undefined): number {
  if (text !== undefined && !/^\d+$/.test(text)) throw misuse(name, `Can't parse "${text}" as a number`);
  const count = Number(text ?? 2048);
  if (count < MIN_BITS || count > MAX_BITS) throw new UsageError(`${name}: Error generating RSA key`, 1, 'usage');
  return count;
}

function* writeKey(call: Call, key: KeyObject, type: 'pkcs8' | 'pkcs1' | 'spki'): Task {
  const isDer = (call.values.get('outform') ?? 'PEM').toUpperCase() === 'DER';
  const bytes = (key as { export(options: object): string | Buffer }).export({ type, format: isDer ? 'der' : 'pem' });
  yield* call.process.write(openOut(call, type === 'spki' ? 0o666 : 0o600), Buffer.from(bytes));
}

export function* genrsa(process: Process, name: string, words: readonly string[]): Task<number> {
  const call = readCall(process, name, words, { flags: ['traditional', 'F4', '3'], values: ['out'] });
  const { privateKey } = yield* settle(generate('rsa', { modulusLength: bits(name, call.operands[0]) }));
  yield* writeKey(call, privateKey, call.flags.has('traditional') ? 'pkcs1' : 'pkcs8');
  return 0;
}

export function* genpkey(process: Process, name: string, words: readonly string[]): Task<number> {
  const options = new Map<string, string>();
  for (const [i, word] of words.entries()) {
    const [key, value] = words[i - 1] === '-pkeyopt' ? word.split(':') : [];
    if (key !== undefined && value !== undefined) options.set(key, value);
  }
  const call = readCall(process, name, words, { flags: ['quiet'], values: ['algorithm', 'out', 'outform', 'pkeyopt'] });
  const algorithm = call.values.get('algorithm')?.toLowerCase();
  const made = (): Promise<{ privateKey: KeyObject }> => {
    switch (algorithm) {
      case 'rsa':
        return generate('rsa', { modulusLength: bits(name, options.get('rsa_keygen_bits')) });
      case 'ed25519':
        return generate('ed25519', {});
      case 'x25519':
        return generate('x25519', {});
      case 'ec': {
        const curve = options.get('ec_paramgen_curve') ?? '';
        return generate('ec', { namedCurve: CURVES[curve] ?? curve });
      }
      case undefined:
        throw misuse(name, 'No algorithm given');
      default:
        throw new UsageError(`${name}: Error initializing ${call.values.get('algorithm')} context`, 1, 'usage');
    }
  };
  let privateKey: KeyObject;
  try {
    ({ privateKey } = yield* settle(made()));
  } catch (error) {
    if (error instanceof UsageError || !(error instanceof Error && 'code' in error)) throw error;
    throw new UsageError(`${name}: Error generating ${call.values.get('algorithm')} key`, 1, 'usage');
  }
  yield* writeKey(call, privateKey, 'pkcs8');
  return 0;
}

/** Reads a key and writes it, or its public half. */
export function* pkey(process: Process, name: string, words: readonly string[]): Task<number> {
  const call = readCall(process, name, words, { flags: ['pubin', 'pubout', 'noout', 'traditional', 'check'], values: ['in', 'out', 'inform', 'outform', 'passin'] });
  const bytes = Buffer.from(yield* readAll(process, openIn(call)));
  const isDer = (call.values.get('inform') ?? 'PEM').toUpperCase() === 'DER';
  const isPublic = call.flags.has('pubin');
  let key: KeyObject;
  try {
    if (isPublic) key = createPublicKey(isDer ? { key: bytes, format: 'der', type: 'spki' } : bytes);
    else key = createPrivateKey(isDer ? { key: bytes, format: 'der', type: 'pkcs8' } : bytes);
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    throw new UsageError(`Could not read ${isPublic ? 'public' : 'private'} key from ${call.values.get('in') ?? '<stdin>'}`, 1, 'usage');
  }
  if (call.flags.has('check') && !isPublic) yield* process.write(1, Buffer.from(name === 'rsa' ? 'RSA key ok\n' : 'Key is valid\n'));
  if (call.flags.has('noout')) return 0;
  if (name === 'rsa') yield* process.write(2, Buffer.from('writing RSA key\n'));
  if (isPublic || call.flags.has('pubout')) yield* writeKey(call, isPublic ? key : createPublicKey(key), 'spki');
  else yield* writeKey(call, key, call.flags.has('traditional') ? 'pkcs1' : 'pkcs8');
  return 0;
}
