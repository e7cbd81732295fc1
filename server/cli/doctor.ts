// `sockerless doctor`: what this machine can do, what is missing and how to get it.
import { execFileSync } from 'node:child_process';
import { accessSync, constants, existsSync, mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import type { Command } from 'commander';
import { uWebSocketsStatus } from '../http/exchange.js';
import { request } from './api-client.js';
import { defaultDataRoot, defaultHost, inspectorSocket } from './places.js';

interface Finding {
  what: string;
  ok: boolean;
  /** A lack that does not keep the server from working. */
  optional: boolean;
  detail: string;
}

function nodeVersion(): Finding {
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
  const ok = (major === 20 && minor >= 19) || (major === 22 && minor >= 20) || major >= 24;
  return { what: 'Node.js', ok, optional: false, detail: ok ? process.version : `${process.version}: 20.19, 22.20 or 24 and later are supported` };
}

function httpEngine(): Finding {
  const { loaded, reason } = uWebSocketsStatus();
  return { what: 'HTTP engine', ok: loaded, optional: true, detail: loaded ? 'uWebSockets' : `node:http serves instead: ${reason ?? 'uWebSockets is not there'}` };
}

function dataRoot(path: string): Finding {
  try {
    mkdirSync(path, { recursive: true, mode: 0o710 });
    accessSync(path, constants.W_OK);
    return { what: 'data root', ok: true, optional: false, detail: path };
  } catch (error) {
    return { what: 'data root', ok: false, optional: false, detail: `${path}: ${(error as Error).message}; choose another with --data-root` };
  }
}

function socketPlace(): Finding {
  const folder = dirname(defaultHost().replace('unix://', ''));
  try {
    accessSync(folder, constants.W_OK);
    return { what: 'socket', ok: true, optional: false, detail: defaultHost() };
  } catch (error) {
    return { what: 'socket', ok: false, optional: true, detail: `${(error as Error).message}; choose another with -H` };
  }
}

function dockerCli(): Finding {
  try {
    const version = execFileSync('docker', ['--version'], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }).trim();
    return { what: 'docker client', ok: true, optional: true, detail: version };
  } catch {
    return { what: 'docker client', ok: false, optional: true, detail: 'no `docker` on PATH; any Docker client or SDK will do (Debian: apt-get install docker.io)' };
  }
}

async function running(path: string): Promise<Finding> {
  const socket = inspectorSocket(path);
  const up = existsSync(socket) && (await request({ unix: socket }, 'GET', '/actors?kind=container').then(({ status }) => status === 200, () => false));
  return { what: 'server', ok: up, optional: true, detail: up ? `running on ${path}` : `none runs on ${path}` };
}

/** Backends and what they can do here. */
function backends(): Finding[] {
  return [{ what: 'backend memory', ok: true, optional: false, detail: 'shell, built-in commands and WASI programs; native Linux binaries do not run on it' }];
}

async function doctor({ dataRoot: path, json }: { dataRoot: string; json?: boolean }): Promise<void> {
  const findings = [nodeVersion(), httpEngine(), dataRoot(path), socketPlace(), dockerCli(), ...backends(), await running(path)];
  const text = json === true
    ? JSON.stringify(findings, null, 2)
    : findings.map(({ what, ok, optional, detail }) => `${ok ? 'ok  ' : optional ? 'note' : 'FAIL'}  ${what.padEnd(16)} ${detail}`).join('\n');
  process.stdout.write(`${text}\n`);
  if (findings.some(({ ok, optional }) => !ok && !optional)) process.exitCode = 1;
}

export function addDoctor(program: Command): void {
  program.command('doctor').description('what this machine can do, and what is missing')
    .option('--data-root <dir>', 'the data root to look at', defaultDataRoot())
    .option('--json', 'as JSON')
    .action(doctor);
}
