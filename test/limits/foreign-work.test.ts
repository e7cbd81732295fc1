// What runs outside the machine's thread, Node programs and WASI modules, counts as if it ran inside: time, memory, being stopped.
import test from 'ava';
import { allCommands } from '../../actors/sandbox/commands/index.js';
import { BUILTIN_MARKER } from '../../actors/sandbox/programs/builtin.js';
import { nodeKind } from '../../actors/sandbox/programs/node/index.js';
import { wasiKind } from '../../actors/sandbox/programs/wasi/index.js';
import { TestMachine } from '../support/machine.js';

/** A module with so much memory that never ends: it asks for the state of a descriptor again and again, or only computes. */
function endless(pages: number, asks: boolean): Uint8Array {
  const name = (text: string): number[] => [text.length, ...Buffer.from(text)];
  const section = (id: number, bytes: readonly number[]): number[] => [id, bytes.length, ...bytes];
  const body = asks ? [0, 0x03, 0x40, 0x41, 0, 0x41, 0, 0x10, 0, 0x1a, 0x0c, 0, 0x0b, 0x0b] : [0, 0x03, 0x40, 0x0c, 0, 0x0b, 0x0b];
  return Uint8Array.from([
    0, 0x61, 0x73, 0x6d, 1, 0, 0, 0,
    ...section(1, [2, 0x60, 2, 0x7f, 0x7f, 1, 0x7f, 0x60, 0, 0]),
    ...section(2, [1, ...name('wasi_snapshot_preview1'), ...name('fd_fdstat_get'), 0, 0]),
    ...section(3, [1, 1]), ...section(5, [1, 0, (pages & 0x7f) | 0x80, pages >> 7]),
    ...section(7, [2, ...name('memory'), 2, 0, ...name('_start'), 0, 1]), ...section(10, [1, body.length, ...body]),
  ]);
}

function machine(memoryMaxBytes = 0): TestMachine {
  return new TestMachine({
    commands: allCommands, kinds: [nodeKind(), wasiKind()], memoryMaxBytes, memoryGauge: { usedBytes: () => 0, heapBytes: () => 0, collect: () => undefined },
    files: {
      '/usr/local/bin/node': { content: BUILTIN_MARKER, mode: 0o755 }, '/bin/spin': { content: endless(1, false), mode: 0o755 },
      '/bin/hold': { content: endless(640, true), mode: 0o755 },
    },
  });
}

/** The child's time is the host's /proc's. */
const onLinux = process.platform === 'linux' ? test : test.skip;

for (const [name, program] of [['a Node program', 'node -e "for(;;);"'], ['a WASI module', 'spin']] as const) {
  onLinux(`${name} ends at its limit of cpu time, and its shell's times tell of it`, async (t) => {
    const box = machine();
    const ran = await box.run(['bash', '-c', `(ulimit -t 1; ${program}); echo $?`], { timeoutMs: 60_000 });
    t.regex(ran.stdout, /^(152|137)\n$/);
    t.true(box.kernel.budget.cpuMs >= 950);
  });
}

onLinux('a Node program that takes more memory than there is ends as in a full cgroup', async (t) => {
  const box = machine(100 << 20);
  const ran = await box.run(['bash', '-c', 'node -e "const kept = []; setInterval(() => kept.push(Buffer.alloc(10 << 20, 1)), 5)"; echo $?'], { timeoutMs: 60_000 });
  t.is(ran.stdout, '137\n');
  t.true(box.kernel.outOfMemory);
});

onLinux('and one that does not goes on', async (t) => {
  const box = machine(200 << 20);
  t.is((await box.run(['node', '-e', 'Buffer.alloc(10 << 20, 1); console.log(1)'], { timeoutMs: 60_000 })).stdout, '1\n');
  t.false(box.kernel.outOfMemory);
});

test('WASI modules that fit one by one do not fit together', async (t) => {
  const box = machine(48 << 20);
  const ran = await box.run(['bash', '-c', 'hold & one=$!; hold & two=$!; wait -n; echo $?; kill $one $two 2> /dev/null; wait; echo over'], { timeoutMs: 60_000 });
  t.is(ran.stdout, '137\nover\n');
  t.true(box.kernel.outOfMemory);
  t.is(box.kernel.budget.memoryUsedBytes, 0);
});

onLinux('a stopped Node program does not run', async (t) => {
  const box = machine();
  const started = box.start(['node', '-e', 'for(;;);']);
  const cpu = async (ms: number): Promise<number> => {
    const before = box.kernel.budget.cpuMs;
    await new Promise((resolve) => setTimeout(resolve, ms));
    return box.kernel.budget.cpuMs - before;
  };
  while (box.kernel.budget.cpuMs < 500) await cpu(50);
  box.kernel.freeze();
  await cpu(200);
  t.is(await cpu(500), 0);
  box.kernel.thaw();
  while (await cpu(100) === 0);
  box.kernel.terminate(started.process, { signal: 9 });
  t.is((await started.ended).exitCode, 137);
});
