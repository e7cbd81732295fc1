// openssl enc and base64: bytes enciphered with a password or a key, and as letters.
import { createCipheriv, createDecipheriv, createHash, getCipherInfo, pbkdf2, randomBytes } from 'node:crypto';
import { promisify } from 'node:util';
import type { Process } from '../../kernel/process.js';
import { settle, type Task } from '../../kernel/wait.js';
import { encode } from '../../kernel/text.js';
import { readAll, UsageError } from '../../programs/stdio.js';
import { Pace } from '../text-input.js';
import { type Call, misuse, openIn, openOut, readCall, readPassword, writeText } from './call.js';

const NAMES = { flags: ['e', 'd', 'a', 'A', 'base64', 'salt', 'nosalt', 'pbkdf2', 'p', 'P', 'nopad', 'v'], values: ['in', 'out', 'k', 'kfile', 'pass', 'K', 'iv', 'S', 'iter', 'md', 'bufsize'] };
const derive = promisify(pbkdf2);
const MAGIC = Buffer.from('Salted__');
const SALT_BYTES = 8;
const DEFAULT_ITERATIONS = 10_000;
const MAX_ITERATIONS = 10_000_000;
const LINE_BYTES = 48;

/** What one step makes of the bytes that come. */
interface Step {
  update(bytes: Uint8Array): Uint8Array;
  final(): Uint8Array;
}

/** Lines of 64 letters, or (-A) one without an end. */
function lettersOf(isOneLine: boolean): Step {
  let rest = Buffer.alloc(0);
  const letters = (bytes: Buffer): Buffer => {
    const text = bytes.toString('base64');
    return Buffer.from(isOneLine ? text : text.replace(/.{1,64}/g, '$&\n'));
  };
  return {
    update(bytes) {
      const all = Buffer.concat([rest, bytes]);
      const size = all.length - (all.length % LINE_BYTES);
      rest = all.subarray(size);
      return letters(all.subarray(0, size));
    },
    final: () => letters(rest),
  };
}

function bytesOf(): Step {
  let rest = '';
  return {
    update(bytes) {
      const text = rest + Buffer.from(bytes).toString('latin1').replace(/[^A-Za-z0-9+/=]/g, '');
      const size = text.length - (text.length % 4);
      rest = text.slice(size);
      return Buffer.from(text.slice(0, size), 'base64');
    },
    final: () => Buffer.alloc(0),
  };
}

/** EVP_BytesToKey: digests of digests until there are bytes enough. */
function stretched(hash: string, password: Uint8Array, salt: Uint8Array, sizeBytes: number): Buffer {
  let last = Buffer.alloc(0);
  let all = Buffer.alloc(0);
  while (all.length < sizeBytes) {
    last = createHash(hash).update(last).update(password).update(salt).digest();
    all = Buffer.concat([all, last]);
  }
  return all.subarray(0, sizeBytes);
}

function* fromHex(process: Process, text: string, sizeBytes: number): Task<Buffer> {
  if (!/^[0-9a-fA-F]*$/.test(text)) throw new UsageError('non-hex digit', 1, 'usage');
  if (text.length > sizeBytes * 2) yield* writeText(process, 2, 'hex string is too long, ignoring excess\n');
  if (text.length < sizeBytes * 2) yield* writeText(process, 2, 'hex string is too short, padding with zero bytes to length\n');
  return Buffer.from(text.slice(0, sizeBytes * 2).padEnd(sizeBytes * 2, '0'), 'hex');
}

function* passwordOf({ process, values }: Call): Task<string | undefined> {
  const source = values.get('pass') ?? (values.has('kfile') ? `file:${values.get('kfile')}` : undefined);
  return source === undefined ? values.get('k') : yield* readPassword(process, source);
}

