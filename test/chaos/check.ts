// SIGKILL chaos: a client works, the server is killed at random moments and started again; nothing acknowledged may be lost, nothing run twice.
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import http from 'node:http';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Check, Outcome } from '../external/outcome.js';

const MAIN = fileURLToPath(new URL('../../server/main.js', import.meta.url));
const KILLS = 20;
const RESTART_MS = 20_000;

/** Mulberry32: the same moments for the same seed. */
function randomOf(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
}

interface Answer {
  status: number;
  body: string;
}

export interface ChaosOptions {
  readonly directory: string;
  readonly kills: number;
  readonly seed: number;
  readonly outbox: boolean;
}

export interface ChaosResult {
  readonly kills: number;
  readonly created: number;
  readonly finished: number;
  readonly problems: readonly string[];
}

/** What the server has acknowledged of one container. */
interface Known {
  id: string;
  started: boolean;
  exitCode: number | undefined;
  removed: boolean;
}

class Trial {
  readonly #options: ChaosOptions;
  readonly #socket: string;
  readonly #marks: string;
  readonly #known: Known[] = [];
  readonly problems: string[] = [];
  #server: ChildProcess | undefined;
  #over = false;

  constructor(options: ChaosOptions) {
    this.#options = options;
    mkdirSync(options.directory, { recursive: true });
    this.#socket = join(options.directory, 's.sock');
    this.#marks = join(options.directory, 'marks');
    mkdirSync(this.#marks, { recursive: true });
  }

  request(method: string, path: string, body?: unknown): Promise<Answer> {
    return new Promise((resolve, reject) => {
      const text = body === undefined ? undefined : JSON.stringify(body);
      const request = http.request({ socketPath: this.#socket, method, path, agent: false, headers: text === undefined ? {} : { 'Content-Type': 'application/json', 'Content-Length': Buffer.byteLength(text) } }, (response) => {
        const chunks: Buffer[] = [];
        response.on('data', (chunk: Buffer) => chunks.push(chunk));
        response.on('end', () => (response.complete ? resolve({ status: response.statusCode!, body: Buffer.concat(chunks).toString() }) : reject(new Error('cut'))));
        response.on('error', reject);
      });
      request.on('error', reject);
      request.end(text);
    });
  }

  async start(): Promise<void> {
    const flags = ['serve', '-H', `unix://${this.#socket}`, '--data-root', join(this.#options.directory, 'data'), '--durability', 'process', '--log-level', 'error', ...(this.#options.outbox ? [] : ['--no-outbox'])];
    this.#server = spawn(process.execPath, [MAIN, ...flags], { stdio: ['ignore', 'ignore', 'inherit'] });
    const until = Date.now() + RESTART_MS;
    for (;;) {
      if ((await this.request('GET', '/_ping').catch(() => undefined))?.status === 200) return;
      if (Date.now() > until) throw new Error('the server does not come up again');
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
  }

  async kill(): Promise<void> {
    const gone = new Promise((resolve) => this.#server!.once('exit', resolve));
    this.#server!.kill('SIGKILL');
    await gone;
  }

  /** Works until told to stop; what the server answered is noted, what it did not is left open. */
  async work(worker: number): Promise<void> {
    for (let n = 0; !this.#over; n++) {
      try {
        await this.#one(`w${worker}-${n}`);
      } catch {
        // The server was killed under the request: nothing was acknowledged.
        await new Promise((resolve) => setTimeout(resolve, 5));
      }
    }
  }

  async #one(name: string): Promise<void> {
    const code = name.length % 5;
    const created = await this.request('POST', `/containers/create?name=${name}`, { Image: 'sockerless/base', Cmd: ['sh', '-c', `echo ran >> /marks/${name}; echo line-${name}; exit ${code}`], HostConfig: { Binds: [`${this.#marks}:/marks`] } });
    if (created.status !== 201) return;
    const known: Known = { id: (JSON.parse(created.body) as { Id: string }).Id, started: false, exitCode: undefined, removed: false };
    this.#known.push(known);
    const started = await this.request('POST', `/containers/${known.id}/start`);
    if (started.status !== 204) return;
    known.started = true;
    const waited = await this.request('POST', `/containers/${known.id}/wait`);
    known.exitCode = (JSON.parse(waited.body) as { StatusCode: number }).StatusCode;
    if (known.exitCode === code) {
      const logs = await this.request('GET', `/containers/${known.id}/logs?stdout=1`);
      if (!logs.body.includes(`line-${name}`)) this.problems.push(`${name}: exit code ${code} was told, its line is not in the log`);
    }
    if (name.endsWith('3')) {
      const removed = await this.request('DELETE', `/containers/${known.id}`);
      known.removed = removed.status === 204;
    }
  }

  /** Everything acknowledged must still be so. */
  async check(): Promise<void> {
    for (const known of this.#known) {
      const { status, body } = await this.request('GET', `/containers/${known.id}/json`);
      if (known.removed) {
        if (status !== 404) this.problems.push(`${known.id.slice(0, 12)}: removal was acknowledged, it is back`);
        continue;
      }
      if (status !== 200) {
        // A removal that was asked for but not acknowledged may have happened.
        if (known.exitCode === undefined) this.problems.push(`${known.id.slice(0, 12)}: creation was acknowledged, now ${status}`);
        continue;
      }
      const { State } = JSON.parse(body) as { State: { Status: string; ExitCode: number; StartedAt: string } };
      if (known.started && State.StartedAt.startsWith('0001')) this.problems.push(`${known.id.slice(0, 12)}: its start was acknowledged and is forgotten`);
      if (known.exitCode !== undefined && State.ExitCode !== known.exitCode) this.problems.push(`${known.id.slice(0, 12)}: exit code ${known.exitCode} was told, now ${State.ExitCode}`);
      if (State.Status === 'running' || State.Status === 'removing') await this.#settles(known.id);
    }
    for (const mark of readdirSync(this.#marks)) {
      const times = readFileSync(join(this.#marks, mark), 'utf8').split('\n').length - 1;
      if (times > 1) this.problems.push(`${mark}: ran ${times} times`);
    }
  }

  async #settles(id: string): Promise<void> {
    for (let tries = 0; tries < 100; tries++) {
      const { status, body } = await this.request('GET', `/containers/${id}/json`);
      if (status === 404 || !['running', 'removing'].includes((JSON.parse(body) as { State: { Status: string } }).State.Status)) return;
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    this.problems.push(`${id.slice(0, 12)}: hangs`);
  }

  /** Containers whose start or removal was begun must not be stuck. */
  async checkStuck(): Promise<void> {
    const { body } = await this.request('GET', '/containers/json?all=1');
    const ids = new Set((JSON.parse(body) as { Id: string }[]).map(({ Id }) => Id));
    for (const id of ids) await this.#settles(id);
    await new Promise((resolve) => setTimeout(resolve, 100));
    for (const place of ['machines', 'containers']) {
      const folder = join(this.#options.directory, 'data', place);
      for (const name of readdirSync(folder)) if (!ids.has(name) && !(await this.request('GET', `/containers/${name}/json`)).body.includes('"Id"')) this.problems.push(`${place}/${name.slice(0, 12)} is left behind`);
    }
  }

  stop(): void {
    this.#over = true;
  }

  get counts(): { created: number; finished: number } {
    return { created: this.#known.length, finished: this.#known.filter(({ exitCode }) => exitCode !== undefined).length };
  }
}

/** Runs one trial. */
export async function runChaos(options: ChaosOptions): Promise<ChaosResult> {
  const random = randomOf(options.seed);
  const trial = new Trial(options);
  await trial.start();
  const workers = [0, 1, 2].map((worker) => trial.work(worker));
  for (let kill = 0; kill < options.kills; kill++) {
    await new Promise((resolve) => setTimeout(resolve, 20 + random() * 400));
    await trial.kill();
    await trial.start();
  }
  trial.stop();
  await Promise.all(workers);
  await trial.check();
  await trial.checkStuck();
  await trial.kill();
  writeFileSync(join(options.directory, 'problems'), trial.problems.join('\n'));
  return { kills: options.kills, ...trial.counts, problems: trial.problems };
}

export const chaos: Check = {
  name: 'chaos',
  async run(context) {
    const begin = performance.now();
    const { kills, created, finished, problems } = await runChaos({ directory: join(context.workDir, 'with'), kills: KILLS, seed: 1, outbox: true });
    context.log(`chaos: ${kills} kills, ${created} containers created, ${finished} finished, ${problems.length} problems`);
    const seconds = (performance.now() - begin) / 1000;
    const sound: Outcome = problems.length === 0 && created > kills ? { name: `chaos: ${kills} kills, nothing acknowledged is lost, nothing runs twice`, result: 'pass', seconds } : { name: `chaos: ${kills} kills`, result: 'fail', reason: problems.slice(0, 5).join('; ') || `only ${created} containers`, seconds };
    return [sound];
  },
};
