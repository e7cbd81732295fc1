// Announcements: what the Docker event stream is made of, written in the same batch as the transition that caused them.
import type { Op, Store } from './store.js';

export interface Announcement {
  type: string;
  action: string;
  id: string;
  attributes: Record<string, string>;
}

/** `timeNs`: nanoseconds since the epoch as decimal text (it does not fit a number), unique and rising. `seq` rises by one. */
export interface StoredAnnouncement extends Announcement {
  seq: number;
  timeNs: string;
}

const PREFIX = 'e!';
const RECENT = 1024;
const PAGE = 256;
const keyOf = (seq: number): string => PREFIX + seq.toString(36).padStart(9, '0');

/** The ring of the last `limit` announcements, with readers that each see everything exactly once. */
export class AnnouncementLog {
  readonly #store: Store;
  readonly #limit: number;
  #lastNs = 0n;
  #written = 0;
  #durable = 0;
  #oldest = 1;
  #recent: StoredAnnouncement[] = [];
  readonly #listeners = new Set<(announcement: StoredAnnouncement) => void>();

  private constructor(store: Store, limit: number) {
    this.#store = store;
    this.#limit = limit;
  }

  /** Finds both ends of the ring; reads two records whatever its length. */
  static async open(store: Store, limit: number): Promise<AnnouncementLog> {
    const log = new AnnouncementLog(store, limit);
    const end = PREFIX + '\uffff';
    for await (const [, text] of store.range(PREFIX, end, { reverse: true, limit: 1 })) {
      const last = JSON.parse(text) as StoredAnnouncement;
      log.#written = log.#durable = last.seq;
      log.#lastNs = BigInt(last.timeNs);
      log.#oldest = last.seq + 1;
    }
    for await (const [, text] of store.range(PREFIX, end, { limit: 1 })) log.#oldest = (JSON.parse(text) as StoredAnnouncement).seq;
    return log;
  }

  /** Numbers and dates the announcements and adds their records, and the removal of what falls off the ring, to a batch. */
  write(announcements: readonly Announcement[], atMs: number, ops: Op[]): StoredAnnouncement[] {
    return announcements.map((announcement) => {
      const ns = BigInt(Math.round(atMs * 1000)) * 1000n;
      this.#lastNs = ns > this.#lastNs ? ns : this.#lastNs + 1n;
      const stored = { ...announcement, seq: ++this.#written, timeNs: this.#lastNs.toString() };
      ops.push({ type: 'put', key: keyOf(stored.seq), value: JSON.stringify(stored) });
      // A smaller limit than last time leaves more than one to drop; two a turn catches up without a pause.
      for (let n = 0; n < 2 && this.#written - this.#oldest >= this.#limit; n++) ops.push({ type: 'del', key: keyOf(this.#oldest++) });
      return stored;
    });
  }

  /** Tells the listeners; called in commit order once the batch is durable. */
  publish(announcements: readonly StoredAnnouncement[]): void {
    for (const announcement of announcements) {
      this.#durable = announcement.seq;
      this.#recent.push(announcement);
      for (const listener of this.#listeners) listener(announcement);
    }
    if (this.#recent.length > 2 * RECENT) this.#recent = this.#recent.slice(-RECENT);
  }

  /** Live announcements from now on, after durability, in order. Returns the way to stop. */
  subscribe(listener: (announcement: StoredAnnouncement) => void): () => void {
    this.#listeners.add(listener);
    return () => {
      this.#listeners.delete(listener);
    };
  }

  /** Stored announcements with sinceNs <= timeNs <= untilNs, as far as durable at the moment of the call. */
  async *range(sinceNs?: bigint, untilNs?: bigint): AsyncGenerator<StoredAnnouncement> {
    const last = this.#durable;
    let next = sinceNs === undefined ? this.#oldest : this.#firstSince(sinceNs);
    while (next <= last) {
      const page = await this.#page(next, last);
      for (const announcement of page) {
        if (untilNs !== undefined && BigInt(announcement.timeNs) > untilNs) return;
        yield announcement;
      }
      const tail = page.at(-1);
      if (!tail) return;
      next = tail.seq + 1;
    }
  }

  /**
   * Stored announcements since `sinceNs`, then live ones, each exactly once, until `untilNs` or the signal; without
   * `sinceNs` only those after this call. It reads by cursor, so a slow reader costs no memory; one that falls behind
   * the whole ring loses what fell off. Ends quietly when the signal aborts.
   */
  follow(sinceNs?: bigint, untilNs?: bigint, signal?: AbortSignal): AsyncIterable<StoredAnnouncement> {
    const first = sinceNs === undefined ? this.#durable + 1 : this.#firstSince(sinceNs);
    return this.#read(first, untilNs, signal);
  }

  async *#read(first: number, untilNs: bigint | undefined, signal: AbortSignal | undefined): AsyncGenerator<StoredAnnouncement> {
    let next = first;
    while (!signal?.aborted) {
      const over = untilNs !== undefined && BigInt(Math.round(Date.now())) * 1_000_000n > untilNs;
      while (next <= this.#durable) {
        const page = await this.#page(next, this.#durable);
        for (const announcement of page) {
          if (signal?.aborted || (untilNs !== undefined && BigInt(announcement.timeNs) > untilNs)) return;
          yield announcement;
        }
        next = (page.at(-1)?.seq ?? this.#durable) + 1;
      }
      if (over) return;
      await this.#more(next, untilNs, signal);
    }
  }

  /** Resolves when something at or after `seq` is durable, the deadline has passed, or the signal aborts. */
  #more(seq: number, untilNs: bigint | undefined, signal: AbortSignal | undefined): Promise<void> {
    if (this.#durable >= seq || signal?.aborted) return Promise.resolve();
    return new Promise((resolve) => {
      let timer: NodeJS.Timeout | undefined;
      const done = (): void => {
        clearTimeout(timer);
        stop();
        signal?.removeEventListener('abort', done);
        resolve();
      };
      const stop = this.subscribe(done);
      signal?.addEventListener('abort', done);
      if (untilNs !== undefined) {
        const leftMs = Number(untilNs / 1_000_000n) - Date.now() + 2;
        timer = setTimeout(done, Math.min(Math.max(0, leftMs), 0x7fffffff));
      }
    });
  }

  async #page(from: number, to: number): Promise<StoredAnnouncement[]> {
    const head = this.#recent[0];
    if (head && from >= head.seq) return this.#recent.slice(from - head.seq, from - head.seq + PAGE).filter((a) => a.seq <= to);
    const page: StoredAnnouncement[] = [];
    for await (const [, text] of this.#store.range(keyOf(from), keyOf(to + 1), { limit: PAGE })) page.push(JSON.parse(text) as StoredAnnouncement);
    return page;
  }

  /** The first sequence number whose time is not before `sinceNs`: times rise with numbers, so halving finds it in 16 reads. */
  #firstSince(sinceNs: bigint): number {
    let low = this.#oldest;
    let high = this.#durable + 1;
    while (low < high) {
      const middle = Math.floor((low + high) / 2);
      const text = this.#store.getSync(keyOf(middle));
      // A record already dropped from the ring counts as old.
      if (text === undefined || BigInt((JSON.parse(text) as StoredAnnouncement).timeNs) < sinceNs) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}
