// gzip, bzip2, xz, lzma, zstd and the names they go by: files compressed or decompressed in place, or standard input to standard output.
import { Fault } from '../../../runtime/fault.js';
import { Errno } from '../../kernel/errno.js';
import { O_CREAT, O_EXCL, O_TRUNC, O_WRONLY } from '../../kernel/open-file.js';
import type { Process } from '../../kernel/process.js';
import type { Main } from '../../kernel/program.js';
import { PREEMPT, type Task } from '../../kernel/wait.js';
import { isBusybox } from '../../programs/flavour.js';
import { command, complain, type Options, type Output, parseOptions, UsageError } from '../../programs/stdio.js';
import { type Coding, type Compressor, DecodedSource, encoderOf, FileSource, Rejoined } from './coder.js';
import { isLzw, LzwSource } from './lzw.js';

interface Family {
  kind: Coding;
  /** What else it decompresses. */
  reads?: Coding;
  suffix: string;
  /** Other endings it knows, and what they become. */
  others: Readonly<Record<string, string>>;
}

const FAMILIES: Readonly<Record<Coding, Family>> = {
  gzip: { kind: 'gzip', suffix: '.gz', others: { '.tgz': '.tar', '.taz': '.tar', '-gz': '', '.z': '', '-z': '', '.Z': '' } },
  bzip2: { kind: 'bzip2', suffix: '.bz2', others: { '.tbz': '.tar', '.tbz2': '.tar', '.bz': '' } },
  xz: { kind: 'xz', reads: 'lzma', suffix: '.xz', others: { '.txz': '.tar', '.lzma': '', '.tlz': '.tar' } },
  lzma: { kind: 'lzma', suffix: '.lzma', others: { '.tlz': '.tar' } },
  zstd: { kind: 'zstd', suffix: '.zst', others: { '.tzst': '.tar' } },
};

const SHORT = 'cdfhkLlNnqrS:tvV0123456789zT:C:F:e';
const LONG = {
  stdout: 'no', 'to-stdout': 'no', decompress: 'no', uncompress: 'no', compress: 'no', force: 'no', help: 'no', keep: 'no', list: 'no', name: 'no', 'no-name': 'no', quiet: 'no', recursive: 'no', suffix: 'required', test: 'no',
  verbose: 'no', version: 'no', fast: 'no', best: 'no', rsyncable: 'no', threads: 'required', extreme: 'no', rm: 'no', long: 'optional', ultra: 'no', format: 'required',
} as const;

/** What a file's decompressed form is called; undefined when its name has no known ending. */
function plainName(path: string, family: Family): string | undefined {
  const ending = plainEnding(path, family);
  return ending === undefined ? undefined : path.slice(0, -ending.length) + (family.others[ending] ?? '');
}

function plainEnding(path: string, { suffix, others }: Family): string | undefined {
  return [suffix, ...Object.keys(others)].find((each) => path.endsWith(each));
}

/** gzip goes by one name in its messages, whatever it was called by. */
function* say(process: Process, { kind }: Family, message: string): Task {
  if (kind === 'gzip' && !isBusybox(process)) yield* process.write(2, Buffer.from(`gzip: ${message}\n`));
  else yield* complain(process, message);
}

/** xz and its kin: one program, two formats. */
const isXz = ({ kind }: Family): boolean => kind === 'xz' || kind === 'lzma';

/** The family that `--format` asks for. */
function chosenFamily(given: Family, options: Options): Family {
  const format = isXz(given) ? options.value('F', 'format') : undefined;
  if (format === undefined || format === 'auto') return given;
  if (format === 'xz') return { ...FAMILIES.xz, reads: 'xz' };
  if (format === 'lzma' || format === 'alone') return FAMILIES.lzma;
  throw new UsageError(format === 'lzip' || format === 'raw' ? `${format}: this format is not supported` : `${format}: Unknown file format type`);
}

const MAGIC_BYTES = 2;

class Work {
  readonly #process: Process;
  readonly #output: Output;
  readonly #options: Options;
  readonly #family: Family;
  readonly #decompresses: boolean;
  readonly #busybox: boolean;
  status = 0;

  constructor(process: Process, output: Output, options: Options, family: Family, decompresses: boolean) {
    this.#process = process;
    this.#output = output;
    this.#options = options;
    this.#family = family;
    this.#decompresses = decompresses;
    this.#busybox = isBusybox(process);
  }

