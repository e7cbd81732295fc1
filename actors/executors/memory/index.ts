// The `memory` backend: containers on the embedded machine, one worker thread for each that runs or is being looked into.
import { mkdirSync, openSync, closeSync } from 'node:fs';
import { join } from 'node:path';
import { Fault } from '../../runtime/fault.js';
import type { Trash } from '../../runtime/trash.js';
import { IdleMachines } from '../../sandbox/idle-machines.js';
import { MachineClient } from '../../sandbox/machine-client.js';
import { MachineLink } from '../../sandbox/machine-link.js';
import { type MachineProcess, StartFailure } from '../../sandbox/machine-process.js';
import type { OutgoingTransfer } from '../../sandbox/protocol.js';
import { isNetworkEnforced } from '../../sandbox/programs/node/confinement.js';
import { pythonPackage } from '../../sandbox/programs/python/runtime.js';
import { WorkerPool } from '../../sandbox/worker-pool.js';
import {
  type ArchiveSink, type ArchiveWriteOptions, type Capabilities, type Change, type ContainerSpec, type Executor, Interrupted, LaunchFailure,
  type PathStat, type ProcessSpec, type ProcessStreams, type ProcessTable, type ResourceLimits, type RunningProcess, type Usage,
} from '../contract.js';

export interface MemoryOptions {
  /** Where the containers' own files are kept: one folder per container. */
  readonly directory: string;
  /** Where what can be made anew is kept between containers. */
  readonly cacheDirectory: string;
  /** Where the files of removed containers go. */
  readonly trash: Trash;
  readonly log: (line: Record<string, unknown>) => void;
  readonly warmWorkers?: number;
  readonly maxWorkers?: number;
  /** Containers in which nothing runs and that keep their thread for what comes next; the others are put away. */
  readonly idleMachines?: number;
  readonly idleAgeMs?: number;
}

const CAPABILITIES = {
  'exec.real': true, 'exec.interactive': true, 'fs.writable': true, 'fs.archive': true, 'network.real': false, 'volume.persistent': true,
  'bind.mounts': true, elf: false, 'wasm.preview1': true, 'wasm.preview2': false, pause: true, stats: true,
  'limits.memory': true, 'limits.cpu': true, 'limits.pids': true, 'limits.ulimits': true, 'idle.parked': true,
  node: true, 'node.of-image': false, 'python.of-image': false,
} as const;

/** How long a machine without processes stays mounted after its last use. */
const IDLE_MS = 2000;

/** A container's machine in this server. `users` counts what keeps it mounted. */
interface Mounted {
  readonly client: MachineClient;
  users: number;
  idle: NodeJS.Timeout | undefined;
}

export class MemoryExecutor implements Executor {
  readonly name = 'memory';
  readonly #options: MemoryOptions;
  readonly #pool: WorkerPool;
  /** Containers whose machine is mounted and has no user, the longest unused first. */
  readonly #unused = new Set<string>();
  readonly #idles: IdleMachines;
  readonly #machines = new Map<string, Promise<Mounted>>();

  constructor(options: MemoryOptions) {
    this.#options = options;
    this.#pool = new WorkerPool({ warm: options.warmWorkers ?? 2, max: options.maxWorkers ?? 512 });
    this.#idles = new IdleMachines({ max: options.idleMachines ?? 8, ageMs: options.idleAgeMs ?? 10_000 });
    this.#pool.onShortage = () => this.#unmountUnused() || this.#idles.parkOldest();
  }

  get capabilities(): Capabilities {
    return { ...CAPABILITIES, python: pythonPackage() !== undefined, 'network.none': isNetworkEnforced() };
  }

  async open(): Promise<void> {
    mkdirSync(this.#options.directory, { recursive: true, mode: 0o700 });
    this.#pool.warmUp(1);
  }

  /** Mounts the machine while the intent to launch becomes durable; what goes wrong, the launch will find and say. */
  expect(container: ContainerSpec): void {
    void this.#mount(container).then(
      (mounted) => this.#release(container.id, mounted),
      () => undefined,
    );
  }

