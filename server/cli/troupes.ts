// Who plays in scenes: for each kind what a client can do, as events, and what the real backend answers to its effects.
import type { AnyEventObject, AnyMachineSnapshot } from 'xstate';
import { SIGKILL } from '../../machines/signals.js';

/** The events that an act causes one after the other; `when`: the states in which it can be done at all. */
export interface Doing {
  readonly events: (run: number) => readonly AnyEventObject[];
  readonly when?: (snapshot: AnyMachineSnapshot) => boolean;
}

export interface Troupe {
  readonly acts: Readonly<Record<string, Doing>>;
  /** What comes back for an effect; undefined for what has no answer. */
  readonly answer: (effect: { readonly op: string; readonly [name: string]: unknown }) => AnyEventObject | undefined;
  /** Which sample inputs are played; default all. */
  readonly plays?: (input: Readonly<Record<string, unknown>>) => boolean;
}

const one = (type: string, fields: Record<string, unknown> = {}) => (): AnyEventObject[] => [{ type, ...fields }];
const outermost = ({ value }: AnyMachineSnapshot): string => (typeof value === 'string' ? value : Object.keys(value)[0]!);
const isUp = (snapshot: AnyMachineSnapshot): boolean => outermost(snapshot) === 'running';
const isPaused = ({ context }: AnyMachineSnapshot): boolean => (context as { paused?: boolean }).paused === true;
/** dockerd refuses to stop, kill or pause what does not run before any event is made of it. */
const up: Pick<Doing, 'when'> = { when: isUp };
/** The container's program reads the code it ends with, and ignores SIGTERM: see the player. */
const ends = (exitCode: number): Doing => ({ events: (run) => [{ type: 'DIED', run, exitCode }], when: (snapshot) => isUp(snapshot) && !isPaused(snapshot) });

const container: Troupe = {
  plays: (input) => input.health === undefined || input.health === null,
  acts: {
    start: { events: one('START'), when: (snapshot) => !isUp(snapshot) },
    'end with 0': ends(0),
    'end with 3': ends(3),
    pause: { events: one('PAUSE'), when: (snapshot) => isUp(snapshot) && !isPaused(snapshot) },
    unpause: { events: one('UNPAUSE'), when: (snapshot) => isUp(snapshot) && isPaused(snapshot) },
    kill: { events: one('KILL'), ...up },
    'kill -s TERM': { events: one('KILL', { signal: 'TERM' }), when: (snapshot) => isUp(snapshot) && !isPaused(snapshot) },
    'stop -t 0': { events: one('STOP', { timeoutMs: 0 }), ...up },
    'stop -t 1': { events: one('STOP', { timeoutMs: 1000 }), when: (snapshot) => isUp(snapshot) && !isPaused(snapshot) },
    'restart -t 0': { events: one('RESTART', { timeoutMs: 0 }) },
    rename: { events: one('RENAME', { name: 'another' }) },
    rm: { events: one('REMOVE'), when: (snapshot) => !isUp(snapshot) },
    'rm -f': { events: one('REMOVE', { force: true }) },
  },
  answer({ op, run, signal }) {
    if (op === 'launch') return { type: 'STARTED', run, pid: 1 };
    if (op === 'signal' && signal === SIGKILL) return { type: 'DIED', run, exitCode: 128 + SIGKILL };
    return op === 'delete' ? { type: 'REMOVED' } : undefined;
  },
};

const exec: Troupe = {
  acts: {
    start: { events: one('START'), when: ({ value }) => value === 'created' },
    'end with 0': { events: one('DIED', { exitCode: 0 }), when: ({ value }) => value === 'running' },
    'end with 3': { events: one('DIED', { exitCode: 3 }), when: ({ value }) => value === 'running' },
    'rm -f its container': { events: one('CONTAINER_GONE'), when: ({ value }) => value !== 'running' },
  },
  answer: ({ op }) => (op === 'launch' ? { type: 'STARTED', pid: 2 } : undefined),
};

const volume: Troupe = {
  acts: {
    use: { events: () => [{ type: 'MOUNTED', container: 'c', destination: '/data', readWrite: true }, { type: 'UNMOUNTED', container: 'c' }] },
    rm: { events: one('REMOVE') },
  },
  answer: ({ op }) => (op === 'create' ? { type: 'CREATED' } : op === 'delete' ? { type: 'REMOVED' } : undefined),
};

export const troupes: Readonly<Record<string, Troupe>> = { container, exec, volume };
