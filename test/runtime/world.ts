// A small world for engine tests: stores in temp folders that can die between two batches, and effects that leave a ledger.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ExecutionContext } from 'ava';
import type { Effect, Effects } from '../../actors/runtime/effect.js';
import { Engine, type EngineOptions } from '../../actors/runtime/engine.js';
import { Store, type Op } from '../../actors/runtime/store.js';
import { machines } from '../../machines/index.js';

/** A store that stops for ever before its batch number `lives`: what a SIGKILL there would leave behind. */
export class MortalStore extends Store {
  lives = Infinity;
  #died!: () => void;
  readonly died = new Promise<void>((resolve) => {
    this.#died = resolve;
  });

  static override async open(path: string): Promise<MortalStore> {
    return new MortalStore(await Store.database(path), 'process');
  }

  protected override async write(ops: Op[]): Promise<void> {
    if (this.lives-- <= 0) {
      this.#died();
      return new Promise(() => {});
    }
    return super.write(ops);
  }
}

export async function folder(t: ExecutionContext): Promise<string> {
  const path = await mkdtemp(join(tmpdir(), 'sockerless-engine-'));
  t.teardown(() => rm(path, { recursive: true, force: true }));
  return path;
}

/** A backend that notes every effect, as `op key`, and starts everything at once. */
export function ledgerEffects(ledger: Effect[]): Effects {
  const note = async (effect: Effect): Promise<void> => void ledger.push(effect);
  return {
    container: {
      launch: async (effect) => {
        await note(effect);
        return { type: 'STARTED', run: effect.params.run, pid: 1 } as { type: string };
      },
      signal: async (effect) => {
        await note(effect);
        return { type: 'DIED', run: effect.params.run, exitCode: 137 } as { type: string };
      },
      freeze: note,
      thaw: note,
      probe: note,
      delete: async (effect) => {
        await note(effect);
        return { type: 'REMOVED' };
      },
    },
  };
}

export async function running(store: Store, options: Partial<EngineOptions> = {}): Promise<Engine> {
  const engine = await Engine.open({ store, machines, effects: ledgerEffects([]), log: () => {}, ...options });
  await engine.recover();
  return engine;
}

export const web = { name: 'web', image: 'alpine:3.20', imageId: 'sha256:00' };

/** Opens a store and an engine on it, and closes them after the test. */
export async function world(t: ExecutionContext, options: Partial<EngineOptions> = {}): Promise<{ engine: Engine; store: MortalStore; path: string }> {
  const path = await folder(t);
  const store = await MortalStore.open(path);
  const engine = await running(store, options);
  t.teardown(() => (store.lives > 0 ? engine.close() : store.close()));
  return { engine, store, path };
}
