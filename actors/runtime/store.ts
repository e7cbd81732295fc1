// The durable store: LevelDB with group commit; at most one batch is in flight and all that queues meanwhile forms the next.
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { Level } from 'level';
import { Fault } from './fault.js';

export type Op = { type: 'put'; key: string; value: string } | { type: 'del'; key: string };

/** `power`: fsync before a commit resolves. `process`: survives SIGKILL only (the page cache keeps it); for test suites. */
export type Durability = 'power' | 'process';

interface Group {
  ops: Op[];
  promise: Promise<void>;
  resolve: () => void;
  reject: (error: unknown) => void;
}

/** One LevelDB folder. Only one process can hold it open; LevelDB's own lock refuses the second. */
export class Store {
  /** Batches written so far: commits divided by this is the size of a group. */
  batches = 0;
  readonly #db: Level<string, string>;
  readonly #writeOptions: { sync: boolean };
  #next: Group | undefined;
  #broken: unknown;
  #busy = false;

  /** Use {@link Store.open}; the constructor is public for subclasses that inject faults. */
  constructor(db: Level<string, string>, durability: Durability = 'power') {
    this.#db = db;
    this.#writeOptions = { sync: durability === 'power' };
  }

  /**
   * Opens (or creates, unless `createIfMissing` is false) the folder. LevelDB repairs a log torn by a crash by cutting it
   * at the last whole batch. Throws Fault `not-found` when there is nothing to open, `conflict` when a live process holds it.
   */
  static async open(path: string, options: { durability?: Durability; createIfMissing?: boolean } = {}): Promise<Store> {
    const db = await Store.database(path, options.createIfMissing ?? true);
    return new Store(db, options.durability);
  }

  /** Opens the bare database, for subclasses. */
  protected static async database(path: string, createIfMissing = true): Promise<Level<string, string>> {
    // LevelDB makes the folder even where it must not make a database, so a missing one is found before it is asked.
    if (!createIfMissing && !existsSync(join(path, 'CURRENT'))) throw new Fault('not-found', `no store at ${path}`, { path });
    const db = new Level<string, string>(path, { keyEncoding: 'utf8', valueEncoding: 'utf8' });
    try {
      await db.open();
    } catch (error) {
      const { code } = ((error as Error).cause ?? {}) as { code?: string };
      if (code === 'LEVEL_LOCKED') throw new Fault('conflict', `another process holds the store at ${path}`, { path }, { cause: error });
      throw error;
    }
    return db;
  }

  /**
   * Resolves once `ops` are durable, all or none. Commits become durable in call order, and their promises settle in
   * that order. After one rejection every later commit rejects too: nothing may be built on a hole.
   */
  commit(ops: readonly Op[]): Promise<void> {
    if (this.#broken !== undefined) return Promise.reject(this.#broken);
    const group = (this.#next ??= open());
    for (const op of ops) group.ops.push(op);
    if (!this.#busy) {
      this.#busy = true;
      queueMicrotask(() => void this.#flush());
    }
    return group.promise;
  }

  async #flush(): Promise<void> {
    for (let group = this.#next; group; group = this.#next) {
      this.#next = undefined;
      try {
        if (this.#broken !== undefined) throw this.#broken;
        if (group.ops.length > 0) {
          this.batches++;
          await this.write(group.ops);
        }
        group.resolve();
      } catch (error) {
        this.#broken ??= error;
        group.reject(error);
      }
    }
    this.#busy = false;
  }

  /** Writes one atomic batch. The seam where tests stop the world between two lines. */
  protected async write(ops: Op[]): Promise<void> {
    // A chained batch is as atomic as an array and three times as cheap: it copies no operation.
    const batch = this.#db.batch();
    for (const op of ops) {
      if (op.type === 'put') batch.put(op.key, op.value);
      else batch.del(op.key);
    }
    await batch.write(this.#writeOptions);
  }

  async get(key: string): Promise<string | undefined> {
    return this.#db.get(key);
  }

  /** The same read without a turn of the event loop: about 10 µs from memory, one disk read at worst. */
  getSync(key: string): string | undefined {
    return this.#db.getSync(key);
  }

  /** Every record whose key starts with `prefix`, in key order, as of the moment of the call. */
  entries(prefix: string): AsyncIterable<[string, string]> {
    return this.range(prefix, prefix + '\uffff');
  }

  /** Records with `from` <= key < `to`, in key order, or backwards; at most `limit`. */
  range(from: string, to: string, options: { reverse?: boolean; limit?: number } = {}): AsyncIterable<[string, string]> {
    return this.#db.iterator({ gte: from, lt: to, reverse: options.reverse ?? false, limit: options.limit ?? -1 });
  }

  /** How many records start with `prefix`; reads keys only. */
  async count(prefix: string): Promise<number> {
    let count = 0;
    const keys = this.#db.keys({ gte: prefix, lt: prefix + '\uffff' });
    for (let some = await keys.nextv(10_000); some.length > 0; some = await keys.nextv(10_000)) count += some.length;
    await keys.close();
    return count;
  }

  async close(): Promise<void> {
    await this.#db.close();
  }
}

function open(): Group {
  let resolve!: () => void;
  let reject!: (error: unknown) => void;
  const promise = new Promise<void>((yes, no) => {
    resolve = yes;
    reject = no;
  });
  return { ops: [], promise, resolve, reject };
}
