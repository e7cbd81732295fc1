// Owners, modes and kinds that the host cannot store for us (the server is not root), kept beside a mounted directory, never in it.
import fs from 'node:fs';
import type { FileType } from '../kernel/inode.js';

export interface Override {
  uid?: number;
  gid?: number;
  mode?: number;
  type?: FileType;
}

/** What a file is known by: numbers are used again on the host, but not with the same time of birth. */
export function overrideKey(stat: fs.Stats): string {
  return `${stat.ino}:${stat.birthtimeMs}`;
}

/**
 * Lines of JSON `["key", override or null]`, each appended by one write, so that workers of several containers share the file: each
 * looks at its size before it answers. A line begins with a newline of its own, so that one torn by a crash spoils only itself.
 */
export class HostOwnership {
  readonly #path: string;
  readonly #overrides = new Map<string, Override>();
  #readBytes = 0;

  /** The file is made when first needed. */
  constructor(file: string) {
    this.#path = file;
  }

  #refresh(): void {
    const size = fs.statSync(this.#path, { throwIfNoEntry: false })?.size ?? 0;
    if (size === this.#readBytes) return;
    const fd = fs.openSync(this.#path, 'r');
    try {
      const bytes = Buffer.alloc(size - this.#readBytes);
      const count = fs.readSync(fd, bytes, 0, bytes.length, this.#readBytes);
      this.#readBytes += count;
      for (const line of bytes.toString('utf8', 0, count).split('\n')) this.#take(line);
    } finally {
      fs.closeSync(fd);
    }
  }

  #take(line: string): void {
    if (!line.endsWith(']')) return;
    let record: [string, Override | null];
    try {
      record = JSON.parse(line) as [string, Override | null];
    } catch {
      // Torn by a crash before anybody was told that it is there.
      return;
    }
    if (record[1] === null) this.#overrides.delete(record[0]);
    else this.#overrides.set(record[0], record[1]);
  }

  get(stat: fs.Stats): Override | undefined {
    this.#refresh();
    return this.#overrides.size === 0 ? undefined : this.#overrides.get(overrideKey(stat));
  }

  /** Adds to what is overridden already. */
  set(stat: fs.Stats, override: Override): void {
    const merged = { ...this.get(stat), ...override };
    this.#append(overrideKey(stat), merged);
  }

  /** The file is gone. */
  forget(stat: fs.Stats): void {
    if (this.get(stat)) this.#append(overrideKey(stat), null);
  }

  #append(key: string, override: Override | null): void {
    fs.appendFileSync(this.#path, `\n${JSON.stringify([key, override])}`, { mode: 0o600 });
    this.#refresh();
  }
}
