// Artifacts and caches as actions use them: the toolkit's own clients in containers, against the stores that act serves.
import { cpSync, mkdirSync, writeFileSync } from 'node:fs';
import { networkInterfaces } from 'node:os';
import { dirname, join } from 'node:path';
import type { Check, Outcome } from './outcome.js';
import { judge, sh, skip } from './shell.js';
import { act, npmPackages } from './tools.js';

/** Versions that speak to act's servers; the next ones of `@actions/artifact` do not, on a host without containers either. */
const PACKAGES = ['@actions/core@1.11.1', '@actions/artifact@1.1.2', '@actions/cache@3.2.4'];

const ACTION = `const core = require('@actions/core'), artifact = require('@actions/artifact').create(), cache = require('@actions/cache');
const fs = require('fs');
const tasks = {
  async upload() {
    fs.mkdirSync('up/sub', { recursive: true });
    fs.writeFileSync('up/sub/file', 'artifact ' + 6 * 7);
    fs.writeFileSync('up/large', Buffer.alloc(3_000_000, 'x'));
    const { failedItems } = await artifact.uploadArtifact('mine', ['up/sub/file', 'up/large'], 'up');
    core.info('uploaded, failed: ' + failedItems.length);
  },
  async download() {
    await artifact.downloadArtifact('mine', 'down');
    core.info('downloaded ' + fs.readFileSync('down/sub/file', 'utf8') + ' and ' + fs.statSync('down/large').size);
  },
  async save() {
    fs.mkdirSync('stored/deep', { recursive: true });
    fs.writeFileSync('stored/deep/x', 'cached ' + 7 * 8);
    fs.symlinkSync('deep/x', 'stored/link');
    core.info('saved ' + ((await cache.saveCache(['stored'], 'key-1-abc')) > 0));
  },
  async restore() {
    core.info('restored ' + (await cache.restoreCache(['stored'], 'key-1-none', ['key-1-'])) + ': ' + fs.readFileSync('stored/link', 'utf8'));
  },
  async miss() {
    core.info('missed: ' + (await cache.restoreCache(['stored'], 'other')));
  },
};
tasks[core.getInput('do')]().catch((error) => core.setFailed(error.stack));
`;

const job = (name: string, needs: string, tasks: readonly string[]): string => `  ${name}:
    runs-on: ubuntu-latest
${needs}    steps:
      - uses: actions/checkout@v4
${tasks.map((task) => `      - {uses: ./.github/actions/store, with: {do: ${task}}}\n`).join('')}`;

const FILES: Readonly<Record<string, string>> = {
  '.github/actions/store/action.yml': 'name: s\ndescription: d\ninputs: {do: {required: true, description: d}}\nruns: {using: node20, main: main.js}\n',
  '.github/actions/store/main.js': ACTION,
  '.github/workflows/stores.yml': `on: push\njobs:\n${job('one', '', ['upload', 'save'])}${job('two', '    needs: one\n', ['download', 'restore', 'miss'])}`,
};

const SHOWS: Readonly<Record<string, string>> = {
  'an artifact is uploaded': 'uploaded, failed: 0', 'and downloaded by another job': 'downloaded artifact 42 and 3000000', 'a cache is saved': 'saved true', 'and restored by the beginning of its key': 'restored key-1-abc: cached 56', 'a key that is not there': 'missed: undefined',
};

export const actStores: Check = {
  name: 'act-stores',
  async run(context) {
    const tool = await act(context.cacheDir);
    if ('missing' in tool) return [skip('act-stores', tool.missing)];
    if (!Object.values(networkInterfaces()).flat().some((address) => address?.internal === false)) return [skip('act-stores', "act's servers would listen on loopback only, which is not the container's")];
    const packages = await npmPackages(context.cacheDir, 'actions-stores', PACKAGES);
    if ('missing' in packages) return [skip('act-stores', packages.missing)];
    const folder = join(context.workDir, 'repository');
    for (const [path, text] of Object.entries(FILES)) {
      mkdirSync(dirname(join(folder, path)), { recursive: true });
      writeFileSync(join(folder, path), text);
    }
    cpSync(packages.path, join(folder, '.github', 'actions', 'node_modules'), { recursive: true });
    await sh('git init -q -b main && git add -A && git -c user.name=t -c user.email=t@example.org commit -qm x && git remote add origin https://github.com/octo/test', { cwd: folder });
    const home = join(context.workDir, 'home');
    mkdirSync(home);
    const stores = `--artifact-server-path ${join(context.workDir, 'artifacts')} --cache-server-path ${join(context.workDir, 'caches')}`;
    const env = { DOCKER_HOST: context.dockerHost, HOME: home, XDG_CONFIG_HOME: home, XDG_CACHE_HOME: join(home, 'cache') };
    let log = '';
    const outcomes: Outcome[] = [await judge('act-stores: the workflow succeeds', async () => {
      const ran = await sh(`${tool.path} push --pull=false --container-daemon-socket - -P ubuntu-latest=sockerless/node ${stores}`, { cwd: folder, env, timeoutMs: 300_000 });
      log = ran.stdout + ran.stderr;
      return ran.exitCode === 0 ? undefined : `exit code ${ran.exitCode}: ${log.slice(-600)}`;
    })];
    for (const [name, text] of Object.entries(SHOWS)) outcomes.push(await judge(`act-stores: ${name}`, async () => (log.includes(`| ${text}`) ? undefined : `not in the log: ${text}`)));
    outcomes.push(await judge('negative control: what is not in the log is missed', async () => (log.includes('| restored other') ? 'seen' : undefined)));
    return outcomes;
  },
};
