// Speed beside bash: each script by an exec in a running container over the API, and by the host's bash, in turns.
import { spawn } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import http from 'node:http';
import { dirname, join } from 'node:path';
import { FrameParser } from '../../actors/streams/frames.js';
import { folderTar, makeFixture } from './shell-fixture.js';
import type { Row } from './api.js';
import { type SpeedCase, SPEED_CASES } from './shell-cases.js';

const IMAGE = 'sockerless/base';
const FOLDER = '/var/speed';
/** Each script runs this often on both sides, in turns; the medians count. */
const TURNS = 3;
/** What a container's own environment holds, on both sides: no locale but C. */
const ENV = { PATH: '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin', HOME: '/root' };

export interface Ratio {
  readonly name: string;
  readonly aim: number;
  /** Medians in milliseconds. */
  readonly ours: number;
  readonly bash: number;
  readonly ratio: number;
  /** What the two said, where that differs: then there is nothing to compare. */
  readonly difference?: string;
}

interface Timed {
  readonly ms: number;
  readonly output: string;
}

function call(socketPath: string, method: string, path: string, body?: Buffer | object): Promise<Buffer> {
  const payload = body === undefined || Buffer.isBuffer(body) ? body : Buffer.from(JSON.stringify(body));
  const type = Buffer.isBuffer(body) ? 'application/x-tar' : 'application/json';
  return new Promise((resolve, reject) => {
    const request = http.request({ socketPath, method, path, headers: payload === undefined ? {} : { 'Content-Type': type, 'Content-Length': payload.length } }, (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('end', () => (response.statusCode! < 400 ? resolve(Buffer.concat(chunks)) : reject(new Error(Buffer.concat(chunks).toString()))));
    });
    request.on('error', reject);
    request.end(payload);
  });
}

/** One exec, as an SDK makes it: create, start, read to the end. */
async function ours(socketPath: string, container: string, script: string): Promise<Timed> {
  const begin = performance.now();
  const { Id } = JSON.parse((await call(socketPath, 'POST', `/containers/${container}/exec`, { Cmd: ['bash', '-c', script], WorkingDir: FOLDER, AttachStdout: true, AttachStderr: true })).toString()) as { Id: string };
  const frames = await call(socketPath, 'POST', `/exec/${Id}/start`, {});
  const ms = performance.now() - begin;
  return { ms, output: [...new FrameParser().push(frames)].map(({ bytes }) => Buffer.from(bytes).toString('latin1')).join('') };
}

function hosts(folder: string, script: string): Promise<Timed> {
  const begin = performance.now();
  return new Promise((resolve, reject) => {
    const child = spawn('bash', ['-c', script], { cwd: folder, env: ENV, stdio: ['ignore', 'pipe', 'pipe'] });
    const parts: Buffer[] = [];
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk: Buffer) => parts.push(chunk));
    child.on('error', reject);
    child.on('close', () => resolve({ ms: performance.now() - begin, output: Buffer.concat(parts).toString('latin1') }));
  });
}

function median(values: readonly Timed[]): number {
  return values.map(({ ms }) => ms).sort((a, b) => a - b)[Math.floor(values.length / 2)]!;
}

/** A container with the fixture in it, beside a folder of the host with the same bytes. */
export class SpeedTrial {
  readonly #socketPath: string;
  readonly #folder: string;
  #container = '';

  /** `workDir` takes the host's side. */
  constructor(socketPath: string, workDir: string) {
    this.#socketPath = socketPath;
    this.#folder = join(workDir, 'speed');
  }

  async prepare(): Promise<void> {
    mkdirSync(this.#folder, { recursive: true });
    makeFixture(this.#folder);
    const { Id } = JSON.parse((await call(this.#socketPath, 'POST', '/containers/create', { Image: IMAGE, Cmd: ['tail', '-f', '/dev/null'], Env: [`PATH=${ENV.PATH}`] })).toString()) as { Id: string };
    this.#container = Id;
    await call(this.#socketPath, 'POST', `/containers/${Id}/start`);
    await call(this.#socketPath, 'PUT', `/containers/${Id}/archive?path=${dirname(FOLDER)}`, folderTar(this.#folder));
  }

  /** A round of turns with one script. */
  async measure({ name, script, aim }: SpeedCase): Promise<Ratio> {
    const mine: Timed[] = [];
    const theirs: Timed[] = [];
    for (let i = 0; i < TURNS; i++) {
      theirs.push(await hosts(this.#folder, script));
      mine.push(await ours(this.#socketPath, this.#container, script));
    }
    const [bash, own] = [median(theirs), median(mine)];
    const [wanted, got] = [theirs[0]!.output, mine[0]!.output];
    const ratio = { name, aim, ours: own, bash, ratio: own / bash };
    return got === wanted ? ratio : { ...ratio, difference: `said ${JSON.stringify(got.slice(0, 200))} instead of ${JSON.stringify(wanted.slice(0, 200))}` };
  }

  async end(): Promise<void> {
    await call(this.#socketPath, 'DELETE', `/containers/${this.#container}?force=1`);
  }
}

/** The line of one script: its ratio, both times in milliseconds, and a mark where it misses its aim. */
export function ratioText({ name, ratio, aim, ours: own, bash, difference }: Ratio): string {
  const mark = difference !== undefined ? 'differs' : ratio > aim ? 'slow' : '';
  return `${ratio.toFixed(2).padStart(7)} x  ${own.toFixed(0).padStart(6)} ms  bash ${bash.toFixed(0).padStart(6)} ms  ${mark.padEnd(7)}  ${name}${difference === undefined ? '' : `: ${difference}`}`;
}

/** Rows beside bash: what was asked for by name, then each kind's median and slowest. `log` is told every script. */
export async function benchShell(host: string, workDir: string, log: (line: string) => void, only = /(?:)/): Promise<Row[]> {
  const trial = new SpeedTrial(host.replace('unix://', ''), workDir);
  await trial.prepare();
  const ratios: (Ratio & { kind: string; headline: boolean })[] = [];
  try {
    for (const each of SPEED_CASES.filter(({ name }) => only.test(name))) {
      const ratio = await trial.measure(each);
      log(ratioText(ratio));
      ratios.push({ ...ratio, kind: each.kind, headline: each.headline });
    }
  } finally {
    await trial.end();
  }
  const row = (name: string, { ratio, aim, ours: own }: Ratio): Row => ({ name, value: ratio, unit: `x bash (${own.toFixed(0)} ms)`, aim: String(aim) });
  const kinds = [...new Set(ratios.map(({ kind }) => kind))].flatMap((kind) => {
    const sorted = ratios.filter((each) => each.kind === kind).sort((a, b) => a.ratio - b.ratio);
    const [middle, slowest] = [sorted[Math.floor(sorted.length / 2)]!, sorted.at(-1)!];
    return [row(`${kind}: median of ${sorted.length} scripts`, middle), row(`${kind}: the slowest, ${slowest.name}`, slowest)];
  });
  return [...ratios.filter(({ headline }) => headline).map((each) => row(each.name, each)), ...kinds];
}
