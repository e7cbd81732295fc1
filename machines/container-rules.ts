// The container's rules as pure functions: what is remembered of each event, and what becomes of a container when its process ends.
import type { AnnounceParams } from './actions.js';
import { bareName, type ContainerArgs, type ContainerContext, type ContainerEvent, type Health, type StopRequest } from './container-context.js';
import { normaliseSignal, SIGKILL, SIGTERM } from './signals.js';

type Change = Partial<ContainerContext>;

const FIRST_BACKOFF_MS = 100;
const LAST_BACKOFF_MS = 60_000;
const HEALTHY_RUN_MS = 10_000;
const PROBES_KEPT = 5;
const PROBE_OUTPUT_KEPT = 4096;

/** An event line about this container: labels first, then image and name, then the event's own, as dockerd fills them in. */
export function say(context: ContainerContext, action: string, attributes: Readonly<Record<string, string>> = {}): AnnounceParams {
  return { action, attributes: { ...context.labels, image: context.image, name: context.name, ...attributes } };
}

/** What becomes of the container now that its process has ended. `other`: the news is about another run. */
export type Fate = 'other' | 'removal' | 'restart' | 'policy' | 'boot' | 'auto-remove' | 'exit';

export function fateOf({ context, event }: ContainerArgs): Fate {
  if ((event.type !== 'DIED' && event.type !== 'LOST') || event.run !== context.run) return 'other';
  if (context.removal) return 'removal';
  if (context.restartAfter) return 'restart';
  const exitCode = event.type === 'DIED' ? event.exitCode : 128 + SIGKILL;
  if (!context.restartCancelled && shouldRestart(context, exitCode)) return event.type === 'LOST' ? 'boot' : 'policy';
  return context.autoRemove ? 'auto-remove' : 'exit';
}

/** dockerd's restart manager: https://github.com/moby/moby/blob/master/daemon/internal/restartmanager/restartmanager.go */
function shouldRestart({ restart, restartCount, hasBeenManuallyStopped }: ContainerContext, exitCode: number): boolean {
  if (restart.name === 'always') return true;
  if (restart.name === 'unless-stopped') return !hasBeenManuallyStopped;
  if (restart.name !== 'on-failure') return false;
  return exitCode !== 0 && (restart.maximumRetryCount === 0 || restartCount < restart.maximumRetryCount);
}

/** Whether an exited container starts with the server. */
export function startsOnBoot({ context }: ContainerArgs): boolean {
  const { restart, hasBeenManuallyStopped, hasBeenStartedBefore } = context;
  return hasBeenStartedBefore && (restart.name === 'always' || (restart.name === 'unless-stopped' && !hasBeenManuallyStopped));
}

export function recordStart({ context, event }: ContainerArgs): Change {
  const health: Health | null = context.healthConfig ? { status: 'starting', failingStreak: 0, log: [] } : null;
  const pid = event.type === 'STARTED' ? event.pid : 0;
  return { pid, startedAt: event.at, exitCode: 0, error: '', oomKilled: false, paused: false, hasBeenStartedBefore: true, health };
}

/** A first start that fails leaves the container `created`, with the exit code and error for all to see. */
export function recordStartFailure({ context, event }: ContainerArgs): Change {
  const failed = event.type === 'START_FAILED' ? event : { exitCode: 128, error: event.type === 'EFFECT_FAILED' ? event.error : '' };
  const policy = context.launchedBy === 'policy';
  return {
    ...settled(context),
    exitCode: failed.exitCode,
    error: failed.error,
    exits: context.exits + (policy ? 1 : 0),
    finishedAt: policy ? event.at : context.finishedAt,
    removal: context.removal ?? (context.autoRemove ? { volumes: true } : null),
  };
}

export function recordExit({ context, event }: ContainerArgs): Change {
  const fate = fateOf({ context, event });
  const died = event.type === 'DIED' ? event : { exitCode: 128 + SIGKILL, oomKilled: false, error: '' };
  return {
    ...settled(context),
    exitCode: died.exitCode,
    error: died.error ?? '',
    oomKilled: died.oomKilled ?? false,
    finishedAt: event.at,
    exits: context.exits + 1,
    restartCount: context.restartCount + (fate === 'policy' ? 1 : 0),
    backoffMs: fate === 'policy' ? nextBackoffMs(context, event.at) : context.backoffMs,
    removal: fate === 'auto-remove' ? { volumes: true } : context.removal,
  };
}

function nextBackoffMs({ startedAt, backoffMs }: ContainerContext, at: number): number {
  if (backoffMs === 0 || at - startedAt >= HEALTHY_RUN_MS) return FIRST_BACKOFF_MS;
  return Math.min(backoffMs * 2, LAST_BACKOFF_MS);
}

/** What no container without a process carries. A monitor that ended counts as unhealthy, as in dockerd. */
function settled({ health }: ContainerContext): Change {
  return { pid: 0, paused: false, stop: null, restartAfter: false, queuedSignals: [], health: health && { ...health, status: 'unhealthy' } };
}

/** The event lines of an exit, in dockerd's order. Reads the context from before {@link recordExit}. */
export function deathLines({ context, event }: ContainerArgs): AnnounceParams[] {
  const died = event.type === 'DIED' ? event : { exitCode: 128 + SIGKILL, oomKilled: false };
  const seconds = Math.max(0, Math.floor((event.at - context.startedAt) / 1000));
  const lines = [say(context, 'die', { execDuration: String(seconds), exitCode: String(died.exitCode) })];
  if (died.oomKilled) lines.unshift(say(context, 'oom'));
  if (context.stop) lines.push(say(context, 'stop'));
  return lines;
}

