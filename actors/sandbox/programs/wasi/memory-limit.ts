// Holds a WebAssembly module to a memory limit: each memory.grow becomes a call of a function that ends the program beyond it.
// https://webassembly.github.io/spec/core/binary/

import { PREEMPT, type Task } from '../../kernel/wait.js';

const HEADER_BYTES = 8;
const TYPE = 1, IMPORT = 2, FUNCTION = 3, MEMORY = 5, CODE = 10;
const MEMORY_GROW = 0x40;
/** Code that is read in one go. */
const SLICE_BYTES = 128 << 10;

/** Something that this reader does not know; the module then runs as it is. */
class Unknown extends Error {}

class Reader {
  readonly bytes: Uint8Array;
  at: number;

  constructor(bytes: Uint8Array, at = 0) {
    this.bytes = bytes;
    this.at = at;
  }

  byte(): number {
    const value = this.bytes[this.at++];
    if (value === undefined) throw new Unknown();
    return value;
  }

  /** LEB128 without a sign, up to 32 bits. */
  number(): number {
    let value = 0;
    for (let shift = 0; ; shift += 7) {
      const byte = this.byte();
      value += (byte & 0x7f) * 2 ** shift;
      if (byte < 0x80) return value;
    }
  }

  /** LEB128 of any kind, its value unwanted. */
  skipNumbers(count = 1): void {
    for (let i = 0; i < count; i++) while (this.byte() >= 0x80);
  }

  skip(count: number): void {
    this.at += count;
  }
}

function encoded(value: number): number[] {
  return value < 0x80 ? [value] : [(value & 0x7f) | 0x80, ...encoded(Math.floor(value / 128))];
}

function memoryArgument(reader: Reader): void {
  const align = reader.number();
  reader.skipNumbers((align & 0x40) === 0 ? 1 : 2);
}

/** Goes past the operands that follow an opcode in the code. */
function skipOperands(reader: Reader, opcode: number): void {
  if (opcode >= 0x45 && opcode <= 0xc4) return;
  if (opcode >= 0x28 && opcode <= 0x3e) return memoryArgument(reader);
  switch (opcode) {
    case 0x00: case 0x01: case 0x05: case 0x0a: case 0x0b: case 0x0f: case 0x19: case 0x1a: case 0x1b: case 0xd1: case 0xd3: case 0xd4:
      return;
    case 0x02: case 0x03: case 0x04: case 0x06: case 0x07: case 0x08: case 0x09: case 0x0c: case 0x0d: case 0x10: case 0x12: case 0x14: case 0x15: case 0x18:
    case 0x20: case 0x21: case 0x22: case 0x23: case 0x24: case 0x25: case 0x26: case 0x3f: case 0x40: case 0x41: case 0x42: case 0xd0: case 0xd2: case 0xd5: case 0xd6:
      return reader.skipNumbers();
    case 0x11: case 0x13:
      return reader.skipNumbers(2);
    case 0x0e:
      return reader.skipNumbers(reader.number() + 1);
    case 0x1c:
      return reader.skipNumbers(reader.number());
    case 0x1f:
      reader.skipNumbers();
      for (let left = reader.number(); left > 0; left--) reader.skipNumbers(reader.byte() < 2 ? 2 : 1);
      return;
    case 0x43:
      return reader.skip(4);
    case 0x44:
      return reader.skip(8);
    case 0xfc:
      return skipBulk(reader, reader.number());
    case 0xfd:
      return skipVector(reader, reader.number());
    case 0xfe:
      return reader.number() === 3 ? reader.skip(1) : memoryArgument(reader);
    default:
      throw new Unknown();
  }
}

function skipBulk(reader: Reader, operation: number): void {
  if (operation > 17) throw new Unknown();
  reader.skipNumbers([8, 10, 12, 14].includes(operation) ? 2 : operation > 8 ? 1 : 0);
}

function skipVector(reader: Reader, operation: number): void {
  if (operation <= 11 || operation === 92 || operation === 93) memoryArgument(reader);
  else if (operation === 12 || operation === 13) reader.skip(16);
  else if (operation >= 21 && operation <= 34) reader.skip(1);
  else if (operation >= 84 && operation <= 91) {
    memoryArgument(reader);
    reader.skip(1);
  }
}

