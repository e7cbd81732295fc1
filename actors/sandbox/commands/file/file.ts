// file: says what kind of file something is, by what it begins with (https://www.darwinsys.com/file/).
import { Errno } from '../../kernel/errno.js';
import type { Stat } from '../../kernel/inode.js';
import { O_RDONLY } from '../../kernel/open-file.js';
import type { Process } from '../../kernel/process.js';
import type { Main } from '../../kernel/program.js';
import type { Task } from '../../kernel/wait.js';
import { command, type Options, parseOptions, UsageError } from '../../programs/stdio.js';
import { displayWidth } from '../common/display-width.js';
import { TextLines } from '../text-input.js';
import { type Kind, kindOfBytes } from './kinds.js';
import { kindOfText } from './text.js';

const HEAD_BYTES = 1 << 20;
const TAIL_BYTES = 8;
const LONG = {
  brief: 'no', 'mime-type': 'no', 'mime-encoding': 'no', mime: 'no', dereference: 'no', 'no-dereference': 'no', 'files-from': 'required', separator: 'required', 'no-pad': 'no', print0: 'no', raw: 'no', 'no-buffer': 'no', uncompress: 'no', 'special-files': 'no',
  exclude: 'required', 'exclude-quiet': 'required', 'keep-going': 'no', 'preserve-date': 'no',
} as const;

const widthOf = (text: string): number => [...text].reduce((sum, character) => sum + displayWidth(character.codePointAt(0)!), 0);

const data: Kind = { description: 'data', mime: 'application/octet-stream', charset: 'binary' };
const inode = (description: string, mime: string): Kind => ({ description, mime: `inode/${mime}`, charset: 'binary' });

function kindOfContent(head: Uint8Array, sizeBytes: number, tail: Uint8Array): Kind {
  if (sizeBytes === 0) return inode('empty', 'x-empty');
  if (sizeBytes === 1) return { ...data, description: 'very short file (no magic)' };
  return kindOfBytes(head, sizeBytes, tail) ?? kindOfText(head, head.length === sizeBytes) ?? data;
}

function modeWords({ mode }: Stat): string {
  return `${(mode & 0o4000) === 0 ? '' : 'setuid '}${(mode & 0o2000) === 0 ? '' : 'setgid '}${(mode & 0o1000) === 0 ? '' : 'sticky '}`;
}

function kindOfSpecial(process: Process, path: string, stat: Stat): Kind | undefined {
  const { type } = stat;
  if (type === 'directory') return inode(`${modeWords(stat).replace(/ $/, ', ')}directory`, 'directory');
  if (type === 'fifo') return inode('fifo (named pipe)', 'fifo');
  if (type === 'socket') return inode('socket', 'socket');
  if (type === 'character' || type === 'block') return inode(`${type} special (${stat.rdevMajor}/${stat.rdevMinor})`, type === 'block' ? 'blockdevice' : 'chardevice');
  if (type !== 'symlink') return undefined;
  const target = process.files.readlink(path);
  return inode(`${process.files.exists(path) ? '' : 'broken '}symbolic link to ${target}`, 'symlink');
}

function* kindOfPath(process: Process, path: string, follows: boolean): Task<Kind> {
  if (path === '-') {
    const parts: Uint8Array[] = [];
    let size = 0;
    for (let bytes = yield* process.read(0); bytes.length > 0 && size < HEAD_BYTES; bytes = yield* process.read(0)) {
      parts.push(bytes);
      size += bytes.length;
    }
    const all = Buffer.concat(parts);
    return kindOfContent(all, all.length, all.subarray(-TAIL_BYTES));
  }
  const stat = follows ? process.files.stat(path) : process.files.lstat(path);
  const special = kindOfSpecial(process, path, stat);
  if (special !== undefined) return special;
  const fd = process.open(path, O_RDONLY);
  try {
    const file = process.descriptors.get(fd).inode!;
    const head = file.readAt(0, HEAD_BYTES);
    const kind = kindOfContent(head, stat.sizeBytes, file.readAt(Math.max(0, stat.sizeBytes - TAIL_BYTES), TAIL_BYTES));
    return { ...kind, description: modeWords(stat) + kind.description };
  } finally {
    process.close(fd);
  }
}

function shown(kind: Kind, options: Options): string {
  if (options.has('i', 'mime')) return `${kind.mime}; charset=${kind.charset}`;
  if (options.has('mime-type')) return kind.mime;
  return options.has('mime-encoding') ? kind.charset : kind.description;
}

function* names(process: Process, options: Options): Task<string[]> {
  const list = options.value('f', 'files-from');
  if (list === undefined) return [...options.operands];
  const found: string[] = [];
  const lines = new TextLines(process, list === '-' ? 0 : process.open(list, O_RDONLY));
  for (let line = yield* lines.next(); line !== undefined; line = yield* lines.next()) found.push(line);
  return [...found, ...options.operands];
}

export const file: Main = command(function* (process, output) {
  const options = parseOptions(process.argv, 'be:F:f:hiLkNnprsz0', LONG);
  const paths = yield* names(process, options);
  if (paths.length === 0) throw new UsageError('Usage: file [-bcCdEhikLlNnprsSvzZ0] [--apple] [--extension] [--mime-encoding]\n            [--mime-type] [-e <testname>] [-F <separator>]  [-f <namefile>]\n            [-m <magicfiles>] [-P <parameter=value>] [--exclude-quiet]\n            <file> ...', 1, 'usage');
  const separator = options.value('F', 'separator') ?? ':';
  const shownName = (path: string): string => (path === '-' ? '/dev/stdin' : path);
  const width = Math.max(...paths.map((path) => widthOf(shownName(path))));
  for (const path of paths) {
    let text: string;
    try {
      text = shown(yield* kindOfPath(process, path, options.has('L', 'dereference') && !options.has('h', 'no-dereference')), options);
    } catch (error) {
      if (!(error instanceof Errno)) throw error;
      text = error.code === 'EACCES' ? `regular file, no read permission` : `cannot open \`${path}' (${error.message})`;
    }
    const name = shownName(path);
    const label = options.has('b', 'brief') ? '' : `${name}${separator}${options.has('0', 'print0') ? '\0' : ''}${' '.repeat(options.has('N', 'no-pad') ? 1 : width - widthOf(name) + 1)}`;
    output.print(`${label}${text}\n`);
    if (output.isFull) yield* output.flush();
  }
  yield* output.flush();
  return 0;
});

