// Layers on disk: uncompressed tars named by their digest, each with its index, written so that a crash leaves whole files or none.
import { createHash, randomBytes, type Hash } from 'node:crypto';
import fs from 'node:fs/promises';
import { createReadStream, type ReadStream } from 'node:fs';
import path from 'node:path';
import { Fault } from '../runtime/fault.js';
import { decompress, type Compression } from '../streams/decompress.js';
import { TarScanner } from '../streams/tar-reader.js';
import { LayerIndexWriter, type LayerPaths } from './layer-index.js';

/** What taking in a layer found out. `digest` and `packedBytes` are those of the stream as it came, compressed or not. */
export interface IngestedLayer {
  readonly diffId: string;
  readonly sizeBytes: number;
  readonly digest: string;
  readonly packedBytes: number;
}

/** What a layer must turn out to be; a mismatch fails the ingest and leaves nothing. */
export interface LayerExpectation {
  readonly diffId?: string;
  readonly digest?: string;
  readonly packedBytes?: number;
  /** Hears of the diffID before the layer is looked for or put in place: the moment to hold it against collection. */
  readonly onKnown?: (diffId: string) => void;
}

const WRITE_BYTES = 1 << 20;
/** The disk is set to work this often while a layer streams in, so that the sync at the end has little left to wait for. */
const SYNC_EVERY_BYTES = 32 << 20;

/**
 * `<root>/blobs/sha256/<hex>` and `<hex>.index.json` beside it; `<root>/ingest/` holds what is being written.
 * The index is renamed into place before the tar: a tar that exists is complete and has its index.
 */
export class ContentStore {
  readonly #blobs: string;
  readonly #ingest: string;
  readonly #sizes = new Map<string, number>();
  #turn: Promise<unknown> = Promise.resolve();

  private constructor(root: string) {
    this.#blobs = path.join(root, 'blobs', 'sha256');
    this.#ingest = path.join(root, 'ingest');
  }

