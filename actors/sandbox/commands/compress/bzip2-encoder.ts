// bzip2's compressor (https://github.com/dsnet/compress/blob/master/doc/bzip2-format.pdf): runs, block sorting, move to front, Huffman codes.
import { PREEMPT, type Task } from '../../kernel/wait.js';
import { BitWriter } from './bit-writer.js';
import { codeLengths, codesOf } from './huffman.js';

const BLOCK_UNIT_BYTES = 100_000;
/** What a run at a block's end may add. */
const SLACK_BYTES = 19;
const GROUP_SIZE = 50;
const MOST_LENGTH = 17;
const ROUNDS = 4;

const CRC_TABLE = Uint32Array.from({ length: 256 }, (_, byte) => {
  let value = byte << 24;
  for (let bit = 0; bit < 8; bit++) value = value & 0x80000000 ? (value << 1) ^ 0x04c11db7 : value << 1;
  return value >>> 0;
});

/** Sorts all rotations of the block: by their first byte, then by twice as many each round. */
function* sortRotations(block: Uint8Array): Task<Int32Array> {
  const size = block.length;
  let order = new Int32Array(size);
  let other = new Int32Array(size);
  let classes = new Int32Array(size);
  let nextClasses = new Int32Array(size);
  const counts = new Int32Array(Math.max(256, size) + 1);
  for (const byte of block) counts[byte + 1]!++;
  for (let i = 0; i < 256; i++) counts[i + 1]! += counts[i]!;
  for (let i = 0; i < size; i++) order[counts[block[i]!]!++] = i;
  let count = 0;
  for (let i = 0; i < size; i++) {
    if (i > 0 && block[order[i]!] !== block[order[i - 1]!]) count++;
    classes[order[i]!] = count;
  }
  for (let length = 1; length < size && count < size - 1; length *= 2) {
    yield PREEMPT;
    counts.fill(0, 0, count + 2);
    for (let i = 0; i < size; i++) counts[classes[i]! + 1]!++;
    for (let i = 0; i <= count; i++) counts[i + 1]! += counts[i]!;
    for (let i = 0; i < size; i++) {
      let start = order[i]! - length;
      if (start < 0) start += size;
      other[counts[classes[start]!]!++] = start;
    }
    [order, other] = [other, order];
    yield PREEMPT;
    count = 0;
    nextClasses[order[0]!] = 0;
    for (let i = 1; i < size; i++) {
      const [a, b] = [order[i]!, order[i - 1]!];
      if (classes[a] !== classes[b] || classes[(a + length) % size] !== classes[(b + length) % size]) count++;
      nextClasses[a] = count;
    }
    [classes, nextClasses] = [nextClasses, classes];
  }
  return order;
}

export class Bzip2Encoder {
  readonly #block: Uint8Array;
  readonly #bits = new BitWriter();
  #size = 0;
  #run = 0;
  #byte = -1;
  #crc = 0xffffffff;
  #wholeCrc = 0;

  constructor(level = 9) {
    this.#block = new Uint8Array(level * BLOCK_UNIT_BYTES);
    for (const letter of `BZh${level}`) this.#bits.put(letter.charCodeAt(0), 8);
  }

