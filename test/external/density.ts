// A thousand containers that wait, in a server of their own: what they cost in memory, and that each still does what it is asked.
import { connectDocker, type Call, execute, json, median, remove, runContainer } from './client.js';
import type { Check, Context, Outcome } from './outcome.js';
import { type OwnServer, startOwnServer } from './own-server.js';
import { judge, skip } from './shell.js';

const COUNT = 1000;
const LIMIT_BYTES = 1 << 30;
const AT_ONCE = 8;
const LOOKED_INTO = 40;

/** How users keep a container alive. */
const KINDS: readonly Record<string, unknown>[] = [
  { Cmd: ['tail', '-f', '/dev/null'] },
  { Cmd: ['sleep', 'infinity'] },
  { Cmd: ['sh', '-c', 'sleep 86400'] },
  { Cmd: ['sleep', '1d'], HostConfig: { Init: true } },
  { Cmd: ['cat'], OpenStdin: true },
  { Cmd: ['sh'], OpenStdin: true },
  { Cmd: ['bash'], OpenStdin: true, Tty: true },
];

async function inTurns<T>(items: readonly T[], body: (item: T, index: number) => Promise<void>): Promise<void> {
  let next = 0;
  await Promise.all(Array.from({ length: AT_ONCE }, async () => {
    for (let at = next++; at < items.length; at = next++) await body(items[at]!, at);
  }));
}

function megabytes(bytes: number): string {
  return `${(bytes / 2 ** 20).toFixed(0)} MiB`;
}

/** Writes a file by one exec, reads it by the next, and finds the first process where it was. */
async function lookInto(call: Call, id: string, mark: string): Promise<string | undefined> {
  const wrote = await execute(call, id, ['sh', '-c', `echo ${mark} > /mark && cat /proc/1/comm`]);
  const read = await execute(call, id, ['cat', '/mark']);
  if (wrote.exitCode === 0 && read.output === `${mark}\n`) return undefined;
  return `exec in ${id}: ${JSON.stringify(wrote)} ${JSON.stringify(read)}`;
}

async function run(context: Context, server: OwnServer): Promise<Outcome[]> {
  const call = connectDocker(server.dockerHost, AT_ONCE);
  const ids: string[] = Array.from({ length: COUNT }, () => '');
  const before = server.rssBytes()!;
  let peak = before;
  const watch = setInterval(() => (peak = Math.max(peak, server.rssBytes() ?? 0)), 100);
  const outcomes: Outcome[] = [];
  outcomes.push(await judge(`${COUNT} containers start`, async () => {
    await inTurns(ids, async (_id, i) => {
      ids[i] = await runContainer(call, KINDS[i % KINDS.length]!);
    });
    const running = json<unknown[]>(await call('GET', '/containers/json')).length;
    return running === COUNT ? undefined : `${running} run`;
  }));
  outcomes.push(await judge(`${COUNT} idle containers in under ${megabytes(LIMIT_BYTES)}`, async () => {
    const rss = server.rssBytes()!;
    context.log(`${megabytes(before)} before, ${megabytes(peak)} at most while they started, ${megabytes(rss)} with ${COUNT} idle: ${((rss - before) / COUNT / 1024).toFixed(0)} KiB each`);
    return peak < LIMIT_BYTES ? undefined : `${megabytes(rss)} now, ${megabytes(peak)} at most`;
  }));
  outcomes.push(await judge('any of them runs an exec, twice, and keeps its files', async () => {
    const times: number[] = [];
    for (let i = 0; i < LOOKED_INTO; i++) {
      const begin = performance.now();
      const wrong = await lookInto(call, ids[Math.floor((i * COUNT) / LOOKED_INTO)]!, `mark-${i}`);
      times.push(performance.now() - begin);
      if (wrong !== undefined) return wrong;
    }
    context.log(`two execs in one that was put away: ${median(times).toFixed(0)} ms`);
    return undefined;
  }));
  outcomes.push(await judge('all of them end when they are killed, with 137', async () => {
    await inTurns(ids, async (id) => {
      await call('POST', `/containers/${id}/kill`);
    });
    const codes = new Set<number>();
    await inTurns(ids, async (id) => {
      codes.add(json<{ StatusCode: number }>(await call('POST', `/containers/${id}/wait`)).StatusCode);
    });
    return codes.size === 1 && codes.has(137) ? undefined : `exit codes ${[...codes].join(' ')}`;
  }));
  outcomes.push(await judge('nothing of them is left', async () => {
    await inTurns(ids, (id) => remove(call, id));
    const left = json<unknown[]>(await call('GET', '/containers/json?all=true')).length;
    context.log(`${megabytes(server.rssBytes()!)} after they were removed`);
    return left === 0 ? undefined : `${left} containers are left`;
  }));
  clearInterval(watch);
  outcomes.push(await judge('the server has nothing to complain of', async () => server.complaints().join('\n') || undefined));
  return outcomes;
}

export const density: Check = {
  name: 'density',
  async run(context) {
    const server = await startOwnServer(context.workDir);
    try {
      if (server.rssBytes() === undefined) return [skip('idle containers', 'this system does not tell the memory of a process')];
      return await run(context, server);
    } finally {
      server.stop();
    }
  },
};
