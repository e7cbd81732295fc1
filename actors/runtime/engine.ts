// The durable engine: pure step, one atomic batch, fsync; only then the reply, the feed and the effects. Starting is recovery.
import type { AnyMachineSnapshot, EventObject } from 'xstate';
import type { MachineDefinition, Registry } from '../../machines/definition.js';
import { AnnouncementLog, type Announcement } from './announcement.js';
import { outboxKey, writeStep, type Batch, type Cell, type Recording } from './batch.js';
import { wallClock } from './clock.js';
import type { EngineOptions } from './engine-options.js';
import { checkStored, durableOf, restore, snapshotKey, specKey, type Durable, type JournalEntry, type StoredActor } from './durable.js';
import { Fault } from './fault.js';
import { Feed } from './feed.js';
import { LruMap } from './lru.js';
import { Outbox, type Intent } from './outbox.js';
import { outlook, type Outlook } from './outlook.js';
import { birth, step, type Action } from './step.js';
import type { Op, Store } from './store.js';
import { Timers, type Timer } from './timers.js';
import type { Tracing } from './tracing.js';

export type { EngineOptions };

export interface Extra {
  /** Replaces the immutable record beside the snapshot, in the same batch. */
  readonly spec?: unknown;
  /** Records of the caller's own, in the same batch. */
  readonly ops?: readonly Op[];
}

export interface Outcome {
  /** False: the event means nothing in this state and nothing was written. */
  readonly handled: boolean;
  readonly snapshot: Durable;
  /** All effects of this commit are carried out and their replies durable. Never rejects. */
  readonly settled: Promise<void>;
}

interface Job {
  readonly extra: Extra;
  /** Operations written even when the machine ignores the event: the removal of an answered intent or a fired timer. */
  readonly always: Op[];
}

const SETTLED = Promise.resolve();
const SEQUENCE_KEY = 'm!seq';
const SEQUENCE_BLOCK = 4096;
const SPECS_CACHED = 4096;

export class Engine {
  readonly feed = new Feed();
  readonly announcements: Pick<AnnouncementLog, 'range' | 'follow' | 'subscribe'>;
  readonly machines: Registry;
  readonly #store: Store;
  readonly #recording: Recording;
  readonly #now: () => number;
  readonly #mailboxLimit: number;
  readonly #log: (line: Record<string, unknown>) => void;
  readonly #onCrash: (error: unknown) => void;
  readonly #tracing: Tracing | undefined;
  readonly #cells: LruMap<Cell>;
  readonly #specs = new LruMap<{ value: unknown }>(SPECS_CACHED);
  readonly #timers: Timers;
  readonly #outbox: Outbox;
  #seq: number;
  #ceiling: number;
  #state: 'open' | 'recovering' | 'running' | 'closed' = 'open';

  private constructor(options: EngineOptions, announcements: AnnouncementLog, ceiling: number) {
    const { store, machines, effects } = options;
    this.machines = machines;
    this.announcements = announcements;
    this.#store = store;
    this.#recording = { announcements, journalLength: options.journalLength ?? 64, outbox: options.outbox ?? true };
    this.#now = options.now ?? wallClock;
    this.#tracing = options.tracing;
    this.#mailboxLimit = options.mailboxLimit ?? 1024;
    this.#onCrash = options.onCrash ?? exit;
    this.#cells = new LruMap(options.liveLimit ?? 16_384, (cell) => cell.pending > 0);
    this.#timers = new Timers(this.#now, (key, timer) => this.#fire(key, timer));
    this.#log = options.log ?? ((line) => void process.stderr.write(JSON.stringify(line) + '\n'));
    this.#outbox = new Outbox({ effects, machines, log: this.#log, answer: (intent, reply) => this.#answer(intent, reply) });
    this.#seq = this.#ceiling = ceiling;
  }

  /**
   * Opens the records of earlier runs, and nothing else: subscribe and scan first, then {@link recover}.
   * Throws Fault `internal` when a stored state, version or kind is unknown to `machines`.
   */
  static async open(options: EngineOptions): Promise<Engine> {
    await checkStored(options.store, options.machines);
    const announcements = await AnnouncementLog.open(options.store, options.announcementLimit ?? 65_536);
    return new Engine(options, announcements, Number((await options.store.get(SEQUENCE_KEY)) ?? 0));
  }

