// One suite for every file system of the embedded machine: behaviour, and random operations against a naive model.
import type { TestFn } from 'ava';
import fc from 'fast-check';
import { Errno } from '../../actors/sandbox/kernel/errno.js';
import type { FileSystem, Inode } from '../../actors/sandbox/kernel/inode.js';
import type { Cleanup } from '../sandbox-fs/layers.js';

export interface Subject {
  name: string;
  make(t: Cleanup): FileSystem;
  /** A second opening that must show the same; undefined where nothing persists. */
  reopen?(fileSystem: FileSystem): FileSystem;
  supports: { xattrs: boolean; devices: boolean; fifos: boolean };
}

const ROOT = { uid: 0, gid: 0 };

export function file(parent: Inode, name: string, text = '', mode = 0o644): Inode {
  const inode = parent.create(name, { type: 'file', mode, ...ROOT });
  if (text !== '') inode.writeAt(0, Buffer.from(text));
  return inode;
}

export function directory(parent: Inode, name: string, mode = 0o755): Inode {
  return parent.create(name, { type: 'directory', mode, ...ROOT });
}

export function text(inode: Inode | undefined): string {
  if (!inode) throw new Error('no such file');
  return Buffer.from(inode.readAt(0, inode.stat().sizeBytes)).toString('latin1');
}

/** The code of the Errno that a call throws, '' when it throws none. */
export function errno(call: () => unknown): string {
  try {
    call();
    return '';
  } catch (error) {
    if (error instanceof Errno) return error.code;
    throw error;
  }
}

/** The whole tree as lines, for comparison. Link counts and identities are part of it. */
export function describe(root: Inode): string[] {
  const seen = new Map<number, number>();
  const lines: string[] = [];
  const walk = (inode: Inode, path: string): void => {
    for (const { name } of [...inode.entries()].sort((a, b) => (a.name < b.name ? -1 : 1))) {
      const child = inode.lookup(name)!;
      const { mode, nlink, uid, gid, sizeBytes } = child.stat();
      const same = child.type === 'directory' ? 0 : seen.get(child.ino) ?? seen.size + 1;
      if (same > 0) seen.set(child.ino, same);
      const what = child.type === 'file' ? `${sizeBytes} ${text(child)}` : child.type === 'symlink' ? child.readlink() : '';
      lines.push(`${path}/${name} ${child.type} ${child.type === 'symlink' ? '' : mode.toString(8)} ${nlink} ${uid}:${gid} #${same} ${what}`);
      if (child.type === 'directory') walk(child, `${path}/${name}`);
    }
  };
  walk(root, '');
  return lines;
}

// --- the naive model ------------------------------------------------------------------------------------------------------------

interface Node { kind: 'file' | 'directory' | 'symlink'; mode: number; uid: number; gid: number; data: Buffer; names: Map<string, Node>; target: string }
export type Operation =
  | { op: 'create' | 'mkdir' | 'symlink' | 'unlink' | 'rmdir' | 'chmod' | 'chown'; at: string; number: number }
  | { op: 'write'; at: string; offset: number; data: string; times: number }
  | { op: 'truncate'; at: string; number: number }
  | { op: 'rename' | 'link'; at: string; to: string };

const NAMES = ['a', 'b', 'c'];
const path = fc.array(fc.constantFrom(...NAMES), { minLength: 1, maxLength: 3 }).map((names) => names.join('/'));

export const operations: fc.Arbitrary<Operation[]> = fc.array(fc.oneof(
  { weight: 6, arbitrary: fc.record({ op: fc.constantFrom('create', 'mkdir', 'mkdir', 'symlink', 'unlink', 'rmdir', 'chmod', 'chown' as const), at: path, number: fc.integer({ min: 0, max: 0o777 }) }) },
  { weight: 3, arbitrary: fc.record({ op: fc.constant('write' as const), at: path, offset: fc.integer({ min: 0, max: 9000 }), data: fc.string({ minLength: 1, maxLength: 9 }), times: fc.constantFrom(1, 1, 700) }) },
  { weight: 1, arbitrary: fc.record({ op: fc.constant('truncate' as const), at: path, number: fc.integer({ min: 0, max: 9000 }) }) },
  { weight: 3, arbitrary: fc.record({ op: fc.constantFrom('rename', 'rename', 'link' as const), at: path, to: path }) },
), { maxLength: 60 }) as fc.Arbitrary<Operation[]>;

