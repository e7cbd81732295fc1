// XState's own inspection events, so that what connects to a Stately inspector's WebSocket can connect here (`createWebSocketReceiver`).
import type { WebSocket } from 'ws';
import type { Commit } from '../../actors/runtime/feed.js';
import type { Durable } from '../../actors/runtime/durable.js';
import type { Sight } from './sight.js';

/** https://github.com/statelyai/inspect, format of its WebSocket adapter. */
const FORMAT_VERSION = '0.7.2';
const ACTORS_MAX = 2000;
const BUFFER_MAX_BYTES = 1 << 20;

/** Sends every actor there is, then each event with the state it led to. A viewer that does not keep up misses commits and gets the actors anew. */
export async function openStatelyFeed(sight: Sight, socket: WebSocket): Promise<void> {
  const { log } = sight;
  let isOpen = true;
  socket.on('close', () => (isOpen = false));
  socket.on('error', () => socket.terminate());
  const send = (message: object): void => socket.send(JSON.stringify(message));
  const definitions = new Map<string, string>();
  const definitionOf = (kind: string): string => {
    const known = definitions.get(kind) ?? JSON.stringify({ ...sight.engine.machines[kind]!.machine.config, id: kind });
    definitions.set(kind, known);
    return known;
  };
  const actor = (durable: Durable, at: number, name: string): void => send({
    type: '@xstate.actor', name: name === '' ? durable.id.slice(0, 12) : name, sessionId: durable.id, rootId: durable.id, parentId: undefined,
    createdAt: String(at), id: null, _version: FORMAT_VERSION, definition: definitionOf(durable.kind), snapshot: snapshotOf(durable),
  });
  const all = async (): Promise<void> => {
    let count = 0;
    for (const { id, name, since } of sight.rows.all()) {
      const durable = await sight.engine.read(id);
      if (durable) actor(durable, since, name);
      if (++count >= ACTORS_MAX || !isOpen) return;
    }
  };
  let place = log.end;
  await all();
  while (isOpen) {
    if (place < log.begin) {
      place = log.end;
      await all();
    }
    for (; place < log.end && socket.bufferedAmount < BUFFER_MAX_BYTES; place++) {
      const commit = log.at(place);
      if (commit.from === undefined) actor(commit.snapshot!, commit.at, '');
      for (const message of messages(commit)) send(message);
    }
    if (place < log.end) await new Promise((resolve) => setTimeout(resolve, 50));
    else await log.more(place);
  }
}

function snapshotOf({ value, context, status }: Durable): object {
  return { value, context, status };
}

function messages({ id, event, snapshot, at, seq }: Commit): object[] {
  const common = { sessionId: id, rootId: id, createdAt: String(at), id: String(seq), _version: FORMAT_VERSION };
  return [
    { type: '@xstate.event', ...common, sourceId: undefined, event },
    { type: '@xstate.snapshot', ...common, event, snapshot: snapshotOf(snapshot!) },
  ];
}
