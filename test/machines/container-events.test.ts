// What clients see of a container's life: the event stream in dockerd's order, inspect's State, and when a wait is over.
import test from 'ava';
import type { AnyMachineSnapshot, EventObject } from 'xstate';
import { birth, step } from '../../actors/runtime/step.js';
import type { ContainerContext } from '../../machines/container-context.js';
import { dockerStatus, rfc3339, stateJson, waitMark, waitOver, type ContainerSnapshot } from '../../machines/container-status.js';
import { machines } from '../../machines/index.js';

const START_MS = 1_700_000_000_000;
const web = { name: '/web', image: 'alpine:3.20', imageId: 'sha256:00', labels: { app: 'shop' } };

/** Plays a life one second per event; backs `lines` (the event stream) and `snapshots` (one per event). */
function live(input: object, events: (EventObject & Record<string, unknown>)[]): { lines: string[]; snapshots: ContainerSnapshot[]; last: ContainerSnapshot } {
  const { machine } = machines.container;
  let [snapshot, actions] = birth(machine, { ...web, id: 'c1', at: START_MS, ...input }) as [AnyMachineSnapshot, { type: string; params: unknown }[]];
  const lines: string[] = [];
  const snapshots: ContainerSnapshot[] = [];
  const note = (): void => {
    for (const { type, params } of actions) {
      if (type !== 'announce') continue;
      const { action, attributes } = params as { action: string; attributes: Record<string, string> };
      const { image: _image, app: _app, name: _name, ...own } = attributes;
      lines.push([action, ...Object.entries(own).map(([key, value]) => `${key}=${value}`)].join(' '));
    }
    snapshots.push(snapshot as unknown as ContainerSnapshot);
  };
  note();
  for (const [n, event] of events.entries()) {
    const { run } = snapshot.context as ContainerContext;
    const now = 'run' in event ? { run } : {};
    [snapshot, actions] = step(machine, snapshot, { ...event, ...now, at: START_MS + (n + 1) * 1000 } as unknown as EventObject);
    note();
  }
  return { lines, snapshots, last: snapshots.at(-1)! };
}

const start = [{ type: 'START' }, { type: 'STARTED', run: 0, pid: 42 }];
const died = (exitCode: number): EventObject & Record<string, unknown> => ({ type: 'DIED', run: 0, exitCode });

const streams: Record<string, { input?: object; events: (EventObject & Record<string, unknown>)[]; lines: string[] }> = {
  'docker run': { events: [...start, died(3)], lines: ['create', 'start', 'die execDuration=1 exitCode=3'] },
  'docker run --rm': {
    input: { autoRemove: true },
    events: [{ type: 'NOTE', action: 'attach' }, ...start, died(0), { type: 'REMOVED' }],
    lines: ['create', 'attach', 'start', 'die execDuration=1 exitCode=0', 'destroy'],
  },
  'docker stop': { events: [...start, { type: 'STOP' }, died(143)], lines: ['create', 'start', 'kill signal=15', 'die execDuration=2 exitCode=143', 'stop'] },
  'docker stop that has to kill': {
    events: [...start, { type: 'STOP', signal: 'INT' }, { type: 'xstate.after.grace.container.stopping.timed' }, died(137)],
    lines: ['create', 'start', 'kill signal=2', 'kill signal=9', 'die execDuration=3 exitCode=137', 'stop'],
  },
  'docker kill': { events: [...start, { type: 'KILL' }, died(137)], lines: ['create', 'start', 'kill signal=9', 'die execDuration=2 exitCode=137'] },
  'docker restart': {
    events: [...start, { type: 'RESTART' }, died(143), { type: 'STARTED', run: 0, pid: 43 }],
    lines: ['create', 'start', 'kill signal=15', 'die execDuration=2 exitCode=143', 'stop', 'start', 'restart'],
  },
  'docker rm -f': {
    events: [...start, { type: 'REMOVE', force: true }, died(137), { type: 'REMOVED' }],
    lines: ['create', 'start', 'kill signal=9', 'die execDuration=2 exitCode=137', 'destroy'],
  },
  'docker pause, docker stop': {
    events: [...start, { type: 'PAUSE' }, { type: 'STOP' }, died(143)],
    lines: ['create', 'start', 'pause', 'kill signal=15', 'unpause', 'die execDuration=3 exitCode=143', 'stop'],
  },
  'a restart policy': {
    input: { restart: { name: 'always', maximumRetryCount: 0 } },
    events: [...start, died(1), { type: 'xstate.after.backoff.container.restarting' }, { type: 'STARTED', run: 0, pid: 44 }],
    lines: ['create', 'start', 'die execDuration=1 exitCode=1', 'start'],
  },
  'out of memory': { events: [...start, { ...died(137), oomKilled: true }], lines: ['create', 'start', 'oom', 'die execDuration=1 exitCode=137'] },
  'docker rename': { events: [{ type: 'RENAME', name: 'shop' }], lines: ['create', 'rename oldName=/web'] },
  'a process shorter than the news of its start': { events: [{ type: 'START' }, died(0), { type: 'STARTED', run: 0, pid: 1 }], lines: ['create', 'start', 'die execDuration=0 exitCode=0'] },
};