  async launch(container: ContainerSpec, process: ProcessSpec, streams: ProcessStreams, key: string): Promise<RunningProcess> {
    this.#once(container.id, 'run', key);
    return this.#start(container, process, streams, true);
  }

  async exec(container: ContainerSpec, process: ProcessSpec, streams: ProcessStreams, key: string): Promise<RunningProcess> {
    this.#once(container.id, 'exec', key);
    return this.#start(container, process, streams, false);
  }

  /**
   * Notes, before anything runs, that this key is carried out. A SIGKILL before the note: nothing ran, the repeat runs. After it: the
   * process may have run and is gone with the server, so the repeat must not run it. The note survives because the name of a file does.
   */
  #once(containerId: string, kind: string, key: string): void {
    const folder = join(this.#options.directory, containerId, kind);
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    try {
      closeSync(openSync(join(folder, encodeURIComponent(key)), 'wx', 0o600));
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'EEXIST') throw new Interrupted();
      throw error;
    }
  }

  async #start(container: ContainerSpec, spec: ProcessSpec, streams: ProcessStreams, isInit: boolean): Promise<RunningProcess> {
    const mounted = await this.#mount(container);
    let process: MachineProcess;
    try {
      process = await mounted.client.start(spec, isInit, (stream, bytes) => streams.output(stream, bytes));
    } catch (error) {
      this.#release(container.id, mounted);
      throw error instanceof StartFailure ? new LaunchFailure(error.exitCode, error.message) : error;
    }
    void process.exit.then(() => this.#release(container.id, mounted));
    return process;
  }

  /** The machine of a container, mounted; `#release` must follow. */
  async #mount(container: ContainerSpec): Promise<Mounted> {
    let mounted: Mounted;
    for (;;) {
      const found = this.#machines.get(container.id) ?? this.#boot(container);
      mounted = await found;
      if (this.#machines.get(container.id) === found) break;
    }
    mounted.users++;
    clearTimeout(mounted.idle);
    this.#unused.delete(container.id);
    return mounted;
  }

  #boot(container: ContainerSpec): Promise<Mounted> {
    const booting = (async (): Promise<Mounted> => {
      const spec = { ...container, upperDirectory: join(this.#options.directory, container.id, 'upper'), cacheDirectory: this.#options.cacheDirectory };
      const client = new MachineClient(new MachineLink(this.#pool, this.#idles, spec));
      client.onDefect = (message) => this.#options.log({ level: 'error', msg: 'defect in the sandbox', container: container.id, detail: message });
      client.onNotice = (message) => this.#options.log({ level: 'info', msg: message, container: container.id });
      client.onGone = () => {
        this.#machines.delete(container.id);
        this.#unused.delete(container.id);
      };
      await client.boot();
      return { client, users: 0, idle: undefined };
    })();
    this.#machines.set(container.id, booting);
    booting.catch(() => this.#machines.delete(container.id));
    return booting;
  }

  #release(containerId: string, mounted: Mounted): void {
    if (--mounted.users > 0) return;
    mounted.idle = setTimeout(() => void this.#unmount(containerId), IDLE_MS);
    mounted.idle.unref();
    this.#unused.add(containerId);
  }

  /** Somebody needs the thread of a machine that is only kept in case it is asked for again. */
  #unmountUnused(): boolean {
    const [oldest] = this.#unused;
    if (oldest === undefined) return false;
    void this.#unmount(oldest);
    return true;
  }

  /** Halts a machine nobody uses; its worker serves the next container. */
  async #unmount(containerId: string): Promise<void> {
    this.#unused.delete(containerId);
    const found = this.#machines.get(containerId);
    if (!found) return;
    const mounted = await found;
    if (mounted.users > 0 || this.#machines.get(containerId) !== found) return;
    this.#machines.delete(containerId);
    clearTimeout(mounted.idle);
    mounted.client.onGone = () => undefined;
    try {
      await mounted.client.halt();
    } catch (error) {
      // The thread ended meanwhile, and the machine with it.
      if (error instanceof Fault) return;
      throw error;
    }
  }

  /** Runs `body` with the container's files mounted. */
  async #with<T>(container: ContainerSpec, body: (client: MachineClient) => Promise<T>): Promise<T> {
    const mounted = await this.#mount(container);
    try {
      return await body(mounted.client);
    } finally {
      this.#release(container.id, mounted);
    }
  }

  async #running(containerId: string): Promise<MachineClient> {
    const mounted = await this.#machines.get(containerId);
    if (!mounted) throw new Fault('conflict', `container ${containerId} is not running`);
    return mounted.client;
  }

  async freeze(containerId: string): Promise<void> {
    (await this.#running(containerId)).freeze(true);
  }

  async thaw(containerId: string): Promise<void> {
    (await this.#running(containerId)).freeze(false);
  }

  async limit(containerId: string, limits: ResourceLimits): Promise<void> {
    await (await this.#machines.get(containerId))?.client.limit(limits);
  }

  /** Whatever still runs in it ends with it. */
  async remove(containerId: string): Promise<void> {
    const mounted = await this.#machines.get(containerId);
    if (mounted && mounted.client.running > 0) await mounted.client.destroy();
    else if (mounted) {
      mounted.users = 0;
      // Its files may go while it halts: what it still writes to them goes with them.
      void this.#unmount(containerId);
    }
    await this.#options.trash.discard(join(this.#options.directory, containerId));
  }

  async top(containerId: string, psArguments: string): Promise<ProcessTable> {
    return (await this.#running(containerId)).call('top', { psArguments });
  }

  async usage(containerId: string): Promise<Usage> {
    return (await this.#running(containerId)).usage();
  }

  statPath(container: ContainerSpec, path: string): Promise<PathStat> {
    return this.#with(container, (client) => client.call('statPath', { path }));
  }

  async readArchive(container: ContainerSpec, path: string): Promise<{ stat: PathStat; chunks: AsyncIterable<Uint8Array> }> {
    return { stat: await this.statPath(container, path), chunks: this.#outgoing(container, { kind: 'archive', path }) };
  }

  async *#outgoing(container: ContainerSpec, transfer: OutgoingTransfer): AsyncGenerator<Uint8Array> {
    const mounted = await this.#mount(container);
    try {
      yield* mounted.client.send(transfer);
    } finally {
      this.#release(container.id, mounted);
    }
  }

  async writeArchive(container: ContainerSpec, path: string, options: ArchiveWriteOptions): Promise<ArchiveSink> {
    const mounted = await this.#mount(container);
    let released = false;
    const release = (): void => {
      if (!released) this.#release(container.id, mounted);
      released = true;
    };
    const sink = mounted.client.receive(path, options);
    return {
      write: (bytes) => sink.write(bytes),
      finish: () => sink.finish().finally(release),
      abort: () => {
        sink.abort();
        release();
      },
    };
  }

  etcFiles(containerId: string): { hosts: string; hostname: string; resolvConf: string } {
    const etc = join(this.#options.directory, containerId, 'etc');
    return { hosts: join(etc, 'hosts'), hostname: join(etc, 'hostname'), resolvConf: join(etc, 'resolv.conf') };
  }

  async exportTree(container: ContainerSpec): Promise<AsyncIterable<Uint8Array>> {
    return this.#outgoing(container, { kind: 'tree' });
  }

  changes(container: ContainerSpec): Promise<Change[]> {
    return this.#with(container, (client) => client.call('changes'));
  }

  sizeRw(container: ContainerSpec): Promise<number> {
    return this.#with(container, (client) => client.call('sizeRw'));
  }

  async upperTar(container: ContainerSpec): Promise<AsyncIterable<Uint8Array>> {
    return this.#outgoing(container, { kind: 'upper' });
  }

  /** Threads end with what runs in them. */
  async close(): Promise<void> {
    for (const booting of [...this.#machines.values()]) await (await booting).client.destroy();
    this.#idles.close();
    await this.#pool.close();
  }

  /** Whether the machine of a container is put away; for tests. */
  async isParked(containerId: string): Promise<boolean> {
    return (await this.#machines.get(containerId))?.client.isParked === true;
  }

  /** Live worker threads, for `doctor` and tests that look for leaks. */
  get workers(): number {
    return this.#pool.live;
  }
}
