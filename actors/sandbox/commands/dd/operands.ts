// The operands of dd: `name=value`, flags in lists, sizes with suffixes and products (https://www.gnu.org/software/coreutils/dd).
import { UsageError, usageError } from '../../programs/stdio.js';
import { quoteName } from '../common/quote.js';
import { parseSize } from '../common/sizes.js';

export interface Operands {
  input: string | undefined;
  output: string | undefined;
  /** Sizes of one read and one write, bytes. */
  inputBytes: number;
  outputBytes: number;
  /** `bs=`: what was read is written as it is, short reads and all. */
  keepsBlocks: boolean;
  recordBytes: number;
  skipBytes: number;
  seekBytes: number;
  /** How much is read; undefined without end. */
  count: { blocks: number; bytes: number } | undefined;
  conversions: ReadonlySet<string>;
  inputFlags: ReadonlySet<string>;
  outputFlags: ReadonlySet<string>;
  status: string;
}

const CONVERSIONS = new Set('block excl fdatasync fsync lcase nocreat noerror notrunc sparse swab sync ucase unblock'.split(' '));
const FLAGS = new Set('append binary cio direct directory dsync noatime nocache noctty nofollow nolinks nonblock sync text'.split(' '));
const INPUT_FLAGS = new Set([...FLAGS, 'fullblock', 'count_bytes', 'skip_bytes']);
const OUTPUT_FLAGS = new Set([...FLAGS, 'seek_bytes']);
const STATUSES = new Set(['none', 'noxfer', 'progress']);
const EXCLUSIVE = [['block', 'unblock'], ['lcase', 'ucase'], ['excl', 'nocreat']] as const;
const UNITS = { b: 512, c: 1, w: 2, B: 1 };
const NAMES = new Set(['bs', 'cbs', 'conv', 'count', 'ibs', 'if', 'iflag', 'iseek', 'obs', 'of', 'oflag', 'oseek', 'seek', 'skip', 'status']);
const BLOCK_BYTES = 512;

/** `2x1K` is a product of two. A message in dd's words where it is no number. */
function parseNumber(text: string, lowest = 0): number {
  const factors = text.split('x').map((factor) => parseSize(factor, UNITS));
  if (factors.length > 2 || factors.some((factor) => factor === undefined)) throw new UsageError(`invalid number: ${quoteName(text)}`);
  const product = factors.reduce<number>((all, factor) => all * factor!, 1);
  if (product < lowest) throw new UsageError(`invalid number: ${quoteName(text)}`);
  if (!Number.isSafeInteger(product)) throw new UsageError(`invalid number: ${quoteName(text)}: Value too large for defined data type`);
  return product;
}

function parseFlags(argv: readonly string[], text: string, known: ReadonlySet<string>, what: string): string[] {
  const flags = text.split(',');
  const bad = flags.find((flag) => !known.has(flag));
  if (bad !== undefined) throw usageError(argv, `invalid ${what}: ${quoteName(bad)}`);
  return flags;
}

/** A number of blocks, or of bytes where the flag or the suffix `B` says so. */
function amount(text: string | undefined, isBytes: boolean, blockBytes: number): { blocks: number; bytes: number } {
  const number = text === undefined ? 0 : parseNumber(text);
  if (!isBytes && text?.endsWith('B') !== true) return { blocks: number, bytes: 0 };
  return { blocks: Math.floor(number / blockBytes), bytes: number % blockBytes };
}

export function parseOperands(argv: readonly string[]): Operands {
  const values = new Map<string, string>();
  const lists = { conv: new Set<string>(), iflag: new Set<string>(), oflag: new Set<string>() };
  const numbers = new Map<string, number>();
  for (const word of argv[1] === '--' ? argv.slice(2) : argv.slice(1)) {
    const at = word.indexOf('=');
    const name = word.slice(0, at);
    if (at < 0 || !NAMES.has(name)) throw usageError(argv, word.startsWith('-') && word.length > 1 ? option(word) : `unrecognized operand ${quoteName(word)}`);
    const value = word.slice(at + 1);
    if (name === 'conv') for (const flag of parseFlags(argv, value, CONVERSIONS, 'conversion')) lists.conv.add(flag);
    else if (name === 'iflag') for (const flag of parseFlags(argv, value, INPUT_FLAGS, 'input flag')) lists.iflag.add(flag);
    else if (name === 'oflag') for (const flag of parseFlags(argv, value, OUTPUT_FLAGS, 'output flag')) lists.oflag.add(flag);
    else if (name === 'status') parseFlags(argv, value, STATUSES, 'status level');
    else if (/^(bs|ibs|obs|cbs)$/.test(name)) numbers.set(name, parseNumber(value, 1));
    else if (/^(count|skip|seek|iseek|oseek)$/.test(name)) parseNumber(value);
    values.set(name === 'iseek' ? 'skip' : name === 'oseek' ? 'seek' : name, value);
  }
  for (const [one, other] of EXCLUSIVE) if (lists.conv.has(one) && lists.conv.has(other)) throw new UsageError(`cannot combine ${one} and ${other}`);
  const both = numbers.get('bs');
  const inputBytes = both ?? numbers.get('ibs') ?? BLOCK_BYTES;
  const outputBytes = both ?? numbers.get('obs') ?? BLOCK_BYTES;
  const skip = amount(values.get('skip'), lists.iflag.has('skip_bytes'), inputBytes);
  const seek = amount(values.get('seek'), lists.oflag.has('seek_bytes'), outputBytes);
  const count = values.get('count');
  return {
    input: values.get('if'), output: values.get('of'), inputBytes, outputBytes, recordBytes: numbers.get('cbs') ?? 0,
    keepsBlocks: both !== undefined && !['block', 'unblock', 'lcase', 'ucase', 'swab'].some((name) => lists.conv.has(name)),
    skipBytes: skip.blocks * inputBytes + skip.bytes, seekBytes: seek.blocks * outputBytes + seek.bytes,
    count: count === undefined ? undefined : amount(count, lists.iflag.has('count_bytes'), inputBytes),
    conversions: lists.conv, inputFlags: lists.iflag, outputFlags: lists.oflag, status: values.get('status') ?? 'default',
  };
}

function option(word: string): string {
  return word.startsWith('--') ? `unrecognized option '${word}'` : `invalid option -- '${word[1]!}'`;
}
