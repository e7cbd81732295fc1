// What a machine holds in its thread: objects, strings and buffers beyond what the bare thread held when the machine was set up.
import { getHeapStatistics, setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import type { MemoryGauge } from './kernel/memory-limit.js';

let collector: (() => void) | undefined;

/** V8's own collection; the flag is needed only while the function is fetched. */
function collect(): void {
  if (!collector) {
    setFlagsFromString('--expose-gc');
    collector = runInNewContext('gc') as () => void;
    setFlagsFromString('--no-expose-gc');
  }
  collector();
}

function heldBytes(): number {
  const { used_heap_size: heap, external_memory: external } = getHeapStatistics();
  return heap + external;
}

export function heapGauge(): MemoryGauge {
  const base = heldBytes();
  return { usedBytes: () => Math.max(0, heldBytes() - base), heapBytes: () => getHeapStatistics().used_heap_size, collect };
}
