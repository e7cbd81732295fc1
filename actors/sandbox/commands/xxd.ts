// xxd: a hex dump, or back from one (-r).
import type { Main } from '../kernel/program.js';
import { decode } from '../kernel/text.js';
import { command, type Options, parseOptions, readAll, UsageError } from '../programs/stdio.js';
import { openInput, Pace } from './text-input.js';

function number(options: Options, letter: string, otherwise: number): number {
  const text = options.value(letter);
  if (text === undefined) return otherwise;
  const value = Number(/^0[0-7]+$/.test(text) ? `0o${text.slice(1)}` : text);
  if (!Number.isInteger(value)) throw new UsageError(`invalid number '${text}'`);
  return value;
}

const COLUMNS_MAX = 256;

/** Hex digits back to bytes; a full dump's offsets say where each row goes. */
function revert(text: string, plain: boolean): Uint8Array {
  if (plain) return Buffer.from(text.replace(/[^0-9a-fA-F]/g, ''), 'hex');
  const parts: { at: number; bytes: Buffer }[] = [];
  let size = 0;
  for (const line of text.split('\n')) {
    const match = /^\s*([0-9a-fA-F]+):?\s?((?:\s?[0-9a-fA-F]{2})+)/.exec(line);
    if (!match) continue;
    const hex = /^\s*[0-9a-fA-F]+:?\s*((?:[0-9a-fA-F]{2}\s?)*)/.exec(line.split('  ')[0]!)![1]!;
    const bytes = Buffer.from(hex.replace(/\s/g, ''), 'hex');
    const at = parseInt(match[1]!, 16);
    parts.push({ at, bytes });
    size = Math.max(size, at + bytes.length);
  }
  if (size > 1 << 28) throw new UsageError('sorry, cannot seek that far');
  const out = Buffer.alloc(size);
  for (const { at, bytes } of parts) bytes.copy(out, at);
  return out;
}

function include(bytes: Uint8Array, name: string, columns: number, upper: boolean, capitals: boolean): string {
  const cells = Array.from(bytes, (byte) => `0x${upper ? byte.toString(16).toUpperCase().padStart(2, '0') : byte.toString(16).padStart(2, '0')}`);
  const rows: string[] = [];
  for (let at = 0; at < cells.length; at += columns) rows.push(`  ${cells.slice(at, at + columns).join(', ')}`);
  const body = rows.join(',\n');
  if (name === '-') return `${body}\n`;
  const plain = name.replace(/[^A-Za-z0-9]/g, '_').replace(/^(\d)/, '__$1');
  const identifier = capitals ? plain.toUpperCase() : plain;
  const length = capitals ? 'LEN' : 'len';
  return `unsigned char ${identifier}[] = {\n${body}\n};\nunsigned int ${identifier}_${length} = ${bytes.length};\n`;
}

export const xxd: Main = command(function* (process, output) {
  const argv = process.argv.map((word) => ({ '-ps': '-p', '-postscript': '-p', '-plain': '-p', '-revert': '-r', '-include': '-i', '-bits': '-b', '-cols': '-c', '-len': '-l', '-seek': '-s', '-groupsize': '-g', '-uppercase': '-u', '-capitalize': '-C', '-name': '-n', '-decimal': '-d', '-autoskip': '-a' })[word] ?? word);
  const options = parseOptions(argv, 'abc:Cdeg:il:n:o:prs:u', {});
  const [file = '-', target] = options.operands;
  let fd: number;
  try {
    fd = openInput(process, file);
  } catch (error) {
    throw error instanceof Error ? new UsageError(`${file}: ${error.message}`, 2) : error;
  }
  const all = yield* readAll(process, fd);
  const write = (data: Uint8Array | string): void => {
    if (target === undefined || target === '-') output.print(data);
    else process.files.writeFile(target, Buffer.from(data as string));
  };
  const plain = options.has('p');
  if (options.has('r')) {
    write(revert(decode(all), plain));
    return 0;
  }
  const seek = number(options, 's', 0);
  const start = seek < 0 ? Math.max(0, all.length + seek) : seek;
  const bytes = all.subarray(start, Math.min(all.length, start + number(options, 'l', Infinity)));
  const bits = options.has('b');
  const columns = number(options, 'c', plain ? 30 : options.has('i') ? 12 : bits ? 6 : 16) || bytes.length || 1;
  if (!plain && columns > COLUMNS_MAX && options.has('c')) throw new UsageError(`invalid number of columns (max. ${COLUMNS_MAX}).`);
  const upper = options.has('u');
  const radix = options.has('d') ? 10 : 16;
  const hex = (byte: number): string => (bits ? byte.toString(2).padStart(8, '0') : upper ? byte.toString(16).toUpperCase().padStart(2, '0') : byte.toString(16).padStart(2, '0'));
  if (options.has('i')) {
    write(include(bytes, options.value('n') ?? file, columns, upper, options.has('C')));
    return 0;
  }
  const little = options.has('e');
  const group = number(options, 'g', bits ? 1 : little ? 4 : 2) || columns;
  const pace = new Pace();
  const offset = number(options, 'o', 0);
  let collected = '';
  for (let at = 0; at < bytes.length; at += columns) {
    const row = bytes.subarray(at, at + columns);
    if (plain) collected += `${Array.from(row, hex).join('')}\n`;
    else {
      const groups: string[] = [];
      for (let i = 0; i < columns; i += group) {
        const cells = Array.from({ length: Math.min(group, columns - i) }, (_, k) => (i + k < row.length ? hex(row[i + k]!) : ' '.repeat(bits ? 8 : 2)));
        groups.push((little ? cells.reverse() : cells).join(''));
      }
      const text = Array.from(row, (byte) => (byte >= 32 && byte < 127 ? String.fromCharCode(byte) : '.')).join('');
      collected += `${(start + at + offset).toString(radix).padStart(8, '0')}: ${groups.join(' ')}  ${text}\n`;
    }
    if (collected.length < 32768 || (target !== undefined && target !== '-')) continue;
    output.print(collected);
    collected = '';
    yield* output.flush();
    yield* pace.turn();
  }
  write(collected);
  return 0;
});
