// A server in a process of its own, for checks that look at the process: memory, threads, the latency of a busy machine.
import { type ChildProcess, spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

const MAIN = fileURLToPath(new URL('../../server/main.js', import.meta.url));
const PATIENCE_MS = 30_000;
const COMPLAINTS_MAX = 20;

export interface OwnServer {
  readonly dockerHost: string;
  /** Resident memory now; undefined where the system does not tell. */
  rssBytes(): number | undefined;
  /** What it has said of defects and failures, the first few lines of it. */
  complaints(): readonly string[];
  stop(): void;
}

/** Resolves once it listens; rejects with what it said where it does not. */
export function startOwnServer(workDir: string, args: readonly string[] = []): Promise<OwnServer> {
  const dockerHost = `unix://${workDir}/own.sock`;
  const child: ChildProcess = spawn(process.execPath, [MAIN, 'serve', '--data-root', `${workDir}/own-data`, '-H', dockerHost, ...args], { stdio: ['ignore', 'pipe', 'pipe'] });
  return new Promise((resolve, reject) => {
    let said = '';
    const complaints: string[] = [];
    const late = setTimeout(() => reject(new Error(`the server does not listen: ${said}`)), PATIENCE_MS);
    const listen = (chunk: Buffer): void => {
      said = (said + chunk.toString()).slice(-4096);
      if (!said.includes('msg=listening') && !said.includes('DOCKER_HOST=')) return;
      clearTimeout(late);
      resolve({ dockerHost, complaints: () => complaints, rssBytes: () => residentBytes(child.pid!), stop: () => void child.kill('SIGKILL') });
    };
    for (const stream of [child.stdout!, child.stderr!]) {
      stream.on('data', listen);
      createInterface(stream).on('line', (line) => {
        if (complaints.length < COMPLAINTS_MAX && /level=(warn|error|fatal)/.test(line)) complaints.push(line);
      });
    }
    child.on('exit', (code) => reject(new Error(`the server ended with ${code}: ${said}`)));
  });
}

function residentBytes(pid: number): number | undefined {
  try {
    const kilobytes = /^VmRSS:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1];
    return kilobytes === undefined ? undefined : Number(kilobytes) * 1024;
  } catch {
    return undefined;
  }
}