for (const [title, { input = {}, events, lines }] of Object.entries(streams)) {
  test(`events of ${title}`, (t) => {
    t.deepEqual(live(input, events).lines, lines);
  });
}

test('State as inspect shows it, through a life', (t) => {
  const { snapshots } = live({}, [...start, { type: 'PAUSE' }, { type: 'UNPAUSE' }, died(3)]);
  t.deepEqual(snapshots.map(dockerStatus), ['created', 'created', 'running', 'paused', 'running', 'exited']);
  t.deepEqual(stateJson(snapshots[5]!), {
    Status: 'exited', Running: false, Paused: false, Restarting: false, OOMKilled: false, Dead: false, Pid: 0, ExitCode: 3, Error: '',
    StartedAt: '2023-11-14T22:13:22Z', FinishedAt: '2023-11-14T22:13:25Z',
  });
});

test('a first start that fails leaves Created with 127; a later one leaves Exited', (t) => {
  const failed = { type: 'START_FAILED', run: 0, exitCode: 127, error: 'executable file not found in $PATH' };
  const first = stateJson(live({}, [{ type: 'START' }, failed]).last);
  t.deepEqual([first.Status, first.ExitCode, first.Error, first.StartedAt], ['created', 127, failed.error, '0001-01-01T00:00:00Z']);
  t.is(dockerStatus(live({}, [...start, died(0), { type: 'START' }, failed]).last), 'exited');
});

test('a container that waits for its restart counts as running', (t) => {
  const state = stateJson(live({ restart: { name: 'always', maximumRetryCount: 0 } }, [...start, died(1)]).last);
  t.deepEqual([state.Status, state.Running, state.Restarting, state.ExitCode], ['restarting', true, true, 1]);
});

test('wait: not-running at once or at the exit, next-exit only at the next, removed at the end', (t) => {
  const { snapshots } = live({}, [...start, died(3), { type: 'REMOVE' }, { type: 'REMOVED' }]);
  const over = (condition: 'not-running' | 'next-exit' | 'removed', from: number): number => {
    const isOver = waitOver(condition, waitMark(snapshots[from]!));
    return snapshots.findIndex((snapshot, n) => n >= from && isOver(snapshot));
  };
  t.deepEqual([over('not-running', 0), over('not-running', 2), over('not-running', 3)], [0, 3, 3]);
  t.deepEqual([over('next-exit', 0), over('next-exit', 2), over('next-exit', 3)], [3, 3, -1]);
  t.is(over('removed', 0), 5);
});

test('an exit is seen even when the container runs again by the time anyone looks', (t) => {
  const { snapshots, last } = live({}, [...start, { type: 'RESTART' }, died(143), { type: 'STARTED', run: 0, pid: 43 }]);
  t.is(dockerStatus(last), 'running');
  t.true(waitOver('not-running', waitMark(snapshots[2]!))(last));
  t.false(waitOver('not-running', waitMark(last))(last));
});

test('back-off doubles to a minute and begins again after ten good seconds', (t) => {
  const crash = [{ type: 'DIED', run: 0, exitCode: 1 }, { type: 'xstate.after.backoff.container.restarting' }, { type: 'STARTED', run: 0, pid: 1 }];
  const crashes = Array.from({ length: 12 }, () => crash).flat();
  const { snapshots, last } = live({ restart: { name: 'always', maximumRetryCount: 0 } }, [...start, ...crashes]);
  const delays = snapshots.filter(({ value }) => value === 'restarting').map(({ context }) => context.backoffMs);
  t.deepEqual(delays, [100, 200, 400, 800, 1600, 3200, 6400, 12_800, 25_600, 51_200, 60_000, 60_000]);
  t.is(last.context.restartCount, 12);
  const idle = Array.from({ length: 10 }, () => ({ type: 'NOTE', action: 'top' }));
  const calm = live({ restart: { name: 'always', maximumRetryCount: 0 } }, [...start, ...crash, ...crash, ...idle, ...crash]).snapshots;
  t.deepEqual(calm.filter(({ value }) => value === 'restarting').map(({ context }) => context.backoffMs), [100, 200, 100]);
});

test('times are written as Go writes them', (t) => {
  t.is(rfc3339(0), '0001-01-01T00:00:00Z');
  t.is(rfc3339(START_MS), '2023-11-14T22:13:20Z');
  t.is(rfc3339(START_MS + 120.5), '2023-11-14T22:13:20.1205Z');
  t.is(rfc3339(START_MS + 0.001), '2023-11-14T22:13:20.000001Z');
});