/** Carries an operation out; the code of its failure, '' for success. */
export function apply(root: Inode, operation: Operation): string {
  const place = (at: string): [Inode, string] => {
    const names = at.split('/');
    let inode = root;
    for (const name of names.slice(0, -1)) {
      const next = inode.lookup(name);
      if (!next) throw new Errno('ENOENT');
      if (next.type !== 'directory') throw new Errno('ENOTDIR');
      inode = next;
    }
    return [inode, names.at(-1)!];
  };
  const existing = (at: string): Inode => {
    const [parent, name] = place(at);
    const inode = parent.lookup(name);
    if (!inode) throw new Errno('ENOENT');
    return inode;
  };
  return errno(() => {
    const [parent, name] = place(operation.at);
    switch (operation.op) {
      case 'create': return void parent.create(name, { type: 'file', mode: operation.number, ...ROOT });
      case 'mkdir': return void parent.create(name, { type: 'directory', mode: operation.number, ...ROOT });
      case 'symlink': return void parent.create(name, { type: 'symlink', mode: 0o777, target: `t${operation.number}`, ...ROOT });
      case 'unlink': return parent.unlink(name);
      case 'rmdir': return parent.rmdir(name);
      case 'chmod': {
        const inode = existing(operation.at);
        return inode.type === 'symlink' ? undefined : inode.setAttributes({ mode: operation.number });
      }
      case 'chown': return existing(operation.at).setAttributes({ uid: operation.number, gid: operation.number + 1 });
      case 'write': {
        const inode = existing(operation.at);
        if (inode.type !== 'file') return;
        return void inode.writeAt(operation.offset, Buffer.from(operation.data.repeat(operation.times)));
      }
      case 'truncate': {
        const inode = existing(operation.at);
        return inode.type === 'file' ? inode.truncate(operation.number) : undefined;
      }
      case 'rename': {
        existing(operation.at);
        const [toParent, toName] = place(operation.to);
        return parent.rename(name, toParent, toName);
      }
      case 'link': {
        const inode = existing(operation.at);
        const [toParent, toName] = place(operation.to);
        return inode.type === 'directory' ? undefined : toParent.link(toName, inode);
      }
    }
  });
}

/** The same operations on plain objects, written for plainness alone. */
export class Model {
  readonly root: Node = newNode('directory', 0o755);

