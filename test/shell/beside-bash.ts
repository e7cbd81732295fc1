// Scripts that are run here and by the host's bash: what they print and how they end must be the same.
import test from 'ava';
import { hostHas, runHost, runOurs } from '../commands-text/differential.js';

/** `test` where the host has bash, else a test that says it is skipped. */
export const here = hostHas('bash') ? test : test.skip;

/** One test for each script, by its title. */
export function besideBash(scripts: Readonly<Record<string, string>>): void {
  for (const [title, script] of Object.entries(scripts)) {
    here(title, async (t) => {
      const ours = await runOurs({ argv: ['bash'], stdin: script });
      const host = runHost({ argv: ['bash'], stdin: script });
      t.is(ours.stdout, host.stdout);
      t.is(ours.exitCode, host.exitCode);
    });
  }
}
