// Reads tar archives of every customary dialect (v7, ustar, star, GNU, PAX) incrementally, giving bodies as views without copies.
import { Fault } from '../runtime/fault.js';
import { invalidHeader, NO_XATTRS, paddingBytes, TAR_BLOCK_BYTES, type TarEntry, type TarType } from './tar-entry.js';
import { parsePax, type PaxOverrides } from './tar-pax.js';

/** What a scanner calls, synchronously and in archive order. */
export interface TarSink {
  /** A new entry; `dataOffset` is where its body begins, in bytes from the start of the archive. */
  entry(entry: TarEntry, dataOffset: number): void;
  /** A piece of the current entry's body, a view on the chunk written. */
  data?(bytes: Uint8Array): void;
}

/** Longest extended header or GNU long name taken in, as Go's archive/tar has it; a client could grow it without end otherwise. */
const META_LIMIT_BYTES = 1 << 20;

const TYPES: Readonly<Record<string, TarType>> = { '\0': 'file', '0': 'file', '7': 'file', '1': 'link', '2': 'symlink', '3': 'char', '4': 'block', '5': 'dir', '6': 'fifo' };

type State = 'header' | 'meta' | 'body' | 'padding' | 'done';

/**
 * A push parser. Write chunks of any size, then call `end`; the sink hears of entries and bodies on the way.
 * Everything after the two zero blocks is ignored, and an archive may end without them at an entry's boundary, as in Go.
 * @throws Fault invalid, `archive/tar: invalid tar header` or `unexpected EOF` (Go's own words); unsupported for sparse files
 * @see https://www.gnu.org/software/tar/manual/html_node/Standard.html
 */
export class TarScanner {
  readonly #sink: TarSink;
  readonly #block = Buffer.alloc(TAR_BLOCK_BYTES);
  #blockFill = 0;
  #state: State = 'header';
  #left = 0;
  #padding = 0;
  #offset = 0;
  #zeroBlocks = 0;
  #metaType = '';
  #meta: Buffer[] = [];
  #pax: PaxOverrides = {};

  constructor(sink: TarSink) {
    this.#sink = sink;
  }

  /** True once the end-of-archive blocks were seen. */
  get done(): boolean {
    return this.#state === 'done';
  }

