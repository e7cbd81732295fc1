// A container written down a second time, imperatively and apart from the chart, to check the chart against.
import type { AnyEventObject, AnyMachineSnapshot } from 'xstate';
import type { Action } from '../../actors/runtime/step.js';
import type { ContainerContext, ContainerInput } from '../../machines/container-context.js';
import { dockerStatus, waitMark } from '../../machines/container-status.js';
import type { ModelSystem } from './engine-model.js';

/** What machine and model are compared by: what inspect would say, and what was done and announced by the last event. */
export function containerView(snapshot: AnyMachineSnapshot, actions: readonly Action[]): unknown {
  const context = snapshot.context as ContainerContext;
  const { pid, exitCode, error, restartCount, hasBeenManuallyStopped, backoffMs, health } = context;
  const said = actions.flatMap(({ type, params }) => {
    const { op, action, run, signal, volumes, attributes } = params as Record<string, unknown>;
    if (type === 'effect') return [[op, op === 'delete' ? volumes : run, ...(signal === undefined ? [] : [signal])].join(' ')];
    const { signal: sent, exitCode: code } = (attributes ?? {}) as Record<string, string>;
    return type === 'announce' ? [['!' + String(action), sent ?? code].filter((part) => part !== undefined).join(' ')] : [];
  });
  const status = dockerStatus({ value: snapshot.value, context });
  const shown = [status, pid, exitCode, error, restartCount, hasBeenManuallyStopped, backoffMs, health && [health.status, health.failingStreak, health.log.length]];
  return { shown, ...waitMark({ value: snapshot.value, context }), said: said.sort() };
}

const NUMBERS: Record<string, number> = { HUP: 1, KILL: 9, SIGTERM: 15 };

export class ContainerModel implements ModelSystem {
  phase: 'created' | 'starting' | 'up' | 'ending' | 'waiting' | 'down' | 'removing' | 'dead' | 'gone' = 'created';
  said: string[] = ['!create'];
  run = 0;
  exits = 0;
  pid = 0;
  exitCode = 0;
  error = '';
  restarts = 0;
  manual = false;
  never = false;
  backoff = 0;
  startedAt = 0;
  ranBefore = false;
  paused = false;
  byPolicy = false;
  byRestart = false;
  health: { status: string; streak: number; probes: number } | null = null;
  stop: { signal: number; timeout: number } | null = null;
  ending: 'timed' | 'patient' | 'killed' = 'timed';
  deadline = Infinity;
  startAgain = false;
  remove: { volumes: boolean } | null = null;
  queue: number[] = [];
  readonly input: ContainerInput;

  constructor(input: ContainerInput) {
    this.input = input;
  }

  view(): unknown {
    const looks = { created: 'created', up: this.paused ? 'paused' : 'running', ending: 'running', waiting: 'restarting', down: 'exited' };
    const starting = this.byPolicy ? 'restarting' : this.ranBefore ? 'exited' : 'created';
    const rest = { ...looks, starting, removing: 'removing', dead: 'dead', gone: 'removing' };
    const health = this.health && [this.health.status, this.health.streak, Math.min(this.health.probes, 5)];
    const shown = [rest[this.phase], this.pid, this.exitCode, this.error, this.restarts, this.manual, this.backoff, health];
    return { shown, run: this.run, exits: this.exits, said: this.said.toSorted() };
  }

  apply(event: AnyEventObject): void {
    this.said = [];
    const [name] = event.type.replace('xstate.after.', 'after ').split('.');
    if ('run' in event && event.run !== this.run) return;
    const act = this[`on ${name}` as keyof this] as ((event: AnyEventObject) => void) | undefined;
    act?.call(this, event);
  }

