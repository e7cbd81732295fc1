// When a machine holds too much: against its own limit, the ceiling where it has none, and what its thread's heap may hold.
import test from 'ava';
import { MemoryLimit } from '../../actors/sandbox/kernel/memory-limit.js';
import type { Process } from '../../actors/sandbox/kernel/process.js';

const MIB = 2 ** 20;
const CEILING_BYTES = 4096 * MIB;

interface Held {
  readonly usedBytes: number;
  readonly heapBytes: number;
}

/** Whether a machine that has grown to `held`, of which `collected` is no garbage, holds too much. */
function isExceeded(maxBytes: number, held: Held, collected = held): boolean {
  let now: Held = { usedBytes: 0, heapBytes: 0 };
  const gauge = { usedBytes: () => now.usedBytes, heapBytes: () => now.heapBytes, collect: () => void (now = collected) };
  const limit = new MemoryLimit(gauge, maxBytes, CEILING_BYTES);
  now = held;
  limit.charge({ usage: { memoryBytes: 0 } } as Process);
  return limit.isExceeded(0);
}

test('the limit that was asked for', (t) => {
  t.true(isExceeded(64 * MIB, { usedBytes: 200 * MIB, heapBytes: 60 * MIB }));
  t.false(isExceeded(64 * MIB, { usedBytes: 60 * MIB, heapBytes: 60 * MIB }));
});

test('garbage is not what is held', (t) => {
  t.false(isExceeded(64 * MIB, { usedBytes: 200 * MIB, heapBytes: 60 * MIB }, { usedBytes: 10 * MIB, heapBytes: 0 }));
  t.false(isExceeded(0, { usedBytes: 900 * MIB, heapBytes: 900 * MIB }, { usedBytes: 10 * MIB, heapBytes: 10 * MIB }));
});

test('without a limit the ceiling holds, and before it what a heap may hold, whose end would be the end of the server', (t) => {
  t.true(isExceeded(0, { usedBytes: 6000 * MIB, heapBytes: 60 * MIB }));
  t.true(isExceeded(0, { usedBytes: 700 * MIB, heapBytes: 700 * MIB }));
  t.true(isExceeded(8192 * MIB, { usedBytes: 700 * MIB, heapBytes: 700 * MIB }), 'also where more was allowed');
  t.false(isExceeded(0, { usedBytes: 500 * MIB, heapBytes: 500 * MIB }));
});
