// Live actor state over HTTP: kinds with counts, actors, one actor with its journal. Read-only; reached over the data root's own socket.
import type { Exchange, Handler } from '../http/exchange.js';
import type { Engine } from '../../actors/runtime/engine.js';
import { Fault } from '../../actors/runtime/fault.js';
import { stateName } from '../../machines/container-status.js';

interface ActorRow {
  kind: string;
  id: string;
  seq: number;
  state: string;
}

async function* actorsOf(engine: Engine, kinds: readonly string[]): AsyncGenerator<ActorRow> {
  for (const kind of kinds) {
    for await (const { id, seq, value } of engine.actors(kind)) yield { kind, id, seq, state: stateName(value) };
  }
}

async function list(engine: Engine, exchange: Exchange): Promise<unknown> {
  const kind = exchange.query.get('kind');
  const state = exchange.query.get('state');
  if (kind !== null && !engine.machines[kind]) throw new Fault('not-found', `no machine of kind ${kind}`);
  const rows: ActorRow[] = [];
  for await (const row of actorsOf(engine, kind === null ? Object.keys(engine.machines) : [kind])) {
    if (state === null || row.state === state) rows.push(row);
  }
  return rows;
}

/** By id or unambiguous prefix. */
async function one(engine: Engine, wanted: string): Promise<unknown> {
  const ids: string[] = [];
  for await (const { id } of actorsOf(engine, Object.keys(engine.machines))) {
    if (id === wanted) ids.unshift(id);
    else if (id.startsWith(wanted)) ids.push(id);
  }
  if (ids.length === 0) throw new Fault('not-found', `no such actor: ${wanted}`);
  if (ids.length > 1 && ids[0] !== wanted) throw new Fault('invalid', `${wanted} is the beginning of ${ids.length} actors`);
  const id = ids[0]!;
  return { ...(await engine.read(id)), spec: await engine.spec(id), journal: await engine.journal(id) };
}

/** GET /actors[?kind=&state=], GET /actors/{id}. */
export function createInspectorApi(engine: Engine): Handler {
  return async (exchange) => {
    const answer = (status: number, value: unknown): void => exchange.reply(status, { 'Content-Type': 'application/json' }, `${JSON.stringify(value)}\n`);
    try {
      const match = /^\/actors(?:\/([^/]+))?$/.exec(exchange.path);
      if (!match || exchange.method !== 'GET') throw new Fault('not-found', 'page not found');
      answer(200, match[1] === undefined ? await list(engine, exchange) : await one(engine, decodeURIComponent(match[1])));
    } catch (error) {
      if (!(error instanceof Fault)) throw error;
      answer(error.kind === 'not-found' ? 404 : 400, { message: error.message });
    }
  };
}
