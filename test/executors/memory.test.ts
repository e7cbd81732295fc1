// The memory backend before the suite that judges every backend.
import { join } from 'node:path';
import test, { type TestFn } from 'ava';
import { MemoryExecutor, type MemoryOptions } from '../../actors/executors/memory/index.js';
import { baseFiles } from '../../actors/images/base-image.js';
import { Trash } from '../../actors/runtime/trash.js';
import { allCommands } from '../../actors/sandbox/commands/index.js';
import { writeTar } from '../../actors/streams/tar-writer.js';
import { writeLayer } from '../sandbox-fs/layers.js';
import { type Backend, executorSuite } from '../suites/executor.js';

const optionsIn = (directory: string): MemoryOptions => ({ directory: join(directory, 'machines'), cacheDirectory: join(directory, 'cache'), trash: new Trash(join(directory, 'trash'), () => undefined), log: () => undefined, warmWorkers: 1 });

const memory: Backend = {
  name: 'memory',
  make: (directory) => new MemoryExecutor(optionsIn(directory)),
  async layers(directory) {
    const parts: Uint8Array[] = [];
    for await (const part of writeTar(baseFiles(Object.keys(allCommands)))) parts.push(part);
    return [writeLayer(directory, Buffer.concat(parts))];
  },
};

executorSuite(test, memory);

/** Takes every launch for a new one. */
class Forgetful extends MemoryExecutor {
  #launches = 0;

  override launch(...[container, process, streams, key]: Parameters<MemoryExecutor['launch']>): ReturnType<MemoryExecutor['launch']> {
    return super.launch(container, process, streams, `${key}-${this.#launches++}`);
  }
}

executorSuite(test.failing as TestFn, { ...memory, name: 'negative control', make: (directory) => new Forgetful(optionsIn(directory)) }, 'a launch that was carried out before the server died is not carried out again');
