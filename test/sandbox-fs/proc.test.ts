// /proc, /sys, /dev and the files of /etc as the processes of a machine see them.
import { type Credentials, credentialsOf, SUPERUSER } from '../../actors/sandbox/kernel/credentials.js';
import path from 'node:path';
import test from 'ava';
import { createSysfs } from '../../actors/sandbox/fs/sysfs.js';
import { mountDevices } from '../../actors/sandbox/fs/devices.js';
import { hostsText, mountEtcFiles, resolvText, writeEtcFiles } from '../../actors/sandbox/fs/etc-files.js';
import { ProcFileSystem } from '../../actors/sandbox/fs/proc.js';
import { Tmpfs } from '../../actors/sandbox/fs/tmpfs.js';
import { DescriptorTable } from '../../actors/sandbox/kernel/descriptors.js';
import { Kernel } from '../../actors/sandbox/kernel/kernel.js';
import { O_CREAT, O_RDONLY, O_RDWR, O_WRONLY } from '../../actors/sandbox/kernel/open-file.js';
import { Process } from '../../actors/sandbox/kernel/process.js';
import type { ProgramKind } from '../../actors/sandbox/kernel/program.js';
import { PREEMPT, type Task } from '../../actors/sandbox/kernel/wait.js';
import { scriptKind } from '../../actors/sandbox/programs/script.js';
import { directory, errno, file } from '../suites/file-system.js';
import { temporaryDirectory } from './layers.js';

const ROOT: Credentials = SUPERUSER;

function machine(kinds: readonly ProgramKind[] = []): Kernel {
  const root = new Tmpfs();
  for (const name of ['proc', 'dev', 'sys', 'etc', 'tmp', 'bin']) directory(root.root, name);
  file(root.root.lookup('bin')!, 'sh', '', 0o755);
  const kernel = new Kernel({ hostname: 'box', root, kinds, onDefect: (error) => { throw error; } });
  const at = (name: string) => kernel.tree.resolve(name, kernel.tree.root, ROOT);
  kernel.tree.mount(at('/proc'), new ProcFileSystem(kernel, { limits: { memoryBytes: 64 << 20, nanoCpus: 1e9 } }));
  mountDevices(kernel.tree);
  const sys = { limits: { memoryBytes: 64 << 20, nanoCpus: 5e8, processes: 0 }, processors: 1, memoryUsedBytes: () => 1, processCount: () => 1, cpuMs: () => 0 };
  kernel.tree.mount(at('/sys'), createSysfs(sys), { readOnly: true });
  return kernel;
}

/** Runs code as a process of the machine; resolves with what it returned. */
function run<T>(kernel: Kernel, body: (process: Process) => T | Task<T>, options: { credentials?: Credentials; argv?: string[] } = {}): Promise<T> {
  return new Promise((resolve, reject) => {
    kernel.spawn(function* main(process) {
      try {
        const result = body(process);
        resolve(isTask(result) ? yield* result : result);
      } catch (error) {
        reject(error);
      }
      return 0;
    }, undefined, {
      argv: options.argv ?? ['sh', '-c', 'x y'], env: new Map([['SECRET', '1'], ['PATH', '/bin']]), cwd: kernel.tree.root, files: new DescriptorTable(),
      credentials: options.credentials ?? ROOT,
    });
  });
}

function isTask<T>(value: T | Task<T>): value is Task<T> {
  return typeof value === 'object' && value !== null && Symbol.iterator in value && 'next' in value;
}

const cat = (process: Process, at: string): string => Buffer.from(process.files.readFile(at)).toString();

test('a process finds itself in /proc', async (t) => {
  await run(machine(), (process) => {
    t.is(process.files.readlink('/proc/self'), String(process.pid));
    t.is(cat(process, '/proc/self/cmdline'), 'sh\0-c\0x y\0');
    t.is(cat(process, `/proc/${process.pid}/environ`), 'SECRET=1\0PATH=/bin\0');
    t.is(cat(process, '/proc/self/comm'), 'sh\n');
    t.regex(cat(process, '/proc/self/status'), /^Name:\tsh\nUmask:\t0022\nState:\tR \(running\)\n(.*\n)*Uid:\t0\t0\t0\t0\n/);
    t.is(cat(process, '/proc/self/stat').split(' ').length, 52);
    process.files.chdir('/tmp');
    t.is(process.files.readlink('/proc/self/cwd'), '/tmp');
    t.is(process.files.realpath('/proc/self/root/etc'), '/etc');
    t.is(errno(() => process.files.readlink('/proc/self/exe')), 'ENOENT');
    t.is(cat(process, '/proc/thread-self/comm'), 'sh\n');
    t.true(process.files.readdir('/proc').some(({ name }) => name === String(process.pid)));
    t.is(errno(() => process.files.stat('/proc/999')), 'ENOENT');
    t.is(errno(() => process.files.mkdir('/proc/x')), 'ENOENT');
    process.files.writeFile('/proc/self/oom_score_adj', Buffer.from('17\n'));
    t.is(cat(process, '/proc/self/oom_score_adj'), '17\n');
  });
});

