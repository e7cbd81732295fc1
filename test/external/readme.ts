// The README as a new user follows it: the server starts, checks itself, prints the line to export, and ends on SIGTERM.
import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { Check } from './outcome.js';
import { judge } from './shell.js';

const MAIN = fileURLToPath(new URL('../../server/main.js', import.meta.url));
const PATIENCE_MS = 20_000;

export const readme: Check = {
  name: 'readme',
  async run(context) {
    return [
      await judge('serve --self-check runs a container and ends with 0 on SIGTERM', () => new Promise((resolve) => {
        const child = spawn(process.execPath, [MAIN, 'serve', '--self-check', '--data-root', `${context.workDir}/data`, '-H', `unix://${context.workDir}/s.sock`], { stdio: ['ignore', 'pipe', 'pipe'] });
        let out = '';
        const late = setTimeout(() => child.kill('SIGKILL'), PATIENCE_MS);
        child.stdout.on('data', (chunk: Buffer) => {
          out += chunk.toString();
          if (out.includes('export DOCKER_HOST=')) child.kill('SIGTERM');
        });
        child.on('exit', (code) => {
          clearTimeout(late);
          const good = code === 0 && /hello from \w+, a container on Linux/.test(out);
          resolve(good ? undefined : `exit code ${code}, output ${JSON.stringify(out)}`);
        });
      })),
    ];
  },
};
