// Counters for Prometheus, in its text format: https://prometheus.io/docs/instrumenting/exposition_formats/
import type { Exchange, Handler, Headers } from '../http/exchange.js';
import { Forwarded } from '../http/forwarded.js';
import type { Engine } from '../../actors/runtime/engine.js';
import type { Sight } from '../inspector/sight.js';

type Labels = Readonly<Record<string, string>>;

export class Metrics {
  /** Requests by method and status, with the time they took. */
  readonly #requests = new Map<string, { labels: Labels; count: number; seconds: number }>();
  readonly #commits = new Map<string, number>();
  #stop: () => void = () => undefined;

  /** Counts the commits from now on. */
  watch(engine: Engine): void {
    this.#stop = engine.feed.subscribe(({ kind }) => {
      const name = kind === '' ? 'record' : kind;
      this.#commits.set(name, (this.#commits.get(name) ?? 0) + 1);
    });
  }

  /** The handler with its answers counted. */
  count(handler: Handler): Handler {
    return async (exchange) => {
      const begin = performance.now();
      const counted = new Counted(exchange);
      try {
        await handler(counted);
      } finally {
        this.#note({ method: exchange.method, code: String(counted.status) }, (performance.now() - begin) / 1000);
      }
    };
  }

  #note(labels: Labels, seconds: number): void {
    const key = JSON.stringify(labels);
    const known = this.#requests.get(key);
    if (!known) this.#requests.set(key, { labels, count: 1, seconds });
    else {
      known.count++;
      known.seconds += seconds;
    }
  }

  text({ engine, rows, load, live }: Sight): string {
    const { latencyP50Ms, latencyP99Ms } = load.read();
    const requests = [...this.#requests.values()];
    const actors = Object.entries(rows.counts()).flatMap(([kind, states]) => Object.entries(states).map(([state, count]) => [{ kind, state }, count] as const));
    return [
      ...family('sockerless_actors', 'gauge', 'Actors by kind and state.', actors),
      ...family('sockerless_commits_total', 'counter', 'Durable commits by kind of actor.', [...this.#commits].map(([kind, count]) => [{ kind }, count] as const)),
      ...family('sockerless_commit_seconds', 'gauge', 'From an event to its durable commit, quantiles over the last commits.', [[{ quantile: '0.5' }, latencyP50Ms / 1000], [{ quantile: '0.99' }, latencyP99Ms / 1000]]),
      ...family('sockerless_effects_pending', 'gauge', 'Effects meant and not answered.', [[{}, engine.load.effects]]),
      ...family('sockerless_timers_armed', 'gauge', 'Durable timers that run.', [[{}, engine.load.timers]]),
      ...family('sockerless_actors_live', 'gauge', 'Actors held in memory.', [[{}, engine.load.live]]),
      ...family('sockerless_inspector_viewers', 'gauge', 'Viewers of the feed.', [[{}, live.viewers]]),
      ...family('sockerless_http_requests_total', 'counter', 'Requests of the Docker API by method and status; 101 are raw connections.', requests.map(({ labels, count }) => [labels, count] as const)),
      ...family('sockerless_http_request_seconds_total', 'counter', 'Time spent on them.', requests.map(({ labels, seconds }) => [labels, seconds] as const)),
      ...family('process_resident_memory_bytes', 'gauge', 'Resident memory.', [[{}, process.memoryUsage.rss()]]),
      ...family('process_cpu_seconds_total', 'counter', 'CPU time of all threads.', [[{}, cpuSeconds()]]),
      '',
    ].join('\n');
  }

  close(): void {
    this.#stop();
  }
}

function cpuSeconds(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1e6;
}

function family(name: string, type: 'counter' | 'gauge', help: string, samples: readonly (readonly [Labels, number])[]): string[] {
  const labelText = (labels: Labels): string => Object.entries(labels).map(([label, value]) => `${label}="${value.replace(/[\\"\n]/g, (character) => (character === '\n' ? '\\n' : `\\${character}`))}"`).join(',');
  return [`# HELP ${name} ${help}`, `# TYPE ${name} ${type}`, ...samples.map(([labels, value]) => `${name}${Object.keys(labels).length > 0 ? `{${labelText(labels)}}` : ''} ${value}`)];
}

/** An exchange that remembers the status of its answer; one that was never answered here was taken over raw. */
class Counted extends Forwarded {
  status = 101;

  constructor(exchange: Exchange) {
    super(exchange);
    // Only there where the route may be taken over: handlers ask for it.
    if (exchange.hijack) Object.defineProperty(this, 'hijack', { value: () => exchange.hijack!() });
  }

  override reply(status: number, headers: Headers, body?: string | Uint8Array): void {
    this.status = status;
    super.reply(status, headers, body);
  }

  override stream(status: number, headers: Headers): ReturnType<Exchange['stream']> {
    this.status = status;
    return super.stream(status, headers);
  }
}
