// Metrics and traces: what a scraper and a collector are told of one container's life; nothing of it where it was not asked for.
import test from 'ava';
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { routeOf } from '../../server/telemetry/tracing.js';
import { World } from './world.js';

interface Span {
  readonly name: string;
  readonly spanId: string;
  readonly parentSpanId?: string;
  readonly attributes: { readonly key: string; readonly value: Record<string, unknown> }[];
  readonly status: { readonly code?: number };
}

test('without the flag there are no metrics', async (t) => {
  const world = await World.start();
  t.is(await world.status('/metrics', {}), 404);
  await world.end();
});

test('one flag: metrics of actors, commits and requests; a trace from the request to the process', async (t) => {
  const spans: Span[] = [];
  const collector = http.createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const { resourceSpans } = JSON.parse(Buffer.concat(chunks).toString()) as { resourceSpans: { scopeSpans: { spans: Span[] }[] }[] };
      spans.push(...resourceSpans.flatMap(({ scopeSpans }) => scopeSpans.flatMap((scope) => scope.spans)));
      response.end('{}');
    });
  });
  await new Promise<void>((resolve) => collector.listen(0, '127.0.0.1', resolve));
  const world = await World.start({ telemetry: { otlpUrl: `http://127.0.0.1:${(collector.address() as AddressInfo).port}` } });
  const id = await world.container('traced', ['sh', '-c', 'exit 5']);
  await world.engine.until(id, ({ value }) => value === 'exited');
  const text = await (await fetch(`${world.url}/metrics`)).text();
  t.regex(text, /^sockerless_actors\{kind="container",state="exited"\} 1$/m);
  t.regex(text, /^sockerless_commits_total\{kind="container"\} 4$/m);
  t.regex(text, /^sockerless_http_requests_total\{method="POST",code="201"\} 1$/m);
  for (const line of text.trim().split('\n')) t.regex(line, /^(?:# (?:HELP|TYPE) \w+ .+|\w+(?:\{\w+="[^"]*"(?:,\w+="[^"]*")*\})? \S+)$/);
  await world.end();
  collector.close();

  const parent = (span: Span): Span | undefined => spans.find(({ spanId }) => spanId === span.parentSpanId);
  const process = spans.find(({ name, attributes }) => name === 'process' && attributes.some(({ key, value }) => key === 'process.exit.code' && JSON.stringify(value).includes('5')))!;
  const trail: string[] = [];
  for (let span: Span | undefined = process; span; span = parent(span)) trail.push(span.name);
  t.deepEqual(trail, ['process', 'executor memory.launch', 'effect container.launch', 'container START', 'POST /containers/{id}/start']);
});

test('routes are kinds of requests, not each one by itself', (t) => {
  for (const [path, route] of [
    ['/v1.43/containers/abc/json', '/containers/{id}/json'], ['/containers/json', '/containers/json'], ['/containers/create', '/containers/create'], ['/containers/abc', '/containers/{id}'],
    ['/exec/1/start', '/exec/{id}/start'], ['/images/a/b/c:1/json', '/images/{name}/json'], ['/images/json', '/images/json'], ['/volumes/x', '/volumes/{id}'], ['/volumes', '/volumes'], ['/_ping', '/_ping'],
  ] as const) t.is(routeOf(path), route);
});