  *add(bytes: Uint8Array): Task<Uint8Array[]> {
    for (const byte of bytes) {
      if (byte === this.#byte && this.#run < 255) {
        this.#run++;
        continue;
      }
      this.#endRun();
      if (this.#size >= this.#block.length - SLACK_BYTES) yield* this.#endBlock();
      this.#byte = byte;
      this.#run = 1;
    }
    return this.#bits.take();
  }

  *end(): Task<Uint8Array[]> {
    this.#endRun();
    this.#run = 0;
    if (this.#size > 0) yield* this.#endBlock();
    this.#bits.put(0x177245, 24);
    this.#bits.put(0x385090, 24);
    this.#bits.put32(this.#wholeCrc);
    this.#bits.finish();
    return this.#bits.take();
  }

  /** Four alike are followed by how many more there are. */
  #endRun(): void {
    if (this.#run === 0) return;
    const byte = this.#byte;
    for (let i = 0; i < this.#run; i++) this.#crc = ((this.#crc << 8) ^ CRC_TABLE[((this.#crc >>> 24) ^ byte) & 255]!) >>> 0;
    for (let i = 0; i < Math.min(4, this.#run); i++) this.#block[this.#size++] = byte;
    if (this.#run >= 4) this.#block[this.#size++] = this.#run - 4;
    this.#run = 0;
    this.#byte = -1;
  }

  *#endBlock(): Task {
    const block = this.#block.subarray(0, this.#size);
    const crc = ~this.#crc >>> 0;
    this.#wholeCrc = (((this.#wholeCrc << 1) | (this.#wholeCrc >>> 31)) ^ crc) >>> 0;
    const order = yield* sortRotations(block);
    yield PREEMPT;
    this.#bits.put(0x314159, 24);
    this.#bits.put(0x265359, 24);
    this.#bits.put32(crc);
    this.#bits.put(0, 1);
    this.#bits.put(order.indexOf(0), 24);
    const used = new Uint8Array(256);
    for (const byte of block) used[byte] = 1;
    this.#writeUsed(used);
    const symbols = this.#toFront(block, order, used);
    yield PREEMPT;
    this.#writeSymbols(symbols, used.reduce((sum, each) => sum + each, 0) + 2);
    this.#size = 0;
    this.#crc = 0xffffffff;
    yield PREEMPT;
  }

  #writeUsed(used: Uint8Array): void {
    const rows = Array.from({ length: 16 }, (_, row) => used.subarray(row * 16, row * 16 + 16));
    for (const row of rows) this.#bits.put(row.includes(1) ? 1 : 0, 1);
    for (const row of rows) if (row.includes(1)) for (const each of row) this.#bits.put(each, 1);
  }

  /** The last column as places in a list of what came last; runs of zeros in digits of one and two. */
  #toFront(block: Uint8Array, order: Int32Array, used: Uint8Array): Uint16Array {
    const list = new Uint8Array(256);
    let kinds = 0;
    for (let byte = 0; byte < 256; byte++) if (used[byte] === 1) list[kinds++] = byte;
    const symbols = new Uint16Array(block.length + 2);
    let length = 0;
    let zeros = 0;
    const flush = (): void => {
      for (; zeros > 0; zeros = (zeros - 1) >> 1) symbols[length++] = zeros & 1 ? 0 : 1;
    };
    for (const start of order) {
      const byte = block[start === 0 ? block.length - 1 : start - 1]!;
      if (list[0] === byte) {
        zeros++;
        continue;
      }
      flush();
      let at = 0;
      for (let moved = list[0]!; moved !== byte; ) {
        const next = list[++at]!;
        list[at] = moved;
        moved = next;
      }
      list[0] = byte;
      symbols[length++] = at + 1;
    }
    flush();
    symbols[length++] = kinds + 1;
    return symbols.subarray(0, length);
  }

  #writeSymbols(symbols: Uint16Array, alphabet: number): void {
    const count = symbols.length < 200 ? 2 : symbols.length < 600 ? 3 : symbols.length < 1200 ? 4 : symbols.length < 2400 ? 5 : 6;
    const groups = Math.ceil(symbols.length / GROUP_SIZE);
    const selectors = new Uint8Array(groups);
    let tables = firstTables(symbols, alphabet, count);
    for (let round = 0; round < ROUNDS; round++) {
      const frequencies = tables.map(() => new Uint32Array(alphabet));
      for (let group = 0; group < groups; group++) {
        const part = symbols.subarray(group * GROUP_SIZE, (group + 1) * GROUP_SIZE);
        let best = 0;
        let least = Infinity;
        tables.forEach((lengths, i) => {
          let cost = 0;
          for (const symbol of part) cost += lengths[symbol]!;
          if (cost < least) [best, least] = [i, cost];
        });
        selectors[group] = best;
        for (const symbol of part) frequencies[best]![symbol]!++;
      }
      tables = frequencies.map((each) => codeLengths(each, MOST_LENGTH));
    }
    const bits = this.#bits;
    bits.put(count, 3);
    bits.put(groups, 15);
    const places = Array.from({ length: count }, (_, i) => i);
    for (const selector of selectors) {
      const at = places.indexOf(selector);
      places.splice(at, 1);
      places.unshift(selector);
      for (let i = 0; i < at; i++) bits.put(1, 1);
      bits.put(0, 1);
    }
    for (const lengths of tables) writeLengths(bits, lengths);
    const codes = tables.map(codesOf);
    symbols.forEach((symbol, i) => {
      const table = selectors[Math.floor(i / GROUP_SIZE)]!;
      bits.put(codes[table]![symbol]!, tables[table]![symbol]!);
    });
  }
}

/** Each table begins as the one for a share of the symbols of like frequency. */
function firstTables(symbols: Uint16Array, alphabet: number, count: number): Uint8Array[] {
  const frequencies = new Uint32Array(alphabet);
  for (const symbol of symbols) frequencies[symbol]!++;
  const tables: Uint8Array[] = [];
  let left = symbols.length;
  let start = 0;
  for (let part = count; part > 0; part--) {
    const target = Math.floor(left / part);
    let sum = 0;
    let end = start;
    while (sum < target && end < alphabet) sum += frequencies[end++]!;
    tables.push(Uint8Array.from({ length: alphabet }, (_, symbol) => (symbol >= start && symbol < end ? 0 : 15)));
    left -= sum;
    start = end;
  }
  return tables;
}

function writeLengths(bits: BitWriter, lengths: Uint8Array): void {
  let current = lengths[0]!;
  bits.put(current, 5);
  for (const length of lengths) {
    for (; current < length; current++) bits.put(2, 2);
    for (; current > length; current--) bits.put(3, 2);
    bits.put(0, 1);
  }
}
