// tar -d: how the files here differ from an archive's members (https://www.gnu.org/software/tar/manual/html_node/compare.html).
import type { TarEntry } from '../../../streams/tar-entry.js';
import { Errno } from '../../kernel/errno.js';
import type { Stat } from '../../kernel/inode.js';
import { O_RDONLY } from '../../kernel/open-file.js';
import type { Process } from '../../kernel/process.js';
import { PREEMPT, type Task } from '../../kernel/wait.js';
import { complain } from '../../programs/stdio.js';
import type { Exclusions, Selection } from './names.js';
import type { TarOptions } from './options.js';

const FILE_TYPES = { file: 'file', link: 'file', symlink: 'symlink', char: 'character', block: 'block', dir: 'directory', fifo: 'fifo' } as const;

/** Takes members one after another: `entry`, then its `data`, then `endOfMember`. */
export class Comparer {
  readonly #process: Process;
  readonly #options: TarOptions;
  readonly #exclusions: Exclusions;
  readonly #selection: Selection;
  readonly #say: (line: string) => void;
  #fd: number | undefined;
  #name = '';
  #isSame = true;
  failed = false;
  differs = false;

  constructor(process: Process, options: TarOptions, exclusions: Exclusions, selection: Selection, say: (line: string) => void) {
    this.#process = process;
    this.#options = options;
    this.#exclusions = exclusions;
    this.#selection = selection;
    this.#say = say;
  }

  *entry(entry: TarEntry): Task {
    yield PREEMPT;
    if (!this.#selection.has(entry.path) || this.#exclusions.has(entry.path)) return;
    if (this.#options.flags.has('verbose')) this.#say(entry.path);
    this.#name = entry.path.replace(/(.)\/+$/, '$1');
    const name = entry.path.replace(/^\/+/, '').replace(/\/+$/, '');
    const { folder } = this.#options;
    const path = folder === '.' ? name : `${folder}/${name}`;
    try {
      this.#compare(path, entry, this.#options.flags.has('dereference') ? this.#process.files.stat(path) : this.#process.files.lstat(path));
    } catch (error) {
      if (!(error instanceof Errno)) throw error;
      this.differs = true;
      const isMissing = error.code === 'ENOENT';
      if (!isMissing) this.failed = true;
      yield* complain(this.#process, `${this.#name}: ${isMissing ? 'Warning: ' : ''}Cannot ${entry.type === 'symlink' ? 'readlink' : 'stat'}: ${error.message}`);
    }
  }

  #differ(how: string): void {
    this.differs = true;
    this.#say(`${this.#name}: ${how}`);
  }

  #compare(path: string, entry: TarEntry, stat: Stat): void {
    const { files } = this.#process;
    if (entry.type === 'link') {
      const other = files.lstat(this.#options.folder === '.' ? entry.linkPath : `${this.#options.folder}/${entry.linkPath}`);
      if (stat.ino !== other.ino || stat.device !== other.device) this.#differ(`Not linked to ${entry.linkPath}`);
      return;
    }
    if (stat.type !== FILE_TYPES[entry.type]) return this.#differ('File type differs');
    if (entry.type === 'symlink') {
      if (files.readlink(path) !== entry.linkPath) this.#differ('Symlink differs');
      return;
    }
    if ((stat.mode & 0o7777) !== (entry.mode & 0o7777)) this.#differ('Mode differs');
    if (entry.type === 'char' || entry.type === 'block') {
      if (stat.rdevMajor !== entry.devMajor || stat.rdevMinor !== entry.devMinor) this.#differ('Device number differs');
      return;
    }
    if (entry.type !== 'file') return;
    if (stat.uid !== entry.uid) this.#differ('Uid differs');
    if (stat.gid !== entry.gid) this.#differ('Gid differs');
    if (Math.floor(stat.mtimeMs / 1000) !== Number(entry.mtimeNs / 1_000_000_000n)) this.#differ('Mod time differs');
    if (stat.sizeBytes !== entry.sizeBytes) return this.#differ('Size differs');
    this.#isSame = true;
    this.#fd = this.#process.open(path, O_RDONLY);
  }

  *data(bytes: Uint8Array): Task {
    for (let at = 0; at < bytes.length && this.#fd !== undefined && this.#isSame; ) {
      const chunk = yield* this.#process.read(this.#fd, bytes.length - at);
      this.#isSame = chunk.length > 0 && Buffer.compare(chunk, bytes.subarray(at, at + chunk.length)) === 0;
      at += chunk.length;
    }
  }

  // oxlint-disable-next-line require-yield -- of one shape with the extractor
  *endOfMember(): Task {
    if (this.#fd === undefined) return;
    this.#process.close(this.#fd);
    this.#fd = undefined;
    if (!this.#isSame) this.#differ('Contents differ');
  }

  *end(): Task {
    for (const name of this.#selection.missing) {
      this.failed = true;
      yield* complain(this.#process, `${name}: Not found in archive`);
    }
  }
}
