// The container lifecycle as dockerd lives it: one flat chart, pure; what it does to the world is data (`effect`, `announce`).
import { assign, setup } from 'xstate';
import { announce, effect, type AnnounceParams, type EffectParams } from './actions.js';
import { newContainer, type ContainerArgs, type ContainerContext, type ContainerEvent, type ContainerInput } from './container-context.js';
import * as rules from './container-rules.js';
import type { MachineDefinition } from './definition.js';
import { containerSample } from './container-sample.js';
import { SIGKILL } from './signals.js';

const fate = (wanted: rules.Fate) => (args: ContainerArgs): boolean => rules.fateOf(args) === wanted;
const verdict = (wanted: string) => (args: ContainerArgs): boolean => rules.verdictOf(args) === wanted;
const isFailed = (op: string) => ({ context, event }: ContainerArgs): boolean =>
  event.type === 'EFFECT_FAILED' && event.op === op && (op === 'delete' || event.params.run === context.run);
const thisRun = ({ context, event }: ContainerArgs): boolean => 'run' in event && event.run === context.run;
const startFailed = (args: ContainerArgs): boolean => (args.event.type === 'START_FAILED' ? thisRun(args) : isFailed('launch')(args));

const say = (action: string) => ({ type: 'announce' as const, params: ({ context }: { context: ContainerContext }) => rules.say(context, action) });
const act = (op: string) => ({ type: 'effect' as const, params: ({ context }: { context: ContainerContext }) => ({ op, run: context.run }) });

/** The parameters of a signal that is sent and announced. */
const signalled = (context: ContainerContext, signal: number): [EffectParams, AnnounceParams] => [
  { op: 'signal', run: context.run, signal },
  rules.say(context, 'kill', { signal: String(signal) }),
];

const base = setup({
  types: { context: {} as ContainerContext, events: {} as ContainerEvent, input: {} as ContainerInput },
  actions: { effect, announce },
  guards: {
    startsOnBoot: (args: ContainerArgs) => rules.startsOnBoot(args),
    toRemoval: fate('removal'),
    toRestart: fate('restart'),
    toPolicy: fate('policy'),
    toBoot: fate('boot'),
    toAutoRemove: fate('auto-remove'),
    toExit: fate('exit'),
    startedToRemoval: (args: ContainerArgs) => thisRun(args) && args.context.removal !== null,
    startedToStop: (args: ContainerArgs) => thisRun(args) && args.context.stop !== null,
    started: thisRun,
    failedToRemoval: (args: ContainerArgs) => startFailed(args) && (args.context.removal !== null || args.context.autoRemove),
    failedAgain: (args: ContainerArgs) => startFailed(args) && args.context.hasBeenStartedBefore,
    failedFirst: startFailed,
    freezeFailed: isFailed('freeze'),
    thawFailed: isFailed('thaw'),
    deleteFailed: isFailed('delete'),
    forced: ({ event }: ContainerArgs) => event.type === 'REMOVE' && event.force === true,
    ends: ({ context, event }: ContainerArgs) => rules.endsContainer(context, rules.killSignal(event)),
    wakes: ({ context, event }: ContainerArgs) => context.paused && rules.endsContainer(context, rules.killSignal(event)),
    overdue: ({ context, event }: ContainerArgs) => {
      const deadline = context.stop?.deadline ?? -1;
      return deadline >= 0 && deadline <= event.at;
    },
    patient: ({ context }: ContainerArgs) => (context.stop?.deadline ?? -1) < 0,
    checked: ({ context }: ContainerArgs) => context.healthConfig !== null,
    paused: ({ context }: ContainerArgs) => context.paused,
    probeGood: verdict('good'),
    probeBad: verdict('bad'),
    probeTolerated: verdict('tolerated'),
  },
  delays: {
    backoff: ({ context }) => context.backoffMs,
    grace: ({ context, event }) => Math.max(0, (context.stop?.deadline ?? 0) - event.at),
    probe: (args) => rules.probeDelayMs(args),
  },
});

