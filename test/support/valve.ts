// A backend whose news a test holds back: starts, ends and removals really happen, but are told only when they are let through.
import type { Executor, Exit, RunningProcess } from '../../actors/executors/contract.js';
import { Fault } from '../../actors/runtime/fault.js';

type News = 'launch' | 'exit' | 'remove';
type Verdict = 'through' | 'fail';

/** Nothing of this name is in any image: a launch of it fails in the backend's own way. */
const NOWHERE = '/no/such/program';

/** What the effects of one actor came to: `launch`, `signal 15`, `freeze` … in the order they were asked for. */
export class Valve {
  readonly #held = new Map<string, (verdict: Verdict) => void>();
  readonly #done = new Map<string, string[]>();
  readonly #processes = new Map<string, RunningProcess>();

  /** Everything that is not held back goes straight to `inner`. */
  wrap(inner: Executor): Executor {
    const start = (how: 'launch' | 'exec'): Executor['launch'] => async (container, process, streams, key) => {
      const actor = key.slice(0, key.indexOf('!'));
      this.#note(actor, 'launch');
      const verdict = await this.#hold(actor, 'launch');
      const running = await inner[how](container, verdict === 'fail' ? { ...process, argv: [NOWHERE] } : process, streams, key);
      this.#processes.set(actor, running);
      return this.#valved(actor, running);
    };
    const own: Partial<Executor> = {
      launch: start('launch'),
      exec: start('exec'),
      freeze: (id) => (this.#note(id, 'freeze'), inner.freeze(id)),
      thaw: (id) => (this.#note(id, 'thaw'), inner.thaw(id)),
      remove: async (id) => {
        this.#note(id, 'delete');
        if ((await this.#hold(id, 'remove')) === 'fail') throw new Fault('internal', 'device busy');
        await inner.remove(id);
      },
    };
    return new Proxy(inner, {
      get(target, name) {
        const value = own[name as keyof Executor] ?? Reflect.get(target, name, target);
        return typeof value === 'function' ? value.bind(target) : value;
      },
    });
  }

  #valved(actor: string, process: RunningProcess): RunningProcess {
    const exit = (async (): Promise<Exit> => {
      const real = await process.exit;
      await this.#hold(actor, 'exit');
      return real;
    })();
    return {
      pid: process.pid,
      exit,
      input: (bytes) => process.input(bytes),
      endInput: () => process.endInput(),
      signal: (signal) => (this.#note(actor, `signal ${signal}`), process.signal(signal)),
      resize: (rows, columns) => process.resize(rows, columns),
    };
  }

  #note(actor: string, what: string): void {
    this.#done.set(actor, [...this.done(actor), what]);
  }

  #hold(actor: string, news: News): Promise<Verdict> {
    return new Promise((resolve) => this.#held.set(`${actor} ${news}`, resolve));
  }

  /** Lets news through, as soon as there is such. */
  async release(actor: string, news: News, verdict: Verdict = 'through'): Promise<void> {
    const key = `${actor} ${news}`;
    await until(() => this.#held.has(key), `${news} of ${actor}`);
    const resolve = this.#held.get(key)!;
    this.#held.delete(key);
    resolve(verdict);
  }

  /** The process that really runs for an actor. */
  process(actor: string): RunningProcess | undefined {
    return this.#processes.get(actor);
  }

  done(actor: string): readonly string[] {
    return this.#done.get(actor) ?? [];
  }
}

const PATIENCE_MS = 20_000;

/** Waits until it is so; an Error that names it when it never is. */
export async function until(isSo: () => boolean, what: string): Promise<void> {
  for (const giveUp = Date.now() + PATIENCE_MS; !isSo(); await new Promise((resolve) => setTimeout(resolve, 1))) {
    if (Date.now() > giveUp) throw new Error(`waited in vain: ${what}`);
  }
}