  /** The only start: arms every timer and repeats every effect that was meant and not answered. Snapshots stay on disk. */
  async recover(): Promise<{ actors: number; effects: number; timers: number }> {
    if (this.#state !== 'open') throw new Fault('internal', 'the engine has started already');
    this.#state = 'recovering';
    const intents: Intent[] = [];
    for await (const [, text] of this.#store.entries('o!')) intents.push(JSON.parse(text) as Intent);
    const timers: [string, Timer][] = [];
    for await (const [key, text] of this.#store.entries('t!')) timers.push([key, JSON.parse(text) as Timer]);
    const actors = await this.#store.count('s!');
    // Both lists are complete before anything runs, so nothing that running creates is taken for an old one.
    this.#state = 'running';
    for (const [key, timer] of timers) this.#timers.arm(key, timer);
    for (const intent of intents) void this.#outbox.run(intent, true);
    return { actors, effects: intents.length, timers: timers.length };
  }

  /** Creates an actor; the machine's input is `input` plus `id`. Throws Fault `conflict` when the id is taken. */
  async spawn(kind: string, id: string, input: unknown, extra: Extra = {}): Promise<Outcome> {
    this.#mustRun();
    const definition = this.machines[kind];
    if (!definition) throw new Fault('internal', `no machine of kind ${kind}`);
    if (id === '' || id.length > 1024 || id.includes('!')) throw new Fault('invalid', `invalid id: ${id.slice(0, 64)}`);
    if (this.#find(id)) throw new Fault('conflict', `${id} already exists`, { id });
    const at = this.#now();
    const first = this.#seq + 1;
    const event = { type: 'xstate.init', input: { ...(input as object), id, at } };
    const [head, actions] = birth(definition.machine, event.input);
    const cell: Cell = { id, kind, definition, birth: first, head, seq: first, timers: {}, durable: undefined, pending: 0, gone: false };
    this.#cells.set(id, cell);
    const commit = (): Promise<Outcome> => this.#commit(cell, undefined, event, at, actions, { extra, always: [] });
    return this.#traced('born', cell, commit);
  }

  /**
   * Applies one event; resolves when its result is durable. Events of one actor are applied strictly in call order.
   * Throws Fault `not-found` for an unknown id, `unavailable` when the mailbox is full.
   */
  async send(id: string, event: EventObject, extra: Extra = {}): Promise<Outcome> {
    this.#mustRun();
    const cell = this.#find(id);
    if (!cell) throw new Fault('not-found', `no such actor: ${id}`, { id });
    if (cell.pending >= this.#mailboxLimit) throw new Fault('unavailable', `${cell.kind} ${id} is too busy`, { id });
    const apply = (): Promise<Outcome> => this.#apply(cell, event, { extra, always: [] });
    return this.#traced(event.type, cell, apply);
  }

  /** The last durable snapshot. */
  async read(id: string): Promise<Durable | undefined> {
    const cell = this.#cells.get(id);
    if (cell) return cell.durable;
    const stored = this.#stored(id);
    return stored && durableOf(stored, id);
  }

  /** The immutable record beside the snapshot. Callers must not change the object: it is shared. */
  async spec<T>(id: string): Promise<T | undefined> {
    const cached = this.#specs.get(id);
    if (cached) return cached.value as T;
    const text = this.#store.getSync(specKey(id));
    if (text === undefined) return undefined;
    const value: unknown = JSON.parse(text);
    this.#specs.set(id, { value });
    return value as T;
  }

  /** All durable actors of a kind, by id: a scan of every snapshot, for building indexes at start. */
  async *actors(kind: string): AsyncGenerator<Durable> {
    const start = `{"kind":${JSON.stringify(kind)},`;
    for await (const [key, text] of this.#store.entries('s!')) {
      if (text.startsWith(start)) yield durableOf(JSON.parse(text) as StoredActor, key.slice(2));
    }
  }

  /** The last events of an actor, oldest first. */
  async journal(id: string): Promise<JournalEntry[]> {
    const entries: JournalEntry[] = [];
    for await (const [, text] of this.#store.entries(`j!${id}!`)) entries.push(JSON.parse(text) as JournalEntry);
    return entries;
  }

  /** When an actor last changed, in ms since the epoch; 0 without a journal. */
  async lastChange(id: string): Promise<number> {
    for await (const [, text] of this.#store.range(`j!${id}!`, `j!${id}!\uffff`, { reverse: true, limit: 1 })) return (JSON.parse(text) as JournalEntry).at;
    return 0;
  }

  /** What is still to happen to an actor. */
  outlook(id: string): Promise<Outlook> {
    return outlook(this.#store, this.#outbox, id);
  }

  /** Number of the last commit; effects under way, armed timers, actors in memory. */
  get load(): { seq: number; effects: number; timers: number; live: number } {
    return { seq: this.#seq, effects: this.#outbox.size, timers: this.#timers.size, live: this.#cells.size };
  }

  /** Durable records that are no actors (image tags), in the same order and batches as everything else. */
  async commit(ops: readonly Op[], announcements: readonly Announcement[] = []): Promise<void> {
    this.#mustRun();
    const at = this.#now();
    const all = [...ops];
    const seq = this.#number(all);
    const written = this.#recording.announcements.write(announcements, at, all);
    await this.#durable(all, () => {
      this.#recording.announcements.publish(written);
      const event = { type: 'commit' };
      this.feed.publish({ seq, at, kind: '', id: '', event, from: undefined, to: undefined, snapshot: undefined, was: undefined, effects: [], announcements: written, gone: false });
    });
  }

  /**
   * Waits for a durable snapshot that satisfies `predicate`; at once if the present one does. The final snapshot of an
   * actor is tried too; if it does not satisfy, Fault `not-found` with it in `data.snapshot`. Rejects with the signal's reason.
   */
  until(id: string, predicate: (durable: Durable) => boolean, signal?: AbortSignal): Promise<Durable> {
    return new Promise((resolve, reject) => {
      const end = (finish: () => void): void => {
        stop();
        signal?.removeEventListener('abort', aborted);
        finish();
      };
      const aborted = (): void => end(() => reject(signal?.reason));
      const missing = (snapshot?: Durable): Fault => new Fault('not-found', `no such actor: ${id}`, { id, snapshot });
      const stop = this.feed.watch(id, ({ snapshot, gone }) => {
        if (!snapshot) return;
        try {
          if (predicate(snapshot)) end(() => resolve(snapshot));
          else if (gone) end(() => reject(missing(snapshot)));
        } catch (error) {
          end(() => reject(error));
        }
      });
      if (signal?.aborted) return aborted();
      signal?.addEventListener('abort', aborted);
      const cell = this.#find(id);
      if (!cell && !this.#cells.peek(id)) return end(() => reject(missing()));
      const durable = (cell ?? this.#cells.peek(id))?.durable;
      if (durable && predicate(durable)) end(() => resolve(durable));
    });
  }

  /** Stops timers and retries, lets queued batches become durable, closes the store. A convenience: dying does as well. */
  async close(): Promise<void> {
    if (this.#state === 'closed') return;
    this.#state = 'closed';
    this.#timers.close();
    this.#outbox.close();
    await this.#store.commit([]).catch(() => {});
    await this.#store.close();
  }

  #traced<T>(what: string, { kind, id }: Cell, body: () => Promise<T>): Promise<T> {
    return this.#tracing ? this.#tracing.around(`${kind} ${what}`, { 'actor.kind': kind, 'actor.id': id }, body) : body();
  }

  #mustRun(): void {
    if (this.#state === 'running') return;
    throw new Fault('unavailable', this.#state === 'closed' ? 'the engine is closed' : 'the engine has not recovered yet');
  }

  #stored(id: string): StoredActor | undefined {
    const text = this.#store.getSync(snapshotKey(id));
    return text === undefined ? undefined : (JSON.parse(text) as StoredActor);
  }

  /** The live cell, activated from the store if need be. An actor that is gone at the head is gone, durable or not. */
  #find(id: string): Cell | undefined {
    const live = this.#cells.get(id);
    if (live) return live.gone ? undefined : live;
    const stored = this.#stored(id);
    if (!stored) return undefined;
    const definition = this.#definition(stored.kind);
    const head = restore(definition.machine, stored, id);
    const durable = durableOf(stored, id);
    const cell: Cell = { id, kind: stored.kind, definition, birth: stored.birth, head, seq: stored.seq, timers: stored.timers, durable, pending: 0, gone: false };
    this.#cells.set(id, cell);
    return cell;
  }

  #definition(kind: string): MachineDefinition {
    const definition = this.machines[kind];
    if (!definition) throw new Fault('internal', `no machine of kind ${kind}`);
    return definition;
  }

  async #apply(cell: Cell, bare: EventObject, job: Job): Promise<Outcome> {
    const at = this.#now();
    const event = { ...bare, at };
    const before = cell.head;
    const [head, actions] = step(cell.definition.machine, before, event);
    if (head === before && actions.length === 0) {
      const { id, kind } = cell;
      const snapshot: Durable = { kind, id, seq: cell.seq - cell.birth, value: head.value, context: head.context, status: 'active' };
      // Ignored, but still answered in order: what the caller is told must rest on durable state.
      if (cell.pending > 0 || job.always.length > 0) await this.#durable(job.always, () => {});
      return { handled: false, snapshot, settled: SETTLED };
    }
    cell.head = head;
    cell.seq++;
    return this.#commit(cell, before, event, at, actions, job);
  }

  async #commit(cell: Cell, before: AnyMachineSnapshot | undefined, event: EventObject, at: number, actions: Action[], job: Job): Promise<Outcome> {
    const ops = [...job.always, ...(job.extra.ops ?? [])];
    if (job.extra.spec !== undefined) ops.push({ type: 'put', key: specKey(cell.id), value: JSON.stringify(job.extra.spec) });
    const seq = this.#number(ops);
    const batch = this.#write(cell, before, event, at, actions, ops);
    cell.gone = cell.head.status === 'done';
    for (const key of batch.disarm) this.#timers.disarm(key);
    cell.pending++;
    let settled = SETTLED;
    await this.#durable(batch.ops, () => {
      this.#settle(cell, batch, job.extra.spec);
      const effects = batch.intents;
      const { snapshot, announcements } = batch;
      this.feed.publish({ seq, at, kind: cell.kind, id: cell.id, event, from: before?.value, to: snapshot.value, snapshot, was: batch.was, effects, announcements, gone: snapshot.status === 'done' });
      for (const [key, timer] of batch.arm) if (cell.timers[timer.id] === key) this.#timers.arm(key, timer);
      if (effects.length > 0) settled = Promise.all(effects.map((intent) => this.#outbox.run(intent, false))).then(() => {});
    });
    return { handled: true, snapshot: batch.snapshot, settled };
  }

  /** A machine that asks for what cannot be made durable is a defect, and its head has moved on already: crash. */
  #write(cell: Cell, before: AnyMachineSnapshot | undefined, event: EventObject, at: number, actions: Action[], ops: Op[]): Batch {
    try {
      return writeStep(cell, before, event, at, actions, ops, this.#recording);
    } catch (error) {
      throw this.#crash(error);
    }
  }

  /** The step is durable: readers may see it. */
  #settle(cell: Cell, batch: Batch, spec: unknown): void {
    cell.pending--;
    cell.durable = batch.snapshot;
    if (batch.snapshot.status === 'done') {
      this.#specs.delete(cell.id);
      // A new actor may carry the id already; then the entry is not ours to drop.
      if (this.#cells.peek(cell.id) === cell) this.#cells.delete(cell.id);
    } else if (spec !== undefined) this.#specs.set(cell.id, { value: spec });
    this.#recording.announcements.publish(batch.announcements);
  }

  /** The next commit number. Numbers are reserved in blocks, so that they keep rising over restarts at no cost. */
  #number(ops: Op[]): number {
    if (++this.#seq >= this.#ceiling) {
      this.#ceiling = this.#seq + SEQUENCE_BLOCK;
      ops.push({ type: 'put', key: SEQUENCE_KEY, value: String(this.#ceiling) });
    }
    return this.#seq;
  }

  async #durable(ops: Op[], after: () => void): Promise<void> {
    try {
      await this.#store.commit(ops);
      after();
    } catch (error) {
      throw this.#crash(error);
    }
  }

  #crash(error: unknown): Fault {
    const first = this.#state !== 'closed';
    this.#state = 'closed';
    this.#timers.close();
    this.#outbox.close();
    if (first) this.#onCrash(error);
    return new Fault('internal', 'the durable store failed', {}, { cause: error });
  }

  async #answer(intent: Intent, reply: EventObject | undefined): Promise<boolean> {
    const always: Op[] = this.#recording.outbox ? [{ type: 'del', key: outboxKey(intent) }] : [];
    const cell = reply && this.#find(intent.actor);
    if (reply && cell) return (await this.#apply(cell, reply, { extra: {}, always })).handled;
    if (always.length > 0) await this.#durable(always, () => {});
    return reply === undefined;
  }

  #fire(key: string, timer: Timer): void {
    const cell = this.#find(timer.actor);
    // Cancelled or set anew by a step that was not durable yet when this one was armed.
    if (!cell || cell.timers[timer.id] !== key) return;
    const { [timer.id]: _fired, ...rest } = cell.timers;
    cell.timers = rest;
    void this.#apply(cell, timer.event, { extra: {}, always: [{ type: 'del', key }] }).catch((error) => {
      this.#log({ level: 'error', message: 'a timer could not be applied', actor: timer.actor, timer: timer.id, error: String(error) });
    });
  }
}

function exit(error: unknown): void {
  process.stderr.write(JSON.stringify({ level: 'fatal', message: 'a commit was rejected, memory is ahead of disk', error: String(error) }) + '\n');
  process.exit(70);
}
