// Makes image layers (a tar and its index) in a temporary folder, for tests of the overlay.
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { LayerIndexWriter, type LayerPaths } from '../../actors/images/layer-index.js';
import { tarEntry, type TarEntry } from '../../actors/streams/tar-entry.js';
import { TarScanner } from '../../actors/streams/tar-reader.js';
import { TAR_END, tarHeader, tarPadding } from '../../actors/streams/tar-writer.js';

export interface Cleanup {
  teardown(clean: () => void): void;
}

export function temporaryDirectory(t: Cleanup): string {
  const directory = fs.mkdtempSync(path.join(os.tmpdir(), 'sockerless-fs-'));
  t.teardown(() => fs.rmSync(directory, { recursive: true, force: true }));
  return directory;
}

/** `path/` is a directory, a string or bytes a file, anything else a TarEntry's fields. */
export type LayerFiles = Record<string, string | Uint8Array | Partial<TarEntry>>;

export function packTar(files: LayerFiles): Buffer {
  const parts: Uint8Array[] = [];
  for (const [name, what] of Object.entries(files)) {
    if (typeof what === 'string' || what instanceof Uint8Array) {
      const body = typeof what === 'string' ? Buffer.from(what) : what;
      const entry = name.endsWith('/') ? tarEntry(name, { type: 'dir' }) : tarEntry(name, { sizeBytes: body.length });
      parts.push(tarHeader(entry), body, tarPadding(body.length));
    } else {
      parts.push(tarHeader(tarEntry(name, what)));
    }
  }
  return Buffer.concat([...parts, TAR_END]);
}

let next = 0;

export function writeLayer(directory: string, tar: Buffer): LayerPaths {
  const tarPath = path.join(directory, `layer-${next++}.tar`);
  const indexPath = `${tarPath}.index`;
  const index = new LayerIndexWriter();
  const scanner = new TarScanner({ entry: (entry, offset) => index.add(entry, offset) });
  scanner.write(tar);
  scanner.end();
  fs.writeFileSync(tarPath, tar);
  fs.writeFileSync(indexPath, index.text());
  return { tarPath, indexPath };
}

export function makeLayer(directory: string, files: LayerFiles): LayerPaths {
  return writeLayer(directory, packTar(files));
}
