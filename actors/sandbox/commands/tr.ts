// tr: translates, squeezes and deletes bytes.
import type { Main } from '../kernel/program.js';
import { encode } from '../kernel/text.js';
import { command, parseOptions, UsageError, usageError } from '../programs/stdio.js';
import { quoteName } from './common/quote.js';
import { expandSet, type TrSet } from './tr-sets.js';
import { Pace } from './text-input.js';

/** byte -> byte, or -1 for one that is deleted. */
function translation(from: readonly number[], to: readonly number[], truncate: boolean): Int16Array {
  const table = Int16Array.from({ length: 256 }, (_, byte) => byte);
  const count = truncate ? Math.min(from.length, to.length) : from.length;
  for (let i = 0; i < count; i++) table[from[i]!] = to[Math.min(i, to.length - 1)]!;
  return table;
}

function complement(bytes: readonly number[]): number[] {
  const members = new Set(bytes);
  return Array.from({ length: 256 }, (_, byte) => byte).filter((byte) => !members.has(byte));
}

/** The second set made as long as the first: `[x*]` fills up, a case class goes with the other case class. */
function paired(second: TrSet, firstBytes: readonly number[], complements: boolean): number[] {
  if (!complements && second.hasClass) throw new UsageError("when translating, the only character classes that may appear in\nstring2 are 'upper' and 'lower'");
  if (complements && second.hasClass) throw new UsageError('when translating with complemented character classes,\nstring2 must map all characters in the domain to one');
  if (second.fillAt === undefined) return second.bytes;
  const missing = Math.max(0, firstBytes.length - second.bytes.length);
  return [...second.bytes.slice(0, second.fillAt), ...Array<number>(missing).fill(second.fill!), ...second.bytes.slice(second.fillAt)];
}

export const tr: Main = command(function* (process, output) {
  const options = parseOptions(process.argv, 'cCdst', { complement: 'no', delete: 'no', 'squeeze-repeats': 'no', 'truncate-set1': 'no' }, { posix: true });
  const deletes = options.has('d', 'delete');
  const squeezes = options.has('s', 'squeeze-repeats');
  const complements = options.has('c', 'C', 'complement');
  const [text1, text2, extra] = options.operands;
  if (text1 === undefined) throw usageError(process.argv, 'missing operand');
  const sets = deletes && !squeezes ? 1 : 2;
  if (text2 === undefined && !(deletes && !squeezes) && !(squeezes && !deletes)) {
    throw usageError(process.argv, `missing operand after ${quoteName(text1)}\nTwo strings must be given when ${deletes ? 'both deleting and squeezing repeats' : 'translating'}.`);
  }
  if (text2 !== undefined && sets === 1) throw usageError(process.argv, `extra operand ${quoteName(text2)}\nOnly one string may be given when deleting without squeezing repeats.`);
  if (extra !== undefined) throw usageError(process.argv, `extra operand ${quoteName(extra)}`);
  const translates = !deletes && text2 !== undefined;
  const first = expandSet(encode(text1), { allowFill: false });
  const firstBytes = complements ? complement(first.bytes) : first.bytes;
  const second = text2 === undefined ? undefined : expandSet(encode(text2), { allowFill: true });
  const secondBytes = second === undefined ? [] : paired(second, firstBytes, complements);
  if (translates && second && !complements && !second.cases.every(({ at }) => first.cases.some((other) => other.at === at))) {
    throw new UsageError('misaligned [:upper:] and/or [:lower:] construct');
  }
  if (translates && secondBytes.length === 0 && firstBytes.length > 0 && !options.has('t', 'truncate-set1')) {
    throw new UsageError('when not truncating set1, string2 must be non-empty');
  }
  const table = translates ? translation(firstBytes, secondBytes, options.has('t', 'truncate-set1')) : translation([], [0], false);
  if (deletes) for (const byte of firstBytes) table[byte] = -1;
  const squeezed = new Uint8Array(256);
  if (squeezes) for (const byte of text2 === undefined ? firstBytes : secondBytes) squeezed[byte] = 1;
  const pace = new Pace();
  let last = -1;
  for (let chunk = yield* process.read(0, 1 << 18); chunk.length > 0; chunk = yield* process.read(0, 1 << 18)) {
    const out = Buffer.allocUnsafe(chunk.length);
    let size = 0;
    for (let i = 0; i < chunk.length; i++) {
      const byte = table[chunk[i]!]!;
      if (byte < 0 || (byte === last && squeezed[byte] === 1)) continue;
      out[size++] = last = byte;
    }
    output.print(out.subarray(0, size));
    yield* output.flush();
    yield* pace.turn();
  }
  return 0;
});
