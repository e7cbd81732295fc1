// Recognises gzip, bzip2, xz and zstd by their first bytes and decodes them as a stream; anything else passes through.
import { createRequire } from 'node:module';
import { Readable, type Transform } from 'node:stream';
import zlib from 'node:zlib';
import { Decompress as PortableZstd } from 'fzstd';
import unbzip2 from 'unbzip2-stream';
import { Fault } from '../runtime/fault.js';

// A CommonJS bundle whose named export Node's ESM loader cannot see.
const { XzReadableStream } = createRequire(import.meta.url)('xz-decompress') as typeof import('xz-decompress');

export type Compression = 'none' | 'gzip' | 'bzip2' | 'xz' | 'zstd';

const MAGICS: readonly (readonly [Compression, readonly number[]])[] = [
  ['bzip2', [0x42, 0x5a, 0x68]],
  ['gzip', [0x1f, 0x8b, 0x08]],
  ['xz', [0xfd, 0x37, 0x7a, 0x58, 0x5a, 0x00]],
  ['zstd', [0x28, 0xb5, 0x2f, 0xfd]],
];

/** First bytes needed to tell. */
export const SNIFF_BYTES = 6;

/** Tells the compression from a stream's first bytes, as dockerd does (a media type may lie, the bytes do not). */
export function sniffCompression(head: Uint8Array): Compression {
  for (const [name, magic] of MAGICS) if (magic.every((byte, i) => head[i] === byte)) return name;
  return 'none';
}

/**
 * Decodes a stream by what its first bytes say. Plain input passes through without copies.
 * `onKind` hears of the compression once it is known, before anything is yielded.
 * @throws Fault invalid, where the compressed data is broken or cut (`unexpected EOF`)
 */
export async function* decompress(source: AsyncIterable<Uint8Array>, onKind?: (kind: Compression) => void): AsyncGenerator<Uint8Array> {
  const chunks = source[Symbol.asyncIterator]();
  const head: Uint8Array[] = [];
  let headBytes = 0;
  try {
    while (headBytes < SNIFF_BYTES) {
      const step = await chunks.next();
      if (step.done) break;
      head.push(step.value);
      headBytes += step.value.length;
    }
    const kind = sniffCompression(head.length === 1 ? (head[0] as Uint8Array) : Buffer.concat(head));
    onKind?.(kind);
    yield* decode(kind, rejoin(head, chunks));
  } finally {
    await chunks.return?.();
  }
}

async function* rejoin(head: readonly Uint8Array[], rest: AsyncIterator<Uint8Array>): AsyncGenerator<Uint8Array> {
  yield* head;
  for (;;) {
    const step = await rest.next();
    if (step.done) return;
    yield step.value;
  }
}

async function* decode(kind: Compression, source: AsyncGenerator<Uint8Array>): AsyncGenerator<Uint8Array> {
  if (kind === 'none') {
    yield* source;
    return;
  }
  const guard: Guard = {};
  const input = remember(source, guard);
  try {
    if (kind === 'gzip') yield* throughNode(input, zlib.createGunzip({ chunkSize: 256 * 1024 }));
    else if (kind === 'bzip2') yield* throughBzip2(input);
    else if (kind === 'xz') yield* throughXz(input);
    else yield* throughZstd(input);
  } catch (error) {
    // The source's own failure (a broken connection, a cancelled request) is not the archive's fault.
    if (guard.sourceError !== undefined) throw guard.sourceError;
    throw broken(kind, error);
  }
}

interface Guard {
  sourceError?: unknown;
}

async function* remember(source: AsyncGenerator<Uint8Array>, guard: Guard): AsyncGenerator<Uint8Array> {
  try {
    yield* source;
  } catch (error) {
    guard.sourceError = error;
    throw error;
  }
}

function broken(kind: Compression, error: unknown): Fault {
  if (error instanceof Fault) return error;
  const reason = error instanceof Error ? error.message : String(error);
  if (/unexpected end|unexpected eof|truncat|buffer error|input stream ended|input ended/i.test(reason)) return new Fault('invalid', 'unexpected EOF', { kind, reason });
  return new Fault('invalid', `${kind}: invalid data: ${reason}`, { kind }, { cause: error });
}

/** Runs a Node transform, whichever way it fails; zlib's own checks cover checksums and truncation. */
async function* throughNode(input: AsyncGenerator<Uint8Array>, transform: Transform): AsyncGenerator<Uint8Array> {
  const feed = Readable.from(input, { objectMode: true });
  feed.once('error', (error) => transform.destroy(error));
  feed.pipe(transform);
  try {
    for await (const chunk of transform) yield chunk as Uint8Array;
  } finally {
    feed.destroy();
    transform.destroy();
  }
}

