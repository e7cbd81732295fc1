// Where the inspector is reached: the data root's socket, whose file mode guards it, and an HTTP address where one is asked for.
import type { Exchange, FrontDoor } from '../http/exchange.js';
import { openFrontDoor } from '../http/exchange.js';
import { type AccessRules, cookieFor, inspectorToken, judge, PROTECTION } from './access.js';
import { createInspectorApi, type InspectorApi, type InspectorParts } from './api.js';
import { lazySight } from './sight.js';

export interface InspectorOptions {
  readonly socketPath: string;
  readonly tokenPath: string;
  readonly address: { readonly host: string; readonly port: number } | undefined;
  /** Events may be sent and terminals opened. */
  readonly canWrite: boolean;
  /** Names beside `localhost` and addresses under which the page is asked for. */
  readonly hosts: readonly string[];
  readonly log: (line: Record<string, unknown>) => void;
}

export interface Inspector {
  /** http://… of the page, without the token. */
  readonly url: string | undefined;
  close(): Promise<void>;
}

export async function openInspector(parts: Omit<InspectorParts, 'sight'>, options: InspectorOptions): Promise<Inspector> {
  const sight = lazySight(parts.engine, options.canWrite);
  const api = createInspectorApi({ ...parts, sight: sight.get });
  const doors: FrontDoor[] = [await openFrontDoor({ handler: api.handler, hijacks: api.hijacks, engine: 'node:http', log: (line) => options.log({ ...line }) })];
  await doors[0]!.listen({ unix: options.socketPath, mode: 0o600 });
  let url: string | undefined;
  if (options.address) {
    const rules: AccessRules = { token: inspectorToken(options.tokenPath), hosts: options.hosts };
    const door = await openFrontDoor({ handler: (exchange) => guarded(exchange, rules, api), hijacks: api.hijacks, log: (line) => options.log({ ...line }) });
    doors.push(door);
    const { port } = await door.listen(options.address);
    const { host } = options.address;
    url = `http://${host.includes(':') ? `[${host}]` : host}:${port ?? options.address.port}/`;
  }
  return {
    url,
    async close() {
      for (const door of doors) await door.close();
      await sight.close();
    },
  };
}

function guarded(exchange: Exchange, rules: AccessRules, api: InspectorApi): Promise<void> | void {
  const refusal = judge(exchange, rules);
  if (refusal) {
    const headers = refusal.status === 401 ? { 'WWW-Authenticate': 'Bearer realm="sockerless inspector"' } : {};
    return exchange.reply(refusal.status, { ...headers, 'Content-Type': 'application/json', ...PROTECTION }, `${JSON.stringify({ message: refusal.message })}\n`);
  }
  if (exchange.path !== '/') return api.handler(exchange);
  // The token leaves the address bar, and with it the history and whatever is copied from there.
  const cookie = cookieFor(exchange, rules.token);
  if (cookie !== undefined) return exchange.reply(303, { Location: '/', 'Set-Cookie': cookie, ...PROTECTION });
  return api.handler(exchange);
}
