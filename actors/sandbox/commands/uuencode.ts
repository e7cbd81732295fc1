// uuencode and uudecode: bytes as printable lines with a name and a mode (POSIX, sharutils).
import { Errno } from '../kernel/errno.js';
import { O_CREAT, O_TRUNC, O_WRONLY } from '../kernel/open-file.js';
import type { Main } from '../kernel/program.js';
import type { Process } from '../kernel/process.js';
import type { Task } from '../kernel/wait.js';
import { command, complain, decode, LineReader, type Output, parseOptions, readAll, UsageError, usageError } from '../programs/stdio.js';
import { openInput } from './text-input.js';

const LINE_BYTES = 45;

const letter = (six: number): string => (six === 0 ? '`' : String.fromCharCode(six + 32));

function line(bytes: Uint8Array): string {
  let out = letter(bytes.length);
  for (let at = 0; at < bytes.length; at += 3) {
    const [a, b, c] = [bytes[at]!, bytes[at + 1] ?? 0, bytes[at + 2] ?? 0];
    out += letter(a >> 2) + letter(((a & 3) << 4) | (b >> 4)) + letter(((b & 15) << 2) | (c >> 6)) + letter(c & 63);
  }
  return out;
}

export const uuencode: Main = command(function* (process, output) {
  const options = parseOptions(process.argv, 'me', { base64: 'no', 'encode-file-name': 'no' });
  const [first, second] = options.operands;
  if (first === undefined || options.operands.length > 2) throw usageError(process.argv, 'wrong number of operands');
  const [path, name] = second === undefined ? ['-', first] : [first, second];
  const fd = openInput(process, path);
  const mode = fd === 0 ? 0o666 & ~process.umask : process.files.stat(path).mode & 0o777;
  const isBase64 = options.has('m', 'base64');
  output.print(`begin${isBase64 ? '-base64' : ''} ${mode.toString(8).padStart(3, '0')} ${name}\n`);
  const bytes = yield* readAll(process, fd);
  for (let at = 0; at < bytes.length; at += LINE_BYTES) {
    const piece = bytes.subarray(at, at + LINE_BYTES);
    output.print(`${isBase64 ? Buffer.from(piece).toString('base64') : line(piece)}\n`);
    if (output.isFull) yield* output.flush();
  }
  output.print(isBase64 ? '====\n' : '`\nend\n');
  return 0;
});

function decodeLine(text: string): Buffer {
  const value = (at: number): number => ((text.charCodeAt(at) || 32) - 32) & 63;
  const size = value(0);
  const bytes: number[] = [];
  for (let at = 1; bytes.length < size; at += 4) {
    bytes.push((value(at) << 2) | (value(at + 1) >> 4), ((value(at + 1) & 15) << 4) | (value(at + 2) >> 2), ((value(at + 2) & 3) << 6) | value(at + 3));
  }
  return Buffer.from(bytes.slice(0, size).map((byte) => byte & 255));
}

/** The body up to its end; undefined when the end is missing. */
function* body(lines: LineReader, isBase64: boolean, write: (bytes: Uint8Array) => Task): Task<boolean> {
  for (let bytes = yield* lines.next(); bytes !== undefined; bytes = yield* lines.next()) {
    const text = decode(bytes).replace(/\r$/, '');
    if (isBase64 ? text === '====' : text === 'end') return true;
    if (!isBase64 && (text === '`' || text === '' || text[0] === ' ')) continue;
    yield* write(isBase64 ? Buffer.from(text, 'base64') : decodeLine(text));
  }
  return false;
}

function* decodeFile(process: Process, output: Output, fd: number, shown: string, target: string | undefined): Task<number> {
  const lines = new LineReader(process, fd);
  for (let bytes = yield* lines.next(); bytes !== undefined; bytes = yield* lines.next()) {
    const begin = /^begin(-base64)? ([0-7]+) (.+)$/.exec(decode(bytes).replace(/\r$/, ''));
    if (!begin) continue;
    const path = target ?? begin[3]!;
    const isStdout = path === '-' || path === '/dev/stdout';
    const to = isStdout ? 1 : process.open(path, O_WRONLY | O_CREAT | O_TRUNC, 0o666);
    const isWhole = yield* body(lines, begin[1] !== undefined, (piece) => process.write(to, piece));
    if (!isStdout) {
      process.close(to);
      process.files.chmod(path, parseInt(begin[2]!, 8) & 0o777);
    }
    if (isWhole) return 0;
    yield* output.flush();
    yield* complain(process, `${shown}: Short file`);
    return 1;
  }
  yield* complain(process, `${shown}: No \`begin' line`);
  return 1;
}

export const uudecode: Main = command(function* (process, output) {
  const options = parseOptions(process.argv, 'o:c', { 'output-file': 'required' });
  const target = options.value('o', 'output-file');
  if (target !== undefined && options.operands.length > 1) throw new UsageError('-o takes one input');
  let status = 0;
  for (const path of options.operands.length > 0 ? options.operands : ['-']) {
    try {
      const fd = openInput(process, path);
      status = Math.max(status, yield* decodeFile(process, output, fd, path === '-' ? 'stdin' : path, target));
      if (fd !== 0) process.close(fd);
    } catch (error) {
      if (!(error instanceof Errno) || error.code === 'EPIPE') throw error;
      yield* complain(process, `${path}: ${error.message}`);
      status = 1;
    }
  }
  return status;
});
