// The executor contract: everything the rest of the house may ask of a backend. One suite (test/suites/executor.ts) judges all backends.

/** What a backend can do. Appears in `/info`, gates tests, and decides which requests are refused with a clear error. */
export interface Capabilities {
  /** Commands really run and their own exit code comes back. */
  'exec.real': boolean;
  /** A terminal with line discipline and window size. */
  'exec.interactive': boolean;
  'fs.writable': boolean;
  /** Archive GET/HEAD/PUT on created, running and stopped containers. */
  'fs.archive': boolean;
  'network.real': boolean;
  'volume.persistent': boolean;
  'bind.mounts': boolean;
  /** Native Linux programs of the host's architecture. */
  elf: boolean;
  'wasm.preview1': boolean;
  'wasm.preview2': boolean;
  /** Node programs run. */
  node: boolean;
  /** They run on the version that is in their image, not on the server's own. */
  'node.of-image': boolean;
  /** Python programs run: the server's optional interpreter is there. */
  python: boolean;
  /** They run on the version that is in their image, not on the server's own. */
  'python.of-image': boolean;
  /** The kernel of the host keeps every program of a container without a network from it. */
  'network.none': boolean;
  pause: boolean;
  stats: boolean;
  /** A container over HostConfig.Memory ends with 137 and OOMKilled, and nothing else does. */
  'limits.memory': boolean;
  /** HostConfig.NanoCpus, or quota and period. */
  'limits.cpu': boolean;
  'limits.pids': boolean;
  'limits.ulimits': boolean;
  /** Containers in which nothing runs cost no thread. */
  'idle.parked': boolean;
}

/** A layer of an image: an uncompressed tar blob and the index made of it at ingest, by host path. */
export interface LayerFiles {
  tarPath: string;
  indexPath: string;
}

/** Something mounted into the container. `source` is a host path for bind and volume. */
export interface MountSpec {
  type: 'bind' | 'volume' | 'tmpfs';
  source: string;
  target: string;
  /** Volumes only: the folder or file in it that is mounted, '' = all of it. What it is made of is a container's doing, and must not lead out. */
  subpath: string;
  readOnly: boolean;
  /** tmpfs only; 0 = unlimited. */
  sizeBytes: number;
  /** tmpfs only: permission bits and owner of its root. */
  mode: number;
  uid: number;
  gid: number;
  /** Nothing in it is executed, no set-id bit counts, no device is opened. */
  noExec: boolean;
  noSuid: boolean;
  noDev: boolean;
  /** A fresh volume receives what the image has at its target (Docker's copy-up), unless `nocopy`. */
  copyUp: boolean;
}

/** What a container is, apart from the processes in it: enough to mount its files. */
export interface ContainerSpec {
  id: string;
  /** Top layer last. */
  layers: readonly LayerFiles[];
  hostname: string;
  domainname: string;
  mounts: readonly MountSpec[];
  readOnlyRootfs: boolean;
  /** `host:ip` as in HostConfig.ExtraHosts. */
  extraHosts: readonly string[];
  dns: readonly string[];
  dnsSearch: readonly string[];
  dnsOptions: readonly string[];
  /** HostConfig.Sysctls: `net.core.somaxconn` to its text. */
  sysctls: Readonly<Record<string, string>>;
  /** Settings of the kernel may be written to. */
  privileged: boolean;
  /** What /proc/PID/cgroup shows: '/' in a cgroup namespace of its own. */
  cgroupPath: string;
  /** What the container may write into its own layer; 0 = no limit. */
  rootSizeBytes: number;
  /** HostConfig.OomScoreAdj. */
  oomScoreAdjustment: number;
  limits: ResourceLimits;
  /** Bytes; 0 = Docker's default of 64 MiB. */
  shmSizeBytes: number;
  /** False for `--network none`: the container reaches nothing but itself. */
  network: boolean;
}

/** 0 means no limit. */
export interface ResourceLimits {
  memoryBytes: number;
  nanoCpus: number;
  processes: number;
  /** HostConfig.Ulimits; -1 means unlimited. */
  ulimits: readonly { name: string; soft: number; hard: number }[];
}

/** A process to run in a container: its first one, or an exec. */
export interface ProcessSpec {
  /** Entrypoint and command. */
  argv: readonly string[];
  /** `NAME=value`. */
  env: readonly string[];
  cwd: string;
  /** `user`, `uid`, `user:group` …; '' = root. */
  user: string;
  groups: readonly string[];
  /** Names of capabilities(7), without `CAP_`: what it holds as root, and can never exceed. */
  capabilities: readonly string[];
  /** No file that it executes lends it its owner's rights. */
  noNewPrivileges: boolean;
  tty: boolean;
  stdin: boolean;
  rows: number;
  columns: number;
  /** Run under an init that reaps and forwards signals (docker run --init). */
  init: boolean;
}

