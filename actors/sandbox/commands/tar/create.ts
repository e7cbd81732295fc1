// tar c: files and folders into an archive.
import { paddingBytes, TAR_BLOCK_BYTES, tarEntry, type TarEntry, type TarType } from '../../../streams/tar-entry.js';
import { TAR_END, tarHeader, tarPadding } from '../../../streams/tar-writer.js';
import { Errno } from '../../kernel/errno.js';
import type { FileType, Stat } from '../../kernel/inode.js';
import type { Process } from '../../kernel/process.js';
import { PREEMPT, type Task } from '../../kernel/wait.js';
import { complain, UsageError } from '../../programs/stdio.js';
import { Accounts } from '../common/accounts.js';
import { parseMode } from '../common/mode.js';
import { parseDate } from '../common/dates/parse.js';
import { zoneOf } from '../common/dates/zone.js';
import type { Contents } from './append.js';
import { confinedName, type Exclusions, removedPrefix } from './names.js';
import type { Member, TarOptions } from './options.js';

const TYPES: Readonly<Record<FileType, TarType | undefined>> = { file: 'file', directory: 'dir', symlink: 'symlink', fifo: 'fifo', character: 'char', block: 'block', socket: undefined };
const CHUNK_BYTES = 1 << 16;
/** GNU tar fills archives up to whole records of this size. */
const RECORD_BYTES = 20 * TAR_BLOCK_BYTES;

export class Creator {
  readonly #process: Process;
  readonly #options: TarOptions;
  readonly #exclusions: Exclusions;
  readonly #write: (bytes: Uint8Array) => Task;
  readonly #say: (line: string) => void;
  readonly #accounts: Accounts;
  readonly #links = new Map<string, string>();
  readonly #removed = new Set<string>();
  /** The archive itself, which must not swallow itself: device and inode. */
  readonly #self: string | undefined;
  /** What the archive holds already, where only what is newer is wanted. */
  readonly #known: Contents['changedAtS'];
  #written = 0;
  failed = false;

  constructor(process: Process, options: TarOptions, exclusions: Exclusions, write: (bytes: Uint8Array) => Task, say: (line: string) => void, self: Stat | undefined, before?: Contents) {
    this.#process = process;
    this.#options = options;
    this.#exclusions = exclusions;
    this.#write = write;
    this.#say = say;
    this.#accounts = new Accounts(process.files);
    this.#known = options.mode === 'update' && before ? before.changedAtS : new Map();
    this.#written = before?.endBytes ?? 0;
    this.#self = self && `${self.device}:${self.ino}`;
  }

  *add({ folder, name }: Member): Task {
    yield* this.#one(folder === '.' || name.startsWith('/') ? name : `${folder}/${name}`, name);
  }

  *end(): Task {
    yield* this.put(TAR_END);
    const over = this.#written % RECORD_BYTES;
    if (over > 0) yield* this.put(new Uint8Array(RECORD_BYTES - over));
  }

  /** Bytes as they are, members of another archive among them. */
  *put(bytes: Uint8Array): Task {
    this.#written += bytes.length;
    yield* this.#write(bytes);
  }