  signal(signal: number): void {
    this.said.push(`signal ${this.run} ${signal}`, `!kill ${signal}`);
  }
  wake(): void {
    if (this.paused) this.said.push(`thaw ${this.run}`, '!unpause');
    this.paused = false;
  }
  last(signal: number): boolean {
    return signal === 9 || !this.input.stopSignal || NUMBERS[this.input.stopSignal] === signal;
  }
  launch(how: 'user' | 'policy' | 'restart'): void {
    if (how !== 'policy') Object.assign(this, { restarts: 0, backoff: 0, manual: false, never: false });
    Object.assign(this, { phase: 'starting', byPolicy: how === 'policy', byRestart: how === 'restart', stop: null, startAgain: false, queue: [] });
    this.said.push(`launch ${++this.run}`);
  }
  erase(volumes: boolean): void {
    this.phase = 'removing';
    this.said.push(`delete ${volumes}`);
  }
  begun(at: number, pid: number): void {
    Object.assign(this, { pid, startedAt: at, exitCode: 0, error: '', ranBefore: true });
    this.health = this.input.health ? { status: 'starting', streak: 0, probes: 0 } : null;
    this.said.push('!start', ...(this.byRestart ? ['!restart'] : []));
  }
  rest(): void {
    Object.assign(this, { pid: 0, paused: false });
    if (this.health) this.health.status = 'unhealthy';
  }
  ended(event: AnyEventObject, code: number): void {
    this.said.push(`!die ${code}`, ...(event.oomKilled ? ['!oom'] : []), ...(this.stop ? ['!stop'] : []));
    Object.assign(this, { exitCode: code, error: '', exits: this.exits + 1 });
    this.rest();
    const policy = this.input.restart?.name ?? '';
    const retries = this.input.restart?.maximumRetryCount ?? 0;
    const wanted = policy === 'always' || (policy === 'unless-stopped' && !this.manual) || (policy === 'on-failure' && code !== 0 && (retries === 0 || this.restarts < retries));
    if (this.remove) return this.erase(this.remove.volumes);
    if (this.startAgain) return this.launch('restart');
    if (wanted && !this.never && event.type === 'LOST') return this.launch('user');
    if (wanted && !this.never) {
      this.backoff = this.backoff === 0 || event.at - this.startedAt >= 10_000 ? 100 : Math.min(60_000, this.backoff * 2);
      this.restarts++;
      this.phase = 'waiting';
    } else if (this.input.autoRemove) this.erase(true);
    else this.phase = 'down';
    this.stop = null;
  }
  notStarted(code: number, error: string): void {
    const policy = this.byPolicy;
    Object.assign(this, { exitCode: code, error, exits: this.exits + (policy ? 1 : 0), stop: null });
    this.rest();
    if (this.remove || this.input.autoRemove) this.erase(this.remove?.volumes ?? true);
    else this.phase = this.ranBefore ? 'down' : 'created';
  }
  ask(at: number): void {
    const asked = this.stop!;
    this.phase = 'ending';
    this.deadline = Math.min(this.deadline, asked.timeout < 0 ? Infinity : at + asked.timeout);
    this.signal(asked.signal);
    this.wake();
    if (this.deadline <= at) this.kill();
    else this.ending = this.deadline === Infinity ? 'patient' : 'timed';
  }
  kill(): void {
    this.ending = 'killed';
    this.phase = 'ending';
    this.signal(9);
    this.wake();
  }
  wantStop(event: AnyEventObject, again: boolean): void {
    const signal = NUMBERS[event.signal ?? this.input.stopSignal ?? ''] ?? 15;
    this.stop = { signal, timeout: event.timeoutMs ?? 10_000 };
    this.startAgain ||= again;
    this.manual = this.never = true;
  }
  unwait(): void {
    this.exits++;
    this.manual = true;
    this.rest();
    this.phase = 'down';
  }

