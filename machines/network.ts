// A network and the endpoints containers have on it.
import { assign, setup } from 'xstate';
import { announce, effect, type EffectFailedEvent, type Stamped } from './actions.js';
import type { MachineDefinition } from './definition.js';

export interface NetworkInput {
  readonly name: string;
  readonly driver?: string;
  readonly labels?: Readonly<Record<string, string>>;
  readonly options?: Readonly<Record<string, string>>;
  /** What the driver needs beside (IPAM, internal, ipv6 …), handed through as it is. */
  readonly config?: Readonly<Record<string, unknown>>;
  readonly at: number;
}

/** One container's place on the network, as JSON; what is in it is the driver's business. */
export type Endpoint = Readonly<Record<string, unknown>>;

export interface NetworkContext {
  readonly name: string;
  readonly driver: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly options: Readonly<Record<string, string>>;
  readonly config: Readonly<Record<string, unknown>>;
  /** ms since the epoch. */
  readonly createdAt: number;
  /** By container id. */
  readonly endpoints: Readonly<Record<string, Endpoint>>;
  readonly error: string;
}

export type NetworkEvent = Stamped<
  | { type: 'CONNECT'; container: string; endpoint?: Endpoint }
  | { type: 'CONNECTED'; container: string; endpoint: Endpoint }
  | { type: 'DISCONNECT'; container: string; force?: boolean }
  | { type: 'REMOVE' }
  | { type: 'REMOVED' }
  | { type: 'REMOVE_FAILED'; error: string }
  | EffectFailedEvent
>;

type Args = { context: NetworkContext; event: NetworkEvent };

/** A snapshot is written whole with each event, so a network holds no more than this; a /20 has as many addresses. */
export const ENDPOINT_LIMIT = 4096;

const containerOf = (event: NetworkEvent): string =>
  'container' in event ? event.container : event.type === 'EFFECT_FAILED' ? String(event.params.container) : '';
const connected = ({ context, event }: Args): boolean => Object.hasOwn(context.endpoints, containerOf(event));
const without = ({ context, event }: Args): Partial<NetworkContext> => {
  const { [containerOf(event)]: _left, ...endpoints } = context.endpoints;
  return { endpoints };
};
const say = (action: string) => ({
  type: 'announce' as const,
  params: ({ context, event }: Args) => ({
    action,
    attributes: { ...('container' in event ? { container: event.container } : {}), name: context.name, type: context.driver },
  }),
});

const machine = setup({
  types: { context: {} as NetworkContext, events: {} as NetworkEvent, input: {} as NetworkInput },
  actions: {
    effect,
    announce,
    connect: assign(({ context, event }: Args) =>
      event.type === 'CONNECT' || event.type === 'CONNECTED'
        ? { endpoints: { ...context.endpoints, [event.container]: event.endpoint ?? {} } }
        : {},
    ),
    disconnect: assign(without),
    failed: assign(({ event }: Args) => ({ error: 'error' in event ? event.error : '' })),
  },
  guards: {
    free: (args: Args) => !connected(args) && Object.keys(args.context.endpoints).length < ENDPOINT_LIMIT,
    connected,
    empty: ({ context }: Args) => Object.keys(context.endpoints).length === 0,
    createFailed: ({ event }: Args) => event.type === 'EFFECT_FAILED' && event.op === 'create',
    connectFailed: (args: Args) => args.event.type === 'EFFECT_FAILED' && args.event.op === 'connect' && connected(args),
    deleteFailed: ({ event }: Args) => event.type === 'EFFECT_FAILED' && event.op === 'delete',
  },
}).createMachine({
  id: 'network',
  context: ({ input }) => ({
    name: input.name,
    driver: input.driver ?? 'bridge',
    labels: input.labels ?? {},
    options: input.options ?? {},
    config: input.config ?? {},
    createdAt: input.at,
    endpoints: {},
    error: '',
  }),
  initial: 'created',
  entry: [
    { type: 'announce', params: ({ context }) => ({ action: 'create', attributes: { name: context.name, type: context.driver } }) },
    { type: 'effect', params: ({ context }) => ({ op: 'create', driver: context.driver, options: context.options }) },
  ],
  states: {
    created: {
      on: {
        CONNECT: {
          guard: 'free',
          actions: [
            'connect',
            { type: 'effect', params: ({ event }) => ({ op: 'connect', container: event.container, endpoint: event.endpoint ?? {} }) },
            say('connect'),
          ],
        },
        // The driver's answer: the addresses it gave.
        CONNECTED: { guard: 'connected', actions: 'connect' },
        DISCONNECT: {
          guard: 'connected',
          actions: ['disconnect', { type: 'effect', params: ({ event }) => ({ op: 'disconnect', container: event.container }) }, say('disconnect')],
        },
        // dockerd refuses to remove a network that has active endpoints.
        REMOVE: { guard: 'empty', target: 'removing' },
        EFFECT_FAILED: [
          { guard: 'createFailed', target: 'gone', actions: 'failed' },
          { guard: 'connectFailed', actions: ['disconnect', 'failed'] },
        ],
      },
    },
    removing: {
      entry: { type: 'effect', params: { op: 'delete' } },
      on: {
        REMOVED: { target: 'gone', actions: say('destroy') },
        REMOVE_FAILED: { target: 'created', actions: 'failed' },
        EFFECT_FAILED: { guard: 'deleteFailed', target: 'created', actions: 'failed' },
      },
    },
    gone: { type: 'final' },
  },
});

export const network: MachineDefinition = {
  machine,
  version: 1,
  serial: ['create', 'connect', 'disconnect', 'delete'],
  sample: {
    inputs: { plain: { name: 'front', labels: {}, options: {} } },
    events: [
      { type: 'CONNECT', container: 'c1', endpoint: { aliases: ['web'] } },
      { type: 'CONNECTED', container: 'c1', endpoint: { ip: '172.18.0.2' } },
      { type: 'CONNECT', container: 'c2' },
      { type: 'DISCONNECT', container: 'c1' },
      { type: 'DISCONNECT', container: 'c2' },
      { type: 'REMOVE' },
      { type: 'REMOVED' },
      { type: 'REMOVE_FAILED', error: 'device busy' },
      { type: 'EFFECT_FAILED', op: 'create', error: 'no subnet left', params: {} },
      { type: 'EFFECT_FAILED', op: 'connect', error: 'no address left', params: { container: 'c1' } },
      { type: 'EFFECT_FAILED', op: 'delete', error: 'device busy', params: {} },
    ],
    distinguish: (context: NetworkContext) => context.endpoints,
  },
};
