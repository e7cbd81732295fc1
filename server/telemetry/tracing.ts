// OpenTelemetry traces: client request, actor event, effect, executor call, process; each within what caused it. https://opentelemetry.io/docs/specs/otel/
import type { Executor, RunningProcess } from '../../actors/executors/contract.js';
import type { Effects, RunEffect } from '../../actors/runtime/effect.js';
import { Fault } from '../../actors/runtime/fault.js';
import type { Attributes, Tracing } from '../../actors/runtime/tracing.js';
import type { Handler } from '../http/exchange.js';

export interface Traces extends Tracing {
  /** A span that outlives the call that began it, as a process does. */
  begin(name: string, attributes: Attributes): { end(attributes: Attributes): void };
  /** Sends what is not sent yet. */
  close(): Promise<void>;
}

/** Starts the exporter. `url`: of the collector, as in `http://127.0.0.1:4318`; the path `/v1/traces` is added. Throws Fault where the packages are not installed. */
export async function openTraces(url: string, version: string): Promise<Traces> {
  const [api, sdk, exporter, resources] = await Promise.all([
    import('@opentelemetry/api'), import('@opentelemetry/sdk-trace-node'), import('@opentelemetry/exporter-trace-otlp-http'), import('@opentelemetry/resources'),
  ]).catch((error: unknown) => {
    throw new Fault('unsupported', 'traces need the optional @opentelemetry packages: npm install without --omit=optional brings them', {}, { cause: error });
  });
  const provider = new sdk.NodeTracerProvider({
    resource: resources.resourceFromAttributes({ 'service.name': 'sockerless', 'service.version': version }),
    spanProcessors: [new sdk.BatchSpanProcessor(new exporter.OTLPTraceExporter({ url: `${url.replace(/\/$/, '')}/v1/traces` }))],
  });
  provider.register();
  const tracer = provider.getTracer('sockerless', version);
  return {
    around: (name, attributes, body) => tracer.startActiveSpan(name, { attributes }, async (span) => {
      try {
        return await body();
      } catch (error) {
        span.setStatus({ code: api.SpanStatusCode.ERROR, message: error instanceof Error ? error.message : String(error) });
        throw error;
      } finally {
        span.end();
      }
    }),
    begin(name, attributes) {
      const span = tracer.startSpan(name, { attributes });
      return {
        end(more) {
          span.setAttributes(more);
          span.end();
        },
      };
    },
    close: () => provider.shutdown(),
  };
}

/** Ids and names in a path would make every request a kind of its own. */
export function routeOf(path: string): string {
  return path.replace(/^\/v\d+\.\d+/, '').replace(/\/(containers|exec|volumes|networks)\/(?!(?:json|create|prune)(?:\/|$))[^/]+/, '/$1/{id}').replace(/\/images\/(?!(?:json|create|load|prune|get|search)$).+\/(json|history|get|push|tag)$/, '/images/{name}/$1');
}

export function traceHandler(traces: Tracing, handler: Handler): Handler {
  return (exchange) => traces.around(`${exchange.method} ${routeOf(exchange.path)}`, { 'http.request.method': exchange.method, 'url.path': exchange.path }, async () => handler(exchange));
}

export function traceEffects(traces: Tracing, effects: Effects): Effects {
  const traced = (kind: string, op: string, run: RunEffect): RunEffect => (effect) => traces.around(`effect ${kind}.${op}`, { 'actor.id': effect.actor, 'effect.key': effect.key, 'effect.attempt': effect.attempt }, () => run(effect));
  return Object.fromEntries(Object.entries(effects).map(([kind, ops]) => [kind, Object.fromEntries(Object.entries(ops).map(([op, run]) => [op, traced(kind, op, run)]))]));
}

const LAUNCHES = new Set(['launch', 'exec']);

/** The executor with a span for each call, and one for the life of each process in its sandbox. */
export function traceExecutor(traces: Traces, executor: Executor): Executor {
  return new Proxy(executor, {
    get(target, name, receiver) {
      const value: unknown = Reflect.get(target, name, target);
      if (typeof value !== 'function' || typeof name !== 'string' || value.constructor.name !== 'AsyncFunction' && !LAUNCHES.has(name)) return typeof value === 'function' ? value.bind(target) : Reflect.get(target, name, receiver);
      return (...args: unknown[]) => traces.around(`executor ${target.name}.${name}`, {}, async () => {
        const result: unknown = await value.apply(target, args);
        if (LAUNCHES.has(name)) followProcess(traces, (args[1] as { argv: readonly string[] }).argv, result as RunningProcess);
        return result;
      });
    },
  });
}

function followProcess(traces: Traces, argv: readonly string[], process: RunningProcess): void {
  const span = traces.begin('process', { 'process.pid': process.pid, 'process.command': argv[0] ?? '' });
  void process.exit.then(({ exitCode, oomKilled }) => span.end({ 'process.exit.code': exitCode, oomKilled }));
}