/** How a process came to its end. */
export interface Exit {
  exitCode: number;
  oomKilled: boolean;
}

/** The start failed before the program ran; `exitCode` is 126, 127 or 128, `message` is worded as the OCI runtime words it. */
export class LaunchFailure extends Error {
  readonly exitCode: number;
  constructor(exitCode: number, message: string) {
    super(message);
    this.exitCode = exitCode;
  }
}

/** The client's side of a process. All buffers are given away. */
export interface ProcessStreams {
  /** Output of the process; 1 stdout (and everything of a terminal), 2 stderr. Resolves when more may come. */
  output(stream: 1 | 2, bytes: Uint8Array): Promise<void> | undefined;
}

/** A running process as its owner holds it. */
export interface RunningProcess {
  readonly pid: number;
  readonly exit: Promise<Exit>;
  /** Resolves when the process (or its pipe) has room for more. */
  input(bytes: Uint8Array): Promise<void> | undefined;
  endInput(): void;
  signal(signal: number): void;
  resize(rows: number, columns: number): void;
}

/** One row per process: columns as `ps` prints them. */
export interface ProcessTable {
  titles: readonly string[];
  processes: readonly (readonly string[])[];
}

/** Counters for `docker stats`. */
export interface Usage {
  cpuMs: number;
  memoryBytes: number;
  processes: number;
}

/** As in the X-Docker-Container-Path-Stat header; `mode` has Go's FileMode bits. */
export interface PathStat {
  name: string;
  size: number;
  mode: number;
  mtime: string;
  linkTarget: string;
}

/** 0 modified, 1 added, 2 deleted, as GET /containers/{id}/changes. */
export interface Change {
  Path: string;
  Kind: 0 | 1 | 2;
}

export interface ArchiveWriteOptions {
  noOverwriteDirNonDir: boolean;
  /** Everything written belongs to this user of the container (`name`, `uid`, each with `:group`), not to the archive's ids. */
  owner?: string;
}

/** Where bytes of an archive go; both calls reject with the reason when the archive is refused. */
export interface ArchiveSink {
  write(bytes: Uint8Array): Promise<void>;
  finish(): Promise<void>;
  abort(): void;
}

/**
 * A backend. Calls name containers by id and give the ContainerSpec where files may have to be mounted, so that a backend holds
 * nothing that must survive. Failures are Faults in Docker's words; `launch` and `exec` throw LaunchFailure.
 */
export interface Executor {
  readonly name: string;
  readonly capabilities: Capabilities;
  /** Prepares; called once, before anything else. */
  open(): Promise<void>;
  /** A launch of this container is about to be asked for: whatever can be made ready for it, and costs nothing if it never comes. Fails never. */
  expect?(container: ContainerSpec): void;
  /**
   * Runs the container's process at most once per `key`: when asked `again` after a crash for a key that was already carried out it
   * throws Interrupted instead of running it twice.
   */
  launch(container: ContainerSpec, process: ProcessSpec, streams: ProcessStreams, key: string): Promise<RunningProcess>;
  exec(container: ContainerSpec, process: ProcessSpec, streams: ProcessStreams, key: string): Promise<RunningProcess>;
  freeze(containerId: string): Promise<void>;
  thaw(containerId: string): Promise<void>;
  /** New limits for what runs; nothing to do where nothing does. */
  limit(containerId: string, limits: ResourceLimits): Promise<void>;
  /** Everything of the container goes away; no error when there is nothing. */
  remove(containerId: string): Promise<void>;
  top(containerId: string, psArguments: string): Promise<ProcessTable>;
  usage(containerId: string): Promise<Usage>;
  statPath(container: ContainerSpec, path: string): Promise<PathStat>;
  /** Tar bytes; the stat comes first because the answer's header needs it. */
  readArchive(container: ContainerSpec, path: string): Promise<{ stat: PathStat; chunks: AsyncIterable<Uint8Array> }>;
  writeArchive(container: ContainerSpec, path: string, options: ArchiveWriteOptions): Promise<ArchiveSink>;
  /** The container's /etc/hosts, /etc/hostname and /etc/resolv.conf as files of this host; absent where the backend has none such. */
  etcFiles?(containerId: string): { hosts: string; hostname: string; resolvConf: string };
  exportTree(container: ContainerSpec): Promise<AsyncIterable<Uint8Array>>;
  changes(container: ContainerSpec): Promise<Change[]>;
  /** Bytes the container has added or changed. */
  sizeRw(container: ContainerSpec): Promise<number>;
  /** The container's changes as a layer tar (docker commit). */
  upperTar(container: ContainerSpec): Promise<AsyncIterable<Uint8Array>>;
  close(): Promise<void>;
}

/** Thrown by `launch`/`exec` for a key that was carried out before the server died: the process is gone and must not run again. */
export class Interrupted extends Error {
  constructor() {
    super('the server stopped while the process ran');
  }
}
