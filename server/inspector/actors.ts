// What the inspector shows of actors: rows, and one in detail.
import type { EventObject } from 'xstate';
import type { Durable, JournalEntry } from '../../actors/runtime/durable.js';
import type { Engine } from '../../actors/runtime/engine.js';
import { Fault } from '../../actors/runtime/fault.js';
import { stateName } from '../../machines/container-status.js';

export interface ActorRow {
  kind: string;
  id: string;
  /** A container's or volume's name, an image's reference; '' for what has none. */
  name: string;
  state: string;
  /** Events handled so far. */
  seq: number;
}

export interface ActorDetail extends Durable {
  readonly spec: unknown;
  readonly journal: readonly (JournalEntry & { event: EventObject })[];
}

function nameOf(context: Readonly<Record<string, unknown>>): string {
  return String(context.name ?? context.reference ?? '');
}

export async function listActors(engine: Engine, wanted: { kind?: string; state?: string } = {}): Promise<ActorRow[]> {
  if (wanted.kind !== undefined && !engine.machines[wanted.kind]) throw new Fault('not-found', `no machine of kind ${wanted.kind}`);
  const rows: ActorRow[] = [];
  for (const kind of wanted.kind === undefined ? Object.keys(engine.machines) : [wanted.kind]) {
    for await (const { id, seq, value, context } of engine.actors(kind)) {
      const state = stateName(value);
      if (wanted.state === undefined || wanted.state === state) rows.push({ kind, id, name: nameOf(context), state, seq });
    }
  }
  return rows;
}

/** By id, unambiguous beginning of an id, or name. */
export async function actorDetail(engine: Engine, wanted: string): Promise<ActorDetail> {
  const rows = await listActors(engine);
  const exact = rows.find(({ id, name }) => id === wanted || name === wanted);
  const matches = exact ? [exact] : rows.filter(({ id }) => id.startsWith(wanted));
  if (matches.length === 0) throw new Fault('not-found', `no such actor: ${wanted}`);
  if (matches.length > 1) throw new Fault('invalid', `${wanted} is the beginning of ${matches.length} actors`);
  const { id } = matches[0]!;
  const durable = await engine.read(id);
  if (!durable) throw new Fault('not-found', `no such actor: ${wanted}`);
  return { ...durable, spec: await engine.spec(id), journal: await engine.journal(id) };
}