  /** Opens the store and drops what a crash left half-written. */
  static async open(root: string): Promise<ContentStore> {
    const store = new ContentStore(root);
    await fs.rm(store.#ingest, { recursive: true, force: true });
    await fs.mkdir(store.#ingest, { recursive: true });
    await fs.mkdir(store.#blobs, { recursive: true });
    for (const name of await fs.readdir(store.#blobs)) {
      if (/^[0-9a-f]{64}$/.test(name)) store.#sizes.set(`sha256:${name}`, (await fs.stat(path.join(store.#blobs, name))).size);
    }
    return store;
  }

  /** Digests of all layers there are. */
  diffIds(): string[] {
    return [...this.#sizes.keys()];
  }

  has(diffId: string): boolean {
    return this.#sizes.has(diffId);
  }

  /** Size of a layer's tar in bytes, 0 if it is not here. */
  sizeBytes(diffId: string): number {
    return this.#sizes.get(diffId) ?? 0;
  }

  /** What the sandbox is given of a layer. Throws Fault not-found. */
  paths(diffId: string): LayerPaths {
    if (!this.has(diffId)) throw new Fault('not-found', `layer does not exist: ${diffId}`);
    const tarPath = this.#path(diffId);
    return { tarPath, indexPath: `${tarPath}.index.json` };
  }

  /** Reads a layer's uncompressed tar. */
  read(diffId: string): ReadStream {
    return createReadStream(this.paths(diffId).tarPath, { highWaterMark: WRITE_BYTES });
  }

  /**
   * Takes in a layer from a stream, compressed or not: decodes, checks, hashes, indexes and writes in one pass.
   * @throws Fault invalid for a broken archive or a digest that is not the expected one
   */
  async ingest(source: AsyncIterable<Uint8Array>, expect: LayerExpectation = {}): Promise<IngestedLayer> {
    const temp = path.join(this.#ingest, randomBytes(12).toString('hex'));
    const file = await fs.open(temp, 'wx', 0o600);
    try {
      const pass = new IngestPass(file, source);
      const layer = await pass.run();
      verify(layer, expect);
      expect.onKnown?.(layer.diffId);
      await this.#serial(async () => {
        if (!this.has(layer.diffId)) await this.#place(layer.diffId, temp, file, pass.index.text());
      });
      return layer;
    } finally {
      await file.close();
      await fs.rm(temp, { force: true });
    }
  }

  /** Deletes a layer; the tar first, because it is what counts as being there. */
  async remove(diffId: string): Promise<void> {
    this.#sizes.delete(diffId);
    await this.#serial(async () => {
      await fs.rm(this.#path(diffId), { force: true });
      await fs.rm(`${this.#path(diffId)}.index.json`, { force: true });
    });
  }

  /** Placing and removing take turns, lest a removal take the index of the same layer newly come. */
  #serial<T>(work: () => Promise<T>): Promise<T> {
    const result = this.#turn.then(work);
    this.#turn = result.catch(() => undefined);
    return result;
  }

  async #place(diffId: string, temp: string, file: fs.FileHandle, index: string): Promise<void> {
    const tempIndex = `${temp}.index`;
    const indexFile = await fs.open(tempIndex, 'wx', 0o600);
    try {
      await indexFile.writeFile(index);
      await indexFile.sync();
    } finally {
      await indexFile.close();
    }
    await file.sync();
    const { size } = await file.stat();
    await fs.rename(tempIndex, `${this.#path(diffId)}.index.json`);
    await fs.rename(temp, this.#path(diffId));
    await syncDirectory(this.#blobs);
    this.#sizes.set(diffId, size);
  }

  #path(diffId: string): string {
    return path.join(this.#blobs, diffId.slice('sha256:'.length));
  }
}

async function syncDirectory(directory: string): Promise<void> {
  const handle = await fs.open(directory, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

function verify(layer: IngestedLayer, expect: LayerExpectation): void {
  if (expect.digest !== undefined && expect.digest !== layer.digest) throw new Fault('invalid', `filesystem layer verification failed for digest ${expect.digest}`, { got: layer.digest });
  if (expect.packedBytes !== undefined && expect.packedBytes !== layer.packedBytes) throw new Fault('invalid', `filesystem layer verification failed for digest ${layer.digest}`, { got: layer.packedBytes, expected: expect.packedBytes });
  if (expect.diffId !== undefined && expect.diffId !== layer.diffId) throw new Fault('invalid', `wrong diff id calculated on extraction "${layer.diffId}"`, { expected: expect.diffId });
}

/** One pass over a layer's stream. Writing a chunk and hashing the next overlap, as the file is written by the thread pool. */
class IngestPass {
  readonly index = new LayerIndexWriter();
  readonly #file: fs.FileHandle;
  readonly #source: AsyncIterable<Uint8Array>;
  readonly #packedHash = createHash('sha256');
  #packedBytes = 0;
  #kind: Compression | undefined;
  readonly #head: Uint8Array[] = [];

  constructor(file: fs.FileHandle, source: AsyncIterable<Uint8Array>) {
    this.#file = file;
    this.#source = source;
  }

  async run(): Promise<IngestedLayer> {
    const scanner = new TarScanner({ entry: (entry, offset) => this.index.add(entry, offset) });
    const hash: Hash = createHash('sha256');
    let sizeBytes = 0;
    let writing: Promise<unknown> = Promise.resolve();
    let syncing: Promise<unknown> = Promise.resolve();
    let syncedBytes = 0;
    try {
      for await (const chunk of decompress(this.#count(), (kind) => this.#known(kind))) {
        scanner.write(chunk);
        await writing;
        writing = awaitedLater(writeAll(this.#file, chunk, sizeBytes));
        hash.update(chunk);
        sizeBytes += chunk.length;
        if (sizeBytes - syncedBytes < SYNC_EVERY_BYTES) continue;
        syncedBytes = sizeBytes;
        await syncing;
        syncing = awaitedLater(this.#file.datasync());
      }
    } finally {
      await Promise.all([writing, syncing]);
    }
    scanner.end();
    const diffId = `sha256:${hash.digest('hex')}`;
    return { diffId, sizeBytes, digest: this.#kind === 'none' ? diffId : `sha256:${this.#packedHash.digest('hex')}`, packedBytes: this.#packedBytes };
  }

  /** A plain tar is hashed once only: its digest is its diffID. */
  #known(kind: Compression): void {
    this.#kind = kind;
    if (kind !== 'none') for (const chunk of this.#head) this.#packedHash.update(chunk);
    this.#head.length = 0;
  }

  async *#count(): AsyncGenerator<Uint8Array> {
    for await (const chunk of this.#source) {
      this.#packedBytes += chunk.length;
      if (this.#kind === undefined) this.#head.push(chunk);
      else if (this.#kind !== 'none') this.#packedHash.update(chunk);
      yield chunk;
    }
  }
}

/** Marks a promise's failure as attended to: it is awaited a little later, and must not count as unhandled until then. */
function awaitedLater<T>(promise: Promise<T>): Promise<T> {
  promise.catch(() => undefined);
  return promise;
}

async function writeAll(file: fs.FileHandle, chunk: Uint8Array, position: number): Promise<void> {
  for (let at = 0; at < chunk.length; ) at += (await file.write(chunk, at, chunk.length - at, position + at)).bytesWritten;
}
