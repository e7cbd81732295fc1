// Live actor state over HTTP, read-only, on the data root's own socket: GET /actors[?kind=&state=] and GET /actors/{id}.
import type { Handler } from '../http/exchange.js';
import type { Engine } from '../../actors/runtime/engine.js';
import { Fault } from '../../actors/runtime/fault.js';
import { actorDetail, listActors } from './actors.js';

export function createInspectorApi(engine: Engine): Handler {
  return async (exchange) => {
    const answer = (status: number, value: unknown): void => exchange.reply(status, { 'Content-Type': 'application/json' }, `${JSON.stringify(value)}\n`);
    const query = (name: string): Record<string, string> => (exchange.query.has(name) ? { [name]: exchange.query.get(name)! } : {});
    try {
      const match = /^\/actors(?:\/([^/]+))?$/.exec(exchange.path);
      if (!match || exchange.method !== 'GET') throw new Fault('not-found', 'page not found');
      answer(200, match[1] === undefined ? await listActors(engine, { ...query('kind'), ...query('state') }) : await actorDetail(engine, decodeURIComponent(match[1])));
    } catch (error) {
      if (!(error instanceof Fault)) throw error;
      answer(error.kind === 'not-found' ? 404 : 400, { message: error.message });
    }
  };
}