async function* throughBzip2(input: AsyncGenerator<Uint8Array>): AsyncGenerator<Uint8Array> {
  // unbzip2-stream is an old-style through stream: it decodes inside write() and emits before that returns.
  const decoder = unbzip2();
  const out: Uint8Array[] = [];
  let failure: Error | undefined;
  decoder.on('data', (chunk: Uint8Array) => out.push(chunk));
  decoder.on('error', (error: Error) => (failure = error));
  for await (const chunk of input) {
    decoder.write(chunk);
    if (failure) throw failure;
    yield* out.splice(0);
  }
  decoder.end();
  if (failure) throw failure;
  yield* out.splice(0);
}

async function* throughXz(input: AsyncGenerator<Uint8Array>): AsyncGenerator<Uint8Array> {
  const web = new ReadableStream<Uint8Array>({
    async pull(controller) {
      try {
        const step = await input.next();
        if (step.done) controller.close();
        else controller.enqueue(step.value);
      } catch (error) {
        controller.error(error);
      }
    },
  });
  const reader = new XzReadableStream(web).getReader();
  for (;;) {
    const step = await reader.read();
    if (step.done) return;
    yield step.value;
  }
}

type ZlibStream = Transform & { readonly bytesWritten: number };

/** Small steps, because what one of them decodes to is held in memory whole. */
const ZSTD_STEP_BYTES = 16 * 1024;

/**
 * Node's decoder ends at a frame's end and drops what the same write held after it, though a zstd stream may have many
 * frames (parallel compressors write such). So each write is watched, and a new decoder takes up what was left.
 */
async function* throughFrames(input: AsyncGenerator<Uint8Array>, create: () => Transform): AsyncGenerator<Uint8Array> {
  const out: Uint8Array[] = [];
  let decoder: ZlibStream | undefined;
  const begin = (): ZlibStream => create().on('data', (chunk: Uint8Array) => out.push(chunk)).on('error', () => undefined) as ZlibStream;
  // (The empty listener is for an error that comes while no write is watched: the next write is refused with it.)
  try {
    for await (const chunk of input) {
      for (let at = 0; at < chunk.length; ) {
        decoder ??= begin();
        const before = decoder.bytesWritten;
        const step = chunk.subarray(at, at + ZSTD_STEP_BYTES);
        const ended = await writeStep(decoder, step);
        const usedBytes = ended ? decoder.bytesWritten - before : step.length;
        if (usedBytes === 0) throw new Error('a frame that takes no input');
        at += usedBytes;
        if (ended) decoder = undefined;
        yield* out.splice(0);
      }
    }
    if (decoder) await writeStep(decoder, undefined);
    yield* out.splice(0);
  } finally {
    decoder?.destroy();
  }
}

/** Writes one piece, or the end; true if the decoder ended, be it before the piece was used up. */
function writeStep(decoder: ZlibStream, piece: Uint8Array | undefined): Promise<boolean> {
  return new Promise((resolve, reject) => {
    const settle = (finish: () => void): void => {
      decoder.off('end', onEnd).off('error', onError);
      finish();
    };
    const onEnd = (): void => settle(() => resolve(true));
    const onError = (error: Error): void => settle(() => reject(error));
    decoder.once('end', onEnd).once('error', onError);
    if (piece === undefined) decoder.end();
    else decoder.write(piece, (error) => settle(() => (error ? reject(error) : resolve(false))));
  });
}

/** From this version on Node's own decoder notices a cut stream; that of 22 takes it for whole. */
const NATIVE_ZSTD_MAJOR = 24;

/** Node decodes zstd itself, or else a portable decoder does, several times slower. */
async function* throughZstd(input: AsyncGenerator<Uint8Array>): AsyncGenerator<Uint8Array> {
  const native = (zlib as unknown as { createZstdDecompress?: () => Transform }).createZstdDecompress;
  if (native && Number(process.versions.node.split('.')[0]) >= NATIVE_ZSTD_MAJOR) {
    yield* throughFrames(input, native);
    return;
  }
  const out: Uint8Array[] = [];
  let finished = false;
  const decoder = new PortableZstd((chunk, final) => {
    if (chunk.length > 0) out.push(chunk);
    finished = final ?? false;
  });
  for await (const chunk of input) {
    // The decoder keeps what it is given; the source may reuse its buffer.
    decoder.push(Uint8Array.from(chunk));
    yield* out.splice(0);
  }
  decoder.push(new Uint8Array(0), true);
  yield* out.splice(0);
  if (!finished) throw new Fault('invalid', 'unexpected EOF', { kind: 'zstd' });
}