test('exe is the file that was executed: where links lead, and of a script its interpreter', async (t) => {
  const seen: string[] = [];
  const native: ProgramKind = { name: 'native', claim: ({ argv }) => ({ argv, main: function* main(process) { seen.push(process.files.readlink('/proc/self/exe')); yield PREEMPT; return 0; } }) };
  const kernel = machine([scriptKind(), native]);
  const execute = (at: string) => run(kernel, function* body(process) { yield* process.wait([process.fork((child) => child.exec(at, [at], child.env))]); });
  await run(kernel, (process) => {
    process.files.symlink('/bin/sh', '/tmp/link');
    process.files.writeFile('/tmp/script', Buffer.from('#!/tmp/link\n'), { mode: 0o755 });
  });
  for (const at of ['/bin/sh', '/tmp/link', '/tmp/script']) await execute(at);
  t.deepEqual(seen, ['/bin/sh', '/bin/sh', '/bin/sh']);
});

test('the machine tells what it was given', async (t) => {
  await run(machine(), (process) => {
    t.regex(cat(process, '/proc/meminfo'), /^MemTotal: +65536 kB\n/);
    t.is(cat(process, '/proc/cpuinfo').match(/^processor/gm)!.length, 1);
    t.is(cat(process, '/proc/sys/kernel/hostname'), 'box\n');
    t.regex(cat(process, '/proc/sys/kernel/random/uuid'), /^[0-9a-f-]{36}\n$/);
    t.is(cat(process, '/proc/sys/kernel/random/boot_id'), cat(process, '/proc/sys/kernel/random/boot_id'));
    t.regex(cat(process, '/proc/mounts'), /^tmpfs \/ tmpfs rw,relatime 0 0\n(.*\n)*proc \/proc proc rw,.*\n(.*\n)*sysfs \/sys sysfs ro,/);
    t.is(cat(process, '/sys/fs/cgroup/cpu.max'), '50000 100000\n');
    t.is(cat(process, '/sys/fs/cgroup/memory.max'), '67108864\n');
    t.is(errno(() => process.files.writeFile('/sys/fs/cgroup/cpu.max', Buffer.from('1'))), 'EROFS');
  });
});

test('descriptors can be opened again by name: files, pipes, what has no name any more', async (t) => {
  await run(machine(), function* reopen(process): Task {
    const fd = process.open('/tmp/f', O_RDWR | O_CREAT);
    yield* process.write(fd, Buffer.from('content'));
    t.is(process.files.readlink(`/proc/self/fd/${fd}`), '/tmp/f');
    t.is(cat(process, `/dev/fd/${fd}`), 'content');
    process.files.unlink('/tmp/f');
    t.is(cat(process, `/proc/self/fd/${fd}`), 'content');
    const [reader, writer] = process.pipe();
    process.dup2(reader, 0);
    process.dup2(writer, 1);
    t.regex(process.files.readlink('/dev/stdin'), /^\/proc\/self\/fd\/0$/);
    t.regex(process.files.readlink('/proc/self/fd/0'), /^pipe:\[\d+\]$/);
    const out = process.open('/dev/stdout', O_WRONLY);
    yield* process.write(out, Buffer.from('through'));
    const again = process.open('/dev/stdin', O_RDONLY);
    t.is(Buffer.from(yield* process.read(again)).toString(), 'through');
    t.is(errno(() => process.files.openFile('/dev/stdin', O_WRONLY)), 'EACCES');
    t.is(errno(() => process.files.stat('/proc/self/fd/77')), 'ENOENT');
    t.regex(cat(process, '/proc/self/fdinfo/0'), /^pos:\t0\nflags:\t0/);
  });
});

test('others may not look into a process', async (t) => {
  const kernel = machine();
  const { pid } = kernel.spawn(function* idle(process) {
    yield* process.sleep(1e6);
    return 0;
  }, undefined, { argv: ['init'], env: new Map([['SECRET', '1']]), cwd: kernel.tree.root, credentials: ROOT });
  await run(kernel, (process) => {
    t.is(errno(() => cat(process, `/proc/${pid}/environ`)), 'EACCES');
    t.is(errno(() => process.files.readdir(`/proc/${pid}/fd`)), 'EACCES');
    t.is(errno(() => process.files.stat(`/proc/${pid}/cwd/etc`)), 'EACCES');
    t.is(cat(process, `/proc/${pid}/cmdline`), 'init\0');
    t.is(cat(process, '/proc/self/environ'), 'SECRET=1\0PATH=/bin\0');
  }, { credentials: credentialsOf({ uid: 1000, gid: 1000, groups: [] }) });
  kernel.terminate(kernel.processes.get(pid)!, { signal: 9 });
});

