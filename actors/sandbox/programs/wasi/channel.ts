// How a program's thread asks the container's thread: a message out, the answer in shared memory, the asker blocked in between.
import type { ErrnoCode } from '../../kernel/errno.js';

/** One WASI call in the terms of the kernel; `bytes` is what is written. */
export interface WasiRequest {
  readonly op: string;
  readonly args: Readonly<Record<string, unknown>>;
  readonly bytes?: Uint8Array;
}

/** What a program's thread says besides requests. */
export type FromProgram = { type: 'ready' } | { type: 'call'; request: WasiRequest } | { type: 'exit'; exitCode: number } | { type: 'trap'; message: string } | { type: 'out-of-memory' } | { type: 'refused'; message: string };

export interface RunProgram {
  readonly module: WebAssembly.Module;
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  readonly shared: SharedArrayBuffer;
  /** Memory beyond this ends the program as out of memory; 0 = no limit. */
  readonly memoryMaxBytes: number;
}

/** The answer's value as JSON, or the failed call's name. */
export type WasiAnswer = { readonly value: unknown } | { readonly errno: ErrnoCode };

/** Bytes of one answer: reads are cut to this. */
export const ANSWER_BYTES = 1 << 20;
/** Entries of a directory in one answer. */
export const LISTING_PIECE = 512;
const HEADER_BYTES = 16;
/** Of WebAssembly. */
export const PAGE_BYTES = 65536;
const JSON_MAX_BYTES = 1 << 19;

/** Layout: [0] answered, [1] length of the JSON, [2] length of the bytes, [3] pages of the program's memory at its last call; then both. */
export function createShared(): SharedArrayBuffer {
  return new SharedArrayBuffer(HEADER_BYTES + JSON_MAX_BYTES + ANSWER_BYTES);
}

/** What the program's memory was when it last asked something. */
export function memoryOf(shared: SharedArrayBuffer): number {
  return new Int32Array(shared, 0, 4)[3]! * PAGE_BYTES;
}

/** Writes an answer and wakes the program. */
export function writeAnswer(shared: SharedArrayBuffer, answer: WasiAnswer, bytes: Uint8Array = new Uint8Array(0)): void {
  const control = new Int32Array(shared, 0, 4);
  const json = Buffer.from(JSON.stringify(answer));
  new Uint8Array(shared, HEADER_BYTES, json.length).set(json);
  new Uint8Array(shared, HEADER_BYTES + JSON_MAX_BYTES, bytes.length).set(bytes);
  control[1] = json.length;
  control[2] = bytes.length;
  Atomics.store(control, 0, 1);
  Atomics.notify(control, 0);
}

/** Blocks the program's thread until the answer is there. The bytes are a view that the next call overwrites. */
export function awaitAnswer(shared: SharedArrayBuffer, memoryBytes: number, ask: () => void): { answer: WasiAnswer; bytes: Uint8Array } {
  const control = new Int32Array(shared, 0, 4);
  control[3] = memoryBytes / PAGE_BYTES;
  Atomics.store(control, 0, 0);
  ask();
  Atomics.wait(control, 0, 0);
  const json = Buffer.from(new Uint8Array(shared, HEADER_BYTES, control[1]!));
  return { answer: JSON.parse(json.toString('utf8')) as WasiAnswer, bytes: new Uint8Array(shared, HEADER_BYTES + JSON_MAX_BYTES, control[2]!) };
}
