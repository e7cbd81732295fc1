// The inspector's addresses: actors, journal, charts, feed, GraphQL, containers' own views, the page. The table is at the end.
import type { Exchange, Handler } from '../http/exchange.js';
import { Forwarded } from '../http/forwarded.js';
import { acceptWebSocket } from '../http/websocket.js';
import { Fault, type FaultKind } from '../../actors/runtime/fault.js';
import type { Executor, ContainerSpec } from '../../actors/executors/contract.js';
import { PROTECTION } from './access.js';
import { actorDetail, past } from './actors.js';
import { eventForms } from './event-forms.js';
import { listFolder } from './file-listing.js';
import { answerGraphql, GraphqlSockets } from './graphql.js';
import { moment } from './history.js';
import type { RowFilter } from './rows.js';
import { sendEvent } from './schema.js';
import type { Sight } from './sight.js';
import { openStatelyFeed } from './stately.js';
import { chartFile, pageFile, type StaticFile, vendorFile } from './static-files.js';
import { openTerminal, requireTerminal, type TerminalHost } from './terminal.js';

export interface InspectorParts extends TerminalHost {
  readonly executor: Executor;
  /** What the executor must know of a container to read its files. Throws Fault `not-found`. */
  readonly containerSpec: (id: string) => Promise<ContainerSpec>;
  /** The Docker API, served below /docker/ to those who may look; it only reads. */
  readonly docker: { readonly handler: Handler; hijacks(method: string, path: string): boolean };
  /** How far a pull has come; undefined for what is none. */
  readonly pullProgress: (id: string) => unknown;
  readonly sight: () => Promise<Sight>;
  /** For Prometheus; absent where telemetry is off. */
  readonly metrics?: ((sight: Sight) => string) | undefined;
}

interface Turn {
  readonly exchange: Exchange;
  readonly parts: InspectorParts;
  readonly sight: Sight;
  /** What the pattern's groups matched, decoded. */
  readonly params: readonly string[];
}

interface Route {
  readonly method: 'GET' | 'POST';
  readonly path: RegExp;
  readonly handle: (turn: Turn) => Promise<void> | void;
  /** Answered on the raw connection. */
  readonly socket?: true;
}

const BODY_MAX_BYTES = 64 << 10;
const ROWS_MAX = 100_000;
const STATUS: Readonly<Partial<Record<FaultKind, number>>> = { 'not-found': 404, conflict: 409, forbidden: 403, 'too-large': 413, unavailable: 503, internal: 500 };

function answer({ exchange }: Pick<Turn, 'exchange'>, value: unknown, status = 200): void {
  exchange.reply(status, { ...PROTECTION, 'Content-Type': 'application/json', 'Cache-Control': 'no-store' }, `${JSON.stringify(value)}\n`);
}

function answerFile({ exchange }: Turn, file: StaticFile | undefined): void {
  if (!file) throw new Fault('not-found', 'page not found');
  exchange.reply(200, { ...PROTECTION, 'Content-Type': file.type, 'Cache-Control': 'no-cache' }, file.bytes);
}

function numberOf(exchange: Exchange, name: string): number | undefined {
  const text = exchange.query.get(name);
  if (text === null || text === '') return undefined;
  const value = Number(text);
  if (!Number.isFinite(value)) throw new Fault('invalid', `${name} is not a number: ${text.slice(0, 32)}`);
  return value;
}

function rowFilter(exchange: Exchange): RowFilter {
  const text = (name: string): string | undefined => exchange.query.get(name) ?? undefined;
  return { kind: text('kind'), state: text('state'), label: text('label'), text: text('text'), minAgeMs: numberOf(exchange, 'minAgeMs'), maxAgeMs: numberOf(exchange, 'maxAgeMs') };
}