  /** busybox's zcat takes what any of its compressors wrote. */
  get #seamless(): boolean {
    return this.#busybox && this.#family.kind === 'gzip' && this.#toStdout;
  }

  #reads(kind: DecodedSource['kind']): boolean {
    return kind === this.#family.kind || kind === this.#family.reads;
  }

  get #toStdout(): boolean {
    return this.#options.has('c', 'stdout', 'to-stdout');
  }

  *#fail(message: string, status = 1): Task {
    if (!this.#options.has('q', 'quiet') || status === 1) yield* say(this.#process, this.#family, message);
    if (this.status !== 1 && status > 0) this.status = status;
  }

  /** Runs what `fd` holds through the coder; each piece goes to `to`. Fault for broken input. */
  *#pump(fd: number, to: (bytes: Uint8Array) => Task): Task {
    const source = new FileSource(this.#process, fd);
    if (this.#decompresses) {
      let head = this.#family.kind === 'gzip' ? yield* source.next() : undefined;
      while (head && head.length < MAGIC_BYTES) {
        const more = yield* source.next();
        if (!more) break;
        head = Buffer.concat([head, more]);
      }
      if (head && isLzw(head)) return yield* this.#pumpLzw(new LzwSource(source, head), to);
      const decoded = new DecodedSource(head ? new Rejoined(head, source) : source);
      for (let chunk = yield* decoded.next(); chunk !== undefined; chunk = yield* decoded.next()) {
        if (!this.#reads(decoded.kind) && !this.#seamless && !(decoded.kind === 'none' && this.#options.has('f', 'force') && this.#toStdout)) throw new Fault('invalid', 'not in format');
        yield* to(chunk);
        yield PREEMPT;
      }
      if (!this.#reads(decoded.kind) && decoded.kind !== 'none' && !this.#seamless) throw new Fault('invalid', 'not in format');
      if (decoded.kind === 'none' && !this.#options.has('f', 'force')) throw new Fault('invalid', 'unexpected EOF');
      return;
    }
    const encoder = this.#encoder();
    for (let chunk = yield* source.next(); chunk !== undefined; chunk = yield* source.next()) for (const piece of yield* encoder.add(chunk)) yield* to(piece);
    for (const piece of yield* encoder.end()) yield* to(piece);
  }

  /** gunzip and zcat take files of compress(1) too. */
  *#pumpLzw(source: LzwSource, to: (bytes: Uint8Array) => Task): Task {
    for (let chunk = yield* source.next(); chunk !== undefined; chunk = yield* source.next()) {
      yield* to(chunk);
      yield PREEMPT;
    }
  }

  #encoder(): Compressor {
    const digit = [...'0123456789'].findLast((each) => this.#options.has(each));
    const level = this.#options.has('best') ? 9 : this.#options.has('fast') ? 1 : digit === undefined ? undefined : Number(digit);
    return encoderOf(this.#family.kind, level);
  }

  *#broken(name: string, error: unknown): Task {
    if (!(error instanceof Fault)) throw error;
    const { kind } = this.#family;
    if (this.#busybox && kind === 'bzip2') return yield* this.#fail(error.message === 'not in format' ? 'invalid magic' : `bunzip error ${/EOF/.test(error.message) ? -3 : -5}`);
    // LZMA has no magic by which busybox would know it.
    if (this.#busybox) return yield* this.#fail(/EOF/.test(error.message) ? 'unexpected end of file' : error.message === 'not in format' && kind !== 'lzma' ? 'invalid magic' : 'corrupted data');
    const isGzip = kind === 'gzip';
    if (isGzip) yield* this.#process.write(2, Buffer.from('\n'));
    if (error.message === 'not in format') yield* this.#fail(isXz(this.#family) ? `${name}: File format not recognized` : kind === 'bzip2' ? `${name} is not a bzip2 file.` : `${name}: not in ${kind} format`, kind === 'bzip2' ? 2 : 1);
    else if (isXz(this.#family)) yield* this.#fail(`${name}: ${/EOF/.test(error.message) ? 'Unexpected end of input' : error.message.startsWith('Memory') ? error.message : 'Compressed data is corrupt'}`);
    else yield* this.#fail(/EOF/.test(error.message) ? `${name}: unexpected end of file` : `${name}: invalid compressed data--format violated`);
  }

  *stream(name = isXz(this.#family) && !this.#busybox ? '(stdin)' : 'stdin', fd = 0): Task {
    try {
      yield* this.#pump(fd, this.#options.has('t', 'test') ? discard : (bytes) => this.#process.write(1, bytes));
    } catch (error) {
      yield* this.#broken(name, error);
    }
  }

  *file(path: string): Task {
    const { files } = this.#process;
    try {
      if (files.lstat(path).type === 'symlink' && !this.#toStdout && !this.#options.has('f', 'force')) throw new Errno('ELOOP');
      const { type } = files.stat(path);
      if (type === 'directory') {
        if (!this.#options.has('r', 'recursive')) return yield* this.#fail(`${path} is a directory -- ignored`, 2);
        for (const { name } of files.readdir(path)) if (name !== '.' && name !== '..') yield* this.file(`${path}/${name}`);
        return;
      }
      yield* this.#regular(path);
    } catch (error) {
      if (!(error instanceof Errno)) throw error;
      const isSought = !this.#busybox && this.#decompresses && error.code === 'ENOENT' && this.#family.kind === 'gzip' && plainName(path, this.#family) === undefined;
      yield* this.#fail(this.#family.kind === 'bzip2' && !this.#busybox ? `Can't open input file ${path}: ${error.message}.` : `${isSought ? `${path}.gz` : path}: ${error.message}`);
    }
  }

  *#regular(given: string): Task {
    const { files } = this.#process;
    const path = this.#decompresses && !files.exists(given) && files.exists(given + this.#family.suffix) ? given + this.#family.suffix : given;
    const target = this.#decompresses ? plainName(path, this.#family) : path + (this.#options.value('S', 'suffix') ?? this.#family.suffix);
    if (this.#toStdout || this.#options.has('t', 'test')) {
      const fd = this.#process.open(path, 0);
      yield* this.stream(path, fd);
      return this.#process.close(fd);
    }
    if (this.#options.has('l', 'list')) return yield* this.#list(path);
    if (target === undefined && isXz(this.#family) && !this.#busybox) return yield* (yield* this.#recognizes(path)) ? this.#fail(`${path}: Filename has an unknown suffix, skipping`, 2) : this.#fail(`${path}: File format not recognized`);
    if (target === undefined) return yield* this.#busybox ? this.#fail(`${path}: unknown suffix - ignored`) : this.#fail(`${path}: unknown suffix -- ignored`, 2);
    if (!this.#decompresses && plainName(path, this.#family) !== undefined && !this.#options.has('f', 'force')) return yield* this.#fail(isXz(this.#family) && !this.#busybox ? `${path}: File already has \`${plainEnding(path, this.#family)}' suffix, skipping` : `${path} already has ${this.#family.suffix} suffix -- unchanged`, this.#family.kind === 'gzip' ? 0 : 2);
    if (files.exists(target) && !this.#options.has('f', 'force')) return yield* this.#exists(target);
    yield* this.#replace(path, target);
  }

  /** xz looks at what a file holds before it looks at its name. */
  *#recognizes(path: string): Task<boolean> {
    const fd = this.#process.open(path, 0);
    try {
      const source = new DecodedSource(new FileSource(this.#process, fd));
      yield* source.next();
      return this.#reads(source.kind);
    } catch (error) {
      if (error instanceof Fault) return true;
      throw error;
    } finally {
      this.#process.close(fd);
    }
  }

  *#exists(target: string): Task {
    const { kind } = this.#family;
    if (this.#busybox) yield* this.#fail(`can't open '${target}': File exists`);
    else if (kind === 'bzip2') yield* this.#fail(`Output file ${target} already exists.`);
    else if (isXz(this.#family)) yield* this.#fail(`${target}: File exists`);
    else yield* this.#fail(`${target} already exists;\tnot overwritten`, 2);
  }

  *#replace(path: string, target: string): Task {
    const { files } = this.#process;
    const fd = this.#process.open(path, 0);
    if (files.exists(target)) files.unlink(target);
    const to = this.#process.open(target, O_WRONLY | O_CREAT | O_EXCL | O_TRUNC, 0o600);
    let isWhole = false;
    try {
      yield* this.#pump(fd, (bytes) => this.#process.write(to, bytes));
      isWhole = true;
    } catch (error) {
      yield* this.#broken(path, error);
    } finally {
      this.#process.close(fd);
      this.#process.close(to);
      if (!isWhole) files.unlink(target);
    }
    if (!isWhole) return;
    const { mode, uid, gid, atimeMs, mtimeMs, sizeBytes } = files.stat(path);
    if (this.#process.credentials.uid === 0) files.chown(target, uid, gid);
    files.chmod(target, mode);
    files.utimes(target, atimeMs, mtimeMs);
    const keeps = this.#options.has('k', 'keep') || (this.#family.kind === 'zstd' && !this.#options.has('rm'));
    if (this.#options.has('v', 'verbose')) yield* this.#process.write(2, Buffer.from(`${path}:\t${ratio(this.#decompresses ? files.stat(target).sizeBytes : sizeBytes, this.#decompresses ? sizeBytes : files.stat(target).sizeBytes)} -- ${keeps ? 'created' : 'replaced with'} ${target}\n`));
    if (!keeps) files.unlink(path);
  }

  *#list(path: string): Task {
    const { sizeBytes } = this.#process.files.stat(path);
    let plainBytes = 0;
    const fd = this.#process.open(path, 0);
    try {
      yield* this.#pump(fd, function* count(bytes): Task {
        plainBytes += bytes.length;
      });
    } catch (error) {
      return yield* this.#broken(path, error);
    } finally {
      this.#process.close(fd);
    }
    if (!this.#listed) this.#output.print('         compressed        uncompressed  ratio uncompressed_name\n');
    this.#listed = true;
    this.#output.print(`${String(sizeBytes).padStart(19)} ${String(plainBytes).padStart(19)} ${ratio(plainBytes, sizeBytes)} ${plainName(path, this.#family) ?? path}\n`);
  }
  #listed = false;
}

// oxlint-disable-next-line require-yield
function* discard(): Task {
  return;
}

/** As gzip counts it: its header of 18 bytes is not the data's fault. */
function ratio(plainBytes: number, packedBytes: number): string {
  const value = plainBytes === 0 ? 0 : (100 * (plainBytes - (packedBytes - 18))) / plainBytes;
  return `${value.toFixed(1).padStart(5)}%`;
}

function compressor(kind: Coding, preset: { decompress?: boolean; stdout?: boolean } = {}): Main {
  return command(function* (process, output) {
    const argv = preset.stdout === true ? [process.argv[0]!, '-c', ...process.argv.slice(1)] : process.argv;
    const options = parseOptions(argv, SHORT, LONG);
    const version = options.has('V', 'version') ? versionOf(kind, options.has('q', 'quiet')) : undefined;
    if (version !== undefined) {
      output.print(version);
      return 0;
    }
    const family = chosenFamily(FAMILIES[kind], options);
    const decompresses = preset.decompress === true || options.has('d', 'decompress', 'uncompress', 't', 'test', 'l', 'list');
    const work = new Work(process, output, options, family, decompresses);
    if (options.operands.length === 0) yield* work.stream();
    for (const operand of options.operands) {
      if (operand === '-') yield* work.stream();
      else yield* work.file(decompresses && !process.files.exists(operand) && process.files.exists(operand + family.suffix) ? operand + family.suffix : operand);
    }
    return work.status;
  });
}

/** What scripts look at to learn which formats are there. */
function versionOf(kind: Coding, isQuiet: boolean): string | undefined {
  if (kind === 'zstd') return isQuiet ? '1.5.4\n' : '*** Zstandard CLI (64-bit) v1.5.4, by Yann Collet ***\n';
  return kind === 'gzip' ? 'gzip 1.12\n' : isXz(FAMILIES[kind]) ? 'xz (XZ Utils) 5.4.1\nliblzma 5.4.1\n' : undefined;
}

export const gzip = compressor('gzip');
export const gunzip = compressor('gzip', { decompress: true });
/** As the script of that name in gzip's package is. */
export const uncompress = gunzip;
export const zcat = compressor('gzip', { decompress: true, stdout: true });
export const bzip2 = compressor('bzip2');
export const bunzip2 = compressor('bzip2', { decompress: true });
export const bzcat = compressor('bzip2', { decompress: true, stdout: true });
export const xz = compressor('xz');
export const unxz = compressor('xz', { decompress: true });
export const xzcat = compressor('xz', { decompress: true, stdout: true });
export const lzma = compressor('lzma');
export const unlzma = compressor('lzma', { decompress: true });
export const lzcat = compressor('lzma', { decompress: true, stdout: true });
export const zstd = compressor('zstd');
export const unzstd = compressor('zstd', { decompress: true });
export const zstdcat = compressor('zstd', { decompress: true, stdout: true });
