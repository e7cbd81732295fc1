// A folder of a container for the file browser: the first level of its archive, read no further than it must be.
import type { Executor, ContainerSpec } from '../../actors/executors/contract.js';
import { TarScanner } from '../../actors/streams/tar-reader.js';

export interface FileRow {
  readonly name: string;
  readonly type: string;
  readonly mode: number;
  readonly uid: number;
  readonly gid: number;
  readonly sizeBytes: number;
  /** ms since the epoch. */
  readonly modifiedAt: number;
  readonly linkTarget: string;
}

export interface Listing {
  readonly path: string;
  readonly files: readonly FileRow[];
  /** The folder holds more than was read. */
  readonly truncated: boolean;
}

const FILES_MAX = 2000;
const READ_MAX_BYTES = 256 << 20;

/** Throws what the executor's archive throws: Fault `not-found`. */
export async function listFolder(executor: Executor, container: ContainerSpec, path: string): Promise<Listing> {
  const files: FileRow[] = [];
  let readBytes = 0;
  let truncated = false;
  const scanner = new TarScanner({
    entry({ path: name, type, mode, uid, gid, sizeBytes, mtimeNs, linkPath }) {
      // The archive's names begin with the folder's own.
      const parts = name.split('/').filter((part) => part !== '' && part !== '.');
      const own = path === '/' ? 0 : 1;
      if (parts.length !== own + 1) return;
      if (files.length >= FILES_MAX) truncated = true;
      else files.push({ name: parts.at(-1)!, type, mode, uid, gid, sizeBytes, modifiedAt: Number(mtimeNs / 1_000_000n), linkTarget: linkPath });
    },
  });
  const { chunks } = await executor.readArchive(container, path);
  for await (const chunk of chunks) {
    scanner.write(chunk);
    readBytes += chunk.length;
    if (readBytes > READ_MAX_BYTES) truncated = true;
    if (truncated) break;
  }
  return { path, files: files.toSorted((a, b) => Number(b.type === 'dir') - Number(a.type === 'dir') || (a.name < b.name ? -1 : 1)), truncated };
}
