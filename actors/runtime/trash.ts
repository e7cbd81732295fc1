// Folders whose deletion nobody waits for: renamed away at once, deleted behind, and at the next start if a crash comes first.
import { randomUUID } from 'node:crypto';
import { mkdirSync, readdirSync, renameSync } from 'node:fs';
import { readdir, rm, rmdir, unlink } from 'node:fs/promises';
import { join } from 'node:path';

const code = (error: unknown): string | undefined => (error as NodeJS.ErrnoException).code;

export class Trash {
  readonly #directory: string;
  readonly #log: (line: Record<string, unknown>) => void;
  #deleting: Promise<void> = Promise.resolve();

  /** `directory` is this trash's own; what a crash left in it is deleted now. */
  constructor(directory: string, log: (line: Record<string, unknown>) => void) {
    this.#directory = directory;
    this.#log = log;
    mkdirSync(directory, { recursive: true, mode: 0o700 });
    for (const name of readdirSync(directory)) this.#delete(join(directory, name));
  }

  /** The path is free when this resolves; a path where nothing is counts as done. Throws the file system's own error. */
  async discard(path: string): Promise<void> {
    const away = join(this.#directory, randomUUID());
    try {
      renameSync(path, away);
    } catch (error) {
      if (code(error) === 'ENOENT') return;
      // On another file system, then: deleted in place.
      if (code(error) !== 'EXDEV') throw error;
      return rm(path, { recursive: true, force: true });
    }
    this.#delete(away);
  }

  /** Resolves when everything discarded so far is deleted. */
  emptied(): Promise<void> {
    return this.#deleting;
  }

  /** One after another: deleting is in no hurry. */
  #delete(path: string): void {
    this.#deleting = this.#deleting
      .then(() => empty(path))
      // What somebody still wrote meanwhile, and whatever else is in the way.
      .catch(() => rm(path, { recursive: true, force: true }))
      .catch((error: Error) => this.#log({ level: 'warn', msg: 'left in the trash until the next start', path, reason: error.message }));
  }
}

/** With half the calls of `rm`, which asks of everything what it is: they are what the end of a container costs most. */
async function empty(folder: string): Promise<void> {
  for (const entry of await readdir(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name);
    await (entry.isDirectory() ? empty(path) : unlink(path));
  }
  await rmdir(folder);
}
