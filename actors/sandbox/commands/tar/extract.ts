// tar x and t: an archive's members into files, to standard output, or as a list.
import type { TarEntry } from '../../../streams/tar-entry.js';
import { Errno, isErrno } from '../../kernel/errno.js';
import { O_CREAT, O_EXCL, O_TRUNC, O_WRONLY } from '../../kernel/open-file.js';
import type { Stat } from '../../kernel/inode.js';
import type { Process } from '../../kernel/process.js';
import { PREEMPT, type Task } from '../../kernel/wait.js';
import { isBusybox } from '../../programs/flavour.js';
import { complain } from '../../programs/stdio.js';
import { Accounts } from '../common/accounts.js';
import { modeString } from '../common/mode.js';
import { confinedName, removedPrefix, type Exclusions, type Selection } from './names.js';
import type { TarOptions } from './options.js';
import type { NameKind } from './transform.js';

const FILE_TYPES = { file: 'file', link: 'file', symlink: 'symlink', char: 'character', block: 'block', dir: 'directory', fifo: 'fifo' } as const;

/** Takes members one after another: `entry`, then its `data`, then `endOfMember`. */
export class Extractor {
  readonly #process: Process;
  readonly #options: TarOptions;
  readonly #exclusions: Exclusions;
  readonly #selection: Selection;
  readonly #say: (line: string) => void;
  readonly #accounts: Accounts;
  readonly #zone: (ms: number) => string;
  readonly #removed = new Set<string>();
  readonly #busybox: boolean;
  /** Attributes of folders, set when everything is in them. */
  readonly #folders: { path: string; entry: TarEntry }[] = [];
  #fd: number | undefined;
  #current: { path: string; entry: TarEntry } | undefined;
  failed = false;

  constructor(process: Process, options: TarOptions, exclusions: Exclusions, selection: Selection, say: (line: string) => void, zone: (ms: number) => string) {
    this.#process = process;
    this.#options = options;
    this.#exclusions = exclusions;
    this.#selection = selection;
    this.#say = say;
    this.#accounts = new Accounts(process.files);
    this.#zone = zone;
    this.#busybox = isBusybox(process);
  }

