// Other projects' suites, run from where they are; without them the checks are skipped.
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Check } from './outcome.js';
import { judge, sh, skip } from './shell.js';

/** What is asked of the shell; the host's bash is 100. */
const SHELL_SPEC_PERCENT_MIN = 97;

export const shellSpec: Check = {
  name: 'shell-spec',
  async run(context) {
    const suite = context.shared === undefined ? '' : join(context.shared, 'suites', 'shell-spec');
    if (!existsSync(suite)) return [skip('shell-spec', 'the suite is not at hand (../shared/suites/shell-spec)')];
    const env = { DOCKER_HOST: context.dockerHost };
    await sh('docker run -d --name spec sockerless/base tail -f /dev/null', { env });
    const outcome = await judge('shell-spec', async () => {
      const ran = await sh(`python3 ${suite}/run.py ${suite}/cases --container spec --json ${context.workDir}/spec.json | tail -1`, { env, timeoutMs: 600_000 });
      const percent = Number(/\((\d+\.\d+) %\)/.exec(ran.stdout)?.[1] ?? 0);
      context.log(ran.stdout.trim());
      return percent >= SHELL_SPEC_PERCENT_MIN ? undefined : `${ran.stdout.trim()} ${ran.stderr.slice(-300)}, wanted ${SHELL_SPEC_PERCENT_MIN} %`;
    });
    const summary = existsSync(`${context.workDir}/spec.json`) ? readFileSync(`${context.workDir}/spec.json`, 'utf8').length : 0;
    await sh('docker rm -f spec', { env });
    return summary > 0 || outcome.result === 'fail' ? [outcome] : [{ ...outcome, result: 'fail', reason: 'the suite wrote no result' }];
  },
};