const machine = base.extend({
  actions: {
    beginRun: assign(({ context }) => ({ run: context.run + 1, stop: null, restartAfter: false, queuedSignals: [] })),
    byUser: assign(() => rules.launchedBy('user')),
    byRestart: assign(() => rules.launchedBy('restart')),
    byPolicy: assign({ launchedBy: 'policy' }),
    started: base.enqueueActions(({ context, event, enqueue }) => {
      enqueue.assign(rules.recordStart({ context, event }));
      enqueue({ type: 'announce', params: rules.say(context, 'start') });
      if (context.launchedBy === 'restart') enqueue({ type: 'announce', params: rules.say(context, 'restart') });
      if (event.type !== 'STARTED') return;
      for (const signal of context.queuedSignals) {
        const [sent, said] = signalled(context, signal);
        enqueue({ type: 'effect', params: sent });
        enqueue({ type: 'announce', params: said });
      }
      enqueue.assign({ queuedSignals: [] });
    }),
    startFailed: assign((args) => rules.recordStartFailure(args)),
    died: base.enqueueActions(({ context, event, enqueue }) => {
      for (const line of rules.deathLines({ context, event })) enqueue({ type: 'announce', params: line });
      enqueue.assign(rules.recordExit({ context, event }));
    }),
    requestStop: assign((args) => rules.requestStop(args)),
    setDeadline: assign((args) => rules.setDeadline(args)),
    sendStopSignal: base.enqueueActions(({ context, enqueue }) => {
      const [sent, said] = signalled(context, context.stop?.signal ?? SIGKILL);
      enqueue({ type: 'effect', params: sent });
      enqueue({ type: 'announce', params: said });
    }),
    sendKill: base.enqueueActions(({ context, enqueue }) => {
      const [sent, said] = signalled(context, SIGKILL);
      enqueue({ type: 'effect', params: sent });
      enqueue({ type: 'announce', params: said });
    }),
    sendSignal: base.enqueueActions(({ context, event, enqueue }) => {
      const [sent, said] = signalled(context, rules.killSignal(event));
      enqueue({ type: 'effect', params: sent });
      enqueue({ type: 'announce', params: said });
      enqueue.assign(rules.markKilled({ context, event }));
    }),
    wake: base.enqueueActions(({ context, enqueue }) => {
      if (!context.paused) return;
      enqueue({ type: 'effect', params: { op: 'thaw', run: context.run } });
      enqueue({ type: 'announce', params: rules.say(context, 'unpause') });
      enqueue.assign({ paused: false });
    }),
    setPaused: assign({ paused: true }),
    setUnpaused: assign({ paused: false }),
    markKilled: assign((args) => rules.markKilled(args)),
    queueSignal: assign((args) => rules.queueSignal(args)),
    markRemoval: assign((args) => rules.markRemoval(args)),
    giveUp: assign((args) => rules.giveUp(args)),
    recordProbe: assign((args) => rules.recordProbe(args)),
    removalFailed: assign(({ event }) => ({ error: 'error' in event && event.error ? event.error : '' })),
    rename: base.enqueueActions(({ context, event, enqueue }) => {
      const change = rules.rename({ context, event });
      enqueue.assign(change);
      // dockerd keeps the slash in this one attribute.
      enqueue({ type: 'announce', params: rules.say({ ...context, ...change }, 'rename', { oldName: `/${context.name}` }) });
    }),
    update: assign((args) => rules.update(args)),
  },
}).createMachine({
  id: 'container',
  context: ({ input }) => newContainer(input),
  initial: 'created',
  entry: say('create'),
  on: {
    RENAME: { actions: 'rename' },
    UPDATE: { actions: ['update', say('update')] },
    NOTE: { actions: { type: 'announce', params: ({ context, event }) => rules.say(context, event.action, event.attributes) } },
  },
  states: {
    created: {
      on: {
        START: { target: 'starting', actions: 'byUser' },
        RESTART: { target: 'starting', actions: 'byRestart' },
        REMOVE: { target: 'removing', actions: 'markRemoval' },
      },
    },
    // What a client asks for while the process is being made is remembered and done once it is there, as under dockerd's lock.
    starting: {
      entry: ['beginRun', act('launch')],
      on: {
        STARTED: [
          { guard: 'startedToRemoval', target: 'stopping.killed', actions: 'started' },
          { guard: 'startedToStop', target: 'stopping', actions: 'started' },
          { guard: 'started', target: 'running', actions: 'started' },
        ],
        START_FAILED: [
          { guard: 'failedToRemoval', target: 'removing', actions: 'startFailed' },
          { guard: 'failedAgain', target: 'exited', actions: 'startFailed' },
          { guard: 'failedFirst', target: 'created', actions: 'startFailed' },
        ],
        EFFECT_FAILED: [
          { guard: 'failedToRemoval', target: 'removing', actions: 'startFailed' },
          { guard: 'failedAgain', target: 'exited', actions: 'startFailed' },
          { guard: 'failedFirst', target: 'created', actions: 'startFailed' },
        ],
        // A very short process: its end overtook the news of its start.
        DIED: [
          { guard: 'toRemoval', target: 'removing', actions: ['started', 'died'] },
          { guard: 'toRestart', target: 'starting', reenter: true, actions: ['started', 'died', 'byRestart'] },
          { guard: 'toPolicy', target: 'restarting', actions: ['started', 'died'] },
          { guard: 'toAutoRemove', target: 'removing', actions: ['started', 'died'] },
          { guard: 'toExit', target: 'exited', actions: ['started', 'died'] },
        ],
        STOP: { actions: 'requestStop' },
        RESTART: { actions: 'requestStop' },
        KILL: { actions: 'queueSignal' },
        REMOVE: { guard: 'forced', actions: 'markRemoval' },
      },
    },
    running: {
      type: 'parallel',
      on: {
        DIED: [
          { guard: 'toPolicy', target: 'restarting', actions: 'died' },
          { guard: 'toAutoRemove', target: 'removing', actions: 'died' },
          { guard: 'toExit', target: 'exited', actions: 'died' },
        ],
        LOST: [
          { guard: 'toBoot', target: 'starting', actions: ['died', 'byUser'] },
          { guard: 'toAutoRemove', target: 'removing', actions: 'died' },
          { guard: 'toExit', target: 'exited', actions: 'died' },
        ],
        STOP: { target: 'stopping', actions: 'requestStop' },
        RESTART: { target: 'stopping', actions: 'requestStop' },
        REMOVE: { guard: 'forced', target: 'stopping.killed', actions: 'markRemoval' },
      },
      states: {
        process: {
          initial: 'running',
          states: {
            running: {
              on: { PAUSE: { target: 'paused', actions: ['setPaused', act('freeze'), say('pause')] }, KILL: { actions: 'sendSignal' } },
            },
            paused: {
              on: {
                UNPAUSE: { target: 'running', actions: 'wake' },
                KILL: [{ guard: 'wakes', target: 'running', actions: ['sendSignal', 'wake'] }, { actions: 'sendSignal' }],
                EFFECT_FAILED: { guard: 'freezeFailed', target: 'running', actions: ['setUnpaused', say('unpause')] },
              },
            },
          },
        },
        health: {
          initial: 'none',
          states: {
            none: { always: { guard: 'checked', target: 'starting' } },
            starting: {
              after: { probe: [{ guard: 'paused', target: 'starting', reenter: true }, { actions: act('probe') }] },
              on: {
                PROBED: [
                  { guard: 'probeGood', target: 'healthy', actions: ['recordProbe', say('health_status: healthy')] },
                  { guard: 'probeBad', target: 'unhealthy', actions: ['recordProbe', say('health_status: unhealthy')] },
                  { guard: 'probeTolerated', target: 'starting', reenter: true, actions: 'recordProbe' },
                ],
                EFFECT_FAILED: [
                  { guard: 'probeBad', target: 'unhealthy', actions: ['recordProbe', say('health_status: unhealthy')] },
                  { guard: 'probeTolerated', target: 'starting', reenter: true, actions: 'recordProbe' },
                ],
              },
            },
            healthy: {
              after: { probe: [{ guard: 'paused', target: 'healthy', reenter: true }, { actions: act('probe') }] },
              on: {
                PROBED: [
                  { guard: 'probeBad', target: 'unhealthy', actions: ['recordProbe', say('health_status: unhealthy')] },
                  { guard: 'probeGood', target: 'healthy', reenter: true, actions: 'recordProbe' },
                  { guard: 'probeTolerated', target: 'healthy', reenter: true, actions: 'recordProbe' },
                ],
                EFFECT_FAILED: [
                  { guard: 'probeBad', target: 'unhealthy', actions: ['recordProbe', say('health_status: unhealthy')] },
                  { guard: 'probeTolerated', target: 'healthy', reenter: true, actions: 'recordProbe' },
                ],
              },
            },
            unhealthy: {
              after: { probe: [{ guard: 'paused', target: 'unhealthy', reenter: true }, { actions: act('probe') }] },
              on: {
                PROBED: [
                  { guard: 'probeGood', target: 'healthy', actions: ['recordProbe', say('health_status: healthy')] },
                  { guard: 'probeBad', target: 'unhealthy', reenter: true, actions: 'recordProbe' },
                  { guard: 'probeTolerated', target: 'unhealthy', reenter: true, actions: 'recordProbe' },
                ],
                EFFECT_FAILED: [
                  { guard: 'probeBad', target: 'unhealthy', reenter: true, actions: 'recordProbe' },
                  { guard: 'probeTolerated', target: 'unhealthy', reenter: true, actions: 'recordProbe' },
                ],
              },
            },
          },
        },
      },
    },
    stopping: {
      initial: 'asked',
      on: {
        DIED: [
          { guard: 'toRemoval', target: 'removing', actions: 'died' },
          { guard: 'toRestart', target: 'starting', actions: ['died', 'byRestart'] },
          { guard: 'toAutoRemove', target: 'removing', actions: 'died' },
          { guard: 'toExit', target: 'exited', actions: 'died' },
        ],
        LOST: [
          { guard: 'toRemoval', target: 'removing', actions: 'died' },
          { guard: 'toRestart', target: 'starting', actions: ['died', 'byRestart'] },
          { guard: 'toAutoRemove', target: 'removing', actions: 'died' },
          { guard: 'toExit', target: 'exited', actions: 'died' },
        ],
        KILL: { actions: 'sendSignal' },
        STOP: { target: '.asked', reenter: true, actions: 'requestStop' },
        RESTART: { target: '.asked', reenter: true, actions: 'requestStop' },
        REMOVE: { guard: 'forced', target: '.killed', actions: 'markRemoval' },
      },
      states: {
        asked: {
          entry: ['setDeadline', 'sendStopSignal', 'wake'],
          always: [{ guard: 'overdue', target: 'killed' }, { guard: 'patient', target: 'patient' }, { target: 'timed' }],
        },
        patient: {},
        timed: { after: { grace: 'killed' } },
        killed: {
          entry: ['sendKill', 'wake'],
          on: { STOP: { actions: 'requestStop' }, RESTART: { actions: 'requestStop' }, REMOVE: { guard: 'forced', actions: 'markRemoval' } },
        },
      },
    },
    restarting: {
      after: { backoff: { target: 'starting', actions: 'byPolicy' } },
      on: {
        STOP: { target: 'exited', actions: ['giveUp', say('stop')] },
        KILL: [{ guard: 'ends', target: 'exited', actions: 'giveUp' }, { actions: 'markKilled' }],
        RESTART: { target: 'starting', actions: ['giveUp', say('stop'), 'byRestart'] },
        REMOVE: { guard: 'forced', target: 'removing', actions: ['giveUp', 'markRemoval'] },
      },
    },
    exited: {
      on: {
        START: { target: 'starting', actions: 'byUser' },
        RESTART: { target: 'starting', actions: 'byRestart' },
        BOOT: { guard: 'startsOnBoot', target: 'starting', actions: 'byUser' },
        REMOVE: { target: 'removing', actions: 'markRemoval' },
      },
    },
    removing: {
      entry: { type: 'effect', params: ({ context }) => ({ op: 'delete', volumes: context.removal?.volumes ?? false }) },
      on: {
        REMOVED: { target: 'gone', actions: say('destroy') },
        REMOVE_FAILED: { target: 'dead', actions: 'removalFailed' },
        EFFECT_FAILED: { guard: 'deleteFailed', target: 'dead', actions: 'removalFailed' },
      },
    },
    dead: { on: { REMOVE: { target: 'removing', actions: 'markRemoval' } } },
    gone: { type: 'final' },
  },
});

/** How the registry knows it. */
export const container: MachineDefinition = { machine, version: 1, serial: ['freeze', 'thaw'], sample: containerSample };