  'on START'(): void {
    if (this.phase === 'created' || this.phase === 'down') this.launch('user');
  }
  'on BOOT'(): void {
    const policy = this.input.restart?.name;
    if (this.phase === 'down' && this.ranBefore && (policy === 'always' || (policy === 'unless-stopped' && !this.manual))) this.launch('user');
  }
  'on STARTED'(event: AnyEventObject): void {
    if (this.phase !== 'starting') return;
    this.begun(event.at, event.pid);
    for (const signal of this.queue) this.signal(signal);
    this.phase = 'up';
    this.deadline = Infinity;
    if (this.remove) this.kill();
    else if (this.stop) this.ask(event.at);
  }
  'on START_FAILED'(event: AnyEventObject): void {
    if (this.phase === 'starting') this.notStarted(event.exitCode, event.error);
  }
  'on EFFECT_FAILED'(event: AnyEventObject): void {
    if (event.op === 'launch' && this.phase === 'starting') this.notStarted(128, event.error);
    if (event.op === 'freeze' && this.phase === 'up' && this.paused) {
      this.paused = false;
      this.said.push('!unpause');
    }
  }
  'on STOP'(event: AnyEventObject, again = false): void {
    if (this.phase === 'waiting') {
      this.unwait();
      this.said.push('!stop');
      if (again) this.launch('restart');
    } else if (this.phase === 'starting') this.wantStop(event, again);
    else if (this.phase === 'up' || this.phase === 'ending') {
      if (this.phase === 'up') this.deadline = Infinity;
      this.wantStop(event, again);
      if (this.phase === 'up' || this.ending !== 'killed') this.ask(event.at);
    }
  }
  'on RESTART'(event: AnyEventObject): void {
    if (this.phase === 'created' || this.phase === 'down') this.launch('restart');
    else this['on STOP'](event, true);
  }
  'on KILL'(event: AnyEventObject): void {
    const signal = NUMBERS[event.signal ?? 'KILL']!;
    if (this.phase === 'waiting') {
      this.manual = true;
      if (this.last(signal)) this.unwait();
    } else if (this.phase === 'starting') {
      if (!this.queue.includes(signal)) this.queue.push(signal);
    } else if (this.phase === 'up' || this.phase === 'ending') {
      this.signal(signal);
      if (this.phase === 'up' && this.last(signal)) this.wake();
    } else return;
    this.manual = true;
    this.never ||= this.last(signal);
  }
  'on PAUSE'(): void {
    if (this.phase !== 'up' || this.paused) return;
    this.paused = true;
    this.said.push(`freeze ${this.run}`, '!pause');
  }
  'on UNPAUSE'(): void {
    if (this.phase === 'up') this.wake();
  }
  'on DIED'(event: AnyEventObject): void {
    if (this.phase === 'starting') this.begun(event.at, 0);
    if (['starting', 'up', 'ending'].includes(this.phase)) this.ended(event, event.exitCode);
  }
  'on LOST'(event: AnyEventObject): void {
    if (this.phase === 'up' || this.phase === 'ending') this.ended(event, 137);
  }
  'on REMOVE'(event: AnyEventObject): void {
    const volumes = event.volumes === true || this.remove?.volumes === true;
    if (['created', 'down', 'dead'].includes(this.phase) || (this.phase === 'waiting' && event.force)) {
      if (this.phase === 'waiting') this.unwait();
      this.remove = { volumes };
      this.erase(volumes);
    } else if (event.force && ['starting', 'up', 'ending'].includes(this.phase)) {
      this.remove = { volumes };
      if (this.phase === 'up' || (this.phase === 'ending' && this.ending !== 'killed')) this.kill();
    }
  }
  'on REMOVED'(): void {
    if (this.phase !== 'removing') return;
    this.phase = 'gone';
    this.said.push('!destroy');
  }
  'on REMOVE_FAILED'(event: AnyEventObject): void {
    if (this.phase !== 'removing') return;
    this.phase = 'dead';
    this.error = event.error;
    this.remove ??= { volumes: true };
  }
  'on PROBED'(event: AnyEventObject): void {
    if (this.phase !== 'up' || !this.health) return;
    const before = this.health.status;
    this.health.probes++;
    this.health.streak = event.ok ? 0 : this.health.streak + 1;
    if (event.ok) this.health.status = 'healthy';
    else if (this.health.streak >= (this.input.health?.retries ?? 3)) this.health.status = 'unhealthy';
    if (this.health.status !== before) this.said.push(`!health_status: ${this.health.status}`);
  }
  'on after probe'(event: AnyEventObject): void {
    const inState = this.health && event.type.endsWith(`.${this.health.status}`);
    if (this.phase === 'up' && inState && !this.paused) this.said.push(`probe ${this.run}`);
  }
  'on after backoff'(): void {
    if (this.phase === 'waiting') this.launch('policy');
  }
  'on after grace'(): void {
    if (this.phase === 'ending' && this.ending === 'timed') this.kill();
  }
}
