// The GraphQL schema of actors, journal, counts and the feed, and what answers it.
import { buildSchema, type GraphQLSchema } from 'graphql';
import type { EventObject } from 'xstate';
import { Fault } from '../../actors/runtime/fault.js';
import { machines } from '../../machines/index.js';
import { type ActorDetail, actorDetail, past } from './actors.js';
import { type CommitLine, lineOf } from './commit-log.js';
import { eventForms, parseEvent } from './event-forms.js';
import { moment, type Moment } from './history.js';
import type { Load } from './load.js';
import type { Sight } from './sight.js';
import type { ActorRow, RowFilter } from './rows.js';

const TYPES = `
"Anything that JSON can say."
scalar JSON
"Times are ms since the epoch; seq of a commit rises over restarts, seq of an actor counts its own events."
type Actor { kind: String! id: String! name: String! state: String! seq: Int! since: Float! at: Float! event: String! labels: JSON }
type Chapter { seq: Int! at: Float! event: JSON! from: String to: String! effects: [String!]! changed: [String!]! afterMs: Float! }
type PendingEffect { key: String! op: String! params: JSON! attempt: Int! error: String nextAt: Float }
type Timer { id: String! at: Float! }
type Link { relation: String! name: String! id: String! }
type ActorDetail { kind: String! id: String! name: String! state: String! value: JSON! seq: Int! since: Float! at: Float! context: JSON! spec: JSON
  journal: [Chapter!]! effects: [PendingEffect!]! timers: [Timer!]! links: [Link!]! }
type Moment { seq: Int! at: Float! value: JSON! state: String! context: JSON! event: JSON! was: JSON! }
type StateCount { kind: String! state: String! count: Int! }
type Load { seq: Float! commitsPerSecond: Float! perKind: JSON! latencyP50Ms: Float! latencyP99Ms: Float! effects: Int! timers: Int! live: Int! }
type EventField { name: String! type: String! example: JSON }
type EventForm { type: String! fields: [EventField!]! isHandled: Boolean! }
type Machine { kind: String! version: Int! events: [String!]! }
type Commit { seq: Float! at: Float! kind: String! id: String! name: String! event: String! from: String to: String! effects: [String!]! changed: [String!]! gone: Boolean! }
"What happened since the last batch. Where commits were lost to a viewer (it was slow, or asked for what is no longer held) reset is true and actors is what there is now."
type CommitBatch { seq: Float! reset: Boolean! commits: [Commit!]! actors: [Actor!]! }
type Census { seq: Float! counts: [StateCount!]! load: Load! }
type Sent { handled: Boolean! state: String! seq: Int! }
type Query {
  actors(kind: String, state: String, label: String, text: String, minAgeMs: Float, maxAgeMs: Float, first: Int = 100, offset: Int = 0): [Actor!]!
  actor(id: String!): ActorDetail!
  moment(id: String!, seq: Int!): Moment!
  events(id: String!): [EventForm!]!
  census: Census!
  machines: [Machine!]!
}
type Mutation { send(id: String!, event: JSON!): Sent! }
type Subscription {
  "Every commit, of one kind or one actor where asked, from commit number since on where that is still held."
  commits(kind: String, actor: String, since: Float): CommitBatch!
  "Counts and load, at most four times a second."
  census: Census!
}`;

const PAGE_MAX = 1000;
const BATCH_MAX = 1000;
const CENSUS_MS = 250;

export const schema: GraphQLSchema = buildSchema(TYPES);

interface Census {
  seq: number;
  counts: { kind: string; state: string; count: number }[];
  load: Load;
}

function census({ rows, log, load }: Sight): Census {
  const counts = Object.entries(rows.counts()).flatMap(([kind, states]) => Object.entries(states).map(([state, count]) => ({ kind, state, count })));
  return { seq: log.seq, counts, load: load.read() };
}

export interface CommitBatch {
  readonly seq: number;
  readonly reset: boolean;
  readonly commits: readonly CommitLine[];
  readonly actors: readonly ActorRow[];
}

async function* commits({ log, rows }: Sight, { kind, actor, since }: { kind?: string; actor?: string; since?: number }): AsyncGenerator<CommitBatch> {
  const wanted = (row: { kind: string; id: string }): boolean => (kind === undefined || row.kind === kind) && (actor === undefined || row.id === actor);
  const reset = (): CommitBatch => ({ seq: log.seq, reset: true, commits: [], actors: [...rows.all()].filter(wanted).slice(0, PAGE_MAX) });
  let place = since === undefined ? log.end : log.after(since);
  for (;;) {
    if (place === undefined || place < log.begin) {
      place = log.end;
      yield reset();
      continue;
    }
    if (place === log.end) {
      await log.more(place);
      continue;
    }
    const end = Math.min(log.end, place + BATCH_MAX);
    const lines: CommitLine[] = [];
    for (; place < end; place++) {
      const commit = log.at(place);
      if (wanted(commit)) lines.push(lineOf(commit));
    }
    if (lines.length > 0) yield { seq: log.at(end - 1).seq, reset: false, commits: lines, actors: [] };
  }
}

async function* censuses(sight: Sight): AsyncGenerator<{ census: Census }> {
  for (;;) {
    const { seq } = sight.log;
    yield { census: census(sight) };
    await new Promise((resolve) => setTimeout(resolve, CENSUS_MS));
    // A quiet system is told of once a turn at most, and not at all while nothing happens.
    if (sight.log.seq === seq) await sight.log.more(sight.log.end);
  }
}

/** Sends an event to an actor, where the inspector may write. Throws Fault `forbidden` where not. */
export async function sendEvent(sight: Sight, id: string, body: unknown): Promise<{ handled: boolean; state: string; seq: number }> {
  if (!sight.canWrite) throw new Fault('forbidden', 'the inspector only looks; start the server with --inspect-write to send events');
  const row = sight.rows.resolve(id);
  const event = parseEvent(sight.engine.machines[row.kind]!, body);
  const { handled } = await sight.engine.send(row.id, event as EventObject);
  const after = sight.rows.get(row.id);
  return { handled, state: after?.state ?? 'gone', seq: after?.seq ?? row.seq + 1 };
}

/** The root value: one function for each field of Query, Mutation and Subscription. */
export function resolvers(sight: Sight): Record<string, object> {
  const { engine, rows } = sight;
  return {
    actors: ({ first, offset, ...filter }: RowFilter & { first: number; offset: number }): ActorRow[] => [...rows.find(filter)].slice(offset, offset + Math.min(first, PAGE_MAX)),
    actor: ({ id }: { id: string }): Promise<ActorDetail> => actorDetail(engine, rows, id),
    moment: async ({ id, seq }: { id: string; seq: number }): Promise<Moment> => {
      const { durable, journal } = await past(engine, rows.resolve(id).id);
      return moment(durable, journal, seq);
    },
    events: async ({ id }: { id: string }) => {
      const row = rows.resolve(id);
      return eventForms(engine.machines[row.kind]!, (await engine.read(row.id))!);
    },
    census: () => census(sight),
    machines: () => Object.entries(machines).map(([kind, { version, machine }]) => ({ kind, version, events: machine.events })),
    send: ({ id, event }: { id: string; event: unknown }) => sendEvent(sight, id, event),
  };
}

/** What the fields of Subscription are fed from. */
export function sources(sight: Sight): Record<string, object> {
  return {
    commits: async function* (args: { kind?: string; actor?: string; since?: number }) {
      for await (const batch of commits(sight, args)) yield { commits: batch };
    },
    census: () => censuses(sight),
  };
}
