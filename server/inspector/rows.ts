// The table of live actors: one row each, kept by the feed, with counts by state. Made when somebody first looks, so that it costs nothing before.
import type { Commit } from '../../actors/runtime/feed.js';
import type { Durable } from '../../actors/runtime/durable.js';
import type { Engine } from '../../actors/runtime/engine.js';
import { Fault } from '../../actors/runtime/fault.js';
import { valueLabel } from '../../machines/explore.js';

export interface ActorRow {
  readonly kind: string;
  readonly id: string;
  /** A container's or volume's name, an image's reference, an exec's command; '' for what has none. */
  readonly name: string;
  /** `running.running+healthy`: all active states on one line. */
  readonly state: string;
  /** Events handled so far. */
  readonly seq: number;
  /** When it came into this state and when it last changed at all, in ms since the epoch; 0 when the journal does not tell. */
  readonly since: number;
  readonly at: number;
  /** Type of the last event; '' when the journal does not tell. */
  readonly event: string;
  readonly labels?: Readonly<Record<string, string>>;
}

export interface RowFilter {
  readonly kind?: string | undefined;
  /** A whole state or its beginning: `running` finds `running.paused+none`. */
  readonly state?: string | undefined;
  /** `key` or `key=value`. */
  readonly label?: string | undefined;
  /** Part of the name or beginning of the id. */
  readonly text?: string | undefined;
  /** How long ago the actor last changed, in ms. */
  readonly minAgeMs?: number | undefined;
  readonly maxAgeMs?: number | undefined;
}

export type Counts = Record<string, Record<string, number>>;

interface Entry {
  durable: Durable;
  state: string;
  since: number;
  at: number;
  event: string;
}

export function nameOf(context: Readonly<Record<string, unknown>>): string {
  return String(context.name ?? context.reference ?? context.cmd ?? '');
}

export class ActorRows {
  readonly #engine: Engine;
  readonly #entries = new Map<string, Entry>();
  readonly #counts: Counts = {};
  readonly #stop: () => void;

  private constructor(engine: Engine) {
    this.#engine = engine;
    this.#stop = engine.feed.subscribe((commit) => this.#apply(commit));
  }

  /** Reads every stored actor once. What is committed meanwhile is newer than what the scan finds. */
  static async open(engine: Engine): Promise<ActorRows> {
    const rows = new ActorRows(engine);
    for (const kind of Object.keys(engine.machines)) {
      for await (const durable of engine.actors(kind)) {
        const at = await engine.lastChange(durable.id);
        if (rows.#entries.has(durable.id) || !(await engine.read(durable.id))) continue;
        const state = valueLabel(durable.value);
        rows.#entries.set(durable.id, { durable, state, since: at, at, event: '' });
        rows.#count(durable.kind, state, 1);
      }
    }
    return rows;
  }

  #apply({ id, snapshot, gone, at, event }: Commit): void {
    if (!snapshot) return;
    const known = this.#entries.get(id);
    if (gone) {
      if (known) this.#count(snapshot.kind, known.state, -1);
      this.#entries.delete(id);
      return;
    }
    const state = known && known.durable.value === snapshot.value ? known.state : valueLabel(snapshot.value);
    if (known) {
      if (state !== known.state) {
        this.#count(snapshot.kind, known.state, -1);
        this.#count(snapshot.kind, state, 1);
        known.since = at;
      }
      known.durable = snapshot;
      known.state = state;
      known.at = at;
      known.event = event.type;
    } else {
      this.#entries.set(id, { durable: snapshot, state, since: at, at, event: event.type });
      this.#count(snapshot.kind, state, 1);
    }
  }

  #count(kind: string, state: string, by: 1 | -1): void {
    const states = (this.#counts[kind] ??= {});
    const count = (states[state] ?? 0) + by;
    if (count > 0) states[state] = count;
    else delete states[state];
  }

  get size(): number {
    return this.#entries.size;
  }

  /** Every machine is there, also those without an actor. */
  counts(): Counts {
    return { ...Object.fromEntries(Object.keys(this.#engine.machines).map((kind) => [kind, {}])), ...this.#counts };
  }

  get(id: string): ActorRow | undefined {
    const entry = this.#entries.get(id);
    return entry && row(entry);
  }

  /** A cursor over all rows that stays valid while they change. */
  *all(): Generator<ActorRow> {
    for (const entry of this.#entries.values()) yield row(entry);
  }

  /** Throws Fault `not-found` for an unknown kind. */
  *find(filter: RowFilter): Generator<ActorRow> {
    if (filter.kind !== undefined && !this.#engine.machines[filter.kind]) throw new Fault('not-found', `no machine of kind ${filter.kind}`);
    const now = Date.now();
    for (const entry of this.#entries.values()) if (matches(entry, filter, now)) yield row(entry);
  }

  /** The execs of a container, newest last. */
  *execsOf(container: string): Generator<ActorRow> {
    for (const entry of this.#entries.values()) if (entry.durable.kind === 'exec' && entry.durable.context.container === container) yield row(entry);
  }

  /** By id, name, or the unambiguous beginning of an id. Throws Fault `not-found` or `invalid`. */
  resolve(wanted: string): ActorRow {
    const exact = this.get(wanted);
    if (exact) return exact;
    const begun: ActorRow[] = [];
    for (const entry of this.#entries.values()) {
      if (entry.durable.kind !== 'exec' && nameOf(entry.durable.context) === wanted) return row(entry);
      if (wanted !== '' && entry.durable.id.startsWith(wanted)) begun.push(row(entry));
    }
    if (begun.length === 0) throw new Fault('not-found', `no such actor: ${wanted}`);
    if (begun.length > 1) throw new Fault('invalid', `${wanted} is the beginning of ${begun.length} actors`);
    return begun[0]!;
  }

  close(): void {
    this.#stop();
  }
}

function row({ durable, state, since, at, event }: Entry): ActorRow {
  const { kind, id, seq, context } = durable;
  const labels = context.labels as Record<string, string> | undefined;
  return { kind, id, name: nameOf(context), state, seq, since, at, event, ...(labels && Object.keys(labels).length > 0 ? { labels } : {}) };
}

function matches({ durable: { kind, id, context }, state, at }: Entry, filter: RowFilter, now: number): boolean {
  if (filter.kind !== undefined && kind !== filter.kind) return false;
  if (filter.state !== undefined && state !== filter.state && !state.startsWith(`${filter.state}.`)) return false;
  if (filter.minAgeMs !== undefined && now - at < filter.minAgeMs) return false;
  if (filter.maxAgeMs !== undefined && now - at > filter.maxAgeMs) return false;
  if (filter.text !== undefined && !id.startsWith(filter.text) && !nameOf(context).includes(filter.text)) return false;
  return filter.label === undefined || hasLabel(context.labels as Record<string, string> | undefined, filter.label);
}

function hasLabel(labels: Readonly<Record<string, string>> = {}, wanted: string): boolean {
  const [key = '', ...value] = wanted.split('=');
  if (!Object.hasOwn(labels, key)) return false;
  return value.length === 0 || labels[key] === value.join('=');
}
