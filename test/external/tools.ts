// Brings outside clients: found where they are, else built or installed into the cache.
import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { run, sh } from './shell.js';

export const ACT = 'github.com/nektos/act@v0.2.89';
const GOJQ = 'github.com/itchyny/gojq/cmd/gojq@v0.12.17';
const REGISTRY = 'github.com/google/go-containerregistry/cmd/registry@v0.20.3';
const TOOLKIT = ['@actions/core@1.11.1', '@actions/exec@1.1.1', '@actions/io@1.1.3', '@actions/glob@0.5.0'];
const GITLAB_CI_LOCAL = 'gitlab-ci-local@4.61.1';
export const INSTALL_MS = 600_000;
/** How Go's modules are built here: from the proxy alone, without a C compiler. */
export const GO_ENV: Readonly<Record<string, string>> = { GOFLAGS: '-mod=mod -buildvcs=false', CGO_ENABLED: '0' };

/** What was found, or why it cannot be had. */
export type Tool = { readonly path: string } | { readonly missing: string };

let last: Promise<unknown> = Promise.resolve();

/** One after the other: checks that run side by side may want the same tool, and apt takes a lock that it does not wait for. */
export function inTurn<T>(bring: () => Promise<T>): Promise<T> {
  const brought = last.then(bring);
  last = brought.catch(() => undefined);
  return brought;
}

function goInstall(cacheDir: string, module: string, env: Record<string, string>, binary: string): Promise<Tool> {
  return inTurn(async () => {
    const path = join(cacheDir, 'go', 'bin', binary);
    if (existsSync(path)) return { path };
    const ran = await run('go', ['install', '-ldflags', '-s -w', module], { cwd: '/', env: { GOPATH: join(cacheDir, 'go'), ...GO_ENV, ...env }, timeoutMs: INSTALL_MS });
    return existsSync(path) ? { path } : { missing: `go install ${module}: ${ran.stderr.trim().split('\n').at(-1)}` };
  });
}

export function act(cacheDir: string): Promise<Tool> {
  return goInstall(cacheDir, ACT, {}, 'act');
}

/** Packages from npm in a folder of the cache: its modules. */
export function npmPackages(cacheDir: string, name: string, packages: readonly string[]): Promise<Tool> {
  return inTurn(async () => {
    const folder = join(cacheDir, name);
    const path = join(folder, 'node_modules');
    if (!existsSync(join(path, '.package-lock.json'))) {
      mkdirSync(folder, { recursive: true });
      writeFileSync(join(folder, 'package.json'), '{"private":true}\n');
      const ran = await run('npm', ['i', '--no-fund', '--no-audit', '--ignore-scripts', ...packages], { cwd: folder, timeoutMs: INSTALL_MS });
      if (ran.exitCode !== 0) return { missing: `npm i ${packages.join(' ')}: ${ran.stderr.trim().split('\n').at(-1)}` };
    }
    return { path };
  });
}

/** The packages that JavaScript actions are made with. */
export function actionsToolkit(cacheDir: string): Promise<Tool> {
  return npmPackages(cacheDir, 'actions-toolkit', TOOLKIT);
}

/** A WASI program that nobody here wrote. */
export function gojqWasi(cacheDir: string): Promise<Tool> {
  return goInstall(cacheDir, GOJQ, { GOOS: 'wasip1', GOARCH: 'wasm' }, join('wasip1_wasm', 'gojq'));
}

/** An OCI registry in memory that nobody here wrote, on a free port of 127.0.0.1. */
export async function startRegistry(cacheDir: string): Promise<{ readonly address: string; stop(): void } | { readonly missing: string }> {
  const tool = await goInstall(cacheDir, REGISTRY, {}, 'registry');
  if ('missing' in tool) return tool;
  const child = spawn(tool.path, ['-port', '0'], { stdio: ['ignore', 'ignore', 'pipe'] });
  const port = await new Promise<string | undefined>((resolve) => {
    let text = '';
    child.stderr.on('data', (chunk: Buffer) => {
      text += chunk.toString();
      const said = /serving on port (\d+)/.exec(text)?.[1];
      if (said !== undefined) resolve(said);
    });
    child.on('close', () => resolve(undefined));
  });
  return port === undefined ? { missing: 'the registry ended at once' } : { address: `127.0.0.1:${port}`, stop: () => void child.kill('SIGKILL') };
}

export async function gitlabCiLocal(cacheDir: string): Promise<Tool> {
  const modules = await npmPackages(cacheDir, 'gcl', [GITLAB_CI_LOCAL]);
  if ('missing' in modules) return modules;
  const rsync = await debian(cacheDir, 'rsync');
  return rsync === undefined ? { path: join(modules.path, '.bin', 'gitlab-ci-local') } : { missing: rsync };
}

/** Makes sure that a Debian program is on PATH; why not, otherwise. Root installs it, others unpack it into the cache. */
export function debian(cacheDir: string, name: string, binary = name): Promise<string | undefined> {
  return inTurn(async () => {
    if ((await sh(`command -v ${binary}`)).exitCode === 0) return undefined;
    const folder = join(cacheDir, 'debian');
    mkdirSync(folder, { recursive: true });
    const asRoot = process.getuid?.() === 0 ? await sh(`apt-get update -qq && apt-get install -y -qq --no-install-recommends ${name}`, { timeoutMs: INSTALL_MS }) : undefined;
    if (asRoot?.exitCode === 0) return undefined;
    await sh(`cd ${folder} && apt-get download ${name} && for f in ${name}_*.deb; do dpkg-deb -x "$f" .; done`, { timeoutMs: INSTALL_MS });
    process.env.PATH = `${process.env.PATH}:${join(folder, 'usr', 'bin')}`;
    return (await sh(`command -v ${binary}`)).exitCode === 0 ? undefined : `${name} is not on this machine and could not be installed`;
  });
}
