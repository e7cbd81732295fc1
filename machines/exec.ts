// One command run inside a running container (docker exec).
import { assign, setup } from 'xstate';
import { announce, effect, type EffectFailedEvent, type Stamped } from './actions.js';
import { SIGKILL } from './signals.js';
import type { MachineDefinition } from './definition.js';

/** `cmd`: the command as the event stream shows it. `id` is added by the engine. */
export interface ExecInput {
  readonly id: string;
  readonly container: string;
  readonly cmd: string;
  readonly tty?: boolean;
  readonly image?: string;
  readonly name?: string;
  readonly labels?: Readonly<Record<string, string>>;
}

export interface ExecContext {
  readonly id: string;
  readonly container: string;
  readonly cmd: string;
  readonly tty: boolean;
  readonly attributes: Readonly<Record<string, string>>;
  readonly pid: number;
  /** null until it ended. */
  readonly exitCode: number | null;
  readonly error: string;
  /** ms since the epoch, 0 for never. */
  readonly startedAt: number;
  readonly finishedAt: number;
}

export type ExecEvent = Stamped<
  | { type: 'START' }
  | { type: 'STARTED'; pid: number }
  | { type: 'START_FAILED'; exitCode: number; error: string }
  | { type: 'DIED'; exitCode: number }
  | { type: 'LOST' }
  | { type: 'CONTAINER_GONE' }
  | EffectFailedEvent
>;

type Args = { context: ExecContext; event: ExecEvent };

/** dockerd's collector forgets an ended exec at its second pass, every 5 min: https://github.com/moby/moby/blob/master/daemon/exec.go */
const RETENTION_MS = 600_000;

const say = (action: 'exec_create' | 'exec_start' | 'exec_die') => ({
  type: 'announce' as const,
  params: ({ context }: { context: ExecContext }) => ({
    type: 'container',
    id: context.container,
    action: action === 'exec_die' ? action : `${action}: ${context.cmd}`,
    attributes: { ...context.attributes, execID: context.id, ...(action === 'exec_die' ? { exitCode: String(context.exitCode) } : {}) },
  }),
});

const machine = setup({
  types: { context: {} as ExecContext, events: {} as ExecEvent, input: {} as ExecInput },
  actions: {
    effect,
    announce,
    started: assign(({ event }: Args) => ({ pid: event.type === 'STARTED' ? event.pid : 0, startedAt: event.at })),
    failed: assign(({ event }: Args) => ({
      exitCode: event.type === 'START_FAILED' ? event.exitCode : 126,
      error: 'error' in event ? event.error : '',
      finishedAt: event.at,
    })),
    died: assign(({ event }: Args) => ({ pid: 0, exitCode: event.type === 'DIED' ? event.exitCode : 128 + SIGKILL, finishedAt: event.at })),
  },
  guards: { launchFailed: ({ event }: Args) => event.type === 'EFFECT_FAILED' && event.op === 'launch' },
  delays: { retention: RETENTION_MS },
}).createMachine({
  id: 'exec',
  context: ({ input }) => ({
    id: input.id,
    container: input.container,
    cmd: input.cmd,
    tty: input.tty ?? false,
    attributes: { ...input.labels, image: input.image ?? '', name: input.name ?? '' },
    pid: 0,
    exitCode: null,
    error: '',
    startedAt: 0,
    finishedAt: 0,
  }),
  initial: 'created',
  entry: say('exec_create'),
  on: { CONTAINER_GONE: '.gone' },
  states: {
    created: { on: { START: 'starting' } },
    starting: {
      entry: [say('exec_start'), { type: 'effect', params: { op: 'launch' } }],
      on: {
        STARTED: { target: 'running', actions: 'started' },
        START_FAILED: { target: 'exited', actions: 'failed' },
        EFFECT_FAILED: { guard: 'launchFailed', target: 'exited', actions: 'failed' },
        // A very short command: its end overtook the news of its start.
        DIED: { target: 'exited', actions: ['started', 'died', say('exec_die')] },
        LOST: { target: 'exited', actions: ['died', say('exec_die')] },
      },
    },
    running: {
      on: {
        DIED: { target: 'exited', actions: ['died', say('exec_die')] },
        LOST: { target: 'exited', actions: ['died', say('exec_die')] },
      },
    },
    exited: { after: { retention: 'gone' } },
    gone: { type: 'final' },
  },
});

export const exec: MachineDefinition = {
  machine,
  version: 1,
  sample: {
    inputs: { plain: { id: 'e1', container: 'c1', cmd: 'ls -l', image: 'alpine:3.20', name: 'web', labels: { app: 'web' } } },
    events: [
      { type: 'START' },
      { type: 'STARTED', pid: 9 },
      { type: 'START_FAILED', exitCode: 127, error: 'executable file not found' },
      { type: 'DIED', exitCode: 0 },
      { type: 'DIED', exitCode: 3 },
      { type: 'LOST' },
      { type: 'CONTAINER_GONE' },
      { type: 'EFFECT_FAILED', op: 'launch', error: 'container is not running', params: {} },
      { type: 'xstate.after.retention.exec.exited' },
    ],
    distinguish: (context: ExecContext) => [context.exitCode],
  },
};
