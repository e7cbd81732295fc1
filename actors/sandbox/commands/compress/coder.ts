// Bytes through a compressor or decompressor while a process waits: what exists only asynchronously, in the process's own terms.
import type { Transform } from 'node:stream';
import zlib from 'node:zlib';
import { type Compression, decompress, sniffCompression } from '../../../streams/decompress.js';
import type { Process } from '../../kernel/process.js';
import { settle, type Task } from '../../kernel/wait.js';
import { Bzip2Encoder } from './bzip2-encoder.js';
import { LzmaEncoder } from './lzma-encoder.js';
import { isLzma, LZMA_HEADER_BYTES, LzmaSource } from './lzma-source.js';
import { XzEncoder } from './xz-encoder.js';
import { StoredZstd } from './zstd-stored.js';

/** Small, because one piece may decode to a thousand times its size. */
const PIECE_BYTES = 32 * 1024;

/** What commands can read and write; images are never of the old LZMA. */
export type Coding = Exclude<Compression, 'none'> | 'lzma';

/** Gives chunks until there are none. */
export interface Source {
  next(): Task<Uint8Array | undefined>;
}

/** What a descriptor holds, piece by piece. */
export class FileSource implements Source {
  /** How much there was so far. */
  sizeBytes = 0;
  readonly #process: Process;
  readonly #fd: number;

  constructor(process: Process, fd: number) {
    this.#process = process;
    this.#fd = fd;
  }

  *next(): Task<Uint8Array | undefined> {
    const chunk = yield* this.#process.read(this.#fd, PIECE_BYTES);
    this.sizeBytes += chunk.length;
    return chunk.length === 0 ? undefined : chunk;
  }
}

/** A source whose first piece has been taken to look at it. */
export class Rejoined implements Source {
  #head: Uint8Array | undefined;
  readonly #rest: Source;

  constructor(head: Uint8Array, rest: Source) {
    this.#head = head;
    this.#rest = rest;
  }

  *next(): Task<Uint8Array | undefined> {
    const head = this.#head;
    this.#head = undefined;
    return head ?? (yield* this.#rest.next());
  }
}

/** A source decoded by what its first bytes say; plain bytes pass through. `next` throws Fault invalid for broken input. */
export class DecodedSource implements Source {
  /** Known as soon as the first chunk has been given. */
  kind: Coding | 'none' | undefined;
  #source: Source;
  #lzma: LzmaSource | undefined;
  #hasBegun = false;
  readonly #chunks: AsyncGenerator<Uint8Array>;
  #wanted: ((chunk: Uint8Array | undefined) => void) | undefined;
  #wants: () => void = () => undefined;

  constructor(source: Source) {
    this.#source = source;
    this.#chunks = decompress(this.#feed(), (kind) => (this.kind = kind));
  }

  async *#feed(): AsyncGenerator<Uint8Array> {
    for (;;) {
      const chunk = await new Promise<Uint8Array | undefined>((resolve) => {
        this.#wanted = resolve;
        this.#wants();
      });
      if (chunk === undefined) return;
      yield chunk;
    }
  }

  /** The old LZMA has no magic: what is nothing else and has a header as its encoders write it is that. */
  *#begin(): Task {
    this.#hasBegun = true;
    const parts: Uint8Array[] = [];
    for (let size = 0; size < LZMA_HEADER_BYTES; size += parts.at(-1)!.length) {
      const chunk = yield* this.#source.next();
      if (chunk === undefined) break;
      parts.push(chunk);
    }
    const head = Buffer.concat(parts);
    if (sniffCompression(head) === 'none' && isLzma(head)) {
      this.kind = 'lzma';
      this.#lzma = new LzmaSource(this.#source, head);
    } else if (head.length > 0) this.#source = new Rejoined(head, this.#source);
  }

  *next(): Task<Uint8Array | undefined> {
    if (!this.#hasBegun) yield* this.#begin();
    if (this.#lzma) return yield* this.#lzma.next();
    const result = this.#chunks.next();
    // Awaited below; a failure must not count as unhandled until then.
    result.catch(() => undefined);
    for (;;) {
      const want = new Promise<'want'>((resolve) => (this.#wants = () => resolve('want')));
      if (this.#wanted) this.#wants();
      const outcome = yield* settle(Promise.race([result, want]));
      if (outcome !== 'want') return outcome.done === true ? undefined : outcome.value;
      const give = this.#wanted!;
      this.#wanted = undefined;
      give(yield* this.#source.next());
    }
  }
}

/** Compresses a stream; `add` gives what came of a piece so far. */
export class Encoder {
  readonly #stream: Transform;
  #out: Uint8Array[] = [];

  constructor(stream: Transform) {
    this.#stream = stream;
    stream.on('data', (chunk: Uint8Array) => this.#out.push(chunk));
  }

  *add(bytes: Uint8Array): Task<Uint8Array[]> {
    yield* settle(new Promise<void>((resolve, reject) => this.#stream.write(bytes, (error) => (error ? reject(error) : resolve()))));
    return this.#out.splice(0);
  }

  *end(): Task<Uint8Array[]> {
    yield* settle(new Promise<void>((resolve, reject) => {
      this.#stream.once('end', resolve).once('error', reject);
      this.#stream.end();
    }));
    return this.#out.splice(0);
  }
}

/** What compresses a stream: `Encoder`, or an own one. */
export interface Compressor {
  add(bytes: Uint8Array): Task<Uint8Array[]>;
  end(): Task<Uint8Array[]>;
}

/** A compressor of this kind. zstd compresses from Node.js 22.15 on. */
export function encoderOf(kind: Coding, level: number | undefined): Compressor {
  if (kind === 'bzip2') return new Bzip2Encoder(level);
  if (kind === 'xz') return new XzEncoder(level);
  if (kind === 'lzma') return new LzmaEncoder(level);
  if (kind === 'gzip') return new Encoder(zlib.createGzip(level === undefined ? {} : { level }));
  const { createZstdCompress, constants } = zlib as unknown as { createZstdCompress?: (options: object) => Transform; constants: Record<string, number> };
  if (!createZstdCompress) return new Encoder(new StoredZstd());
  return new Encoder(createZstdCompress({ params: { [constants.ZSTD_c_compressionLevel!]: level ?? 3 } }));
}
