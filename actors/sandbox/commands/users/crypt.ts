// crypt(3) with SHA-256 and SHA-512: what shadow files hold (https://www.akkadia.org/drepper/SHA-crypt.txt).
import { createHash, randomInt, timingSafeEqual } from 'node:crypto';
import { PREEMPT, type Task } from '../../kernel/wait.js';

const ALPHABET = './0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';
const ROUNDS = 5000;
const ROUNDS_MIN = 1000;
/** Fewer than crypt(3) allows: what takes longer than this is no password for a container. */
const ROUNDS_MAX = 1_000_000;
const ROUNDS_A_TURN = 500;

interface Method {
  readonly hash: 'sha256' | 'sha512';
  readonly bytes: number;
  /** Which bytes make four letters: three at a time. */
  readonly order: (index: number) => readonly [number, number, number];
  readonly groups: number;
  readonly tail: readonly number[];
}

const SHA256: Method = { hash: 'sha256', bytes: 32, groups: 10, tail: [31, 30], order: (i) => rotate([i, i + 10, i + 20], (3 - (i % 3)) % 3) };
const SHA512: Method = { hash: 'sha512', bytes: 64, groups: 21, tail: [63], order: (i) => rotate([i, i + 21, i + 42], i % 3) };
export const METHODS: Readonly<Record<'5' | '6', Method>> = { 5: SHA256, 6: SHA512 };

function rotate([a, b, c]: readonly [number, number, number], by: number): [number, number, number] {
  return by === 0 ? [a, b, c] : by === 1 ? [b, c, a] : [c, a, b];
}

/** Letters for a new password. */
export function newSalt(length = 16): string {
  return Array.from({ length }, () => ALPHABET[randomInt(64)]!).join('');
}

function letters(value: number, count: number): string {
  let text = '';
  for (let i = 0, rest = value; i < count; i++, rest >>= 6) text += ALPHABET[rest & 63]!;
  return text;
}

/** `$6$salt$…` for a setting `$6$[rounds=N$]salt`; undefined for a method that there is not. */
export function* crypt(password: string, setting: string): Task<string | undefined> {
  const match = /^\$([56])\$(?:rounds=(\d+)\$)?([^$]*)/.exec(setting);
  if (!match) return undefined;
  const method = METHODS[match[1] as '5' | '6'];
  const rounds = match[2] === undefined ? ROUNDS : Math.min(ROUNDS_MAX, Math.max(ROUNDS_MIN, Number(match[2])));
  const salt = Buffer.from(match[3]!.slice(0, 16), 'utf8');
  const digest = yield* shaCrypt(Buffer.from(password, 'utf8'), salt, rounds, method);
  let text = '';
  for (let i = 0; i < method.groups; i++) {
    const [high, middle, low] = method.order(i);
    text += letters((digest[high]! << 16) | (digest[middle]! << 8) | digest[low]!, 4);
  }
  text += method.tail.length === 1 ? letters(digest[method.tail[0]!]!, 2) : letters((digest[method.tail[0]!]! << 8) | digest[method.tail[1]!]!, 3);
  return `$${match[1]!}$${match[2] === undefined ? '' : `rounds=${rounds}$`}${salt.toString('utf8')}$${text}`;
}

function* shaCrypt(key: Buffer, salt: Buffer, rounds: number, { hash, bytes }: Method): Task<Buffer> {
  const sha = (...parts: readonly Uint8Array[]): Buffer => createHash(hash).update(Buffer.concat(parts)).digest();
  const repeated = (block: Buffer, length: number): Buffer => Buffer.concat(Array.from({ length: Math.ceil(length / bytes) }, () => block)).subarray(0, length);
  const inner = sha(key, salt, key);
  const parts: Buffer[] = [key, salt, repeated(inner, key.length)];
  for (let bits = key.length; bits > 0; bits >>= 1) parts.push((bits & 1) === 1 ? inner : key);
  let digest = sha(...parts);
  const p = repeated(sha(...Array.from({ length: key.length }, () => key)), key.length);
  const s = repeated(sha(...Array.from({ length: 16 + digest[0]! }, () => salt)), salt.length);
  for (let round = 0; round < rounds; round++) {
    const isOdd = round % 2 === 1;
    digest = sha(isOdd ? p : digest, ...(round % 3 === 0 ? [] : [s]), ...(round % 7 === 0 ? [] : [p]), isOdd ? digest : p);
    if (round % ROUNDS_A_TURN === 0) yield PREEMPT;
  }
  return digest;
}

/** Whether a password is the one of a shadow field; an empty field takes the empty password, a locked one none. */
export function* isPassword(password: string, field: string): Task<boolean> {
  if (field === '') return password === '';
  const made = yield* crypt(password, field);
  return made !== undefined && made.length === field.length && timingSafeEqual(Buffer.from(made), Buffer.from(field));
}
