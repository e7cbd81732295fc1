// Answers of a running container: the batch's folder is copied into it, and the same driver runs there by docker exec.
import { spawnSync } from 'node:child_process';
import { Batch } from './batch.js';
import type { Answerer } from './judge.js';

export function containerAnswerer(container: string, env: Readonly<Record<string, string>>): Answerer {
  const docker = (...args: string[]): void => {
    const ran = spawnSync('docker', args, { env: { ...process.env, ...env }, encoding: 'utf8' });
    if (ran.status !== 0) throw new Error(`docker ${args[0]}: ${ran.stderr}`);
  };
  return async (programs, folder) => {
    docker('exec', container, 'mkdir', '-p', folder);
    const copy = new Batch(programs);
    try {
      docker('cp', '-a', `${copy.folder}/.`, `${container}:${folder}`);
      const codes = await copy.runDriver(['docker', 'exec', '-i', container], folder, env);
      docker('cp', `${container}:${folder}/out/.`, `${copy.folder}/out`);
      return codes.map((exitCode, id) => ({ exitCode, stdout: copy.stdout(id) }));
    } finally {
      copy.remove();
      docker('exec', container, 'rm', '-rf', folder);
    }
  };
}
