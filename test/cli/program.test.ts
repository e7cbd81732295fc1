// The program as a shell meets it: output for people and for programs, exit codes, and what it says of bad usage.
import { spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import test from 'ava';
import { request } from '../../server/cli/api-client.js';

const MAIN = join(dirname(fileURLToPath(import.meta.url)), '..', '..', 'server', 'main.js');
const base = mkdtempSync(join(tmpdir(), 'sockerless-cli-'));
test.after.always(() => rmSync(base, { recursive: true, force: true }));

function sockerless(...args: string[]): { status: number | null; stdout: string; stderr: string } {
  return spawnSync(process.execPath, [MAIN, ...args], { encoding: 'utf8' });
}

test('version: a table for people, a document for programs', (t) => {
  t.regex(sockerless('version').stdout, /^version +\d+\.\d+\.\d+\nengineVersion +\S+\napiVersion +1\.50\nminApiVersion +1\.24\n/);
  t.like(JSON.parse(sockerless('version', '--json').stdout), { apiVersion: '1.50', minApiVersion: '1.24', node: process.version });
});

test('paths: the shortest way to every state, in three formats', (t) => {
  const { states, edges } = JSON.parse(sockerless('paths', 'container', '--format', 'json').stdout) as { states: { state: string; path: string[] }[]; edges: unknown[] };
  t.deepEqual(states.find(({ state }) => state === 'starting')?.path, ['START']);
  t.true(edges.length > 50);
  t.regex(sockerless('paths', 'exec', '--format', 'mermaid').stdout, /^stateDiagram-v2\n/);
  t.regex(sockerless('paths', 'exec').stdout, /START/);
});

test('graph: the chart in three languages', (t) => {
  t.regex(sockerless('graph', 'exec').stdout, /^stateDiagram-v2\n/);
  t.regex(sockerless('graph', 'exec', '--format', 'dot').stdout, /^digraph "exec" \{[^]*"exec\.created" -> "exec\.starting" \[label="START"\];/);
  t.regex(sockerless('graph', 'exec', '--format', 'svg').stdout, /^<svg [^]*data-state="running"/);
});

test('doctor finds what there is, and fails where something is in the way', (t) => {
  const { status, stdout } = sockerless('doctor', '--json', '--data-root', join(base, 'none'));
  t.is(status, 0);
  const findings = JSON.parse(stdout) as { what: string; ok: boolean; optional: boolean; detail: string }[];
  t.like(findings.find(({ what }) => what === 'Node.js'), { ok: true });
  t.like(findings.find(({ what }) => what === 'server'), { ok: false, optional: true });
  const barred = sockerless('doctor', '--data-root', '/dev/null/data');
  t.is(barred.status, 1);
  t.regex(barred.stdout, /^FAIL  data root +\/dev\/null\/data: ENOTDIR/m);
});

for (const [args, status, message] of [
  [['serve', '--bogus'], 125, /unknown option '--bogus'/],
  [['nosuch'], 125, /unknown command 'nosuch'/],
  [['paths', 'nosuch'], 1, /name a machine: container, exec/],
  [['paths', 'exec', '--format', 'png'], 125, /Allowed choices are json, mermaid, text, ava/],
  [['paths', 'exec', '--choose', 'simple', '--max-length', '0'], 125, /a number above 0 is wanted/],
  [['paths', 'network', '--format', 'ava'], 1, /no client can lead a network through its life; there are scenes for container, exec, volume/],
  [['graph', 'nosuch'], 1, /unknown machine: nosuch/],
  [['serve', '--log-level', 'silly'], 1, /invalid logging level: silly/],
  [['serve', '-H', 'foo'], 1, /unable to parse docker host `foo`/],
  [['serve', '--backend', 'nosuch', '--data-root', join(base, 'bad'), '-H', `unix://${join(base, 'bad.sock')}`], 1, /unknown backend "nosuch"/],
  [['ps', '--data-root', join(base, 'none')], 1, /no store at /],
  [['ps', '--kind', 'nosuch'], 1, /no machine of kind nosuch/],
] as const) {
  test(`bad usage: ${args.slice(0, 3).join(' ')}`, (t) => {
    const ran = sockerless(...args);
    t.is(ran.status, status);
    t.regex(ran.stderr, message);
    t.is(ran.stdout, '');
  });
}

test('ps and inspect show a live server, and the store that it left', async (t) => {
  const dataRoot = join(base, 'data');
  const socket = join(base, 'live.sock');
  const server = spawn(process.execPath, [MAIN, 'serve', '-H', `unix://${socket}`, '--data-root', dataRoot, '--durability', 'process', '--log-level', 'error'], { stdio: 'inherit' });
  try {
    while (!existsSync(socket)) await new Promise((resolve) => setTimeout(resolve, 20));
    const made = await request({ unix: socket }, 'POST', '/containers/create?name=shown', { Image: 'sockerless/base', Cmd: ['true'] });
    t.is(made.status, 201, made.body.toString());
    const { Id } = JSON.parse(made.body.toString()) as { Id: string };
    const look = (): void => {
      t.regex(sockerless('ps', '--data-root', dataRoot).stdout, new RegExp(`^container +${Id.slice(0, 12)} +shown +created +\\d+$`, 'm'));
      const rows = JSON.parse(sockerless('ps', '--json', '--kind', 'container', '--data-root', dataRoot).stdout) as { id: string; name: string; state: string }[];
      t.like(rows.find(({ id }) => id === Id), { name: 'shown', state: 'created' });
      t.like(JSON.parse(sockerless('inspect', 'shown', '--json', '--data-root', dataRoot).stdout), { kind: 'container', id: Id, value: 'created' });
      t.is(sockerless('inspect', 'nosuch', '--data-root', dataRoot).status, 1);
      t.regex(sockerless('replay', 'shown', '--data-root', dataRoot).stdout, new RegExp(`^container shown ${Id}\n   0  \\d{4}-\\S+: born\n      created\n`));
      t.like(JSON.parse(sockerless('replay', 'shown', '--json', '--data-root', dataRoot).stdout), [{ seq: 0, state: 'created' }]);
    };
    look();
    const held = sockerless('serve', '-H', `unix://${join(base, 'second.sock')}`, '--data-root', dataRoot);
    t.is(held.status, 1);
    t.regex(held.stderr, /another process holds the store/);
    const gone = new Promise((resolve) => server.once('exit', resolve));
    server.kill('SIGKILL');
    await gone;
    look();
  } finally {
    server.kill('SIGKILL');
  }
});
