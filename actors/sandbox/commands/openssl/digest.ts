// openssl dgst: digests, keyed digests and signatures of files.
import { createHash, createHmac, createPrivateKey, createPublicKey, createSign, createVerify } from 'node:crypto';
import { Errno } from '../../kernel/errno.js';
import { O_RDONLY } from '../../kernel/open-file.js';
import type { Process } from '../../kernel/process.js';
import type { Task } from '../../kernel/wait.js';
import { encode } from '../../kernel/text.js';
import { UsageError } from '../../programs/stdio.js';
import { Pace } from '../text-input.js';
import { type Call, misuse, openOut, readCall, readPath } from './call.js';

/** As asked for -> as it is shown. */
export const DIGESTS: Readonly<Record<string, string>> = {
  md5: 'MD5', sha1: 'SHA1', sha224: 'SHA2-224', sha256: 'SHA2-256', sha384: 'SHA2-384', sha512: 'SHA2-512', 'sha512-224': 'SHA2-512/224', 'sha512-256': 'SHA2-512/256', 'sha3-224': 'SHA3-224', 'sha3-256': 'SHA3-256', 'sha3-384': 'SHA3-384', 'sha3-512': 'SHA3-512',
  blake2b512: 'BLAKE2B-512', blake2s256: 'BLAKE2S-256', rmd160: 'RIPEMD-160', ripemd160: 'RIPEMD-160',
};
const HASHES: Readonly<Record<string, string>> = { rmd160: 'ripemd160' };

const NAMES = { flags: ['hex', 'binary', 'r', 'c', 'd'], values: ['hmac', 'sign', 'verify', 'signature', 'out', 'keyform', 'passin', 'sigopt', 'macopt', 'mac', 'prverify'] };

interface Sink {
  update(bytes: Uint8Array): unknown;
}

function* feed(process: Process, path: string | undefined, sink: Sink): Task {
  const fd = path === undefined ? 0 : process.open(path, O_RDONLY);
  const pace = new Pace();
  try {
    for (let bytes = yield* process.read(fd, 1 << 20); bytes.length > 0; bytes = yield* process.read(fd, 1 << 20)) {
      sink.update(bytes);
      yield* pace.turn();
    }
  } finally {
    if (fd > 0 && !process.isUnwinding) process.close(fd);
  }
}

function key<T>(read: () => T, path: string): T {
  try {
    return read();
  } catch (error) {
    if (error instanceof UsageError) throw error;
    throw new UsageError(`Could not read private key from ${path}`, 1, 'usage');
  }
}

function* sign({ process, values }: Call, hash: string, path: string | undefined): Task<Uint8Array> {
  const keyPath = values.get('sign')!;
  const secret = key(() => createPrivateKey(Buffer.from(readPath(process, keyPath, 'private key'))), keyPath);
  const signer = createSign(hash);
  yield* feed(process, path, signer);
  return signer.sign(secret);
}

function* verify({ process, values, name }: Call, hash: string, path: string | undefined): Task<boolean> {
  const keyPath = values.get('verify') ?? values.get('prverify')!;
  const known = key(() => createPublicKey(Buffer.from(readPath(process, keyPath, 'public key'))), keyPath);
  const signaturePath = values.get('signature');
  if (signaturePath === undefined) throw misuse(name, 'No signature to verify: use the -signature option');
  const verifier = createVerify(hash);
  yield* feed(process, path, verifier);
  return verifier.verify(known, readPath(process, signaturePath, 'signature'));
}

function shown(call: Call, digest: Uint8Array, label: string, path: string | undefined): string {
  const hex = Buffer.from(digest).toString('hex');
  if (call.flags.has('r')) return `${hex} *${path ?? 'stdin'}\n`;
  return `${label}(${path ?? 'stdin'})= ${call.flags.has('c') ? hex.match(/../g)!.join(':') : hex}\n`;
}

/** `openssl dgst …`, and `openssl sha256 …`. */
export function* dgst(process: Process, name: string, words: readonly string[]): Task<number> {
  const call = readCall(process, name, words, NAMES, (option) => {
    if (Object.hasOwn(DIGESTS, option)) return true;
    throw misuse(name, `Unknown option or message digest: ${option}`);
  });
  const asked = Object.hasOwn(DIGESTS, name) ? name : call.others.at(-1);
  const algorithm = asked ?? 'sha256';
  const hash = HASHES[algorithm] ?? algorithm;
  const secret = call.values.get('hmac');
  const label = `${secret === undefined ? '' : 'HMAC-'}${asked === undefined ? 'SHA256' : DIGESTS[algorithm]!}`;
  const out = openOut(call);
  let status = 0;
  for (const path of call.operands.length > 0 ? call.operands : [undefined]) {
    try {
      if (call.values.has('sign')) {
        const signature = yield* sign(call, hash, path);
        yield* process.write(out, call.flags.has('hex') ? encode(shown(call, signature, label, path)) : signature);
      } else if (call.values.has('verify') || call.values.has('prverify')) {
        const isGood = yield* verify(call, hash, path);
        yield* process.write(out, encode(isGood ? 'Verified OK\n' : 'Verification failure\n'));
        if (!isGood) status = 1;
      } else {
        const state = secret === undefined ? createHash(hash) : createHmac(hash, encode(secret));
        yield* feed(process, path, state);
        const digest = state.digest();
        yield* process.write(out, call.flags.has('binary') ? digest : encode(shown(call, digest, label, path)));
      }
    } catch (error) {
      if (!(error instanceof Errno)) throw error;
      yield* process.write(2, encode(`${path ?? 'stdin'}: ${error.message}\n`));
      status = 1;
    }
  }
  return status;
}