/** The cipher as a step, and what is written before its bytes. `first` are the first bytes of what is deciphered. */
function* cipherStep(call: Call, cipher: string, first: Uint8Array): Task<{ step: Step; before: Uint8Array; skipBytes: number }> {
  const { process, values, flags } = call;
  const info = getCipherInfo(cipher)!;
  const decrypts = flags.has('d');
  const isReadSalt = decrypts && !flags.has('nosalt') && !values.has('S') && !values.has('K');
  let key: Buffer;
  let iv: Buffer = Buffer.alloc(info.ivLength ?? 0);
  let salt: Buffer = Buffer.alloc(0);
  if (values.has('K')) {
    key = yield* fromHex(process, values.get('K')!, info.keyLength);
  } else {
    const password = yield* passwordOf(call);
    if (password === undefined) throw new UsageError(`enter ${cipher.toUpperCase()} ${decrypts ? 'decryption' : 'encryption'} password:\nerror: no password, and no terminal to ask at`, 1, 'usage');
    if (values.has('S')) salt = yield* fromHex(process, values.get('S')!, SALT_BYTES);
    else if (isReadSalt) {
      if (first.length < MAGIC.length + SALT_BYTES) throw new UsageError('error reading input file', 1, 'usage');
      if (!MAGIC.equals(first.subarray(0, MAGIC.length))) throw new UsageError('bad magic number', 1, 'usage');
      salt = Buffer.from(first.subarray(MAGIC.length, MAGIC.length + SALT_BYTES));
    } else if (!flags.has('nosalt')) salt = randomBytes(SALT_BYTES);
    const hash = values.get('md') ?? 'sha256';
    const size = info.keyLength + iv.length;
    const iterations = Number(values.get('iter') ?? DEFAULT_ITERATIONS);
    if (!Number.isInteger(iterations) || iterations < 1 || iterations > MAX_ITERATIONS) throw misuse('enc', `Can't parse "${values.get('iter')}" as a number`);
    const isStretched = flags.has('pbkdf2') || values.has('iter');
    if (!isStretched) yield* writeText(process, 2, '*** WARNING : deprecated key derivation used.\nUsing -iter or -pbkdf2 would be better.\n');
    const made = isStretched ? yield* settle(derive(encode(password), salt, iterations, size, hash)) : stretched(hash, encode(password), salt, size);
    key = Buffer.from(made.subarray(0, info.keyLength));
    iv = Buffer.from(made.subarray(info.keyLength));
  }
  if (values.has('iv')) iv = yield* fromHex(process, values.get('iv')!, info.ivLength ?? 0);
  else if (values.has('K') && iv.length > 0) throw new UsageError('iv undefined', 1, 'usage');
  if (flags.has('p') || flags.has('P')) {
    const line = (name: string, bytes: Buffer): string => (bytes.length === 0 ? '' : `${name}=${bytes.toString('hex').toUpperCase()}\n`);
    yield* writeText(process, 1, line('salt', salt) + line('key', key) + line('iv ', iv));
  }
  const step = decrypts ? createDecipheriv(cipher, key, iv.length > 0 ? iv : null) : createCipheriv(cipher, key, iv.length > 0 ? iv : null);
  if (flags.has('nopad')) step.setAutoPadding(false);
  const isWritten = !decrypts && salt.length > 0 && !values.has('S');
  return { step, before: isWritten ? Buffer.concat([MAGIC, salt]) : Buffer.alloc(0), skipBytes: isReadSalt ? MAGIC.length + SALT_BYTES : 0 };
}

function* through(call: Call, steps: readonly Step[], input: Iterable<Uint8Array> | undefined): Task {
  const { process } = call;
  const from = input === undefined ? openIn(call) : 0;
  const to = openOut(call);
  const pace = new Pace();
  const pass = function* (bytes: Uint8Array, at: number): Task {
    let made = bytes;
    for (const step of steps.slice(at)) made = step.update(made);
    if (made.length > 0) yield* process.write(to, made);
  };
  if (input === undefined) {
    for (let bytes = yield* process.read(from); bytes.length > 0; bytes = yield* process.read(from)) {
      yield* pass(bytes, 0);
      yield* pace.turn();
    }
  } else {
    for (const bytes of input) yield* pass(bytes, 0);
  }
  for (const [i, step] of steps.entries()) {
    let last: Uint8Array;
    try {
      last = step.final();
    } catch (error) {
      // What the library says of a wrong key or cut off input.
      if (!(error instanceof Error && 'code' in error)) throw error;
      throw new UsageError('bad decrypt', 1, 'usage');
    }
    yield* pass(last, i + 1);
  }
}

/** `openssl enc -CIPHER …`, `openssl aes-256-cbc …` and `openssl base64 …`. */
export function* enc(process: Process, name: string, words: readonly string[]): Task<number> {
  const isCipher = (option: string): boolean => getCipherInfo(option) !== undefined && !/gcm|ccm|ocb|xts|wrap|siv/i.test(option);
  const call = readCall(process, name, words, NAMES, (option) => {
    if (isCipher(option)) return true;
    throw misuse(name, `Unknown cipher: ${option}`);
  });
  const cipher = isCipher(name) ? name : call.others.at(-1);
  const hasLetters = name === 'base64' || call.flags.has('a') || call.flags.has('base64') || (call.flags.has('A') && cipher === undefined);
  const isOneLine = call.flags.has('A');
  const decrypts = call.flags.has('d');
  const letters = hasLetters ? [decrypts ? bytesOf() : lettersOf(isOneLine)] : [];
  if (cipher === undefined) {
    yield* through(call, letters, undefined);
    return 0;
  }
  if (!decrypts) {
    const { step, before } = yield* cipherStep(call, cipher, Buffer.alloc(0));
    if (call.flags.has('P')) return 0;
    // The salt goes through the letters, not through the cipher.
    let isFirst = true;
    const salted: Step = {
      update: (bytes) => {
        const made = step.update(bytes);
        if (!isFirst) return made;
        isFirst = false;
        return Buffer.concat([before, made]);
      },
      final: () => (isFirst ? Buffer.concat([before, step.final()]) : step.final()),
    };
    yield* through(call, [salted, ...letters], undefined);
    return 0;
  }
  const all = Buffer.from(yield* readAll(process, openIn(call)));
  const bytes = hasLetters ? Buffer.from(all.toString('latin1').replace(/[^A-Za-z0-9+/=]/g, ''), 'base64') : all;
  const { step, skipBytes } = yield* cipherStep(call, cipher, bytes);
  if (call.flags.has('P')) return 0;
  yield* through(call, [step], [bytes.subarray(skipBytes)]);
  return 0;
}
