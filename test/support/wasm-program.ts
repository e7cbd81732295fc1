// WASI programs for tests, made without a compiler: calls of wasi_snapshot_preview1 one after another, written as WebAssembly.
// https://webassembly.github.io/spec/core/binary/

/** A 32 bit number, a 64 bit one, or what is in memory at an address when the call is made (32 bits). */
export type Operand = number | bigint | { readonly load: number };

export interface WasiCall {
  readonly name: string;
  readonly args: readonly Operand[];
}

/** Where the results of the calls are, one 32 bit number each; below it is the program's own data. */
export const RESULTS_AT = 49152;
const PAGES = 1;
const I32 = 0x7f, I64 = 0x7e;

function unsigned(value: number): number[] {
  const bytes: number[] = [];
  for (let rest = value >>> 0; ; rest >>>= 7) {
    if (rest < 0x80) return [...bytes, rest];
    bytes.push((rest & 0x7f) | 0x80);
  }
}

function signed(value: bigint): number[] {
  const bytes: number[] = [];
  for (let rest = value; ; rest >>= 7n) {
    const low = Number(rest & 0x7fn);
    if ((rest >> 7n === 0n && (low & 0x40) === 0) || (rest >> 7n === -1n && (low & 0x40) !== 0)) return [...bytes, low];
    bytes.push(low | 0x80);
  }
}

const text = (value: string): number[] => [...unsigned(Buffer.byteLength(value)), ...Buffer.from(value)];
const section = (id: number, items: readonly number[][]): number[] => {
  const body = [...unsigned(items.length), ...items.flat()];
  return [id, ...unsigned(body.length), ...body];
};
const constant = (value: number): number[] => [0x41, ...signed(BigInt(value | 0))];

function operand(value: Operand): number[] {
  if (typeof value === 'bigint') return [0x42, ...signed(BigInt.asIntN(64, value))];
  if (typeof value === 'number') return constant(value);
  return [...constant(value.load), 0x28, 2, 0];
}

const typeOf = ({ args }: WasiCall): string => args.map((arg) => (typeof arg === 'bigint' ? I64 : I32)).join();

/**
 * A program whose `_start` makes the calls and notes each result at RESULTS_AT. `data` is put into its memory (64 KiB) by address.
 * `proc_exit` has no result; calls of one name have the same kinds of operands. `memory.grow` is the instruction of that name.
 */
export function wasmProgram(calls: readonly WasiCall[], data: Readonly<Record<number, Uint8Array>> = {}): Uint8Array {
  const imports = [...new Map(calls.filter(({ name }) => name !== 'memory.grow').map((call) => [call.name, call])).values()];
  const types = imports.map((call) => [0x60, ...unsigned(call.args.length), ...(call.args.length > 0 ? typeOf(call).split(',').map(Number) : []), ...(call.name === 'proc_exit' ? [0] : [1, I32])]);
  const index = new Map(imports.map(({ name }, i) => [name, i]));
  const code = calls.flatMap((call, i) => {
    const made = [...call.args.flatMap(operand), ...(call.name === 'memory.grow' ? [0x40, 0] : [0x10, ...unsigned(index.get(call.name)!)])];
    return call.name === 'proc_exit' ? made : [...constant(RESULTS_AT + i * 4), ...made, 0x36, 2, 0];
  });
  const body = [0, ...code, 0x0b];
  return Uint8Array.from([
    0, 0x61, 0x73, 0x6d, 1, 0, 0, 0,
    ...section(1, [...types, [0x60, 0, 0]]),
    ...section(2, imports.map(({ name }, i) => [...text('wasi_snapshot_preview1'), ...text(name), 0, ...unsigned(i)])),
    ...section(3, [unsigned(types.length)]),
    ...section(5, [[0, ...unsigned(PAGES)]]),
    ...section(7, [[...text('memory'), 2, 0], [...text('_start'), 0, ...unsigned(imports.length)]]),
    ...section(10, [[...unsigned(body.length), ...body]]),
    ...section(11, Object.entries(data).map(([at, bytes]) => [0, ...constant(Number(at)), 0x0b, ...unsigned(bytes.length), ...bytes])),
  ]);
}

/** Memory that holds vectors (address, length) for reads and writes. */
export function vectors(...pairs: readonly (readonly [number, number])[]): Uint8Array {
  return new Uint8Array(Uint32Array.from(pairs.flat()).buffer);
}