test('a magic link does not turn a read-only mount writable', async (t) => {
  const kernel = machine();
  const volume = new Tmpfs();
  file(volume.root, 'f', 'fixed');
  kernel.tree.mount(kernel.tree.resolve('/tmp', kernel.tree.root, ROOT), volume, { readOnly: true });
  await run(kernel, (process) => {
    const fd = process.open('/tmp/f', O_RDONLY);
    t.is(errno(() => process.files.openFile(`/proc/self/fd/${fd}`, O_WRONLY)), 'EROFS');
    t.is(errno(() => process.files.writeFile('/proc/self/root/tmp/f', Buffer.from('x'))), 'EROFS');
    process.files.chdir('/tmp');
    t.is(errno(() => process.files.writeFile('/proc/self/cwd/f', Buffer.from('x'))), 'EROFS');
  });
});

test('devices do what they are for', async (t) => {
  await run(machine(), function* devices(process): Task {
    process.files.writeFile('/dev/null', Buffer.from('gone'));
    t.is(cat(process, '/dev/null'), '');
    const zero = process.open('/dev/zero', O_RDONLY);
    t.deepEqual(Buffer.from(yield* process.read(zero, 5)), Buffer.alloc(5));
    const random = process.open('/dev/urandom', O_RDONLY);
    t.notDeepEqual(Buffer.from(yield* process.read(random, 32)), Buffer.from(yield* process.read(random, 32)));
    t.is(errno(() => process.files.writeFile('/dev/full', Buffer.from('x'))), 'ENOSPC');
    t.is(errno(() => process.files.openFile('/dev/tty', O_RDWR)), 'ENXIO');
    t.like(process.files.stat('/dev/null'), { type: 'character', rdevMajor: 1, rdevMinor: 3, mode: 0o666 });
    process.files.writeFile('/dev/shm/x', Buffer.from('shared'));
    t.is(cat(process, '/dev/shm/x'), 'shared');
  });
});

test('the two ends of a fifo wait for each other', async (t) => {
  const kernel = machine();
  await run(kernel, function* ends(process): Task {
    process.files.mknod('/tmp/p', 'fifo', 0o600);
    const child = process.fork(function* writer(forked) {
      yield* forked.sleep(5);
      const fd = forked.open('/tmp/p', O_WRONLY);
      yield* forked.write(fd, Buffer.from('late'));
      return 0;
    });
    const fd = process.open('/tmp/p', O_RDONLY);
    t.is(Buffer.from(yield* process.read(fd)).toString(), 'late');
    t.is((yield* process.read(fd)).length, 0);
    yield* process.wait([child]);
    process.close(fd);
    // A writer that came first waits for its reader too.
    const second = process.fork(function* writer(forked) {
      const to = forked.open('/tmp/p', O_WRONLY);
      yield* forked.write(to, Buffer.from('early'));
      return 0;
    });
    yield* process.sleep(5);
    t.is(second.status, undefined);
    t.is(Buffer.from(yield* process.read(process.open('/tmp/p', O_RDONLY))).toString(), 'early');
    yield* process.wait([second]);
  });
});

test('/etc/hosts and its like are made and mounted one by one', async (t) => {
  const where = path.join(temporaryDirectory(t), 'etc');
  const facts = { hostname: 'box', domainname: '', extraHosts: ['db:10.0.0.9', 'v6:fe80::1'], dns: ['1.1.1.1'], dnsOptions: [], dnsSearch: ['.'], address: '172.17.0.2' };
  t.true(hostsText(facts).endsWith('10.0.0.9\tdb\nfe80::1\tv6\n172.17.0.2\tbox\n'));
  t.is(resolvText(facts, '# c\nnameserver 9.9.9.9\nsearch corp\noptions ndots:1\n'), 'nameserver 1.1.1.1\noptions ndots:1\n');
  t.is(resolvText({ ...facts, dns: [], dnsOptions: [], dnsSearch: ['a', 'b'] }, 'nameserver 9.9.9.9\n'), 'search a b\nnameserver 9.9.9.9\n');
  const kernel = machine();
  writeEtcFiles(where, facts, '');
  mountEtcFiles(kernel.tree, where);
  await run(kernel, (process) => {
    t.is(cat(process, '/etc/hostname'), 'box\n');
    process.files.writeFile('/etc/hosts', Buffer.from('127.0.0.1 more\n'), { append: true });
    t.true(cat(process, '/etc/hosts').endsWith('box\n127.0.0.1 more\n'));
    t.is(errno(() => process.files.rename('/etc/hosts', '/etc/other')), 'EBUSY');
  });
});