  *#one(path: string, shown: string): Task {
    const { files } = this.#process;
    if (this.#exclusions.has(shown)) return;
    let stat: Stat;
    try {
      stat = this.#options.flags.has('dereference') ? files.stat(path) : files.lstat(path);
    } catch (error) {
      return yield* this.#complainOf(shown, 'stat', error);
    }
    if (`${stat.device}:${stat.ino}` === this.#self) return yield* complain(this.#process, `${shown}: file is the archive; not dumped`);
    const type = TYPES[stat.type];
    if (type === undefined) return yield* complain(this.#process, `${shown}: socket ignored`);
    const name = yield* this.#memberName(shown);
    try {
      if (name !== '' && !this.#isKnown(name, stat)) yield* this.#member(path, shown, name, type, stat);
    } catch (error) {
      yield* this.#complainOf(shown, stat.type === 'directory' ? 'stat' : 'open', error);
    }
    if (stat.type !== 'directory' || this.#options.flags.has('no-recursion')) return;
    yield PREEMPT;
    try {
      const names = files.readdir(path).map((entry) => entry.name).filter((each) => each !== '.' && each !== '..');
      for (const each of names.sort()) yield* this.#one(`${path}/${each}`, `${shown.replace(/\/+$/, '')}/${each}`);
    } catch (error) {
      yield* this.#complainOf(shown, 'open', error);
    }
  }

  /** Folders that are there already are not taken again, only what is new in them. */
  #isKnown(name: string, stat: Stat): boolean {
    const changedAtS = this.#known.get(name.replace(/\/+$/, ''));
    return changedAtS !== undefined && (stat.type === 'directory' || Math.floor(stat.mtimeMs / 1000) <= changedAtS);
  }

  *#memberName(shown: string): Task<string> {
    if (this.#options.flags.has('absolute-names')) return shown;
    const { name, removed } = confinedName(shown);
    if (removed !== '' && !this.#removed.has(removed)) {
      this.#removed.add(removed);
      yield* complain(this.#process, removedPrefix(this.#process, removed));
    }
    return name;
  }

  *#member(path: string, shown: string, stored: string, type: TarType, stat: Stat): Task {
    const { flags, transform } = this.#options;
    const name = transform.apply(stored, 'r');
    const isDirectory = type === 'dir';
    const key = `${stat.device}:${stat.ino}`;
    const linked = !isDirectory && stat.nlink > 1 && !flags.has('hard-dereference') ? this.#links.get(key) : undefined;
    if (!isDirectory && stat.nlink > 1) this.#links.set(key, linked ?? transform.apply(stored, 'h'));
    const actual = linked === undefined ? type : 'link';
    // Opened before the header is written: a file that cannot be read is left out whole.
    const fd = actual === 'file' ? this.#process.open(path, 0) : undefined;
    try {
      const target = linked ?? (type === 'symlink' ? transform.apply(this.#process.files.readlink(path), 's') : '');
      const entry = this.#entry(asMember(name, isDirectory), actual, stat, target);
      if (flags.has('verbose')) this.#say(flags.has('show-transformed-names') ? entry.path : asMember(shown, isDirectory));
      yield* this.put(tarHeader(entry));
      if (fd !== undefined) yield* this.#body(fd, name, entry.sizeBytes);
    } finally {
      if (fd !== undefined) this.#process.close(fd);
    }
  }

  #entry(path: string, type: TarType, stat: Stat, linkPath: string): TarEntry {
    const { owner, group, mtime, permissions } = this.#options;
    const accounts = this.#accounts;
    const [ownerName, ownerId] = (owner ?? '').split(':');
    const [groupName, groupId] = (group ?? '').split(':');
    const uid = owner === undefined ? stat.uid : ownerId !== undefined ? Number(ownerId) : accounts.uid(ownerName!) ?? this.#unknown('owner', owner);
    const gid = group === undefined ? stat.gid : groupId !== undefined ? Number(groupId) : accounts.gid(groupName!) ?? this.#unknown('group', group);
    const mtimeMs = mtime === undefined ? stat.mtimeMs : this.#moment(mtime);
    const change = permissions === undefined ? undefined : parseMode(permissions);
    if (permissions !== undefined && change === undefined) throw new UsageError(`Invalid mode given on option`, 2);
    const numeric = this.#options.flags.has('numeric-owner');
    return tarEntry(path, {
      type, uid, gid, linkPath, mode: change ? change(stat.mode, type === 'dir', 0) : stat.mode, sizeBytes: type === 'file' ? stat.sizeBytes : 0, mtimeNs: BigInt(Math.floor(mtimeMs / 1000)) * 1_000_000_000n,
      uname: numeric ? '' : accounts.userName(uid) ?? '', gname: numeric ? '' : accounts.groupName(gid) ?? '', devMajor: stat.rdevMajor, devMinor: stat.rdevMinor,
    });
  }

  #unknown(what: string, text: string): never {
    throw new UsageError(`${text}: Invalid ${what}`, 2);
  }

  #moment(text: string): number {
    if (/^[./]/.test(text)) return this.#process.files.stat(text).mtimeMs;
    const found = parseDate(text, Date.now(), zoneOf(this.#process));
    if (found === undefined) throw new UsageError(`Invalid time stamp '${text}'`, 2);
    return found;
  }

  /** Exactly as many bytes as the header says: a file that shrinks meanwhile is filled up with zeros. */
  *#body(fd: number, name: string, sizeBytes: number): Task {
    let left = sizeBytes;
    while (left > 0) {
      const chunk = yield* this.#process.read(fd, Math.min(left, CHUNK_BYTES));
      if (chunk.length === 0) {
        yield* complain(this.#process, `${name}: File shrank by ${left} bytes; padding with zeros`);
        this.failed = true;
        yield* this.put(new Uint8Array(left));
        break;
      }
      left -= chunk.length;
      yield* this.put(chunk);
      yield PREEMPT;
    }
    if (paddingBytes(sizeBytes) > 0) yield* this.put(tarPadding(sizeBytes));
  }

  *#complainOf(shown: string, what: string, error: unknown): Task {
    if (!(error instanceof Errno)) throw error;
    this.failed = true;
    yield* complain(this.#process, `${shown}: Cannot ${what}: ${error.message}`);
  }
}

function asMember(name: string, isDirectory: boolean): string {
  return isDirectory && !name.endsWith('/') ? `${name}/` : name;
}
