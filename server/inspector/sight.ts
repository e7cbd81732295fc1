// Everything the inspector looks with, put together when somebody first looks: until then the engine does nothing for it.
import type { Engine } from '../../actors/runtime/engine.js';
import { CommitLog } from './commit-log.js';
import { Live } from './live.js';
import { LoadMeter } from './load.js';
import { ActorRows } from './rows.js';

export interface Sight {
  readonly engine: Engine;
  readonly rows: ActorRows;
  readonly log: CommitLog;
  readonly load: LoadMeter;
  readonly live: Live;
  /** Events may be sent and terminals opened. */
  readonly canWrite: boolean;
}

/** Opens once, however many ask; `close` what was opened. */
export function lazySight(engine: Engine, canWrite: boolean): { get(): Promise<Sight>; close(): Promise<void> } {
  let opened: Promise<Sight> | undefined;
  const open = async (): Promise<Sight> => {
    const log = new CommitLog(engine);
    const load = new LoadMeter(engine);
    const rows = await ActorRows.open(engine);
    return { engine, rows, log, load, live: new Live(log, rows, load), canWrite };
  };
  return {
    get: () => (opened ??= open()),
    async close() {
      const sight = await opened;
      if (!sight) return;
      sight.live.close();
      sight.rows.close();
      sight.load.close();
      sight.log.close();
    },
  };
}
