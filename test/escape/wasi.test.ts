// WASI programs that call everything with anything: paths that climb, descriptors that are not theirs, pointers that are none.
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test from 'ava';
import fc from 'fast-check';
import { HostDirectory } from '../../actors/sandbox/fs/host-directory.js';
import { wasiKind } from '../../actors/sandbox/programs/wasi/index.js';
import { SECRET } from '../support/canary.js';
import { PATIENCE_MS, TestMachine } from '../support/machine.js';
import { type Operand, RESULTS_AT, vectors, wasmProgram, type WasiCall } from '../support/wasm-program.js';
import { hostileMount, picture } from './host-files.js';

const PATH_AT = 1024, OTHER_AT = 8192, VECTORS_AT = 256, BUFFER_AT = 16384, BUFFER_BYTES = 16384, OUT_AT = 64, READ_AT = 128;
const ENOENT = 44, SUCCESS = 0;

const parts = fc.constantFrom('bind', 'vol', 'd', 'sub', 'f', 'absolute', 'climbing', 'folder', 'magic', 'server', '..', '.', 'secret', 'proc', 'self', 'root', 'cwd', 'fd', '3', '', 'new', '\0', '\xff', 'x'.repeat(300));
const there = fc.tuple(fc.constantFrom('bind/', 'vol/', 'bind/d/', '../vol/', 'proc/self/root/bind/'), fc.constantFrom('f', 'd', 'd/f', 'sub', 'sub/f', 'd/sub/f', 'new', 'absolute', 'climbing', 'folder', 'folder/secret', 'd/folder/../f', 'magic', 'sub/magic/secret')).map((both) => both.join(''));
const anywhere = fc.tuple(fc.constantFrom('', '/', '../', '/proc/self/root/', '@/', 'bind/', 'vol/'), fc.array(parts, { maxLength: 6 })).map(([start, all]) => start + all.join('/'));
const pathTexts = fc.oneof({ weight: 3, arbitrary: there }, { weight: 1, arbitrary: anywhere });
const fds = fc.oneof({ weight: 9, arbitrary: fc.constantFrom<Operand>(3, 3, 3, 4, 5, { load: OUT_AT }) }, { weight: 1, arbitrary: fc.constantFrom<Operand>(0, 1, 2, 7, 99, -1, 2 ** 31) });
const pointers = fc.oneof({ weight: 8, arbitrary: fc.constantFrom(BUFFER_AT, OUT_AT) }, { weight: 1, arbitrary: fc.constantFrom(-1, 65535, 65536, 2 ** 31 - 1, 0) });
const numbers = fc.constantFrom(0, 1, 2, 3, 8, 15, 4096, 65536, -1);
const longs = fc.constantFrom(0n, 1n, 11n, -1n, 2n ** 40n, 2n ** 62n, -(2n ** 63n), 0xffffffffffffffffn, 66n);

/** One sequence of calls works on one path (at PATH_AT) and another one (at OTHER_AT). */
function calls(path: number, other: number): fc.Arbitrary<WasiCall> {
  const of = (name: string, ...args: fc.Arbitrary<Operand>[]): fc.Arbitrary<WasiCall> => fc.tuple(...args).map((all) => ({ name, args: all as Operand[] }));
  const at = [fc.constant<Operand>(PATH_AT), fc.constant<Operand>(path)] as const;
  const to = [fc.constant<Operand>(OTHER_AT), fc.constant<Operand>(other)] as const;
  const iov = [fc.oneof({ weight: 9, arbitrary: fc.constant<Operand>(VECTORS_AT) }, { weight: 1, arbitrary: fc.constantFrom<Operand>(-8, 65530) }), fc.oneof({ weight: 9, arbitrary: fc.constant<Operand>(1) }, { weight: 1, arbitrary: fc.constantFrom<Operand>(0, 1025, -1) })] as const;
  return fc.oneof(
    { weight: 6, arbitrary: of('path_open', fds, fc.constantFrom<Operand>(0, 1, 1), ...at, fc.constantFrom<Operand>(0, 0, 0, 1, 2, 4, 8, 9), fc.constantFrom<Operand>(2n, 66n, 64n, -1n), fc.constant<Operand>(-1n), fc.constantFrom<Operand>(0, 1, 4, 31), fc.constantFrom<Operand>(OUT_AT, OUT_AT, OUT_AT, OUT_AT, OUT_AT, -1)) },
    { weight: 4, arbitrary: of('fd_read', fc.constantFrom<Operand>({ load: OUT_AT }, 5, 6, 0), ...iov, fc.constant<Operand>(READ_AT)) },
    of('fd_pread', fds, ...iov, longs, fc.constant<Operand>(READ_AT)), of('fd_write', fds, ...iov, fc.constant<Operand>(READ_AT)), of('fd_pwrite', fds, ...iov, longs, fc.constant<Operand>(READ_AT)),
    of('fd_seek', fds, longs, numbers, pointers), of('fd_readdir', fds, pointers, numbers, longs, fc.constant<Operand>(READ_AT)), of('fd_filestat_set_size', fds, longs),
    of('fd_allocate', fds, longs, longs), of('fd_renumber', fds, fds), of('fd_close', fds), of('fd_prestat_dir_name', fds, pointers, numbers), of('fd_filestat_set_times', fds, longs, longs, numbers),
    of('path_filestat_get', fds, numbers, ...at, pointers), of('path_filestat_set_times', fds, numbers, ...at, longs, longs, numbers),
    of('path_create_directory', fds, ...at), of('path_remove_directory', fds, ...at), of('path_unlink_file', fds, ...at),
    of('path_rename', fds, ...at, fds, ...to), of('path_link', fds, numbers, ...at, fds, ...to), of('path_symlink', ...to, fds, ...at), of('path_readlink', fds, ...at, pointers, numbers, fc.constant<Operand>(READ_AT)),
    of('poll_oneoff', pointers, pointers, fc.constantFrom<Operand>(0, 1025, -1), pointers), of('random_get', pointers, fc.constantFrom<Operand>(0, 16, 4096)),
  );
}

