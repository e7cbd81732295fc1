// WASI programs in a machine: arguments to exit codes, memory limits, signals, large folders; made without a compiler.
import test from 'ava';
import { allCommands } from '../../actors/sandbox/commands/index.js';
import { wasiKind } from '../../actors/sandbox/programs/wasi/index.js';
import { TestMachine } from '../support/machine.js';
import { type Operand, RESULTS_AT, vectors, wasmProgram, type WasiCall } from '../support/wasm-program.js';

const PAGE_BYTES = 65536;
const call = (name: string, ...args: Operand[]): WasiCall => ({ name, args });

function machine(calls: readonly WasiCall[], data: Readonly<Record<number, Uint8Array>> = {}, memoryMaxBytes = 0): TestMachine {
  return new TestMachine({ commands: allCommands, kinds: [wasiKind()], memoryMaxBytes, files: { '/bin/p': { content: wasmProgram(calls, data), mode: 0o755 } } });
}

test('output and exit code', async (t) => {
  const ran = await machine([call('fd_write', 1, 0, 1, 64), call('proc_exit', 7)], { 0: vectors([16, 6]), 16: Buffer.from('hello\n') }).run(['p']);
  t.deepEqual([ran.exitCode, ran.stdout, ran.stderr], [7, 'hello\n', '']);
});

test('memory beyond the limit ends the program as a full cgroup does, also where it makes no call', async (t) => {
  for (const [grow, limit, exitCode] of [[9, 10, 0], [10, 10, 137], [0, 0.5, 137], [50, 0, 0], [200, 150, 137]] as const) {
    const box = machine([call('memory.grow', grow)], {}, limit * PAGE_BYTES);
    t.is((await box.run(['p'])).exitCode, exitCode, `${grow} pages more, ${limit} allowed`);
    t.is(box.kernel.outOfMemory, exitCode === 137);
    t.deepEqual(box.defects, []);
  }
});

test('growing answers with the size before', async (t) => {
  const calls = [call('memory.grow', 3), call('memory.grow', 2), call('fd_write', 1, 0, 1, 64)];
  for (const limit of [0, 100]) {
    const ran = await machine(calls, { 0: vectors([RESULTS_AT, 8]) }, limit * PAGE_BYTES).run(['p']);
    t.deepEqual([...new Uint32Array(Uint8Array.from(ran.stdoutBytes).buffer)], [1, 4]);
  }
});

test('a blocked program is killed, and the next one runs', async (t) => {
  const box = machine([call('fd_read', 0, 0, 1, 64), call('fd_write', 1, 0, 1, 64)], { 0: vectors([16, 2]) });
  const ran = await box.run(['bash', '-c', 'mkfifo f; sleep 9 > f & p < f & sleep 0.1; kill -9 $!; wait $!; echo $?; echo x | p']);
  t.is(ran.stdout, '137\nx\n');
});

test('a pointer that is none is EFAULT', async (t) => {
  const ran = await machine([call('fd_write', 1, -8, 1, 64), call('fd_write', 1, 0, 1, 64)], { 0: vectors([RESULTS_AT, 4]) }).run(['p']);
  t.is(ran.stdoutBytes.readUInt32LE(0), 21);
});

test('a descriptor does what it was opened for, and no more than the limit of files allows', async (t) => {
  const FD_AT = 64, READS = 2n, WRITES = 64n, PATH = 1024;
  const open = (rights: bigint): WasiCall => call('path_open', 3, 1, PATH, 1, 0, rights, rights, 0, FD_AT);
  const fd = { load: FD_AT };
  const at = (offset: bigint): WasiCall[] => [call('fd_pread', fd, 24, 1, offset, 72), call('fd_pwrite', fd, 0, 1, offset, 72)];
  const calls = [open(READS), ...at(0n), call('fd_filestat_set_size', fd, 0n), open(WRITES), ...at(0n), ...at(4096n), call('fd_filestat_set_size', fd, 4096n), call('fd_pwrite', 3, 0, 1, 0n, 72), call('fd_write', 1, 8, 1, 72)];
  const box = machine(calls, { 0: vectors([16, 4]), 8: vectors([RESULTS_AT, calls.length * 4]), 16: Buffer.from('text'), 24: vectors([32, 4]), [PATH]: Buffer.from('f') });
  box.files.writeFile('/f', Buffer.from('kept'));
  const { stdoutBytes } = await box.run(['bash', '-c', 'trap "" XFSZ; ulimit -f 2; p']);
  const [BADF, INVAL, FBIG] = [8, 28, 22];
  t.deepEqual([...new Uint32Array(Uint8Array.from(stdoutBytes).buffer)].slice(0, -1), [0, 0, BADF, INVAL, 0, BADF, 0, BADF, FBIG, FBIG, BADF]);
  t.is(Buffer.from(box.files.readFile('/f')).toString(), 'text');
});

test('a folder of thousands is listed in pieces', async (t) => {
  const SIZE = 40_000, AT = 4096;
  const box = machine([call('fd_readdir', 4, AT, SIZE, 0n, 64), call('fd_write', 1, 0, 1, 68)], { 0: vectors([AT, SIZE]) });
  box.files.mkdir('/many');
  for (let i = 0; i < 3000; i++) box.files.writeFile(`/many/${i}`, new Uint8Array(0));
  const { stdoutBytes, exitCode } = await box.run(['p'], { cwd: '/many' });
  const names: string[] = [];
  for (let at = 0; at + 24 <= SIZE; ) {
    const length = stdoutBytes.readUInt32LE(at + 16);
    names.push(stdoutBytes.toString('latin1', at + 24, at + 24 + length));
    at += 24 + length;
  }
  t.is(exitCode, 0);
  t.deepEqual(names.slice(0, 3), ['.', '..', '0']);
  t.true(names.length > 1000 && new Set(names).size === names.length);
});

test('what is no program is refused', async (t) => {
  const box = machine([]);
  box.files.writeFile('/bin/broken', Buffer.from([0, 0x61, 0x73, 0x6d, 1, 0, 0, 0, 9]), { mode: 0o755 });
  box.files.writeFile('/bin/component', Buffer.from([0, 0x61, 0x73, 0x6d, 13, 0, 1, 0]), { mode: 0o755 });
  const ran = await box.run(['sh', '-c', 'broken; echo $?; component; echo $?']);
  t.is(ran.stdout, '126\n126\n');
  t.regex(ran.stderr, /^\S*broken: cannot execute: .*\n\S*component: cannot execute: .*wasm\.preview2=false\)\n$/);
});
