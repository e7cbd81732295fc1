// Answers of a running container: the batch's folder is copied into it, and the same driver runs there by docker exec.
import { run } from '../../external/shell.js';
import { Batch } from './batch.js';
import type { Answerer } from './judge.js';

export function containerAnswerer(container: string, env: Readonly<Record<string, string>>): Answerer {
  // Never synchronously: the server may live in this very process.
  const docker = async (...args: string[]): Promise<void> => {
    const ran = await run('docker', args, { env });
    if (ran.exitCode !== 0) throw new Error(`docker ${args[0]}: ${ran.stderr}`);
  };
  return async (programs, folder) => {
    await docker('exec', container, 'mkdir', '-p', folder);
    const copy = new Batch(programs);
    try {
      await docker('cp', '-a', `${copy.folder}/.`, `${container}:${folder}`);
      const codes = await copy.runDriver(['docker', 'exec', '-i', container], folder, env);
      await docker('cp', `${container}:${folder}/out/.`, `${copy.folder}/out`);
      return codes.map((exitCode, id) => ({ exitCode, stdout: copy.stdout(id) }));
    } finally {
      copy.remove();
      await docker('exec', container, 'rm', '-rf', folder);
    }
  };
}
