// A named volume: made, mounted by containers, removed.
import { assign, setup } from 'xstate';
import { announce, effect, type EffectFailedEvent, type Stamped } from './actions.js';
import type { MachineDefinition } from './definition.js';

export interface VolumeInput {
  readonly name: string;
  readonly driver?: string;
  readonly labels?: Readonly<Record<string, string>>;
  readonly options?: Readonly<Record<string, string>>;
  readonly at: number;
}

export interface VolumeContext {
  readonly name: string;
  readonly driver: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly options: Readonly<Record<string, string>>;
  /** ms since the epoch. */
  readonly createdAt: number;
  readonly error: string;
}

export type VolumeEvent = Stamped<
  | { type: 'CREATED' }
  | { type: 'CREATE_FAILED'; error: string }
  | { type: 'MOUNTED'; container: string; destination: string; readWrite: boolean; propagation?: string }
  | { type: 'UNMOUNTED'; container: string }
  | { type: 'REMOVE'; force?: boolean }
  | { type: 'REMOVED' }
  | { type: 'REMOVE_FAILED'; error: string }
  | EffectFailedEvent
>;

type Args = { context: VolumeContext; event: VolumeEvent };

const note = (action: string) => ({ type: 'announce' as const, params: ({ context }: { context: VolumeContext }) => ({ id: context.name, action, attributes: { driver: context.driver } }) });

const machine = setup({
  types: { context: {} as VolumeContext, events: {} as VolumeEvent, input: {} as VolumeInput },
  actions: { effect, announce, failed: assign(({ event }: Args) => ({ error: 'error' in event ? event.error : '' })) },
  guards: {
    createFailed: ({ event }: Args) => event.type === 'EFFECT_FAILED' && event.op === 'create',
    deleteFailed: ({ event }: Args) => event.type === 'EFFECT_FAILED' && event.op === 'delete',
  },
}).createMachine({
  id: 'volume',
  context: ({ input }) => ({
    name: input.name,
    driver: input.driver ?? 'local',
    labels: input.labels ?? {},
    options: input.options ?? {},
    createdAt: input.at,
    error: '',
  }),
  initial: 'creating',
  states: {
    creating: {
      entry: { type: 'effect', params: ({ context }) => ({ op: 'create', driver: context.driver, options: context.options }) },
      on: {
        CREATED: { target: 'ready', actions: note('create') },
        CREATE_FAILED: { target: 'gone', actions: 'failed' },
        EFFECT_FAILED: { guard: 'createFailed', target: 'gone', actions: 'failed' },
      },
    },
    ready: {
      on: {
        MOUNTED: {
          actions: {
            type: 'announce',
            params: ({ context, event }) => ({
              id: context.name,
              action: 'mount',
              attributes: {
                driver: context.driver,
                container: event.container,
                destination: event.destination,
                propagation: event.propagation ?? '',
                'read/write': String(event.readWrite),
              },
            }),
          },
        },
        UNMOUNTED: {
          actions: {
            type: 'announce',
            params: ({ context, event }) => ({ id: context.name, action: 'unmount', attributes: { driver: context.driver, container: event.container } }),
          },
        },
        REMOVE: 'removing',
      },
    },
    removing: {
      entry: { type: 'effect', params: { op: 'delete' } },
      on: {
        REMOVED: { target: 'gone', actions: note('destroy') },
        REMOVE_FAILED: { target: 'ready', actions: 'failed' },
        EFFECT_FAILED: { guard: 'deleteFailed', target: 'ready', actions: 'failed' },
      },
    },
    gone: { type: 'final' },
  },
});

export const volume: MachineDefinition = {
  machine,
  version: 1,
  sample: {
    inputs: { plain: { name: 'data', labels: {}, options: {} } },
    events: [
      { type: 'CREATED' },
      { type: 'CREATE_FAILED', error: 'no space left on device' },
      { type: 'MOUNTED', container: 'c1', destination: '/data', readWrite: true },
      { type: 'UNMOUNTED', container: 'c1' },
      { type: 'REMOVE' },
      { type: 'REMOVED' },
      { type: 'REMOVE_FAILED', error: 'device busy' },
      { type: 'EFFECT_FAILED', op: 'create', error: 'no such driver', params: {} },
      { type: 'EFFECT_FAILED', op: 'delete', error: 'no such driver', params: {} },
    ],
  },
};
