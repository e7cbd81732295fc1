// The read model of execs: by id and by container.
import type { Engine } from '../runtime/engine.js';
import type { Durable } from '../runtime/durable.js';
import type { ExecContext } from '../../machines/exec.js';
import { Fault } from '../runtime/fault.js';

const KIND = 'exec';

export class ExecIndex {
  readonly #byId = new Map<string, Durable<ExecContext>>();
  readonly #byContainer = new Map<string, Set<string>>();

  static async open(engine: Engine): Promise<ExecIndex> {
    const index = new ExecIndex();
    const put = (durable: Durable): void => index.#put(durable as unknown as Durable<ExecContext>);
    for await (const durable of engine.actors(KIND)) put(durable);
    engine.feed.subscribe((commit) => {
      if (commit.kind !== KIND) return;
      if (commit.gone) index.#remove(commit.id);
      else put(commit.snapshot!);
    });
    return index;
  }

  #put(durable: Durable<ExecContext>): void {
    this.#byId.set(durable.id, durable);
    const { container } = durable.context;
    let ids = this.#byContainer.get(container);
    if (!ids) this.#byContainer.set(container, (ids = new Set()));
    ids.add(durable.id);
  }

  #remove(id: string): void {
    const durable = this.#byId.get(id);
    this.#byId.delete(id);
    const ids = durable && this.#byContainer.get(durable.context.container);
    ids?.delete(id);
    if (ids?.size === 0) this.#byContainer.delete(durable!.context.container);
  }

  /** Docker's 404. */
  get(id: string): Durable<ExecContext> {
    const found = this.#byId.get(id);
    if (!found) throw new Fault('not-found', `No such exec instance: ${id}`);
    return found;
  }

  all(): IterableIterator<Durable<ExecContext>> {
    return this.#byId.values();
  }

  /** Ids of a container's execs. */
  of(containerId: string): string[] {
    return [...(this.#byContainer.get(containerId) ?? [])];
  }
}