/** All of memory where content may have come to goes to standard output, after everything. */
const show: readonly WasiCall[] = [{ name: 'fd_write', args: [1, VECTORS_AT + 64, 1, READ_AT] }];
const programs = fc.tuple(pathTexts, pathTexts).chain(([path, other]) => fc.array(calls(Buffer.byteLength(path), Buffer.byteLength(other)), { minLength: 3, maxLength: 14 }).map((all) => ({ path, other, all })));

function program({ path, other, all }: { path: string; other: string; all: readonly WasiCall[] }, outside: string): Uint8Array {
  const real = (name: string): Uint8Array => Buffer.from(name.replace('@', outside)).subarray(0, 4000);
  return wasmProgram([...all, ...show], {
    [PATH_AT]: real(path), [OTHER_AT]: real(other), [VECTORS_AT]: vectors([BUFFER_AT, BUFFER_BYTES]), [VECTORS_AT + 64]: vectors([BUFFER_AT, 65536 - BUFFER_AT]),
  });
}

const PROGRAMS = 200;

test('no WASI program gets out of its mounts, and none harms the machine', async (t) => {
  const mount = hostileMount(mkdtempSync(join(tmpdir(), 'hostile-')));
  t.teardown(() => mount.close());
  const seed = Math.trunc(Math.random() * 2 ** 31);
  const machine = withPrograms(mount.inside);
  for (const one of fc.sample(programs, { numRuns: PROGRAMS, seed })) {
    machine.files.writeFile('/p', program(one, mount.outside), { mode: 0o755 });
    machine.files.chmod('/p', 0o755);
    const ran = await machine.run(['/p'], { cwd: '/bind/d', timeoutMs: PATIENCE_MS });
    const said = `seed ${seed} ${JSON.stringify(one, (_key, value: unknown) => (typeof value === 'bigint' ? `${value}n` : value))} ${ran.stderr}`;
    t.false(ran.stdoutBytes.includes(SECRET), said);
    t.deepEqual(machine.defects, [], said);
    t.true([0, 134].includes(ran.exitCode) || ran.exitCode === 141, `exit code ${ran.exitCode} ${said}`);
  }
  t.deepEqual(picture(mount.outside), mount.before, `seed ${seed}`);
});

/** A machine that runs WASI programs, with a hostile host folder mounted twice. */
function withPrograms(inside: string): TestMachine {
  const machine = new TestMachine({ kinds: [wasiKind()] });
  for (const path of ['/bind', '/vol']) {
    machine.files.mkdir(path);
    machine.kernel.tree.mount(machine.files.locate(path), new HostDirectory({ path: inside }));
  }
  return machine;
}

test('the same calls read a file that is there, with Linux\'s answers (control)', async (t) => {
  const mount = hostileMount(mkdtempSync(join(tmpdir(), 'hostile-')));
  t.teardown(() => mount.close());
  const machine = withPrograms(mount.inside);
  const open = (path: string): WasiCall[] => [
    { name: 'path_open', args: [3, 1, PATH_AT, Buffer.byteLength(path), 0, 2n, -1n, 0, OUT_AT] },
    { name: 'fd_read', args: [{ load: OUT_AT }, VECTORS_AT, 1, READ_AT] },
    { name: 'fd_write', args: [1, VECTORS_AT + 64, 1, READ_AT] },
    { name: 'fd_write', args: [2, VECTORS_AT + 72, 1, READ_AT] },
  ];
  const run = async (path: string): Promise<{ content: string; results: number[] }> => {
    const bytes = wasmProgram(open(path), { [PATH_AT]: Buffer.from(path), [VECTORS_AT]: vectors([BUFFER_AT, 5]), [VECTORS_AT + 64]: vectors([BUFFER_AT, 5]), [VECTORS_AT + 72]: vectors([RESULTS_AT, 8]) });
    machine.files.writeFile('/p', bytes);
    machine.files.chmod('/p', 0o755);
    const ran = await machine.run(['/p']);
    return { content: ran.stdout, results: [...new Uint32Array(Uint8Array.from(ran.stderrBytes).buffer)] };
  };
  t.deepEqual(await run('bind/d/f'), { content: 'inner', results: [SUCCESS, SUCCESS] });
  t.deepEqual(await run('../../bind/d/sub/../f'), { content: 'inner', results: [SUCCESS, SUCCESS] });
  t.is((await run('bind/absolute')).results[0], ENOENT);
  t.is((await run('bind/climbing')).results[0], ENOENT);
});