function listRows(turn: Turn): void {
  const limit = Math.min(numberOf(turn.exchange, 'limit') ?? ROWS_MAX, ROWS_MAX);
  const rows = [];
  for (const row of turn.sight.rows.find(rowFilter(turn.exchange))) {
    if (rows.length >= limit) break;
    rows.push(row);
  }
  answer(turn, rows);
}

async function showMoment(turn: Turn): Promise<void> {
  const { sight, params } = turn;
  const { durable, journal } = await past(sight.engine, sight.rows.resolve(params[0]!).id);
  answer(turn, moment(durable, journal, Number(params[1])));
}

async function showEvents(turn: Turn): Promise<void> {
  const { engine, rows, canWrite } = turn.sight;
  const { kind, id } = rows.resolve(turn.params[0]!);
  const durable = await engine.read(id);
  if (!durable) throw new Fault('not-found', `no such actor: ${id}`);
  answer(turn, { canWrite, events: eventForms(engine.machines[kind]!, durable) });
}

async function postEvent(turn: Turn): Promise<void> {
  if (!/^application\/json\b/.test(turn.exchange.header('content-type') ?? '')) throw new Fault('invalid', 'an event is sent as application/json');
  const text = await turn.exchange.text(BODY_MAX_BYTES);
  let body: unknown;
  try {
    body = JSON.parse(text);
  } catch {
    throw new Fault('invalid', 'the body is not JSON');
  }
  answer(turn, await sendEvent(turn.sight, turn.params[0]!, body));
}

function showMachines(turn: Turn): void {
  answer(turn, Object.entries(turn.sight.engine.machines).map(([kind, { version, machine }]) => ({ kind, version, events: machine.events, chart: `machines/${kind}.svg` })));
}

function showCensus(turn: Turn): void {
  const { rows, load, log, live, canWrite } = turn.sight;
  answer(turn, { seq: log.seq, counts: rows.counts(), load: load.read(), viewers: live.viewers, canWrite });
}

async function showFiles(turn: Turn): Promise<void> {
  const { executor, containerSpec } = turn.parts;
  const path = turn.exchange.query.get('path') ?? '/';
  const { id } = turn.sight.rows.resolve(turn.params[0]!);
  try {
    answer(turn, await listFolder(executor, await containerSpec(id), path));
  } catch (error) {
    // The executor says of a path only that it is not there.
    throw error instanceof Fault && error.kind === 'not-found' && error.message === '' ? new Fault('not-found', `no such file or directory: ${path}`) : error;
  }
}

async function showDocker({ exchange, parts, params }: Turn): Promise<void> {
  const path = `/${params[0]!}`;
  if (parts.docker.hijacks(exchange.method, path)) throw new Fault('not-found', 'page not found');
  await parts.docker.handler(new Forwarded(exchange, path));
}

function showProgress(turn: Turn): void {
  const progress = turn.parts.pullProgress(turn.sight.rows.resolve(turn.params[0]!).id);
  if (progress === undefined) throw new Fault('not-found', `no pull is under way: ${turn.params[0]!}`);
  answer(turn, progress);
}

function showMetrics({ exchange, parts, sight }: Turn): void {
  if (!parts.metrics) throw new Fault('not-found', 'metrics are off; start the server with --telemetry');
  exchange.reply(200, { ...PROTECTION, 'Content-Type': 'text/plain; version=0.0.4; charset=utf-8' }, parts.metrics(sight));
}

async function live(turn: Turn): Promise<void> {
  const socket = await acceptWebSocket(turn.exchange);
  if (socket) turn.sight.live.add(socket);
}

async function stately(turn: Turn): Promise<void> {
  const socket = await acceptWebSocket(turn.exchange);
  if (socket) await openStatelyFeed(turn.sight, socket);
}

async function terminal(turn: Turn): Promise<void> {
  if (!turn.sight.canWrite) throw new Fault('forbidden', 'the inspector only looks; start the server with --inspect-write to open a terminal');
  const { id } = turn.sight.rows.resolve(turn.params[0]!);
  await requireTerminal(turn.parts, id);
  const socket = await acceptWebSocket(turn.exchange);
  if (socket) await openTerminal(turn.parts, id, socket);
}

