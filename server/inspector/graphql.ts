// GraphQL over HTTP (POST and GET) and, for subscriptions, over graphql-transport-ws; the library is loaded with the first request.
import type { IncomingMessage } from 'node:http';
import type { WebSocket, WebSocketServer } from 'ws';
import type { Exchange } from '../http/exchange.js';
import { Fault } from '../../actors/runtime/fault.js';
import type { Sight } from './sight.js';

const BODY_MAX_BYTES = 256 << 10;
const TOKENS_MAX = 2000;
const JSON_TYPE = { 'Content-Type': 'application/graphql-response+json; charset=utf-8' };

interface Request {
  readonly query: string;
  readonly operationName: string | undefined;
  readonly variables: Record<string, unknown> | undefined;
}

/** Answers one query or mutation. A mutation by GET is refused, as the specification asks: https://graphql.github.io/graphql-over-http/ */
export async function answerGraphql(exchange: Exchange, sight: Sight): Promise<void> {
  const { graphql, parse, getOperationAST, GraphQLError } = await import('graphql');
  const { schema, resolvers } = await import('./schema.js');
  const refuse = (status: number, message: string): void => exchange.reply(status, JSON_TYPE, JSON.stringify({ errors: [{ message }] }));
  let request: Request;
  try {
    request = exchange.method === 'GET' ? fromQuery(exchange.query) : fromBody(await exchange.text(BODY_MAX_BYTES));
    const operation = getOperationAST(parse(request.query, { maxTokens: TOKENS_MAX }), request.operationName);
    if (exchange.method === 'GET' && operation?.operation === 'mutation') return refuse(405, 'a mutation needs POST');
    if (operation?.operation === 'subscription') return refuse(400, 'a subscription needs a WebSocket (graphql-transport-ws)');
  } catch (error) {
    if (!(error instanceof Fault) && !(error instanceof GraphQLError)) throw error;
    return refuse(400, error.message);
  }
  const { query, operationName, variables } = request;
  const result = await graphql({ schema, source: query, rootValue: resolvers(sight), variableValues: variables, operationName });
  exchange.reply(result.data === undefined ? 400 : 200, JSON_TYPE, JSON.stringify(result));
}

function fromBody(text: string): Request {
  let body: unknown;
  try {
    body = JSON.parse(text);
  } catch {
    throw new Fault('invalid', 'the body is not JSON');
  }
  return checked(body as Record<string, unknown> | null);
}

function fromQuery(query: URLSearchParams): Request {
  const variables = query.get('variables');
  try {
    return checked({ query: query.get('query') ?? undefined, operationName: query.get('operationName') ?? undefined, variables: variables === null ? undefined : JSON.parse(variables) });
  } catch (error) {
    throw error instanceof Fault ? error : new Fault('invalid', 'the variables are not JSON');
  }
}

function checked(body: Record<string, unknown> | null): Request {
  const { query, operationName, variables } = body ?? {};
  if (typeof query !== 'string') throw new Fault('invalid', 'query must be a string');
  if (operationName !== undefined && operationName !== null && typeof operationName !== 'string') throw new Fault('invalid', 'operationName must be a string');
  if (variables !== undefined && variables !== null && typeof variables !== 'object') throw new Fault('invalid', 'variables must be an object');
  return { query, operationName: operationName ?? undefined, variables: (variables as Record<string, unknown> | null) ?? undefined };
}

/** Sockets that were opened with the sub-protocol graphql-transport-ws are handed to the library's own server. */
export class GraphqlSockets {
  readonly #sight: Sight;
  #server: Promise<WebSocketServer> | undefined;

  constructor(sight: Sight) {
    this.#sight = sight;
  }

  async add(socket: WebSocket): Promise<void> {
    // What the client says meanwhile waits until somebody listens.
    socket.pause();
    const server = await (this.#server ??= this.#open());
    server.emit('connection', socket, { headers: {} } as IncomingMessage);
    socket.resume();
  }

  async #open(): Promise<WebSocketServer> {
    const [{ useServer }, { WebSocketServer: Server }, { schema, resolvers, sources }] = await Promise.all([import('graphql-ws/use/ws'), import('ws'), import('./schema.js')]);
    const server = new Server({ noServer: true });
    const roots = { query: resolvers(this.#sight), mutation: resolvers(this.#sight), subscription: sources(this.#sight) };
    useServer({ schema, roots }, server);
    return server;
  }
}
