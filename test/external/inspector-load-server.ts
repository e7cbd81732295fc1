// A server with many actors that do as they are told over IPC: so many commits a second, or as many as there can be.
import { join } from 'node:path';
import { createLog } from '../../server/log.js';
import { startServer } from '../../server/server.js';

export type Order = { readonly type: 'spawn'; readonly count: number } | { readonly type: 'pace'; readonly perSecond: number } | { readonly type: 'race'; readonly ms: number } | { readonly type: 'name'; readonly id: string } | { readonly type: 'memory' };

const [directory = ''] = process.argv.slice(2);
const CALLERS = 200;
const PACE_TURN_MS = 10;
const BATCH = 500;
/** A machine that cannot keep the pace falls behind it instead of piling up what it has not done. */
const UNDER_WAY_MAX = 4000;
const server = await startServer({ dataRoot: join(directory, 'data'), hosts: [{ unix: join(directory, 'd.sock') }], backend: 'memory', log: createLog('warn'), durability: 'process', inspect: { host: '127.0.0.1', port: 0 } });
const { engine } = server.daemon;
const ids: string[] = [];
let next = 0;
let pacer: NodeJS.Timeout | undefined;
let underWay = 0;
let paced = 0;
let pacedFrom = 0;

const commit = (): Promise<unknown> => {
  const id = ids[next++ % ids.length]!;
  return engine.send(id, next % 2 === 0 ? { type: 'MOUNTED', container: 'c', destination: '/', readWrite: true } as never : { type: 'UNMOUNTED', container: 'c' } as never);
};

async function spawn(count: number): Promise<number> {
  for (let n = 0; n < count; n += BATCH) {
    const batch = Array.from({ length: Math.min(BATCH, count - n) }, (_, m) => `volume:load-${n + m}`);
    await Promise.all(batch.map(async (id) => (await engine.spawn('volume', id, { name: id.slice(7), labels: { load: String(id.length) } })).settled));
    ids.push(...batch);
  }
  return ids.length;
}

/** Answers the pace that was reached since the last order. */
function pace(perSecond: number): number {
  clearInterval(pacer);
  const reached = paced / ((performance.now() - pacedFrom) / 1000);
  paced = 0;
  pacedFrom = performance.now();
  let due = 0;
  let before = performance.now();
  if (perSecond > 0) {
    pacer = setInterval(() => {
      const now = performance.now();
      due += ((now - before) / 1000) * perSecond;
      before = now;
      for (; due >= 1; due--) {
        if (underWay >= UNDER_WAY_MAX) continue;
        underWay++;
        void commit().finally(() => {
          underWay--;
          paced++;
        });
      }
    }, PACE_TURN_MS);
  }
  return reached;
}

/** Commits a second with many callers at once. */
async function race(ms: number): Promise<number> {
  const begin = performance.now();
  let count = 0;
  await Promise.all(Array.from({ length: CALLERS }, async () => {
    while (performance.now() - begin < ms) {
      await commit();
      count++;
    }
  }));
  return count / ((performance.now() - begin) / 1000);
}

/** An actor with this id, as no client could make it. */
async function name(id: string): Promise<number> {
  await (await engine.spawn('volume', id, { name: id, labels: { label: id } })).settled;
  return 1;
}

process.on('message', async (order: Order) => {
  const done = order.type === 'name' ? await name(order.id) : order.type === 'spawn' ? await spawn(order.count) : order.type === 'pace' ? pace(order.perSecond) : order.type === 'race' ? await race(order.ms) : process.memoryUsage().rss;
  process.send!(done);
});
process.on('disconnect', () => process.exit(0));
process.send!(server.inspectorUrl);
