// A layer's table of contents: which paths its tar holds and where their bytes lie, so that nothing is ever unpacked.
import fs from 'node:fs';
import path from 'node:path';
import { Fault } from '../runtime/fault.js';
import { NO_XATTRS, type TarEntry, type TarType } from '../streams/tar-entry.js';

/*
 * The index file is one JSON document: {"version":1,"entries":[row, …]}, rows in archive order, paths as in `layerPath`.
 * row = [path, type (index into TYPES), mode, uid, gid, sizeBytes, mtimeNs as decimal text, dataOffset, extras?]
 * extras = {l: link target, d: [major, minor], x: {name: base64}}, left out when empty. Whiteouts are ordinary rows.
 * It can be made again from the tar at any time, so a reader that meets another version does just that.
 */
const VERSION = 1;
const TYPES: readonly TarType[] = ['file', 'link', 'symlink', 'char', 'block', 'dir', 'fifo'];
type Row = [string, number, number, number, number, number, string, number, { l?: string; d?: [number, number]; x?: Record<string, string> }?];

const WHITEOUT = '.wh.';
const OPAQUE = '.wh..wh..opq';
const AUFS_PRIVATE = '.wh..wh.';

/** Where a layer lies: all that another thread needs to open it. */
export interface LayerPaths {
  readonly tarPath: string;
  readonly indexPath: string;
}

/** One path of a layer. A hard link is a `file` with its target's bytes, and `linkPath` names the target. */
export interface LayerEntry {
  readonly path: string;
  readonly type: TarType;
  readonly mode: number;
  readonly uid: number;
  readonly gid: number;
  readonly sizeBytes: number;
  readonly mtimeNs: bigint;
  readonly linkPath: string;
  readonly devMajor: number;
  readonly devMinor: number;
  readonly xattrs: Readonly<Record<string, Uint8Array>>;
  /** Where the body begins in the tar. */
  readonly dataOffset: number;
  /** A directory that the archive does not hold but has entries below: a lower layer's metadata is not to be changed by it. */
  readonly implied?: true;
}

/**
 * A path within a layer: no leading slash, no `.`; '' is the root.
 * @throws Fault invalid, for a path that leads out of the layer
 */
export function layerPath(raw: string): string {
  const clean = path.posix.normalize(raw.replace(/^\/+/, '')).replace(/\/+$/, '');
  if (clean === '..' || clean.startsWith('../')) throw new Fault('invalid', `invalid tar header: ${JSON.stringify(raw)} is outside of the layer`);
  return clean === '.' ? '' : clean;
}

/** Collects rows while an archive streams by, then writes them as one file. */
export class LayerIndexWriter {
  readonly #rows: Row[] = [];

  add(entry: TarEntry, dataOffset: number): void {
    const extras: Row[8] = {};
    const clean = layerPath(entry.path);
    if (entry.type === 'link') extras.l = layerPath(entry.linkPath);
    if (entry.type === 'symlink') extras.l = entry.linkPath;
    if (entry.type === 'char' || entry.type === 'block') extras.d = [entry.devMajor, entry.devMinor];
    const names = Object.keys(entry.xattrs);
    if (names.length > 0) extras.x = Object.fromEntries(names.map((name) => [name, Buffer.from(entry.xattrs[name] as Uint8Array).toString('base64')]));
    const row: Row = [clean, TYPES.indexOf(entry.type), entry.mode, entry.uid, entry.gid, entry.sizeBytes, String(entry.mtimeNs), dataOffset];
    if (Object.keys(extras).length > 0) row.push(extras);
    this.#rows.push(row);
  }

  text(): string {
    return `{"version":${VERSION},"entries":[${this.#rows.map((row) => JSON.stringify(row)).join(',\n')}]}\n`;
  }
}

/** A layer's tree in memory: paths to entries, directories to names, and what it hides of the layers below. */
export class LayerIndex {
  readonly tarPath: string;
  /** Every path but whiteouts, implied directories included, in archive order. */
  readonly entries = new Map<string, LayerEntry>();
  /** Paths that the layers below are to lose. */
  readonly whiteouts = new Set<string>();
  /** Directories whose contents in the layers below are to be lost. */
  readonly opaque = new Set<string>();
  #children: Map<string, string[]> | undefined;