  #place(at: string): [Node, string] {
    const names = at.split('/');
    let node = this.root;
    for (const name of names.slice(0, -1)) {
      const next = node.names.get(name);
      if (!next) throw new Errno('ENOENT');
      if (next.kind !== 'directory') throw new Errno('ENOTDIR');
      node = next;
    }
    return [node, names.at(-1)!];
  }

  apply(operation: Operation): string {
    return errno(() => this.#apply(operation));
  }

  #apply(operation: Operation): void {
    const [parent, name] = this.#place(operation.at);
    const node = parent.names.get(name);
    if (operation.op === 'create' || operation.op === 'mkdir' || operation.op === 'symlink') {
      if (node) throw new Errno('EEXIST');
      const kind = operation.op === 'create' ? 'file' : operation.op === 'mkdir' ? 'directory' : 'symlink';
      parent.names.set(name, { ...newNode(kind, operation.number), target: `t${operation.number}` });
      return;
    }
    if (!node) throw new Errno('ENOENT');
    switch (operation.op) {
      case 'unlink':
        if (node.kind === 'directory') throw new Errno('EISDIR');
        return void parent.names.delete(name);
      case 'rmdir':
        if (node.kind !== 'directory') throw new Errno('ENOTDIR');
        if (node.names.size > 0) throw new Errno('ENOTEMPTY');
        return void parent.names.delete(name);
      case 'chmod': return void (node.mode = operation.number);
      case 'chown':
        node.uid = operation.number;
        return void (node.gid = operation.number + 1);
      case 'write': {
        if (node.kind !== 'file') return;
        const bytes = Buffer.from(operation.data.repeat(operation.times));
        const grown = Buffer.alloc(Math.max(node.data.length, operation.offset + bytes.length));
        node.data.copy(grown);
        bytes.copy(grown, operation.offset);
        return void (node.data = grown);
      }
      case 'truncate': {
        if (node.kind !== 'file') return;
        const cut = Buffer.alloc(operation.number);
        node.data.copy(cut);
        return void (node.data = cut);
      }
      case 'link': {
        const [toParent, toName] = this.#place(operation.to);
        if (node.kind === 'directory') return;
        if (toParent.names.has(toName)) throw new Errno('EEXIST');
        return void toParent.names.set(toName, node);
      }
      case 'rename': return this.#rename(parent, name, node, operation.to);
    }
  }

  #rename(parent: Node, name: string, node: Node, to: string): void {
    const [toParent, toName] = this.#place(to);
    const replaced = toParent.names.get(toName);
    if (replaced === node) return;
    if (contains(node, toParent)) throw new Errno('EINVAL');
    if (replaced) {
      if (node.kind === 'directory' && replaced.kind !== 'directory') throw new Errno('ENOTDIR');
      if (node.kind !== 'directory' && replaced.kind === 'directory') throw new Errno('EISDIR');
      if (replaced.names.size > 0) throw new Errno('ENOTEMPTY');
    }
    parent.names.delete(name);
    toParent.names.set(toName, node);
  }

  describe(): string[] {
    const counts = new Map<Node, number>();
    const count = (node: Node): void => {
      for (const child of node.names.values()) {
        counts.set(child, (counts.get(child) ?? 0) + 1);
        if (child.kind === 'directory') count(child);
      }
    };
    count(this.root);
    const seen = new Map<Node, number>();
    const lines: string[] = [];
    const walk = (node: Node, at: string): void => {
      for (const name of [...node.names.keys()].sort()) {
        const child = node.names.get(name)!;
        const links = child.kind === 'directory' ? 2 + [...child.names.values()].filter(({ kind }) => kind === 'directory').length : counts.get(child)!;
        const same = child.kind === 'directory' ? 0 : seen.get(child) ?? seen.size + 1;
        if (same > 0) seen.set(child, same);
        const what = child.kind === 'file' ? `${child.data.length} ${child.data.toString('latin1')}` : child.kind === 'symlink' ? child.target : '';
        lines.push(`${at}/${name} ${child.kind} ${child.kind === 'symlink' ? '' : child.mode.toString(8)} ${links} ${child.uid}:${child.gid} #${same} ${what}`);
        if (child.kind === 'directory') walk(child, `${at}/${name}`);
      }
    };
    walk(this.root, '');
    return lines;
  }
}

function newNode(kind: Node['kind'], mode: number): Node {
  return { kind, mode, ...ROOT, data: Buffer.alloc(0), names: new Map(), target: '' };
}

function contains(node: Node, other: Node): boolean {
  return node === other || [...node.names.values()].some((child) => contains(child, other));
}

// --- the suite ------------------------------------------------------------------------------------------------------------------