/** A restart that was waited for is given up: nobody will start the container now. */
export function giveUp({ context, event }: ContainerArgs): Change {
  return { ...settled(context), exits: context.exits + 1, finishedAt: event.at, hasBeenManuallyStopped: true };
}

/** A start by a client (or by the server's own start): the restart manager begins afresh. */
export function launchedBy(who: 'user' | 'restart'): Change {
  return { launchedBy: who, restartCount: 0, backoffMs: 0, hasBeenManuallyStopped: false, restartCancelled: false };
}

export function requestStop({ context, event }: ContainerArgs): Change {
  if (event.type !== 'STOP' && event.type !== 'RESTART') return {};
  const signal = normaliseSignal(event.signal ?? '') ?? normaliseSignal(context.stopSignal) ?? SIGTERM;
  const timeoutMs = event.timeoutMs ?? context.stopTimeoutMs;
  const earlier = context.stop?.deadline ?? null;
  const deadline = earlier === null ? null : soonest(earlier, deadlineOf(timeoutMs, event.at));
  const stop: StopRequest = { signal, timeoutMs, deadline };
  return { stop, restartAfter: context.restartAfter || event.type === 'RESTART', hasBeenManuallyStopped: true, restartCancelled: true };
}

/** The process is there to be told: from now on the time counts. */
export function setDeadline({ context, event }: ContainerArgs): Change {
  const { stop } = context;
  if (!stop || stop.deadline !== null) return {};
  return { stop: { ...stop, deadline: deadlineOf(stop.timeoutMs, event.at) } };
}

const deadlineOf = (timeoutMs: number, at: number): number => (timeoutMs < 0 ? -1 : at + timeoutMs);
const soonest = (a: number, b: number): number => (a < 0 ? b : b < 0 ? a : Math.min(a, b));

/** The signal of a KILL; SIGKILL when none is named. */
export function killSignal(event: ContainerEvent): number {
  return (event.type === 'KILL' ? normaliseSignal(event.signal ?? SIGKILL) : undefined) ?? SIGKILL;
}

/**
 * Whether a signal makes the coming exit the last one, and wakes a paused container: SIGKILL, the container's own stop
 * signal, and, oddly but so in dockerd, any signal when no stop signal was configured.
 */
export function endsContainer(context: ContainerContext, signal: number): boolean {
  return signal !== 0 && (signal === SIGKILL || context.stopSignal === '' || normaliseSignal(context.stopSignal) === signal);
}

export function markKilled({ context, event }: ContainerArgs): Change {
  return { hasBeenManuallyStopped: true, restartCancelled: context.restartCancelled || endsContainer(context, killSignal(event)) };
}

export function queueSignal({ context, event }: ContainerArgs): Change {
  const signal = killSignal(event);
  if (context.queuedSignals.includes(signal)) return markKilled({ context, event });
  return { ...markKilled({ context, event }), queuedSignals: [...context.queuedSignals, signal] };
}

export function markRemoval({ context, event }: ContainerArgs): Change {
  if (event.type !== 'REMOVE') return {};
  return { removal: { volumes: (event.volumes ?? false) || (context.removal?.volumes ?? false) } };
}

/** The outcome of a probe; a probe that could not be run at all counts as failed. */
function probeOf(event: ContainerEvent): { run: number; ok: boolean; exitCode: number; output: string; startedAt: number } | undefined {
  if (event.type === 'PROBED') return event;
  if (event.type !== 'EFFECT_FAILED' || event.op !== 'probe') return undefined;
  return { run: Number(event.params.run), ok: false, exitCode: -1, output: event.error, startedAt: event.at };
}

/** What a probe means for the health: `good`, `bad` (the streak is long enough) or `tolerated`; undefined for other runs. */
export function verdictOf({ context, event }: ContainerArgs): 'good' | 'bad' | 'tolerated' | undefined {
  const probe = probeOf(event);
  if (!probe || probe.run !== context.run || !context.health) return undefined;
  if (probe.ok) return 'good';
  return streakAfter(context, probe.startedAt) >= (context.healthConfig?.retries || 3) ? 'bad' : 'tolerated';
}

function streakAfter({ health, healthConfig, startedAt }: ContainerContext, probedAt: number): number {
  const streak = health?.failingStreak ?? 0;
  const periodMs = healthConfig?.startPeriodMs ?? 0;
  const starting = health?.status === 'starting' && periodMs > 0 && probedAt - startedAt < periodMs;
  return starting ? streak : streak + 1;
}

export function recordProbe({ context, event }: ContainerArgs): Change {
  const probe = probeOf(event);
  const { health } = context;
  if (!probe || !health) return {};
  const verdict = verdictOf({ context, event });
  const status = verdict === 'good' ? 'healthy' : verdict === 'bad' ? 'unhealthy' : health.status;
  const entry = { startedAt: probe.startedAt, endedAt: event.at, exitCode: probe.exitCode, output: probe.output.slice(0, PROBE_OUTPUT_KEPT) };
  const failingStreak = probe.ok ? 0 : streakAfter(context, probe.startedAt);
  return { health: { status, failingStreak, log: [...health.log, entry].slice(-PROBES_KEPT) } };
}

/** ms until the next probe. */
export function probeDelayMs({ context, event }: ContainerArgs): number {
  const { intervalMs, startPeriodMs = 0, startIntervalMs } = context.healthConfig ?? {};
  const warming = context.health?.status === 'starting' && event.at - context.startedAt < startPeriodMs;
  return warming ? startIntervalMs || 5_000 : intervalMs || 30_000;
}

export function rename({ event }: ContainerArgs): Change {
  return event.type === 'RENAME' ? { name: bareName(event.name) } : {};
}

export function update({ event }: ContainerArgs): Change {
  return event.type === 'UPDATE' && event.restart ? { restart: event.restart } : {};
}
