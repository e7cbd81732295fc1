// /etc/passwd, /etc/group and their shadows as lines to be changed; each is written anew beside the old one, which it then replaces.
import { Errno } from '../../kernel/errno.js';
import type { Process } from '../../kernel/process.js';
import { decode, encode } from '../../programs/stdio.js';

const MODES: Readonly<Record<string, number>> = { passwd: 0o644, group: 0o644, shadow: 0o640, gshadow: 0o640 };

export type AccountFile = 'passwd' | 'group' | 'shadow' | 'gshadow';

export class AccountFiles {
  readonly #process: Process;
  readonly #lines = new Map<AccountFile, string[][]>();
  readonly #changed = new Set<AccountFile>();

  constructor(process: Process) {
    this.#process = process;
  }

  /** The records of a file as fields; shared, to be changed in place and then `change`d. */
  records(file: AccountFile): string[][] {
    let records = this.#lines.get(file);
    if (!records) {
      const path = `/etc/${file}`;
      const text = this.#process.files.exists(path) ? decode(this.#process.files.readFile(path)) : '';
      records = text.split('\n').filter((line) => line !== '').map((line) => line.split(':'));
      this.#lines.set(file, records);
    }
    return records;
  }

  find(file: AccountFile, name: string): string[] | undefined {
    return this.records(file).find(([each]) => each === name);
  }

  add(file: AccountFile, fields: string[]): void {
    if (this.#isKept(file)) this.records(file).push(fields);
    this.#changed.add(file);
  }

  remove(file: AccountFile, name: string): void {
    const records = this.records(file);
    const at = records.findIndex(([each]) => each === name);
    if (at >= 0) records.splice(at, 1);
    this.#changed.add(file);
  }

  change(...files: AccountFile[]): void {
    for (const file of files) this.#changed.add(file);
  }

  /** Whether there is a user or group of that name or, in the third field, number. */
  byNameOrId(file: 'passwd' | 'group', given: string): string[] | undefined {
    return this.find(file, given) ?? this.records(file).find((fields) => fields[2] === given);
  }

  /** The lowest free number from `least`, above what is there already in that range. */
  freeId(file: 'passwd' | 'group', isSystem: boolean): number {
    const [least, most] = isSystem ? [100, 999] : [1000, 60000];
    const taken = new Set(this.records(file).map((fields) => Number(fields[2])));
    if (isSystem) {
      for (let id = most; id >= least; id--) if (!taken.has(id)) return id;
    } else {
      const highest = Math.max(least - 1, ...[...taken].filter((id) => id >= least && id <= most));
      for (let id = highest + 1; id <= most; id++) if (!taken.has(id)) return id;
      for (let id = least; id <= most; id++) if (!taken.has(id)) return id;
    }
    throw new Errno('EAGAIN');
  }

  /** A shadow file that a small image does not have is not made. */
  #isKept(file: AccountFile): boolean {
    return (file !== 'shadow' && file !== 'gshadow') || this.#process.files.exists(`/etc/${file}`);
  }

  save(): void {
    const { files } = this.#process;
    for (const file of this.#changed) {
      if (!this.#isKept(file)) continue;
      const path = `/etc/${file}`;
      const old = files.exists(path) ? files.stat(path) : undefined;
      files.writeFile(`${path}+`, encode(this.records(file).map((fields) => `${fields.join(':')}\n`).join('')), { mode: 0o600 });
      files.chmod(`${path}+`, old?.mode ?? MODES[file]!);
      if (old) files.chown(`${path}+`, old.uid, old.gid);
      files.rename(`${path}+`, path);
    }
  }
}

/** Days since the epoch, for the shadow file. */
export function today(nowMs: number): string {
  return String(Math.floor(nowMs / 86_400_000));
}

const NAME = /^[a-z_][a-z0-9_-]*\$?$/i;

export function isAccountName(name: string): boolean {
  return NAME.test(name) && name.length <= 32;
}
