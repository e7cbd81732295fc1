// Compilers to WASI: Debian's clang, Go, AssemblyScript; each as it is found or can be installed.
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { run, sh } from './shell.js';
import type { Tool } from './tools.js';
import { ASSEMBLYSCRIPT_SOURCE, C_SOURCE, GO_SOURCE } from './wasi-sources.js';

const CLANG = ['clang-14', 'lld-14', 'wasi-libc', 'libclang-rt-14-dev-wasm32'];
const ASSEMBLYSCRIPT = 'assemblyscript@0.28.9';
const RUBY = '@ruby/3.4-wasm-wasi@2.10.1';
const INSTALL_MS = 600_000;

/** A program for the machine, and the same for this host where it can be made. */
export type Built = { readonly wasm: string; readonly native: string | undefined } | { readonly missing: string };

const lastLine = (text: string): string => text.trim().split('\n').at(-1) ?? '';

export async function buildC(folder: string): Promise<Built> {
  const packaged = async (): Promise<boolean> => existsSync('/usr/lib/wasm32-wasi/libc.a') && (await sh('command -v clang-14 && command -v wasm-ld-14')).exitCode === 0;
  if (!(await packaged()) && process.getuid?.() === 0) await sh(`apt-get update -qq && apt-get install -y -qq --no-install-recommends ${CLANG.join(' ')}`, { timeoutMs: INSTALL_MS });
  if (!(await packaged())) return { missing: `C for WASI needs ${CLANG.join(', ')}` };
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'check.c'), C_SOURCE);
  const flags = '-O2 -Wno-everything check.c';
  const made = await sh(`clang-14 --target=wasm32-wasi --sysroot=/usr ${flags} -o c.wasm`, { cwd: folder });
  if (made.exitCode !== 0) return { missing: `clang-14: ${lastLine(made.stderr)}` };
  const native = await sh(`clang-14 ${flags} -o c.native`, { cwd: folder });
  return { wasm: join(folder, 'c.wasm'), native: native.exitCode === 0 ? join(folder, 'c.native') : undefined };
}

export async function buildGo(folder: string): Promise<Built> {
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'main.go'), GO_SOURCE);
  writeFileSync(join(folder, 'go.mod'), 'module check\ngo 1.21\n');
  const made = await run('go', ['build', '-o', 'go.wasm', '.'], { cwd: folder, env: { GOOS: 'wasip1', GOARCH: 'wasm' }, timeoutMs: INSTALL_MS });
  if (made.exitCode !== 0) return { missing: `go build: ${lastLine(made.stderr)}` };
  const native = await run('go', ['build', '-o', 'go.native', '.'], { cwd: folder, timeoutMs: INSTALL_MS });
  return { wasm: join(folder, 'go.wasm'), native: native.exitCode === 0 ? join(folder, 'go.native') : undefined };
}

/** An npm package in a folder of the cache. */
export async function npmPackage(cacheDir: string, name: string, path: string): Promise<Tool> {
  const folder = join(cacheDir, name.replace(/[@/]/g, '-'));
  const found = join(folder, 'node_modules', path);
  if (existsSync(found)) return { path: found };
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'package.json'), '{"private":true}\n');
  const ran = await run('npm', ['i', '--no-fund', '--no-audit', '--ignore-scripts', name], { cwd: folder, timeoutMs: INSTALL_MS });
  return existsSync(found) ? { path: found } : { missing: `npm i ${name}: ${lastLine(ran.stderr)}` };
}

/** Ruby itself, as its own project builds it. */
export async function ruby(cacheDir: string): Promise<Built> {
  const found = await npmPackage(cacheDir, RUBY, '@ruby/3.4-wasm-wasi/dist/ruby+stdlib.wasm');
  return 'missing' in found ? found : { wasm: found.path, native: undefined };
}

export async function buildAssemblyScript(cacheDir: string, folder: string): Promise<Built> {
  const compiler = await npmPackage(cacheDir, ASSEMBLYSCRIPT, 'assemblyscript/bin/asc.js');
  if ('missing' in compiler) return compiler;
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'main.ts'), ASSEMBLYSCRIPT_SOURCE);
  const made = await run(process.execPath, [compiler.path, 'main.ts', '-o', 'as.wasm', '-O', '--runtime', 'stub', '--use', 'abort=main/abort'], { cwd: folder, timeoutMs: INSTALL_MS });
  return made.exitCode === 0 ? { wasm: join(folder, 'as.wasm'), native: undefined } : { missing: `asc: ${lastLine(made.stderr)}` };
}
