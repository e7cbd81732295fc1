// A client that works while the server is killed: what it was told, and whether all of it is still so afterwards.
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync } from 'node:fs';
import http from 'node:http';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Execs } from './execs.js';

const MAIN = fileURLToPath(new URL('../../server/main.js', import.meta.url));
const RESTART_MS = 20_000;
const ANSWER_MS = 10_000;
const EXECS_EACH = 3;

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

/** What the server has acknowledged of one container. */
interface Known {
  id: string;
  started: boolean;
  exitCode: number | undefined;
  removed: boolean;
  /** It runs until it is killed: a start that nobody was told of may have been carried out all the same. */
  waits?: true;
  /** The log as it was last told, after the exit. */
  log: string | undefined;
}

export class Trial {
  readonly #options: ChaosOptions;
  readonly #socket: string;
  readonly #marks: string;
  readonly #known: Known[] = [];
  readonly problems: string[] = [];
  readonly #execs = new Execs(this);
  #server: ChildProcess | undefined;
  #over = false;
  #asked: (() => void) | undefined;

  constructor(options: ChaosOptions) {
    this.#options = options;
    mkdirSync(options.directory, { recursive: true });
    this.#socket = join(options.directory, 's.sock');
    this.#marks = join(options.directory, 'marks');
    mkdirSync(this.#marks, { recursive: true });
  }

  /** The next request that asks for an effect, or `waitMs`: a kill right after it finds the server between promise and deed. */
  nextDeed(waitMs: number): Promise<void> {
    return new Promise((resolve) => {
      this.#asked = resolve;
      setTimeout(resolve, waitMs);
    });
  }

  request(method: string, path: string, body?: unknown): Promise<Answer> {
    if (method === 'DELETE' || path.endsWith('/start') || path.endsWith('/kill')) this.#asked?.();
    return new Promise((resolve, reject) => {
      const text = body === undefined ? undefined : JSON.stringify(body);
      const request = http.request({ socketPath: this.#socket, method, path, agent: false, headers: text === undefined ? {} : { 'Content-Type': 'application/json', 'Content-Length': Buffer.byteLength(text) } }, (response) => {
        const chunks: Buffer[] = [];
        response.on('data', (chunk: Buffer) => chunks.push(chunk));
        response.on('end', () => (response.complete ? resolve({ status: response.statusCode!, body: Buffer.concat(chunks).toString() }) : reject(new Error('cut'))));
        response.on('error', reject);
      });
      request.on('error', reject);
      request.setTimeout(ANSWER_MS, () => {
        this.problems.push(`no answer to ${method} ${path.replace(/[0-9a-f]{52}(?=[/?]|$)/, '')}`);
        request.destroy(new Error('no answer'));
      });
      request.end(text);
    });
  }

  /** Resolves when the server answers, with how long that took. */
  async start(): Promise<number> {
    const begin = performance.now();
    const flags = ['serve', '-H', `unix://${this.#socket}`, '--data-root', join(this.#options.directory, 'data'), '--durability', 'process', '--log-level', 'error', ...(this.#options.outbox ? [] : ['--no-outbox'])];
    this.#server = spawn(process.execPath, [MAIN, ...flags], { stdio: ['ignore', 'ignore', 'inherit'] });
    const until = Date.now() + RESTART_MS;
    for (;;) {
      if ((await this.request('GET', '/_ping').catch(() => undefined))?.status === 200) return performance.now() - begin;
      if (Date.now() > until) throw new Error('the server does not come up again');
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
  }

  async kill(): Promise<void> {
    const gone = new Promise((resolve) => this.#server!.once('exit', resolve));
    this.#server!.kill('SIGKILL');
    await gone;
  }

  /** Works until told to stop, with containers or with execs; what the server answered is noted, what it did not is left open. */
  async work(worker: number, kind: 'containers' | 'execs'): Promise<void> {
    for (let n = 0; !this.#over; n++) {
      try {
        if (kind === 'execs') await this.#withExecs(`x${worker}-${n}`);
        else await this.#one(`w${worker}-${n}`);
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
    const known: Known = { id: (JSON.parse(created.body) as { Id: string }).Id, started: false, exitCode: undefined, removed: false, log: undefined };
    this.#known.push(known);
    const started = await this.request('POST', `/containers/${known.id}/start`);
    if (started.status !== 204) return;
    known.started = true;
    const waited = await this.request('POST', `/containers/${known.id}/wait`);
    known.exitCode = (JSON.parse(waited.body) as { StatusCode: number }).StatusCode;
    if (known.exitCode === code) {
      const logs = await this.request('GET', `/containers/${known.id}/logs?stdout=1`);
      if (!logs.body.includes(`line-${name}`)) this.problems.push(`${name}: exit code ${code} was told, its line is not in the log`);
      known.log = logs.body;
    }
    if (/[02468]$/.test(name)) {
      const removed = await this.request('DELETE', `/containers/${known.id}`);
      known.removed = removed.status === 204;
    }
  }

  /** A container that only waits, and execs in it until the server goes or there were enough. */
  async #withExecs(name: string): Promise<void> {
    const created = await this.request('POST', `/containers/create?name=${name}`, { Image: 'sockerless/base', Cmd: ['tail', '-f', '/dev/null'], HostConfig: { Binds: [`${this.#marks}:/marks`] } });
    if (created.status !== 201) return;
    const known: Known = { id: (JSON.parse(created.body) as { Id: string }).Id, started: false, exitCode: undefined, removed: false, waits: true, log: undefined };
    this.#known.push(known);
    if ((await this.request('POST', `/containers/${known.id}/start`)).status !== 204) return;
    known.started = true;
    for (let n = 0; n < EXECS_EACH; n++) await this.#execs.one(known.id, `${name}-${n}`);
    const killed = await this.request('POST', `/containers/${known.id}/kill`);
    if (killed.status === 204) known.exitCode = (JSON.parse((await this.request('POST', `/containers/${known.id}/wait`)).body) as { StatusCode: number }).StatusCode;
  }

  /** Everything acknowledged must still be so. */
  async check(): Promise<void> {
    await this.#execs.check();
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
      if (State.Status === 'running' && known.waits === true) await this.request('POST', `/containers/${known.id}/kill`);
      if (State.Status === 'running' || State.Status === 'removing') await this.#settles(known.id);
      if (known.log !== undefined && (await this.request('GET', `/containers/${known.id}/logs?stdout=1`)).body !== known.log) this.problems.push(`${known.id.slice(0, 12)}: its log is not what was told`);
    }
    for (const mark of readdirSync(this.#marks)) {
      const times = readFileSync(join(this.#marks, mark), 'utf8').split('\n').length - 1;
      if (times > 1) this.problems.push(`${mark}: ran ${times} times`);
    }
  }

  /** The durable event stream tells of everything that was acknowledged, once. */
  async checkEvents(): Promise<void> {
    const { body } = await this.request('GET', `/events?since=1&until=${Math.ceil(Date.now() / 1000) + 1}`);
    const seen = new Map<string, string[]>();
    for (const line of body.split('\n').filter((each) => each !== '')) {
      const { Type, Action, Actor } = JSON.parse(line) as { Type: string; Action: string; Actor: { ID: string; Attributes: Record<string, string> } };
      if (Type !== 'container') continue;
      const { exitCode, execID } = Actor.Attributes;
      const text = Action === 'die' ? `die ${exitCode}` : execID === undefined ? Action : `${Action} ${execID}`;
      seen.set(Actor.ID, [...(seen.get(Actor.ID) ?? []), text]);
    }
    for (const { id, started, exitCode, removed } of this.#known) {
      const actions = seen.get(id) ?? [];
      const wanted = ['create', ...(started ? ['start'] : []), ...(exitCode === undefined ? [] : [`die ${exitCode}`]), ...(removed ? ['destroy'] : [])];
      for (const action of wanted) if (actions.filter((each) => each === action).length !== 1) this.problems.push(`${id.slice(0, 12)}: '${action}' was acknowledged, its events are ${actions.join(', ')}`);
      if (new Set(actions).size !== actions.length) this.problems.push(`${id.slice(0, 12)}: told twice: ${actions.join(', ')}`);
    }
  }

  /** Whatever is there can be removed, and then nothing of it is left. */
  async removeAll(): Promise<void> {
    const { body } = await this.request('GET', '/containers/json?all=1');
    await Promise.all((JSON.parse(body) as { Id: string }[]).map(async ({ Id }) => {
      const removed = await this.request('DELETE', `/containers/${Id}?force=1`).catch((error: Error) => ({ status: 0, body: error.message }));
      if (removed.status !== 204 && removed.status !== 404) this.problems.push(`${Id.slice(0, 12)}: cannot be removed: ${removed.status} ${removed.body.trim()}`);
    }));
    const left = JSON.parse((await this.request('GET', '/containers/json?all=1')).body) as { Id: string; State: string }[];
    for (const { Id, State } of left) this.problems.push(`${Id.slice(0, 12)}: removed, and still there (${State})`);
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

  get counts(): { created: number; finished: number; execs: number } {
    return { execs: this.#execs.finished, created: this.#known.length, finished: this.#known.filter(({ exitCode }) => exitCode !== undefined).length };
  }
}
