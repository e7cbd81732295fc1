// Looking at a server's actors: the running server is asked; where none runs, the store that it left is read.
import { join } from 'node:path';
import { Engine } from '../../actors/runtime/engine.js';
import { Store } from '../../actors/runtime/store.js';
import { machines } from '../../machines/index.js';
import { requestJson } from './api-client.js';
import { inspectorSocket } from './places.js';

/** GET of the inspector's API. */
export type Get = <T>(path: string) => Promise<T>;

/** Nothing is recovered by looking. Throws Fault for what the inspector refuses. */
export async function look<T>(dataRoot: string, online: (get: Get) => Promise<T>, offline: (engine: Engine) => Promise<T>): Promise<T> {
  try {
    return await online((path) => requestJson({ unix: inspectorSocket(dataRoot) }, 'GET', path));
  } catch (error) {
    if (!['ENOENT', 'ECONNREFUSED'].includes((error as NodeJS.ErrnoException).code ?? '')) throw error;
  }
  const store = await Store.open(join(dataRoot, 'state'), { createIfMissing: false });
  try {
    return await offline(await Engine.open({ store, machines, effects: {} }));
  } finally {
    await store.close();
  }
}