  *entry(entry: TarEntry): Task {
    yield PREEMPT;
    if (!this.#selection.has(entry.path) || this.#exclusions.has(entry.path)) return;
    const { flags, mode, transform } = this.#options;
    const shown = flags.has('show-transformed-names') ? { ...entry, path: this.#stripped(transform.apply(entry.path, 'r')) } : entry;
    if (shown.path === '') return;
    if (mode === 'list') return this.#say(flags.has('verbose') ? this.#line(shown) : shownPath(shown));
    if (flags.has('verbose')) this.#say(flags.has('very-verbose') ? this.#line(shown) : shownPath(shown));
    if (flags.has('to-stdout')) {
      if (entry.type === 'file') this.#fd = 1;
      return;
    }
    const name = yield* this.#target(entry.path, 'r');
    if (name === undefined) return;
    const path = this.#options.folder === '.' || name.startsWith('/') ? name : `${this.#options.folder}/${name}`;
    try {
      yield* this.#make(path, entry);
    } catch (error) {
      yield* this.#complainOf(shownPath(entry), entry.type === 'dir' ? 'mkdir' : entry.type === 'symlink' || entry.type === 'link' ? `create ${entry.type === 'link' ? 'hard' : 'symlink'} to '${entry.linkPath}'` : 'open', error);
    }
  }

  *data(bytes: Uint8Array): Task {
    if (this.#fd === undefined) return;
    try {
      yield* this.#process.write(this.#fd, new Uint8Array(bytes));
    } catch (error) {
      if (this.#fd === 1) throw error;
      yield* this.#complainOf(this.#current!.entry.path, 'write', error);
      this.#close();
    }
  }

  *endOfMember(): Task {
    const current = this.#current;
    this.#current = undefined;
    if (this.#fd === 1) this.#fd = undefined;
    this.#close();
    if (!current) return;
    try {
      this.#attributes(current.path, current.entry);
    } catch (error) {
      yield* this.#complainOf(current.entry.path, 'change attributes', error);
    }
  }

  #close(): void {
    if (this.#fd !== undefined && this.#fd !== 1) this.#process.close(this.#fd);
    this.#fd = undefined;
  }

  *end(): Task {
    for (const { path, entry } of this.#folders.reverse()) {
      try {
        this.#attributes(path, entry);
      } catch (error) {
        yield* this.#complainOf(entry.path, 'change attributes', error);
      }
    }
    for (const name of this.#selection.missing) {
      this.failed = true;
      yield* complain(this.#process, `${name}: Not found in archive`);
    }
  }

  /** A name without as many of its folders as --strip-components says. */
  #stripped(path: string): string {
    const { strip } = this.#options;
    if (strip === 0) return path;
    const parts = path.replace(/^\/+/, '').split('/');
    return parts.filter((part, index) => part !== '' || index === parts.length - 1).slice(strip).join('/');
  }

  /** Where a member goes; undefined when it is stripped away or would lead out. */
  *#target(path: string, kind: NameKind): Task<string | undefined> {
    const stripped = this.#stripped(this.#options.transform.apply(path, kind));
    if (stripped === '') return undefined;
    if (this.#options.flags.has('absolute-names')) return stripped;
    if (stripped.split('/').includes('..')) {
      this.failed = true;
      yield* complain(this.#process, `${path}: Member name contains '..'`);
      return undefined;
    }
    const { name, removed } = confinedName(stripped);
    if (removed !== '' && !this.#removed.has(removed)) {
      this.#removed.add(removed);
      yield* complain(this.#process, removedPrefix(this.#process, removed));
    }
    return name === '' ? undefined : name;
  }

  *#make(path: string, entry: TarEntry): Task {
    const { files } = this.#process;
    const clean = path.replace(/\/+$/, '');
    if (clean === '' || clean === '.') return;
    this.#makeParents(clean);
    if (entry.type === 'dir') {
      if (!isDirectory(this.#process, clean)) {
        if (!(yield* this.#clear(clean, entry))) return;
        files.mkdir(clean, 0o700 | entry.mode);
      } else if (this.#options.flags.has('no-overwrite-dir')) return;
      this.#folders.push({ path: clean, entry });
      return;
    }
    const linkTarget = entry.type === 'link' ? yield* this.#target(entry.linkPath, 'h') : undefined;
    const linked = linkTarget === undefined || this.#options.folder === '.' || linkTarget.startsWith('/') ? linkTarget : `${this.#options.folder}/${linkTarget}`;
    // A file that was archived twice is a link to itself, or to what its other name already is.
    if (linked !== undefined && sameFile(this.#process, linked, clean)) return;
    if (entry.type === 'file' && this.#options.flags.has('overwrite') && look(this.#process, clean)?.type === 'file') {
      this.#fd = this.#process.open(clean, O_WRONLY | O_TRUNC);
      this.#current = { path: clean, entry };
      return;
    }
    if (!(yield* this.#clear(clean, entry))) return;
    switch (entry.type) {
      case 'file':
        this.#fd = this.#process.open(clean, O_WRONLY | O_CREAT | O_EXCL, 0o600);
        break;
      case 'link':
        if (linked !== undefined) files.link(linked, clean);
        return;
      case 'symlink':
        files.symlink(this.#options.transform.apply(entry.linkPath, 's'), clean);
        break;
      default:
        files.mknod(clean, entry.type === 'fifo' ? 'fifo' : entry.type === 'char' ? 'character' : 'block', entry.mode, entry.devMajor, entry.devMinor);
    }
    this.#current = { path: clean, entry };
  }

  /** Makes place; false when what is there is to stay. */
  *#clear(path: string, entry: TarEntry): Task<boolean> {
    const { files } = this.#process;
    const { flags } = this.#options;
    try {
      const { type } = files.lstat(path);
      if (flags.has('skip-old-files')) return false;
      if (flags.has('keep-old-files')) {
        this.failed = true;
        yield* complain(this.#process, `${shownPath(entry)}: Cannot open: File exists`);
        return false;
      }
      if (type === 'directory') files.rmdir(path);
      else files.unlink(path);
    } catch (error) {
      if (!isErrno(error, 'ENOENT')) throw error;
    }
    return true;
  }

  #makeParents(path: string): void {
    for (let at = path.indexOf('/', 1); at > 0; at = path.indexOf('/', at + 1)) {
      const folder = path.slice(0, at);
      if (!this.#process.files.exists(folder)) this.#process.files.mkdir(folder, 0o777);
    }
  }

  #attributes(path: string, entry: TarEntry): void {
    const { files, credentials, umask } = this.#process;
    const { flags } = this.#options;
    const isRoot = credentials.uid === 0;
    if (isRoot && !flags.has('no-same-owner')) {
      const numeric = flags.has('numeric-owner');
      const uid = (numeric || entry.uname === '' ? undefined : this.#accounts.users.find(({ name }) => name === entry.uname)?.uid) ?? entry.uid;
      const gid = (numeric || entry.gname === '' ? undefined : this.#accounts.groups.find(({ name }) => name === entry.gname)?.gid) ?? entry.gid;
      files.chown(path, uid, gid, false);
    }
    const keepsMode = flags.has('preserve-permissions') || flags.has('same-permissions') || (isRoot && !flags.has('no-same-permissions'));
    if (entry.type !== 'symlink') files.chmod(path, keepsMode ? entry.mode : entry.mode & 0o777 & ~umask);
    if (!flags.has('touch')) {
      const mtimeMs = Number(entry.mtimeNs / 1000n) / 1000;
      files.utimes(path, Date.now(), mtimeMs, false);
    }
  }

  /** `-rw-r--r-- root/root      1234 2024-01-31 12:00 name`; busybox shows seconds, and links as their files. */
  #line(entry: TarEntry): string {
    const numeric = this.#options.flags.has('numeric-owner');
    const owner = `${numeric || entry.uname === '' ? entry.uid : entry.uname}/${numeric || entry.gname === '' ? entry.gid : entry.gname}`;
    const size = entry.type === 'char' || entry.type === 'block' ? `${entry.devMajor},${entry.devMinor}` : String(entry.sizeBytes);
    const mode = modeString(FILE_TYPES[entry.type], entry.mode);
    if (this.#busybox) return `${mode} ${owner} ${size.padStart(9)} ${this.#zone(Number(entry.mtimeNs / 1_000_000n))} ${shownPath(entry)}${entry.linkPath === '' ? '' : ` -> ${entry.linkPath}`}`;
    const arrow = entry.type === 'symlink' ? ` -> ${entry.linkPath}` : entry.type === 'link' ? ` link to ${entry.linkPath}` : '';
    return `${entry.type === 'link' ? 'h' : mode[0]!}${mode.slice(1)} ${owner} ${size.padStart(Math.max(0, 18 - owner.length - 1 + 1))} ${this.#zone(Number(entry.mtimeNs / 1_000_000n))} ${shownPath(entry)}${arrow}`;
  }

  *#complainOf(shown: string, what: string, error: unknown): Task {
    if (!(error instanceof Errno)) throw error;
    this.failed = true;
    yield* complain(this.#process, `${shown}: Cannot ${what}: ${error.message}`);
  }
}

function isDirectory(process: Process, path: string): boolean {
  try {
    return process.files.stat(path).type === 'directory';
  } catch (error) {
    if (error instanceof Errno) return false;
    throw error;
  }
}

/** What is at a path, symlinks themselves; undefined where nothing is. */
function look(process: Process, path: string): Stat | undefined {
  try {
    return process.files.lstat(path);
  } catch (error) {
    if (error instanceof Errno) return undefined;
    throw error;
  }
}

function sameFile(process: Process, one: string, other: string): boolean {
  const [a, b] = [look(process, one), look(process, other)];
  return a !== undefined && b !== undefined && a.ino === b.ino && a.device === b.device;
}

function shownPath({ path, type }: TarEntry): string {
  return type === 'dir' && !path.endsWith('/') ? `${path}/` : path;
}
