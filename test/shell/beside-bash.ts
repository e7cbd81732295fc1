// Scripts that are run here and by the host's bash: what they print and how they end must be the same.
import test from 'ava';
import { hostHas, runHost, runOurs } from '../commands-text/differential.js';

/** `test` where the host has bash, else a test that says it is skipped. */
export const here = hostHas('bash') ? test : test.skip;

/** One test for each script, by its title. */
export function besideBash(scripts: Readonly<Record<string, string>>): void {
  besideShell(['bash'], scripts);
}

/** The same for another shell of the host, or with options. */
export function besideShell(argv: readonly string[], scripts: Readonly<Record<string, string>>): void {
  const declare = hostHas(argv[0]!) ? test : test.skip;
  for (const [title, script] of Object.entries(scripts)) {
    declare(`${argv.join(' ')}: ${title}`, async (t) => {
      const ours = await runOurs({ argv, stdin: script });
      const host = runHost({ argv, stdin: script });
      t.is(ours.stdout, host.stdout);
      t.is(ours.exitCode, host.exitCode);
    });
  }
}
