// How fast the embedded machine's file systems are.
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { Archive } from '../../actors/sandbox/fs/archive.js';
import { ArchiveWriter } from '../../actors/sandbox/fs/archive-writer.js';
import { HostDirectory } from '../../actors/sandbox/fs/host-directory.js';
import { Overlay } from '../../actors/sandbox/fs/overlay.js';
import { Tmpfs } from '../../actors/sandbox/fs/tmpfs.js';
import { MountTree } from '../../actors/sandbox/kernel/path.js';
import { tarEntry } from '../../actors/streams/tar-entry.js';
import { TAR_END, tarHeader } from '../../actors/streams/tar-writer.js';

export interface Row {
  name: string;
  value: number;
  unit: string;
  aim?: string;
}

const ROOT = { uid: 0, gid: 0 };

function seconds(work: () => void): number {
  const begin = performance.now();
  work();
  return (performance.now() - begin) / 1000;
}

export async function benchFs(): Promise<Row[]> {
  const directory = fs.mkdtempSync(path.join(os.tmpdir(), 'sockerless-bench-fs-'));
  try {
    return [...overlayRows(directory), ...archiveRows(directory), ...hostRows(directory), ...tmpfsRows()];
  } finally {
    fs.rmSync(directory, { recursive: true, force: true });
  }
}

function overlayRows(directory: string): Row[] {
  const rows: Row[] = [];
  const upper = path.join(directory, 'upper');
  const opening = seconds(() => new Overlay({ layers: [], directory: upper }).dispose());
  rows.push({ name: 'open an empty overlay', value: opening * 1000, unit: 'ms', aim: '< 2' });
  const overlay = new Overlay({ layers: [], directory: upper });
  const small = Buffer.from('hello, world\n'.repeat(8));
  const files = seconds(() => {
    for (let i = 0; i < 100_000; i++) {
      if (i % 1000 === 0) overlay.root.create(`d${i}`, { type: 'directory', mode: 0o755, ...ROOT });
      const parent = overlay.root.lookup(`d${i - (i % 1000)}`)!;
      parent.create(`f${i}`, { type: 'file', mode: 0o644, ...ROOT }).writeAt(0, small);
    }
    overlay.flush();
  });
  rows.push({ name: 'create small files', value: 100_000 / files, unit: 'files/s', aim: '> 50000' });
  overlay.dispose();
  let again: Overlay | undefined;
  rows.push({ name: 'open an overlay of 100k changed files', value: seconds(() => (again = new Overlay({ layers: [], directory: upper }))) * 1000, unit: 'ms' });
  const chunk = Buffer.alloc(1 << 20, 'x');
  for (const size of [1 << 16, 1 << 20]) {
    const inode = again!.root.create(`big${size}`, { type: 'file', mode: 0o644, ...ROOT });
    const part = chunk.subarray(0, size);
    const writing = seconds(() => {
      for (let at = 0; at < 200 << 20; at += size) inode.writeAt(at, part);
      again!.flush();
    });
    rows.push({ name: `write 200 MB in ${size >> 10} KB chunks`, value: 200 / writing, unit: 'MB/s', aim: '> 1000' });
    const reading = seconds(() => {
      for (let at = 0; at < 200 << 20; at += size) inode.readAt(at, size);
    });
    rows.push({ name: `read 200 MB in ${size >> 10} KB chunks`, value: 200 / reading, unit: 'MB/s' });
  }
  again!.dispose();
  return rows;
}

function tmpfsRows(): Row[] {
  const tmpfs = new Tmpfs();
  const part = Buffer.alloc(1 << 16, 'x');
  const inode = tmpfs.root.create('big', { type: 'file', mode: 0o644, ...ROOT });
  const writing = seconds(() => {
    for (let at = 0; at < 200 << 20; at += part.length) inode.writeAt(at, part);
  });
  return [{ name: 'tmpfs: write 200 MB in 64 KB chunks', value: 200 / writing, unit: 'MB/s' }];
}

/** docker cp of one large file, in the pieces in which it comes from a socket. */
function archiveRows(directory: string): Row[] {
  const overlay = new Overlay({ layers: [], directory: path.join(directory, 'archive') });
  const tree = new MountTree(overlay);
  const sizeBytes = 200 << 20;
  const piece = Buffer.alloc(1 << 18, 'x');
  const rows: Row[] = [];
  // Twice: the first time the host makes room for the pages, which says nothing about us.
  for (const name of ['first', 'second']) {
    const writing = seconds(() => {
      const writer = new ArchiveWriter(tree, '/');
      writer.push(tarHeader(tarEntry(name, { sizeBytes })));
      for (let at = 0; at < sizeBytes; at += piece.length) writer.push(piece);
      writer.push(TAR_END);
      writer.finish();
      overlay.flush();
    });
    rows.push({ name: `archive of 200 MB in, ${name} file`, value: 200 / writing, unit: 'MB/s', aim: '> 1000' });
  }
  const reading = seconds(() => {
    let total = 0;
    for (const chunk of new Archive(tree).readArchive('/second')) total += chunk.length;
    if (total < sizeBytes) throw new Error(`only ${total} bytes came out`);
  });
  rows.push({ name: 'archive of 200 MB out', value: 200 / reading, unit: 'MB/s', aim: '> 1000' });
  overlay.dispose();
  return rows;
}

function hostRows(directory: string): Row[] {
  const shared = path.join(directory, 'shared');
  fs.mkdirSync(shared);
  const host = new HostDirectory({ path: shared });
  const made = seconds(() => {
    for (let i = 0; i < 5000; i++) host.root.create(`f${i}`, { type: 'file', mode: 0o644, ...ROOT }).writeAt(0, Buffer.from('x'));
  });
  const looked = seconds(() => {
    for (let i = 0; i < 20_000; i++) host.root.lookup(`f${i % 5000}`)!.stat();
  });
  host.dispose();
  return [
    { name: 'bind mount: create small files', value: 5000 / made, unit: 'files/s' },
    { name: 'bind mount: look up and stat', value: 20_000 / looked, unit: 'calls/s' },
  ];
}
