// Inputs and events that reach every state and edge of the container machine.
import type { AnyEventObject } from 'xstate';
import type { ContainerContext } from './container-context.js';
import type { Sample } from './definition.js';

const plain = { name: 'web', image: 'alpine:3.20', imageId: 'sha256:00', labels: { app: 'web' } };
const START_MS = 1_700_000_000_000;

/** Events of the present run and of one long past; `run` is filled in by the explorer where it says `'now'`. */
const events: AnyEventObject[] = [
  { type: 'START' },
  { type: 'STARTED', run: 'now', pid: 7 },
  { type: 'START_FAILED', run: 'now', exitCode: 127, error: 'executable file not found' },
  { type: 'STOP' },
  { type: 'STOP', timeoutMs: 0 },
  { type: 'STOP', timeoutMs: -1, signal: 'HUP' },
  { type: 'RESTART' },
  { type: 'KILL' },
  { type: 'KILL', signal: 'HUP' },
  { type: 'PAUSE' },
  { type: 'UNPAUSE' },
  { type: 'DIED', run: 'now', exitCode: 0 },
  { type: 'DIED', run: 'now', exitCode: 1, oomKilled: true },
  { type: 'DIED', run: -1, exitCode: 0 },
  { type: 'LOST', run: 'now' },
  { type: 'BOOT' },
  { type: 'REMOVE' },
  { type: 'REMOVE', force: true, volumes: true },
  { type: 'REMOVED' },
  { type: 'REMOVE_FAILED', error: 'device busy' },
  { type: 'PROBED', run: 'now', ok: true, exitCode: 0, output: '', startedAt: START_MS },
  { type: 'PROBED', run: 'now', ok: false, exitCode: 1, output: 'refused', startedAt: START_MS },
  { type: 'EFFECT_FAILED', op: 'launch', error: 'no such image', params: { run: 'now' } },
  { type: 'EFFECT_FAILED', op: 'freeze', error: 'no freezer', params: { run: 'now' } },
  { type: 'xstate.after.backoff.container.restarting' },
  { type: 'xstate.after.grace.container.stopping.timed' },
  { type: 'xstate.after.probe.container.running.health.starting' },
  { type: 'xstate.after.probe.container.running.health.healthy' },
  { type: 'xstate.after.probe.container.running.health.unhealthy' },
];

export const containerSample: Sample = {
  inputs: {
    plain,
    healthy: { ...plain, health: { retries: 2, intervalMs: 1000 }, stopSignal: 'SIGTERM' },
    'on-failure': { ...plain, restart: { name: 'on-failure', maximumRetryCount: 1 }, stopSignal: 'SIGTERM' },
    'unless-stopped': { ...plain, restart: { name: 'unless-stopped', maximumRetryCount: 0 } },
    'auto-remove': { ...plain, autoRemove: true },
  },
  events,
  distinguish: (context: ContainerContext) => [
    context.paused,
    context.launchedBy === 'policy',
    context.hasBeenStartedBefore,
    context.hasBeenManuallyStopped,
    context.restartCancelled,
    Math.min(context.restartCount, 2),
    context.stop && [context.stop.signal, context.stop.timeoutMs],
    context.restartAfter,
    context.removal,
    context.queuedSignals,
    context.health && [context.health.status, Math.min(context.health.failingStreak, 3)],
  ],
};
