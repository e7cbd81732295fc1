// What clients are told of a container's state: pure selectors over a durable snapshot.
import type { StateValue } from 'xstate';
import type { ContainerContext, Health } from './container-context.js';

/** Any snapshot of a container: durable or live. */
export interface ContainerSnapshot {
  readonly value: StateValue;
  readonly context: ContainerContext;
}

export type DockerStatus = 'created' | 'running' | 'paused' | 'restarting' | 'exited' | 'removing' | 'dead';

/** The name of the outermost state, whatever goes on inside it. */
export function stateName(value: StateValue): string {
  return typeof value === 'string' ? value : (Object.keys(value)[0] ?? '');
}

/** Docker's word for the state. A container that is being started still looks as it did before, as in dockerd. */
export function dockerStatus({ value, context }: ContainerSnapshot): DockerStatus {
  switch (stateName(value)) {
    case 'created':
      return 'created';
    case 'starting':
      if (context.launchedBy === 'policy') return 'restarting';
      return context.hasBeenStartedBefore ? 'exited' : 'created';
    case 'running':
      return context.paused ? 'paused' : 'running';
    case 'stopping':
      return 'running';
    case 'restarting':
      return 'restarting';
    case 'exited':
      return 'exited';
    case 'dead':
      return 'dead';
    default:
      return 'removing';
  }
}

/** dockerd counts a container that waits for its restart as running: `docker wait` and `rm` must not take it for over. */
export function isRunning(snapshot: ContainerSnapshot): boolean {
  const status = dockerStatus(snapshot);
  return status === 'running' || status === 'paused' || status === 'restarting';
}

/** The moment from which a `wait` counts. */
export interface WaitMark {
  readonly run: number;
  readonly exits: number;
}

export function waitMark({ context }: ContainerSnapshot): WaitMark {
  return { run: context.run, exits: context.exits };
}

export type WaitCondition = 'not-running' | 'next-exit' | 'removed';

/** The predicate for `engine.until`: `context.exitCode` of the snapshot that satisfies it is the answer. */
export function waitOver(condition: WaitCondition, since: WaitMark): (snapshot: ContainerSnapshot) => boolean {
  if (condition === 'removed') return ({ value }) => stateName(value) === 'gone';
  // The end of a run is seen even if the container runs again by the time anyone looks.
  const ended = ({ context }: ContainerSnapshot): boolean => context.exits > since.exits;
  if (condition === 'next-exit') return ended;
  return (snapshot) => ended(snapshot) || !isRunning(snapshot);
}

export interface StateJson {
  Status: DockerStatus;
  Running: boolean;
  Paused: boolean;
  Restarting: boolean;
  OOMKilled: boolean;
  Dead: boolean;
  Pid: number;
  ExitCode: number;
  Error: string;
  StartedAt: string;
  FinishedAt: string;
  Health?: HealthJson;
}

export interface HealthJson {
  Status: 'starting' | 'healthy' | 'unhealthy';
  FailingStreak: number;
  Log: { Start: string; End: string; ExitCode: number; Output: string }[];
}

/** Docker's `State` object: https://docs.docker.com/reference/api/engine/version/v1.50/#tag/Container/operation/ContainerInspect */
export function stateJson(snapshot: ContainerSnapshot): StateJson {
  const { context } = snapshot;
  const Status = dockerStatus(snapshot);
  return {
    Status,
    Running: isRunning(snapshot),
    Paused: Status === 'paused',
    Restarting: Status === 'restarting',
    OOMKilled: context.oomKilled,
    Dead: Status === 'dead',
    Pid: context.pid,
    ExitCode: context.exitCode,
    Error: context.error,
    StartedAt: rfc3339(context.startedAt),
    FinishedAt: rfc3339(context.finishedAt),
    ...(context.health ? { Health: healthJson(context.health) } : {}),
  };
}

function healthJson({ status, failingStreak, log }: Health): HealthJson {
  return {
    Status: status,
    FailingStreak: failingStreak,
    Log: log.map((probe) => ({ Start: rfc3339(probe.startedAt), End: rfc3339(probe.endedAt), ExitCode: probe.exitCode, Output: probe.output })),
  };
}

/** Go's RFC3339Nano for ms since the epoch (µs resolution, trailing zeros cut); Go's zero time for 0. */
export function rfc3339(ms: number): string {
  if (ms === 0) return '0001-01-01T00:00:00Z';
  const us = Math.round(ms * 1000);
  const whole = Math.floor(us / 1000);
  const digits = (new Date(whole).toISOString().slice(20, 23) + String(us - whole * 1000).padStart(3, '0')).replace(/0+$/, '');
  return new Date(whole).toISOString().slice(0, 19) + (digits ? `.${digits}` : '') + 'Z';
}
