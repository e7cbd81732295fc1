// Execs under chaos: each runs in a container of its own, leaves a mark, and ends with a code that must be remembered.
import type { Trial } from './trial.js';

/** What the server has acknowledged of one exec. */
interface KnownExec {
  id: string;
  container: string;
  started: boolean;
  exitCode: number | undefined;
}

interface Inspected {
  Running: boolean;
  ExitCode: number | null;
}

export class Execs {
  readonly #trial: Trial;
  readonly #known: KnownExec[] = [];

  constructor(trial: Trial) {
    this.#trial = trial;
  }

  /** One exec from its creation to its end; throws where the server goes away. Its mark is counted with the containers'. */
  async one(container: string, name: string): Promise<void> {
    const code = 1 + (name.length % 5);
    const created = await this.#trial.request('POST', `/containers/${container}/exec`, { Cmd: ['sh', '-c', `echo ran >> /marks/${name}; exit ${code}`] });
    if (created.status !== 201) return;
    const known: KnownExec = { id: (JSON.parse(created.body) as { Id: string }).Id, container, started: false, exitCode: undefined };
    this.#known.push(known);
    const started = await this.#trial.request('POST', `/exec/${known.id}/start`, { Detach: true });
    if (started.status !== 200) return;
    known.started = true;
    for (;;) {
      const { ExitCode, Running } = await this.#inspect(known);
      if (Running) continue;
      if (ExitCode === null) this.#trial.problems.push(`exec ${known.id.slice(0, 12)}: its start was acknowledged, it neither runs nor has an exit code`);
      // 137: the server was killed under it.
      else if (ExitCode !== code && ExitCode !== 137) this.#trial.problems.push(`exec ${known.id.slice(0, 12)}: exit code ${ExitCode} instead of ${code}`);
      known.exitCode = ExitCode ?? undefined;
      return;
    }
  }

  async #inspect({ id }: KnownExec): Promise<Inspected> {
    const { status, body } = await this.#trial.request('GET', `/exec/${id}/json`);
    if (status !== 200) throw new Error(`exec inspect: ${status} ${body}`);
    return JSON.parse(body) as Inspected;
  }

  /** Each one's end is remembered as it was told, as long as its container is there; none runs in a server that is new. */
  async check(): Promise<void> {
    for (const known of this.#known) {
      const { status, body } = await this.#trial.request('GET', `/exec/${known.id}/json`);
      if (status === 404 && (await this.#trial.request('GET', `/containers/${known.container}/json`)).status === 404) continue;
      const say = (what: string): void => void this.#trial.problems.push(`exec ${known.id.slice(0, 12)}: ${what}`);
      if (status !== 200) {
        say(`its creation was acknowledged, now ${status}`);
        continue;
      }
      const { ExitCode, Running } = JSON.parse(body) as Inspected;
      if (Running) say('hangs');
      if (known.exitCode !== undefined && ExitCode !== known.exitCode) say(`exit code ${known.exitCode} was told, now ${ExitCode}`);
      if (known.started && ExitCode === null) say('its start was acknowledged and is forgotten');
    }
  }

  get finished(): number {
    return this.#known.filter(({ exitCode }) => exitCode !== undefined).length;
  }
}