export function fileSystemSuite(test: TestFn, subject: Subject): void {
  const { name, supports } = subject;

  test(`${name}: behaves like the model under random operations, and still after it was opened again`, (t) => {
    fc.assert(fc.property(operations, (list) => {
      const clean: (() => void)[] = [];
      let fileSystem = subject.make({ teardown: (call) => clean.push(call) });
      try {
        const model = new Model();
        for (const operation of list) {
          const real = apply(fileSystem.root, operation);
          const wanted = model.apply(operation);
          if (real !== wanted) throw new Error(`${JSON.stringify(operation)}: ${real || 'ok'} instead of ${wanted || 'ok'}`);
        }
        t.deepEqual(describe(fileSystem.root), model.describe());
        if (subject.reopen) {
          fileSystem = subject.reopen(fileSystem);
          t.deepEqual(describe(fileSystem.root), model.describe());
        }
      } finally {
        fileSystem.dispose();
        for (const call of clean) call();
      }
    }), { numRuns: 100 });
  });

  test(`${name}: an unlinked file lives until it is closed`, (t) => {
    const { root } = subject.make(t);
    const inode = file(root, 'f', 'still here');
    inode.retain?.();
    root.unlink('f');
    t.is(inode.stat().nlink, 0);
    inode.writeAt(10, Buffer.from('!'.repeat(5000)));
    t.is(text(inode), `still here${'!'.repeat(5000)}`);
    inode.release?.();
    t.is(root.lookup('f'), undefined);
  });

  test(`${name}: the same file is the same object, under all its names`, (t) => {
    const { root } = subject.make(t);
    const inode = file(root, 'f', 'x');
    root.link('g', inode);
    t.is(root.lookup('f'), inode);
    t.is(root.lookup('g'), inode);
    root.rename('f', directory(root, 'd'), 'h');
    t.is(root.lookup('d')!.lookup('h'), inode);
    t.is(inode.stat().nlink, 2);
  });

  test(`${name}: names that are none are refused`, (t) => {
    const { root } = subject.make(t);
    for (const bad of ['', '.', '..', 'a/b', 'a\0b']) t.is(errno(() => file(root, bad)), 'EINVAL', JSON.stringify(bad));
    t.is(errno(() => file(root, 'n'.repeat(256))), 'ENAMETOOLONG');
    t.is(errno(() => file(root, 'n'.repeat(255))), '');
    file(root, 'b\udcff', 'bytes');
    t.true(root.entries().some((entry) => entry.name === 'b\udcff'));
    t.is(text(root.lookup('b\udcff')), 'bytes');
  });

  test(`${name}: times are kept to the microsecond and set apart`, (t) => {
    const { root } = subject.make(t);
    const inode = file(root, 'f');
    inode.setAttributes({ mtimeMs: 1_600_000_000_123.25 });
    inode.setAttributes({ atimeMs: 5000 });
    const { atimeMs, mtimeMs } = inode.stat();
    t.is(atimeMs, 5000);
    t.true(Math.abs(mtimeMs - 1_600_000_000_123.25) < 0.002);
  });

  test(`${name}: holes read as zeros`, (t) => {
    const { root } = subject.make(t);
    const inode = file(root, 'f');
    inode.writeAt(300_000, Buffer.from('end'));
    t.is(inode.stat().sizeBytes, 300_003);
    t.deepEqual(Buffer.from(inode.readAt(100_000, 4)), Buffer.alloc(4));
    inode.truncate(2);
    inode.truncate(8);
    t.deepEqual(Buffer.from(inode.readAt(0, 100)), Buffer.alloc(8));
  });

  test(`${name}: extended attributes, fifos and devices as far as it has them`, (t) => {
    const { root } = subject.make(t);
    const inode = file(root, 'f');
    t.is(errno(() => inode.setXattr('user.x', Buffer.from('1'))), supports.xattrs ? '' : 'EOPNOTSUPP');
    t.is(inode.xattrs().size, supports.xattrs ? 1 : 0);
    if (supports.xattrs) t.is(errno(() => inode.setXattr('user.none', undefined)), 'ENODATA');
    t.is(errno(() => root.create('p', { type: 'fifo', mode: 0o600, ...ROOT })), supports.fifos ? '' : 'EPERM');
    if (supports.fifos) t.truthy(root.lookup('p')!.openSpecial);
    t.is(errno(() => root.create('null', { type: 'character', mode: 0o666, ...ROOT, rdevMajor: 1, rdevMinor: 3 })), supports.devices ? '' : 'EPERM');
    t.is(errno(() => inode.lookup('x')), 'ENOTDIR');
    t.is(errno(() => root.readAt(0, 1)), 'EISDIR');
  });
}