function routes(): Route[] {
  let sockets: GraphqlSockets | undefined;
  const graphqlSocket = async (turn: Turn): Promise<void> => {
    if (turn.exchange.upgrade !== 'websocket') return answerGraphql(turn.exchange, turn.sight);
    const socket = await acceptWebSocket(turn.exchange);
    if (socket) await (sockets ??= new GraphqlSockets(turn.sight)).add(socket);
  };
  return [
    { method: 'GET', path: /^\/actors$/, handle: listRows },
    { method: 'GET', path: /^\/actors\/([^/]+)$/, handle: async (turn) => answer(turn, await actorDetail(turn.sight.engine, turn.sight.rows, turn.params[0]!)) },
    { method: 'GET', path: /^\/actors\/([^/]+)\/at\/(\d+)$/, handle: showMoment },
    { method: 'GET', path: /^\/actors\/([^/]+)\/events$/, handle: showEvents },
    { method: 'POST', path: /^\/actors\/([^/]+)\/events$/, handle: postEvent },
    { method: 'GET', path: /^\/actors\/([^/]+)\/files$/, handle: showFiles },
    { method: 'GET', path: /^\/actors\/([^/]+)\/progress$/, handle: showProgress },
    { method: 'GET', path: /^\/actors\/([^/]+)\/terminal$/, handle: terminal, socket: true },
    { method: 'GET', path: /^\/machines$/, handle: showMachines },
    { method: 'GET', path: /^\/machines\/([^/]+)\.svg$/, handle: (turn) => answerFile(turn, chartFile(turn.params[0]!)) },
    { method: 'GET', path: /^\/census$/, handle: showCensus },
    { method: 'GET', path: /^\/metrics$/, handle: showMetrics },
    { method: 'GET', path: /^\/live$/, handle: live, socket: true },
    { method: 'GET', path: /^\/stately$/, handle: stately, socket: true },
    { method: 'GET', path: /^\/graphql$/, handle: graphqlSocket, socket: true },
    { method: 'POST', path: /^\/graphql$/, handle: (turn) => answerGraphql(turn.exchange, turn.sight) },
    { method: 'GET', path: /^\/docker\/(.+)$/, handle: showDocker },
    { method: 'GET', path: /^\/$/, handle: (turn) => answerFile(turn, pageFile('index.html')) },
    { method: 'GET', path: /^\/page\/([^/]+)$/, handle: (turn) => answerFile(turn, pageFile(turn.params[0]!)) },
    { method: 'GET', path: /^\/vendor\/([^/]+)$/, handle: (turn) => answerFile(turn, vendorFile(turn.params[0]!)) },
  ];
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    throw new Fault('invalid', 'invalid URL escape');
  }
}

export interface InspectorApi {
  readonly handler: Handler;
  hijacks(method: string, path: string): boolean;
}

export function createInspectorApi(parts: InspectorParts): InspectorApi {
  const table = routes();
  const find = (method: string, path: string): { route: Route; groups: string[] } | undefined => {
    for (const route of table) {
      const match = route.method === method ? route.path.exec(path) : null;
      if (match) return { route, groups: match.slice(1) };
    }
    return undefined;
  };
  return {
    async handler(exchange) {
      try {
        const found = find(exchange.method, exchange.path);
        if (!found) throw new Fault('not-found', 'page not found');
        // Below /docker/ the path is handed on as it came: its own router decodes it.
        const params = found.route.handle === showDocker ? found.groups : found.groups.map(decode);
        await found.route.handle({ exchange, parts, sight: await parts.sight(), params });
      } catch (error) {
        if (!(error instanceof Fault)) throw error;
        answer({ exchange }, { message: error.message }, STATUS[error.kind] ?? 400);
      }
    },
    hijacks: (method, path) => find(method, path)?.route.socket === true,
  };
}
