// What the main thread and a container's worker say to each other. Plain data; byte buffers are transferred, never copied.
import type { MachineCheckpoint } from './parking.js';

/** Everything a machine needs to mount its files; host paths were checked by the sender. Same shape as the executor's ContainerSpec. */
export interface MachineSpec {
  id: string;
  layers: readonly { tarPath: string; indexPath: string }[];
  hostname: string;
  domainname: string;
  mounts: readonly MountSpec[];
  readOnlyRootfs: boolean;
  extraHosts: readonly string[];
  dns: readonly string[];
  dnsSearch: readonly string[];
  dnsOptions: readonly string[];
  sysctls: Readonly<Record<string, string>>;
  privileged: boolean;
  cgroupPath: string;
  rootSizeBytes: number;
  oomScoreAdjustment: number;
  limits: MachineLimits;
  shmSizeBytes: number;
  network: boolean;
  /** Where the container's own changes are kept. */
  upperDirectory: string;
  /** What any machine of this server may find again, and make anew where it is not there. */
  cacheDirectory: string;
}

/** 0 means no limit; `ulimits` as in HostConfig, -1 for unlimited. */
export interface MachineLimits {
  memoryBytes: number;
  nanoCpus: number;
  processes: number;
  ulimits: readonly { name: string; soft: number; hard: number }[];
}

export interface MountSpec {
  type: 'bind' | 'volume' | 'tmpfs';
  source: string;
  target: string;
  subpath: string;
  readOnly: boolean;
  sizeBytes: number;
  mode: number;
  uid: number;
  gid: number;
  noExec: boolean;
  noSuid: boolean;
  noDev: boolean;
  copyUp: boolean;
}

export interface ProcessSpec {
  argv: readonly string[];
  env: readonly string[];
  cwd: string;
  user: string;
  groups: readonly string[];
  capabilities: readonly string[];
  noNewPrivileges: boolean;
  tty: boolean;
  stdin: boolean;
  rows: number;
  columns: number;
  init: boolean;
}

/** Counters of a machine. */
export interface MachineUsage {
  cpuMs: number;
  memoryBytes: number;
  processes: number;
}

/** Calls with one answer. */
export interface MachineCalls {
  statPath: { path: string };
  top: { psArguments: string };
  usage: Record<string, never>;
  changes: Record<string, never>;
  sizeRw: Record<string, never>;
  flush: Record<string, never>;
  limit: { limits: MachineLimits };
}

/** Transfers that flow out of the machine as chunks. */
export type OutgoingTransfer = { kind: 'archive'; path: string } | { kind: 'tree' } | { kind: 'upper' };

/** An error that crosses the thread border; `kind` is a FaultKind. */
export interface WireError {
  kind: string;
  message: string;
  data?: Record<string, unknown>;
}

export interface ReceiveOptions {
  readonly noOverwriteDirNonDir: boolean;
  /** Everything written belongs to this user (`name`, `uid`, each with `:group`); to the archive's own ids where absent. */
  readonly owner?: string;
}

/** What a machine's thread is given with its start. */
export interface ThreadData {
  /** The memory of its `ImportGate`. */
  imports: SharedArrayBuffer;
}

/** `handle` numbers processes, `call` numbers calls and transfers; the main thread chooses both. */
export type ToMachine =
  | { type: 'boot'; spec: MachineSpec; checkpoint?: MachineCheckpoint }
  | { type: 'start'; handle: number; process: ProcessSpec; isInit: boolean }
  | { type: 'input'; handle: number; bytes: Uint8Array }
  | { type: 'input-end'; handle: number }
  | { type: 'output-taken'; handle: number; sizeBytes: number }
  | { type: 'signal'; handle: number; signal: number }
  | { type: 'resize'; handle: number; rows: number; columns: number }
  | { type: 'freeze' }
  | { type: 'thaw' }
  | { type: 'call'; call: number; method: keyof MachineCalls; args: MachineCalls[keyof MachineCalls] }
  | { type: 'send'; call: number; transfer: OutgoingTransfer }
  | { type: 'chunks-taken'; call: number; sizeBytes: number }
  | { type: 'cancel'; call: number }
  | { type: 'receive'; call: number; path: string; options: ReceiveOptions }
  | { type: 'chunks'; call: number; chunks: readonly Uint8Array[] }
  | { type: 'chunks-end'; call: number }
  | { type: 'park' }
  | { type: 'halt' };

export type FromMachine =
  | { type: 'ready' }
  | { type: 'booted' }
  | { type: 'boot-failed'; error: WireError }
  | { type: 'started'; handle: number; pid: number }
  | { type: 'start-failed'; handle: number; exitCode: number; message: string }
  | { type: 'output'; handle: number; stream: 1 | 2; bytes: Uint8Array }
  | { type: 'input-taken'; handle: number; sizeBytes: number }
  | { type: 'exited'; handle: number; exitCode: number; oomKilled: boolean }
  | { type: 'result'; call: number; value: unknown }
  | { type: 'failed'; call: number; error: WireError }
  | { type: 'chunk-out'; call: number; bytes: Uint8Array }
  | { type: 'received'; call: number; sizeBytes: number }
  | { type: 'halted' }
  | { type: 'idle' }
  | { type: 'parked'; checkpoint: MachineCheckpoint }
  | { type: 'park-refused' }
  | { type: 'notice'; message: string }
  | { type: 'defect'; message: string };

/** How many bytes may be under way in one direction of a stream before the sender waits. */
export const WINDOW_BYTES = 1 << 20;
/** Archive transfers are big and sequential: a wider window keeps both threads busy. */
export const TRANSFER_WINDOW_BYTES = 8 << 20;

/** Buffers that share an allocation cannot be transferred: small ones are copied, big ones are given whole. */
export function owned(bytes: Uint8Array): Uint8Array {
  return bytes.byteLength === bytes.buffer.byteLength ? bytes : new Uint8Array(bytes);
}
