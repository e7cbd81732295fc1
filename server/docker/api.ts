// The Docker Engine API as one handler: version check, route, error answers, the headers that every answer carries.
import type { Exchange, Handler } from '../http/exchange.js';
import { Fault } from '../../actors/runtime/fault.js';
import { Call } from './call.js';
import type { Daemon } from './daemon.js';
import { errorAnswer } from './errors.js';
import { type Route, Router, splitVersion } from './router.js';
import { routes } from './routes.js';
import { API_VERSION, ENGINE_VERSION, requireVersion } from './versions.js';

export interface DockerApi {
  handler: Handler;
  hijacks(method: string, path: string): boolean;
  /** Docker's shape for answers that the front door gives by itself. */
  badRequest(reason: string): { body: string; headers: Record<string, string> };
}

/** On every answer, as dockerd sends them; `Api-Version` and `Ostype` are read by each client's first request. */
const HEADERS: Readonly<Record<string, string>> = {
  'Api-Version': API_VERSION,
  'Docker-Experimental': 'false',
  Ostype: 'linux',
  Server: `Docker/${ENGINE_VERSION} (linux)`,
};

export function createDockerApi(daemon: Daemon): DockerApi {
  const router = new Router(routes);

  function find(exchange: Exchange): { route: Route; call: Call } {
    const [version, path] = splitVersion(exchange.path);
    if (version !== undefined) requireVersion(version);
    const match = router.match(exchange.method, path);
    if (!match) throw new Fault('not-found', 'page not found');
    return { route: match.route, call: new Call(exchange, daemon, match.params, version ?? API_VERSION, { ...HEADERS }) };
  }

  return {
    async handler(exchange) {
      let call: Call | undefined;
      try {
        const found = find(exchange);
        call = found.call;
        if (found.route.early !== true) await daemon.ready;
        await found.route.handle(call);
      } catch (error) {
        const { status, message } = errorAnswer(error);
        if (!(error instanceof Fault) && status === 500) {
          daemon.log({ level: 'error', msg: message, method: exchange.method, path: exchange.path, stack: error instanceof Error ? error.stack : undefined });
        }
        // A stream that has begun cannot become an error any more; its handler has cut it.
        if (call?.answered === true) return;
        exchange.reply(status, { ...HEADERS, 'Content-Type': 'application/json' }, status === 304 ? undefined : `${JSON.stringify({ message })}\n`);
      }
    },
    hijacks: (method, path) => router.hijacks(method, path),
    badRequest: (reason) => ({ body: `${JSON.stringify({ message: reason })}\n`, headers: { ...HEADERS, 'Content-Type': 'application/json' } }),
  };
}
