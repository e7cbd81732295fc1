// Machines that are ended by force while they import their code leave no files of it open in the server.
import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import test from 'ava';

const PROGRAM = fileURLToPath(new URL('../support/forced-ends.js', import.meta.url));
const onLinux = process.platform === 'linux' ? test : test.skip;

for (const [what, kind] of [['threads that are ended before they are up', 'threads'], ['containers that are removed while commands begin in them', 'containers']] as const) {
  onLinux(`${what} leave no module open`, async (t) => {
    const { stdout } = await promisify(execFile)(process.execPath, ['--no-warnings', PROGRAM, kind]);
    t.is(stdout, '0\n');
  });
}