  write(chunk: Uint8Array): void {
    const base = this.#offset;
    let at = 0;
    while (at < chunk.length && this.#state !== 'done') {
      if (this.#state === 'header') {
        at = this.#takeHeader(chunk, at, base);
        continue;
      }
      const end = Math.min(chunk.length, at + this.#left);
      if (this.#state === 'body') this.#sink.data?.(chunk.subarray(at, end));
      else if (this.#state === 'meta') this.#meta.push(Buffer.from(chunk.subarray(at, end)));
      this.#left -= end - at;
      at = end;
      if (this.#left === 0) this.#finishPart();
    }
    this.#offset = base + chunk.length;
  }

  /** Says that the input is over; throws if it stopped inside an entry. */
  end(): void {
    if (this.#state === 'done') return;
    const dangling = Object.keys(this.#pax).length > 0;
    if (this.#state !== 'header' || this.#blockFill > 0 || dangling) throw new Fault('invalid', 'unexpected EOF');
    this.#state = 'done';
  }

  #takeHeader(chunk: Uint8Array, at: number, base: number): number {
    if (this.#blockFill === 0 && chunk.length - at >= TAR_BLOCK_BYTES) {
      const view = Buffer.from(chunk.buffer, chunk.byteOffset + at, TAR_BLOCK_BYTES);
      this.#header(view, base + at + TAR_BLOCK_BYTES);
      return at + TAR_BLOCK_BYTES;
    }
    const end = Math.min(chunk.length, at + TAR_BLOCK_BYTES - this.#blockFill);
    this.#block.set(chunk.subarray(at, end), this.#blockFill);
    this.#blockFill += end - at;
    if (this.#blockFill === TAR_BLOCK_BYTES) {
      this.#blockFill = 0;
      this.#header(this.#block, base + end);
    }
    return end;
  }

  #header(block: Buffer, dataOffset: number): void {
    if (block[0] === 0 && isZero(block)) {
      this.#zeroBlocks += 1;
      if (this.#zeroBlocks === 2) this.#state = 'done';
      return;
    }
    if (this.#zeroBlocks === 1) throw invalidHeader('a lone zero block inside the archive');
    verifyChecksum(block);
    const flag = String.fromCharCode(block[156] as number);
    const sizeBytes = readNumber(block, 124, 12);
    if (flag === 'x' || flag === 'g' || flag === 'L' || flag === 'K' || flag === 'V') {
      if (sizeBytes > META_LIMIT_BYTES) throw new Fault('invalid', 'archive/tar: header field too long');
      this.#metaType = flag;
      this.#part('meta', sizeBytes);
      return;
    }
    const entry = readEntry(block, flag, sizeBytes, this.#pax);
    this.#pax = {};
    this.#sink.entry(entry, dataOffset);
    this.#part('body', entry.sizeBytes);
  }

  #part(state: 'meta' | 'body', sizeBytes: number): void {
    this.#state = state;
    this.#left = sizeBytes;
    this.#padding = paddingBytes(sizeBytes);
    if (sizeBytes === 0) this.#finishPart();
  }

  #finishPart(): void {
    if (this.#state === 'meta') this.#applyMeta();
    this.#left = this.#state === 'padding' ? 0 : this.#padding;
    this.#state = this.#left > 0 ? 'padding' : 'header';
  }

  #applyMeta(): void {
    const body = this.#meta.length === 1 ? (this.#meta[0] as Buffer) : Buffer.concat(this.#meta);
    this.#meta = [];
    if (this.#metaType === 'x') this.#pax = { ...this.#pax, ...parsePax(body) };
    else if (this.#metaType === 'L') this.#pax.path = readText(body, 0, body.length);
    else if (this.#metaType === 'K') this.#pax.linkPath = readText(body, 0, body.length);
    // A global header (`g`, git writes one) and a volume label (`V`) describe no entry; dockerd passes them over too.
  }
}

function readEntry(block: Buffer, flag: string, headerSizeBytes: number, pax: PaxOverrides): TarEntry {
  if (flag === 'S' || pax.sparse) throw new Fault('unsupported', 'archive/tar: sparse files are not supported');
  let type = TYPES[flag];
  if (!type) throw new Fault('invalid', `unhandled tar header type ${flag.charCodeAt(0)}`);
  const magic = block.toString('latin1', 257, 265);
  const ustar = magic === 'ustar\x0000';
  const extended = ustar || magic === 'ustar  \0';
  let path = pax.path ?? readText(block, 0, 100);
  if (pax.path === undefined && ustar && block[345] !== 0) {
    const star = block.toString('latin1', 508, 512) === 'tar\0';
    path = `${readText(block, 345, star ? 131 : 155)}/${path}`;
  }
  if (type === 'file' && flag !== '7' && path.endsWith('/')) type = 'dir';
  const device = extended && (type === 'char' || type === 'block');
  return {
    path, type,
    mode: readNumber(block, 100, 8) & 0o7777,
    uid: pax.uid ?? readNumber(block, 108, 8),
    gid: pax.gid ?? readNumber(block, 116, 8),
    uname: pax.uname ?? (extended ? readText(block, 265, 32) : ''),
    gname: pax.gname ?? (extended ? readText(block, 297, 32) : ''),
    sizeBytes: type === 'file' ? (pax.sizeBytes ?? headerSizeBytes) : 0,
    mtimeNs: pax.mtimeNs ?? BigInt(readNumber(block, 136, 12, true)) * 1_000_000_000n,
    linkPath: type === 'link' || type === 'symlink' ? (pax.linkPath ?? readText(block, 157, 100)) : '',
    devMajor: device ? readNumber(block, 329, 8) : 0,
    devMinor: device ? readNumber(block, 337, 8) : 0,
    xattrs: pax.xattrs ?? NO_XATTRS,
  };
}

function isZero(block: Buffer): boolean {
  for (let i = 0; i < TAR_BLOCK_BYTES; i++) if (block[i] !== 0) return false;
  return true;
}

function readText(block: Buffer, start: number, length: number): string {
  const nul = block.indexOf(0, start);
  return block.toString('utf8', start, nul < 0 || nul > start + length ? start + length : nul);
}

/** Octal digits with blanks or NULs around them, or base 256 when the first bit is set (GNU, star). */
function readNumber(block: Buffer, start: number, length: number, negativeAllowed = false): number {
  const first = block[start] as number;
  if (first & 0x80) return readBase256(block, start, length, negativeAllowed);
  let at = start;
  const end = start + length;
  while (at < end && (block[at] === 0x20 || block[at] === 0)) at++;
  let value = 0;
  for (; at < end; at++) {
    const digit = (block[at] as number) - 0x30;
    if (digit >= 0 && digit <= 7) value = value * 8 + digit;
    else if (block[at] === 0 || block[at] === 0x20) break;
    else throw invalidHeader('a number field is not octal');
  }
  return value;
}

function readBase256(block: Buffer, start: number, length: number, negativeAllowed: boolean): number {
  const negative = ((block[start] as number) & 0x40) !== 0;
  let value = BigInt((block[start] as number) & 0x3f) - (negative ? 0x40n : 0n);
  for (let i = 1; i < length; i++) value = value * 256n + BigInt(block[start + i] as number);
  const number = Number(value);
  if (!Number.isSafeInteger(number) || (negative && !negativeAllowed)) throw invalidHeader('a number field is out of range');
  return number;
}

function verifyChecksum(block: Buffer): void {
  let unsigned = 0;
  let signed = 0;
  for (let i = 0; i < TAR_BLOCK_BYTES; i++) {
    const byte = i >= 148 && i < 156 ? 0x20 : (block[i] as number);
    unsigned += byte;
    // Some historic tars summed signed chars; both are accepted, as everywhere.
    if (byte > 127) signed -= 256;
  }
  const stated = readNumber(block, 148, 8);
  if (stated !== unsigned && stated !== unsigned + signed) throw invalidHeader('the checksum does not match');
}

/** An entry with its body, which must be read before asking for the next entry; what is left unread is skipped. */
export interface TarFile {
  readonly entry: TarEntry;
  readonly body: AsyncIterable<Uint8Array>;
}

/** Iterates an archive's entries in order. Bodies are views on the source's chunks. Throws what `TarScanner` throws. */
export async function* readTar(source: AsyncIterable<Uint8Array>): AsyncGenerator<TarFile> {
  const queue: (TarEntry | Uint8Array)[] = [];
  let at = 0;
  const scanner = new TarScanner({ entry: (entry) => queue.push(entry), data: (bytes) => queue.push(bytes) });
  const chunks = source[Symbol.asyncIterator]();
  const refill = async (): Promise<boolean> => {
    queue.length = 0;
    at = 0;
    while (queue.length === 0) {
      const step = await chunks.next();
      if (step.done) {
        scanner.end();
        return false;
      }
      scanner.write(step.value);
    }
    return true;
  };
  async function* body(): AsyncGenerator<Uint8Array> {
    while (at < queue.length || (await refill())) {
      const item = queue[at];
      if (!(item instanceof Uint8Array)) return;
      at++;
      yield item;
    }
  }
  try {
    while (at < queue.length || (await refill())) {
      const item = queue[at++];
      if (item !== undefined && !(item instanceof Uint8Array)) yield { entry: item, body: body() };
    }
  } finally {
    await chunks.return?.();
  }
}