  private constructor(tarPath: string, rows: readonly Row[]) {
    this.tarPath = tarPath;
    for (const row of rows) this.#add(row);
  }

  /** Opens by paths alone, in any thread. Throws the file system's own errors; RangeError for an index of another version. */
  static open(tarPath: string, indexPath: string): LayerIndex {
    const parsed = JSON.parse(fs.readFileSync(indexPath, 'utf8')) as { version: number; entries: Row[] };
    if (parsed.version !== VERSION) throw new RangeError(`${indexPath}: index version ${parsed.version}, expected ${VERSION}`);
    return new LayerIndex(tarPath, parsed.entries);
  }

  get(path: string): LayerEntry | undefined {
    return this.entries.get(path);
  }

  /** Names in a directory; empty if there is none. */
  children(directory: string): readonly string[] {
    this.#children ??= this.#listChildren();
    return this.#children.get(directory) ?? [];
  }

  #add(row: Row): void {
    const [entryPath, typeIndex, mode, uid, gid, sizeBytes, mtime, dataOffset, extras] = row;
    const slash = entryPath.lastIndexOf('/');
    const directory = slash < 0 ? '' : entryPath.slice(0, slash);
    const name = entryPath.slice(slash + 1);
    if (name.startsWith(WHITEOUT)) {
      if (name === OPAQUE) this.opaque.add(directory);
      else if (!name.startsWith(AUFS_PRIVATE)) this.whiteouts.add(directory === '' ? name.slice(WHITEOUT.length) : `${directory}/${name.slice(WHITEOUT.length)}`);
      return;
    }
    if (entryPath !== '') this.#imply(directory);
    const type = TYPES[typeIndex] as TarType;
    const linkPath = extras?.l ?? '';
    const target = type === 'link' ? this.entries.get(linkPath) : undefined;
    const previous = this.entries.get(entryPath);
    if (previous?.type === 'dir' && type !== 'dir') this.#dropBelow(entryPath);
    this.entries.set(entryPath, target ? { ...target, path: entryPath, linkPath: target.type === 'symlink' ? target.linkPath : linkPath } : {
      path: entryPath, type, mode, uid, gid, sizeBytes, mtimeNs: BigInt(mtime), linkPath, dataOffset,
      devMajor: extras?.d?.[0] ?? 0, devMinor: extras?.d?.[1] ?? 0, xattrs: extras?.x ? decodeXattrs(extras.x) : NO_XATTRS,
    });
  }

  #imply(directory: string): void {
    if (this.entries.get(directory)?.type === 'dir') return;
    if (directory !== '') this.#imply(directory.includes('/') ? directory.slice(0, directory.lastIndexOf('/')) : '');
    this.entries.set(directory, { path: directory, type: 'dir', mode: 0o755, uid: 0, gid: 0, sizeBytes: 0, mtimeNs: 0n, linkPath: '', devMajor: 0, devMinor: 0, xattrs: NO_XATTRS, dataOffset: 0, implied: true });
  }

  #dropBelow(directory: string): void {
    for (const key of this.entries.keys()) if (key.startsWith(`${directory}/`)) this.entries.delete(key);
  }

  #listChildren(): Map<string, string[]> {
    const children = new Map<string, string[]>();
    for (const key of this.entries.keys()) {
      if (key === '') continue;
      const slash = key.lastIndexOf('/');
      const directory = slash < 0 ? '' : key.slice(0, slash);
      const names = children.get(directory);
      if (names) names.push(key.slice(slash + 1));
      else children.set(directory, [key.slice(slash + 1)]);
    }
    return children;
  }
}

function decodeXattrs(encoded: Record<string, string>): Record<string, Uint8Array> {
  return Object.fromEntries(Object.entries(encoded).map(([name, value]) => [name, Buffer.from(value, 'base64')]));
}
