// What a container remembers and what can happen to it: input, context and events of the container machine.
import type { EffectFailedEvent, Stamped } from './actions.js';

export interface RestartPolicy {
  readonly name: '' | 'no' | 'on-failure' | 'always' | 'unless-stopped';
  readonly maximumRetryCount: number;
}

/** A health check; 0 or absent means dockerd's default (30 s, 30 s, none, 5 s, 3). */
export interface HealthConfig {
  readonly intervalMs?: number;
  readonly timeoutMs?: number;
  readonly startPeriodMs?: number;
  readonly startIntervalMs?: number;
  readonly retries?: number;
}

export interface HealthProbe {
  readonly startedAt: number;
  readonly endedAt: number;
  readonly exitCode: number;
  readonly output: string;
}

export interface Health {
  readonly status: 'starting' | 'healthy' | 'unhealthy';
  readonly failingStreak: number;
  /** The last five probes, oldest first. */
  readonly log: readonly HealthProbe[];
}

/** `id` and `at` are added by the engine. */
export interface ContainerInput {
  readonly id: string;
  readonly at: number;
  readonly name: string;
  readonly image: string;
  readonly imageId: string;
  readonly labels?: Readonly<Record<string, string>>;
  readonly restart?: RestartPolicy;
  readonly autoRemove?: boolean;
  /** As configured, '' when not: dockerd treats the two differently in `docker kill`. */
  readonly stopSignal?: string;
  /** -1 waits for ever, 0 kills at once; default 10 s. */
  readonly stopTimeoutMs?: number;
  readonly tty?: boolean;
  readonly health?: HealthConfig | null;
}

/** A stop that was asked for. `deadline` in ms since the epoch, -1 for never, null until the process is there to be told. */
export interface StopRequest {
  readonly signal: number;
  readonly timeoutMs: number;
  readonly deadline: number | null;
}

export interface ContainerContext {
  readonly name: string;
  readonly image: string;
  readonly imageId: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly restart: RestartPolicy;
  readonly autoRemove: boolean;
  readonly stopSignal: string;
  readonly stopTimeoutMs: number;
  readonly tty: boolean;
  readonly healthConfig: HealthConfig | null;
  readonly createdAt: number;
  /** Counts launches; events of another run are ignored. */
  readonly run: number;
  /** Counts ends that release waiting clients. */
  readonly exits: number;
  readonly pid: number;
  readonly exitCode: number;
  readonly error: string;
  readonly oomKilled: boolean;
  /** ms since the epoch, 0 for never. */
  readonly startedAt: number;
  readonly finishedAt: number;
  readonly paused: boolean;
  readonly launchedBy: 'user' | 'policy' | 'restart';
  readonly hasBeenStartedBefore: boolean;
  readonly hasBeenManuallyStopped: boolean;
  /** A client's signal told dockerd not to restart after the coming exit. */
  readonly restartCancelled: boolean;
  readonly restartCount: number;
  /** The pause before the coming restart, 0 when there was none yet. */
  readonly backoffMs: number;
  readonly stop: StopRequest | null;
  readonly restartAfter: boolean;
  readonly removal: { readonly volumes: boolean } | null;
  /** Signals sent before the process was there, each once. */
  readonly queuedSignals: readonly number[];
  readonly health: Health | null;
}

export interface Died {
  readonly type: 'DIED';
  readonly run: number;
  readonly exitCode: number;
  readonly oomKilled?: boolean;
  readonly error?: string;
}

export type ContainerEvent = Stamped<
  | { type: 'START' }
  | { type: 'STARTED'; run: number; pid: number }
  | { type: 'START_FAILED'; run: number; exitCode: number; error: string }
  | { type: 'STOP'; timeoutMs?: number; signal?: string | number }
  | { type: 'RESTART'; timeoutMs?: number; signal?: string | number }
  | { type: 'KILL'; signal?: string | number }
  | { type: 'PAUSE' }
  | { type: 'UNPAUSE' }
  | Died
  | { type: 'LOST'; run: number }
  | { type: 'BOOT' }
  | { type: 'REMOVE'; force?: boolean; volumes?: boolean }
  | { type: 'REMOVED' }
  | { type: 'REMOVE_FAILED'; error: string }
  | { type: 'PROBED'; run: number; ok: boolean; exitCode: number; output: string; startedAt: number }
  | { type: 'RENAME'; name: string }
  | { type: 'UPDATE'; restart?: RestartPolicy }
  | { type: 'NOTE'; action: string; attributes?: Readonly<Record<string, string>> }
  | EffectFailedEvent
>;

export type ContainerArgs = { readonly context: ContainerContext; readonly event: ContainerEvent };

/** The context of a container nobody has started yet. */
export function newContainer(input: ContainerInput): ContainerContext {
  return {
    name: bareName(input.name),
    image: input.image,
    imageId: input.imageId,
    labels: input.labels ?? {},
    restart: input.restart ?? { name: '', maximumRetryCount: 0 },
    autoRemove: input.autoRemove ?? false,
    stopSignal: input.stopSignal ?? '',
    stopTimeoutMs: input.stopTimeoutMs ?? 10_000,
    tty: input.tty ?? false,
    healthConfig: input.health ?? null,
    createdAt: input.at,
    run: 0,
    exits: 0,
    pid: 0,
    exitCode: 0,
    error: '',
    oomKilled: false,
    startedAt: 0,
    finishedAt: 0,
    paused: false,
    launchedBy: 'user',
    hasBeenStartedBefore: false,
    hasBeenManuallyStopped: false,
    restartCancelled: false,
    restartCount: 0,
    backoffMs: 0,
    stop: null,
    restartAfter: false,
    removal: null,
    queuedSignals: [],
    health: null,
  };
}

export function bareName(name: string): string {
  return name.startsWith('/') ? name.slice(1) : name;
}
