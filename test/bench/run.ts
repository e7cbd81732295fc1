// `npm run bench`: starts a server, measures, prints a table; `--json` as JSON, `--write-readme` into README.md;
// `--server` for the server's rows alone, `--shell [PATTERN]` for those beside bash, by name.
import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { request } from '../../server/cli/api-client.js';
import { benchApi, type Row } from './api.js';
import { benchEngine } from './engine.js';
import { benchFs } from './fs.js';
import { benchHttp } from './http.js';
import { benchShell } from './shell.js';

const HERE = dirname(fileURLToPath(import.meta.url));
const MAIN = join(HERE, '..', '..', 'server', 'main.js');
const README = join(HERE, '..', '..', '..', 'README.md');
const MARKS = /(<!-- bench:begin[^>]*-->\n)[\s\S]*(<!-- bench:end -->)/;

const pattern = process.argv[process.argv.indexOf('--shell') + 1];
const only = new RegExp(process.argv.includes('--shell') && pattern !== undefined && !pattern.startsWith('--') ? pattern : '');

async function server(): Promise<Row[]> {
  const base = mkdtempSync(join(tmpdir(), 'sockerless-bench-'));
  const socket = join(base, 's.sock');
  const begin = performance.now();
  const child = spawn(process.execPath, [MAIN, 'serve', '-H', `unix://${socket}`, '--data-root', join(base, 'data'), '--log-level', 'error'], { stdio: ['ignore', 'ignore', 'inherit'] });
  while (!existsSync(socket) || (await request({ unix: socket }, 'GET', '/_ping').catch(() => undefined))?.status !== 200) await new Promise((resolve) => setTimeout(resolve, 5));
  const startMs = performance.now() - begin;
  await new Promise((resolve) => setTimeout(resolve, 1000));
  const idle = /VmRSS:\s+(\d+)/.exec(existsSync(`/proc/${child.pid}/status`) ? readFileSync(`/proc/${child.pid}/status`, 'utf8') : '')?.[1];
  try {
    const rows: Row[] = [{ name: 'start to first ping', value: startMs, unit: 'ms', aim: '300; dockerd 1500' }];
    if (idle !== undefined) rows.push({ name: 'memory when idle', value: Number(idle) / 1024, unit: 'MiB', aim: '110; dockerd 113' });
    const beside = (): Promise<Row[]> => benchShell(`unix://${socket}`, base, (line) => process.stderr.write(`${line}\n`), only);
    return process.argv.includes('--shell') ? await beside() : [...rows, ...(await benchApi(`unix://${socket}`)), ...(await beside())];
  } finally {
    child.kill('SIGKILL');
    rmSync(base, { recursive: true, force: true });
  }
}

function table(rows: readonly Row[]): string {
  const number = (value: number): string => (value >= 100 ? value.toFixed(0) : value.toFixed(1));
  return `| what | measured | aim and yardstick |\n|---|---|---|\n${rows.map(({ name, value, unit, aim }) => `| ${name} | ${number(value)} ${unit} | ${aim ?? ''} |`).join('\n')}\n`;
}

const own = await server();
const alone = ['--server', '--shell'].some((option) => process.argv.includes(option));
if (!alone) own.push(...(await benchEngine()));
const rows = alone ? own : [...own, ...(await benchHttp()), ...(await benchFs())];
process.stdout.write(process.argv.includes('--json') ? `${JSON.stringify(rows, null, 2)}\n` : table(rows));
if (process.argv.includes('--write-readme')) writeFileSync(README, readFileSync(README, 'utf8').replace(MARKS, (_, begin: string, end: string) => `${begin}${table(own)}${end}`));
process.exit(0);
