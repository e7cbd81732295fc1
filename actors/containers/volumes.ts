// Named volumes: their actors, where they lie on disk, who uses them.
import { createHash, randomBytes } from 'node:crypto';
import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { EventObject } from 'xstate';
import type { ContainerIndex } from '../indexes/containers.js';
import type { Durable } from '../runtime/durable.js';
import type { Effects } from '../runtime/effect.js';
import type { Engine } from '../runtime/engine.js';
import { Fault } from '../runtime/fault.js';
import type { VolumeContext } from '../../machines/volume.js';
import type { ContainerRecord } from './record.js';

const KIND = 'volume';
const NAME = /^[a-zA-Z0-9][a-zA-Z0-9_.-]{1,}$/;
const ANONYMOUS_LABEL = 'com.docker.volume.anonymous';

export interface Volume {
  readonly name: string;
  readonly driver: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly options: Readonly<Record<string, string>>;
  readonly createdAtMs: number;
  readonly mountpoint: string;
}

/** What a volume is made with; no name makes an anonymous one. */
export interface VolumeRequest {
  name?: string;
  driver?: string;
  labels?: Record<string, string>;
  options?: Record<string, string>;
}

/** The id of a volume's actor. */
export function volumeActor(name: string): string {
  return `${KIND}:${name}`;
}

/** A folder name for any volume name: names may be longer than a file name can be. */
function folderOf(root: string, name: string): string {
  return join(root, Buffer.byteLength(name) <= 200 ? name : createHash('sha256').update(name).digest('hex'));
}

export class Volumes {
  readonly #root: string;
  readonly #engine: Engine;
  readonly #containers: ContainerIndex;
  readonly #byName = new Map<string, Durable<VolumeContext>>();

  private constructor(root: string, engine: Engine, containers: ContainerIndex) {
    this.#root = root;
    this.#engine = engine;
    this.#containers = containers;
  }

  static async open(root: string, engine: Engine, containers: ContainerIndex): Promise<Volumes> {
    const volumes = new Volumes(root, engine, containers);
    const put = (durable: Durable): unknown => volumes.#byName.set((durable as unknown as Durable<VolumeContext>).context.name, durable as unknown as Durable<VolumeContext>);
    for await (const durable of engine.actors(KIND)) put(durable);
    engine.feed.subscribe((commit) => {
      if (commit.kind !== KIND) return;
      if (commit.gone) volumes.#byName.delete(commit.id.slice(KIND.length + 1));
      else put(commit.snapshot!);
    });
    return volumes;
  }

  /** How the volume machine's effects are carried out: folders, made and removed as often as asked. */
  static effects(root: string): Effects {
    const name = (actor: string): string => actor.slice(KIND.length + 1);
    return {
      [KIND]: {
        async create({ actor }) {
          await mkdir(join(folderOf(root, name(actor)), '_data'), { recursive: true, mode: 0o755 });
          return { type: 'CREATED' };
        },
        async delete({ actor }) {
          await rm(folderOf(root, name(actor)), { recursive: true, force: true });
          return { type: 'REMOVED' };
        },
      },
    };
  }

  #show({ context }: Durable<VolumeContext>): Volume {
    const { name, driver, labels, options, createdAt } = context;
    return { name, driver, labels, options, createdAtMs: createdAt, mountpoint: join(folderOf(this.#root, name), '_data') };
  }

  all(): Volume[] {
    return [...this.#byName.values()].map((durable) => this.#show(durable));
  }

  find(name: string): Volume | undefined {
    const durable = this.#byName.get(name);
    return durable && this.#show(durable);
  }

  /** Docker's 404. */
  get(name: string): Volume {
    const volume = this.find(name);
    if (!volume) throw new Fault('not-found', `get ${name}: no such volume`);
    return volume;
  }

  /** Makes the volume, or gives the one of that name; Docker's texts for bad names, unknown drivers and options. */
  async create(request: VolumeRequest): Promise<Volume> {
    const { driver = 'local', labels = {}, options = {} } = request;
    const anonymous = request.name === undefined || request.name === '';
    const name = anonymous ? randomBytes(32).toString('hex') : request.name!;
    if (!NAME.test(name)) {
      throw new Fault('invalid', `create ${name}: "${name}" includes invalid characters for a local volume name, only "[a-zA-Z0-9][a-zA-Z0-9_.-]" are allowed. If you intended to pass a host directory, use absolute path`);
    }
    if (driver !== 'local' && driver !== '') throw new Fault('not-found', `create ${name}: error looking up volume plugin ${driver}: plugin "${driver}" not found`);
    const bad = Object.keys(options).find((option) => !['type', 'o', 'device', 'size'].includes(option));
    if (bad !== undefined) throw new Fault('invalid', `create ${name}: invalid option: "${bad}"`);
    if (options.type !== undefined && options.type !== 'none' && options.type !== 'tmpfs') throw new Fault('unsupported', `create ${name}: volumes of type "${options.type}" cannot be mounted by this backend`);
    const existing = this.find(name);
    if (existing) return existing;
    try {
      const outcome = await this.#engine.spawn(KIND, volumeActor(name), { name, driver: 'local', labels: anonymous ? { ...labels, [ANONYMOUS_LABEL]: '' } : labels, options });
      await outcome.settled;
    } catch (error) {
      // Somebody else made it in the meantime: that one is as good.
      if (!(error instanceof Fault && error.kind === 'conflict')) throw error;
      await this.#engine.until(volumeActor(name), ({ value }) => value !== 'creating');
    }
    return this.get(name);
  }

  isAnonymous(volume: Volume): boolean {
    return Object.hasOwn(volume.labels, ANONYMOUS_LABEL);
  }

  /** The containers that mount it, by id. */
  async users(name: string): Promise<string[]> {
    const users: string[] = [];
    for (const { id } of this.#containers.all()) {
      const record = await this.#engine.spec<ContainerRecord>(id);
      if (record?.mounts.some((mount) => mount.Type === 'volume' && mount.Name === name)) users.push(id);
    }
    return users;
  }

  async remove(name: string): Promise<void> {
    this.get(name);
    const users = await this.users(name);
    if (users.length > 0) throw new Fault('conflict', `remove ${name}: volume is in use - [${users.join(', ')}]`);
    const outcome = await this.#engine.send(volumeActor(name), { type: 'REMOVE' } as EventObject);
    await outcome.settled;
  }

  /** Removes a container's anonymous volumes that nobody else uses (docker rm -v, --rm). */
  async removeAnonymous(record: ContainerRecord): Promise<void> {
    for (const mount of record.mounts) {
      const volume = mount.Type === 'volume' && mount.Name !== undefined ? this.find(mount.Name) : undefined;
      if (!volume || !this.isAnonymous(volume)) continue;
      const others = (await this.users(volume.name)).filter((id) => id !== record.id);
      if (others.length > 0) continue;
      const outcome = await this.#engine.send(volumeActor(volume.name), { type: 'REMOVE' } as EventObject);
      await outcome.settled;
    }
  }
}