/** The body with its growths replaced; undefined where it has none. */
function rewritten(body: Uint8Array, grower: number): Uint8Array | undefined {
  const reader = new Reader(body);
  for (let left = reader.number(); left > 0; left--) reader.skipNumbers(2);
  const parts: Uint8Array[] = [];
  let done = 0;
  while (reader.at < body.length) {
    const begin = reader.at;
    const opcode = reader.byte();
    skipOperands(reader, opcode);
    if (opcode !== MEMORY_GROW) continue;
    parts.push(body.subarray(done, begin), Uint8Array.from([0x10, ...encoded(grower)]));
    done = reader.at;
  }
  return parts.length === 0 ? undefined : Buffer.concat([...parts, body.subarray(done)]);
}

/** `(pages) -> pages before`: grows, and traps when the memory is larger than the limit then. */
function growerBody(pagesMax: number): Uint8Array {
  const limit = [...encoded(pagesMax)];
  // i32.const is signed: where the last byte's sign bit is set, one more byte makes it positive.
  if ((limit.at(-1)! & 0x40) !== 0) limit.splice(-1, 1, limit.at(-1)! | 0x80, 0);
  const code = [0, 0x20, 0, 0x40, 0, 0x21, 0, 0x3f, 0, 0x41, ...limit, 0x4b, 0x04, 0x40, 0x00, 0x0b, 0x20, 0, 0x0b];
  return Uint8Array.from([...encoded(code.length), ...code]);
}

function importedFunctions(reader: Reader): number {
  let functions = 0;
  for (let left = reader.number(); left > 0; left--) {
    for (let names = 0; names < 2; names++) reader.skip(reader.number());
    const kind = reader.byte();
    if (kind === 0) {
      functions++;
      reader.skipNumbers();
    } else if (kind === 3) {
      reader.skipNumbers(2);
    } else {
      // Tables, memories and tags from outside are no part of WASI.
      throw new Unknown();
    }
  }
  return functions;
}

function withOneMore(content: Uint8Array, item: readonly number[]): Uint8Array {
  const reader = new Reader(content);
  const count = reader.number();
  return Buffer.concat([Uint8Array.from(encoded(count + 1)), content.subarray(reader.at), Uint8Array.from(item)]);
}

function* rewrittenCode(content: Uint8Array, grower: number, pagesMax: number): Task<Uint8Array> {
  const reader = new Reader(content);
  const count = reader.number();
  const parts: Uint8Array[] = [Uint8Array.from(encoded(count + 1))];
  let done = reader.at;
  let pause = SLICE_BYTES;
  for (let left = count; left > 0; left--) {
    const begin = reader.at;
    const size = reader.number();
    const body = rewritten(content.subarray(reader.at, reader.at + size), grower);
    reader.skip(size);
    if (reader.at > pause) {
      pause = reader.at + SLICE_BYTES;
      yield PREEMPT;
    }
    if (!body) continue;
    parts.push(content.subarray(done, begin), Uint8Array.from(encoded(body.length)), body);
    done = reader.at;
  }
  return Buffer.concat([...parts, content.subarray(done), growerBody(pagesMax)]);
}

/**
 * The module with its growth limited to `pagesMax` in all: beyond, it traps with the memory larger than that. A module that uses what
 * is not known here comes back as it is, to be checked at its system calls only.
 */
export function* limitGrowth(module: Uint8Array, pagesMax: number): Task<Uint8Array> {
  try {
    const sections: { id: number; content: Uint8Array }[] = [];
    const reader = new Reader(module, HEADER_BYTES);
    while (reader.at < module.length) {
      const id = reader.byte();
      const size = reader.number();
      sections.push({ id, content: module.subarray(reader.at, reader.at + size) });
      reader.skip(size);
    }
    const content = (id: number): Uint8Array => sections.find((section) => section.id === id)?.content ?? Uint8Array.of(0);
    const memory = new Reader(content(MEMORY));
    if (memory.number() !== 1 || (memory.byte() & 4) !== 0) return module;
    const types = new Reader(content(TYPE)).number();
    const grower = importedFunctions(new Reader(content(IMPORT))) + new Reader(content(FUNCTION)).number();
    const parts: Uint8Array[] = [module.subarray(0, HEADER_BYTES)];
    for (const section of sections) {
      const changed = section.id === TYPE ? withOneMore(section.content, [0x60, 1, 0x7f, 1, 0x7f])
        : section.id === FUNCTION ? withOneMore(section.content, encoded(types))
        : section.id === CODE ? yield* rewrittenCode(section.content, grower, pagesMax) : section.content;
      parts.push(Uint8Array.from([section.id, ...encoded(changed.length)]), changed);
    }
    return Buffer.concat(parts);
  } catch (error) {
    if (error instanceof Unknown) return module;
    throw error;
  }
}
