// What the image suites share: a store over a temporary folder with records in memory, and small images to put in it.
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { ContentStore } from '../../actors/images/content-store.js';
import type { ImageAnnouncement, ImageRecords, Image } from '../../actors/images/image-records.js';
import { importImage } from '../../actors/images/import-image.js';
import { ImageStore } from '../../actors/images/image-store.js';
import { parseReference } from '../../actors/images/reference.js';
import type { Op } from '../../actors/runtime/store.js';
import { tarEntry } from '../../actors/streams/tar-entry.js';
import { writeTar } from '../../actors/streams/tar-writer.js';

/** Records that outlive a store, as a database would, and remember the events. */
export class MemoryRecords implements ImageRecords {
  readonly values = new Map<string, string>();
  readonly events: ImageAnnouncement[] = [];

  async commit(ops: Op[], announcements: ImageAnnouncement[] = []): Promise<void> {
    for (const op of ops) {
      if (op.type === 'put') this.values.set(op.key, op.value);
      else this.values.delete(op.key);
    }
    this.events.push(...announcements);
  }

  async *entries(prefix: string): AsyncGenerator<[string, string]> {
    for (const [key, value] of [...this.values].sort()) if (key.startsWith(prefix)) yield [key, value];
  }
}

export interface Fixture {
  root: string;
  records: MemoryRecords;
  store: ImageStore;
  containers: Map<string, { id: string; running: boolean }[]>;
  reopen(): Promise<ImageStore>;
}

export async function makeFixture(t: { teardown(f: () => void): void }): Promise<Fixture> {
  const root = fs.mkdtempSync(path.join(os.tmpdir(), 'sockerless-images-'));
  t.teardown(() => fs.rmSync(root, { recursive: true, force: true }));
  const records = new MemoryRecords();
  const containers: Fixture['containers'] = new Map();
  const open = async (): Promise<ImageStore> => ImageStore.open(records, await ContentStore.open(root), { containers: (id) => containers.get(id) ?? [], heldLayers: () => [] });
  return { root, records, containers, store: await open(), reopen: open };
}

/** A tar of the given files. */
export async function tarOf(files: Record<string, string>): Promise<Buffer> {
  const entries = Object.entries(files).map(([name, text]) => ({ entry: tarEntry(name, { sizeBytes: Buffer.byteLength(text) }), body: Buffer.from(text) }));
  return collect(writeTar(entries));
}

export async function collect(source: AsyncIterable<Uint8Array>): Promise<Buffer> {
  const parts: Uint8Array[] = [];
  for await (const part of source) parts.push(part);
  return Buffer.concat(parts);
}

export async function* cut(bytes: Uint8Array, size = 65_536): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}

/** Imports an image with one file that holds `text`. */
export async function addImage(store: ImageStore, name: string | undefined, text: string, changes: string[] = []): Promise<Image> {
  return importImage(store, cut(await tarOf({ 'file.txt': text })), { changes, ...(name !== undefined && { reference: parseReference(name) }) });
}

export function layerCount(root: string): number {
  return fs.readdirSync(path.join(root, 'blobs', 'sha256')).filter((name) => /^[0-9a-f]{64}$/.test(name)).length;
}
