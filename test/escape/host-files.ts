// A bind mount whose host side turns hostile: the folder, what is outside of it, and swaps that a host process makes at any moment.
import fs from 'node:fs';
import { join } from 'node:path';
import { HostDirectory } from '../../actors/sandbox/fs/host-directory.js';
import { ProcFileSystem } from '../../actors/sandbox/fs/proc.js';
import { SECRET } from '../support/canary.js';
import { TestMachine } from '../support/machine.js';

/** Everything about a tree that a write would change. */
export function picture(folder: string): string[] {
  return fs.readdirSync(folder, { recursive: true, encoding: 'utf8' }).sort().map((name) => {
    const path = join(folder, name);
    const { mode, uid, gid, mtimeMs, nlink } = fs.lstatSync(path);
    return [name, mode, uid, gid, mtimeMs, nlink, fs.lstatSync(path).isFile() ? fs.readFileSync(path, 'utf8') : ''].join(' ');
  });
}

export interface HostileMount {
  readonly machine: TestMachine;
  readonly inside: string;
  readonly outside: string;
  /** The picture of what is outside, as it has to stay. */
  readonly before: readonly string[];
  close(): void;
}

/** /bind and (read-only) /ro are the same host folder, /vol keeps owners; symlinks in it lead out in every way. */
export function hostileMount(base: string): HostileMount {
  const inside = join(base, 'inside');
  const outside = join(base, 'outside');
  fs.mkdirSync(join(inside, 'd', 'sub'), { recursive: true });
  fs.mkdirSync(join(outside, 'sub'), { recursive: true });
  for (const path of [join(outside, 'secret'), join(outside, 'f'), join(outside, 'sub', 'f')]) fs.writeFileSync(path, SECRET);
  for (const path of [join(inside, 'f'), join(inside, 'd', 'f'), join(inside, 'd', 'sub', 'f')]) fs.writeFileSync(path, 'inner');
  for (const folder of [inside, join(inside, 'd'), join(inside, 'd', 'sub')]) {
    fs.symlinkSync(join(outside, 'secret'), join(folder, 'absolute'));
    fs.symlinkSync('../outside/secret', join(folder, 'climbing'));
    fs.symlinkSync(outside, join(folder, 'folder'));
    fs.symlinkSync(`/proc/self/root${outside}`, join(folder, 'magic'));
    fs.symlinkSync(`/proc/${process.pid}/cwd`, join(folder, 'server'));
  }
  const machine = new TestMachine();
  const { tree } = machine.kernel;
  const mounts = [['/bind', {}], ['/ro', { readOnly: true }], ['/vol', { ownershipPath: join(base, 'owners') }]] as const;
  const mounted = mounts.map(([path, options]) => {
    machine.files.mkdir(path);
    const fileSystem = new HostDirectory({ path: inside, ...options });
    tree.mount(machine.files.locate(path), fileSystem, {});
    return fileSystem;
  });
  tree.mount(machine.files.locate('/proc'), new ProcFileSystem(machine.kernel, { limits: { nanoCpus: 0, memoryBytes: 0 }, memoryUsedBytes: () => 0 }));
  return {
    machine, inside, outside, before: picture(outside),
    close() {
      for (const fileSystem of mounted) fileSystem.dispose();
      fs.rmSync(base, { recursive: true, force: true });
    },
  };
}

/** What a process of the host does to the mounted folder, all inside of what it may do itself. */
export const swaps: Readonly<Record<string, (inside: string, outside: string) => void>> = {
  'a folder becomes a symlink': (inside, outside) => {
    fs.renameSync(join(inside, 'd'), join(inside, 'moved'));
    fs.symlinkSync(outside, join(inside, 'd'));
  },
  'a folder below becomes a symlink': (inside, outside) => {
    fs.renameSync(join(inside, 'd', 'sub'), join(inside, 'moved'));
    fs.symlinkSync(join(outside, 'sub'), join(inside, 'd', 'sub'));
  },
  'a file becomes a symlink': (inside, outside) => {
    for (const name of ['f', 'd/f', 'd/sub/f']) {
      fs.rmSync(join(inside, name));
      fs.symlinkSync(join(outside, 'secret'), join(inside, name));
    }
  },
  'a folder becomes a file, a file a folder': (inside) => {
    fs.rmSync(join(inside, 'd'), { recursive: true });
    fs.writeFileSync(join(inside, 'd'), 'inner');
    fs.rmSync(join(inside, 'f'));
    fs.mkdirSync(join(inside, 'f'));
  },
  'a folder leaves the mount': (inside, outside) => {
    // Beside what is outside: whoever climbs from it would find that.
    fs.renameSync(join(inside, 'd'), join(outside, '..', 'left'));
  },
  'everything goes': (inside) => {
    for (const name of fs.readdirSync(inside)) fs.rmSync(join(inside, name), { recursive: true });
  },
};

const CALLS = ['lstatSync', 'fstatSync', 'statSync', 'openSync', 'readdirSync', 'readlinkSync', 'mkdirSync', 'symlinkSync', 'linkSync', 'renameSync', 'unlinkSync', 'rmdirSync', 'chmodSync', 'chownSync', 'lchownSync', 'utimesSync', 'lutimesSync', 'readSync', 'writeSync', 'closeSync'] as const;

/** Runs `body` with `swap` made right before its host call number `at` (0 = before the first). */
export function withSwapAt(at: number, swap: () => void, body: () => void): void {
  const real = fs as unknown as Record<string, (...args: unknown[]) => unknown>;
  const kept = CALLS.map((name) => real[name]!);
  const restore = (): void => CALLS.forEach((name, i) => (real[name] = kept[i]!));
  let calls = 0;
  CALLS.forEach((name, i) => {
    real[name] = (...args) => {
      if (calls++ === at) {
        restore();
        swap();
      }
      return kept[i]!(...args);
    };
  });
  try {
    body();
  } finally {
    restore();
  }
}
