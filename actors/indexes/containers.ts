// The read model of containers: found by id, prefix or name, listed newest first, without touching a snapshot on disk.
import type { Durable } from '../runtime/durable.js';
import type { Engine } from '../runtime/engine.js';
import { Fault } from '../runtime/fault.js';
import type { Commit } from '../runtime/feed.js';
import type { ContainerContext } from '../../machines/container-context.js';

export type ContainerSnapshot = Durable<ContainerContext>;

/** One container as lists need it. `row` is what a reader keeps with it; dropped whenever the container changes. */
export interface ContainerEntry {
  readonly id: string;
  readonly snapshot: ContainerSnapshot;
  row: unknown;
}

const KIND = 'container';

export class ContainerIndex {
  readonly #byId = new Map<string, ContainerEntry>();
  readonly #byName = new Map<string, string>();
  /** Rises with every change of what a list may show. */
  version = 0;
  /** Newest first, until something changes. */
  #sorted: readonly ContainerEntry[] | undefined;
  /** Names promised to creations and renamings that are not durable yet. */
  readonly #reserved = new Map<string, string>();

  /** Reads all containers once and follows the feed from then on. Nothing may be committed in between. */
  static async open(engine: Engine): Promise<ContainerIndex> {
    const index = new ContainerIndex();
    for await (const durable of engine.actors(KIND)) index.#put(durable as unknown as ContainerSnapshot);
    engine.feed.subscribe((commit) => index.#follow(commit));
    return index;
  }

  #follow(commit: Commit): void {
    // A commit without an actor changed images, whose names are part of rows.
    if (commit.kind === '') for (const entry of this.#byId.values()) entry.row = undefined;
    if (commit.kind === '' || commit.kind === KIND) this.version++;
    if (commit.kind !== KIND) return;
    if (commit.gone) this.#remove(commit.id);
    else this.#put(commit.snapshot as unknown as ContainerSnapshot);
  }

  #put(snapshot: ContainerSnapshot): void {
    this.#sorted = undefined;
    const old = this.#byId.get(snapshot.id);
    const { name } = snapshot.context;
    if (old && old.snapshot.context.name !== name) this.#byName.delete(old.snapshot.context.name);
    this.#byId.set(snapshot.id, { id: snapshot.id, snapshot, row: undefined });
    this.#byName.set(name, snapshot.id);
  }

  #remove(id: string): void {
    const entry = this.#byId.get(id);
    if (!entry) return;
    this.#sorted = undefined;
    this.#byId.delete(id);
    this.#byName.delete(entry.snapshot.context.name);
  }

  /** Takes a name until `release`; Docker's conflict text when somebody has it. */
  reserve(name: string, id: string): () => void {
    const holder = this.#byName.get(name) ?? this.#reserved.get(name);
    if (holder !== undefined && holder !== id) {
      throw new Fault('conflict', `Conflict. The container name "/${name}" is already in use by container "${holder}". You have to remove (or rename) that container to be able to reuse that name.`);
    }
    this.#reserved.set(name, id);
    return () => this.#reserved.delete(name);
  }

  nameTaken(name: string): boolean {
    return this.#byName.has(name) || this.#reserved.has(name);
  }

  get(id: string): ContainerEntry | undefined {
    return this.#byId.get(id);
  }

  /** By full id, name (with or without slash) or unambiguous id prefix, in this order; Docker's 404 and 400 texts. */
  resolve(reference: string): ContainerEntry {
    const found = this.find(reference);
    if (!found) throw new Fault('not-found', `No such container: ${reference}`);
    return found;
  }

  find(reference: string): ContainerEntry | undefined {
    const exact = this.#byId.get(reference);
    if (exact) return exact;
    const named = this.#byName.get(reference.startsWith('/') ? reference.slice(1) : reference);
    if (named !== undefined) return this.#byId.get(named);
    if (!/^[0-9a-f]+$/.test(reference)) return undefined;
    let match: ContainerEntry | undefined;
    for (const entry of this.#byId.values()) {
      if (!entry.id.startsWith(reference)) continue;
      if (match) throw new Fault('invalid', `multiple IDs found with provided prefix: ${reference}`);
      match = entry;
    }
    return match;
  }

  get size(): number {
    return this.#byId.size;
  }

  /** In no order. */
  all(): IterableIterator<ContainerEntry> {
    return this.#byId.values();
  }

  /** Newest first, as Docker lists. */
  newestFirst(): readonly ContainerEntry[] {
    this.#sorted ??= [...this.#byId.values()].sort((a, b) => b.snapshot.context.createdAt - a.snapshot.context.createdAt);
    return this.#sorted;
  }
}
