// What a path is to a module loader, and in the same answer what a loader goes on to ask: names with suffixes, where links lead, a small text.
import { Errno } from '../../kernel/errno.js';
import type { Files } from '../../kernel/files.js';
import { O_RDONLY } from '../../kernel/open-file.js';

const TEXT_MAX_BYTES = 64 << 10;
/** In the order in which they are looked for (https://nodejs.org/api/modules.html#all-together). */
const SUFFIXES = ['.js', '.json', '.node', '/index.js'];

/** 0 file, 1 directory, -2 nothing. */
export function kindOf(files: Files, path: string): number {
  try {
    return files.stat(path).type === 'directory' ? 1 : 0;
  } catch (error) {
    if (error instanceof Errno) return -2;
    throw error;
  }
}

interface Probed {
  /** The path that was asked for, then those that were looked at beside it. */
  readonly found: readonly (readonly [path: string, kind: number])[];
  /** The first of them that is a file, and its path without links. */
  readonly file?: string;
  readonly real?: string;
}

export function probe(files: Files, path: string, wantsText: boolean): { value: Probed; bytes?: Uint8Array } {
  const found: [string, number][] = [];
  for (const suffix of ['', ...(path.endsWith('/node_modules') ? [] : SUFFIXES)]) {
    if (suffix === '/index.js' && found[0]![1] !== 1) continue;
    const kind = kindOf(files, path + suffix);
    found.push([path + suffix, kind]);
    if (kind !== 0) continue;
    try {
      const real = files.realpath(path + suffix);
      const bytes = wantsText ? smallText(files, real) : undefined;
      return { value: { found, file: path + suffix, real }, ...(bytes ? { bytes } : {}) };
    } catch (error) {
      if (!(error instanceof Errno)) throw error;
      break;
    }
  }
  return { value: { found } };
}

/** A regular file's whole text, unless it is large or its size does not say how much there is. Throws Errno. */
function smallText(files: Files, path: string): Uint8Array | undefined {
  const { type, sizeBytes } = files.stat(path);
  if (type !== 'file' || sizeBytes === 0 || sizeBytes > TEXT_MAX_BYTES) return undefined;
  const file = files.openFile(path, O_RDONLY).retain();
  try {
    const bytes = file.read(TEXT_MAX_BYTES);
    return bytes?.length === sizeBytes ? bytes : undefined;
  } finally {
    file.release();
  }
}
