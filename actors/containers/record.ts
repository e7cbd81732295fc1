// What a container was made from, as kept beside its snapshot: Docker's Config and HostConfig plus what creation resolved.
import type { MountSpec } from '../executors/contract.js';
import type { HealthcheckConfig } from '../images/image-config.js';

/** Docker's Config (API v1.50, ContainerConfig), with the fields that are read here; others are kept and shown as they came. */
export interface Config {
  Hostname: string;
  Domainname: string;
  User: string;
  AttachStdin: boolean;
  AttachStdout: boolean;
  AttachStderr: boolean;
  ExposedPorts?: Record<string, object>;
  Tty: boolean;
  OpenStdin: boolean;
  StdinOnce: boolean;
  Env: string[];
  Cmd: string[] | null;
  Healthcheck?: HealthcheckConfig;
  Image: string;
  Volumes: Record<string, object> | null;
  WorkingDir: string;
  Entrypoint: string[] | null;
  NetworkDisabled?: boolean;
  OnBuild: string[] | null;
  Labels: Record<string, string>;
  StopSignal?: string;
  StopTimeout?: number;
  Shell?: string[];
  [field: string]: unknown;
}

export interface MountRequest {
  Type: 'bind' | 'volume' | 'tmpfs';
  Source?: string;
  Target: string;
  ReadOnly?: boolean;
  Consistency?: string;
  BindOptions?: { Propagation?: string; CreateMountpoint?: boolean; NonRecursive?: boolean };
  VolumeOptions?: { NoCopy?: boolean; Labels?: Record<string, string>; DriverConfig?: { Name?: string; Options?: Record<string, string> }; Subpath?: string };
  TmpfsOptions?: { SizeBytes?: number; Mode?: number };
}

/** Docker's HostConfig; only what is read here is typed. */
export interface HostConfig {
  Binds?: string[] | null;
  LogConfig: { Type: string; Config: Record<string, string> };
  NetworkMode: string;
  PortBindings?: Record<string, { HostIp: string; HostPort: string }[] | null> | null;
  RestartPolicy: { Name: '' | 'no' | 'on-failure' | 'always' | 'unless-stopped'; MaximumRetryCount: number };
  AutoRemove: boolean;
  VolumesFrom?: string[] | null;
  Mounts?: MountRequest[] | null;
  Tmpfs?: Record<string, string> | null;
  ReadonlyRootfs: boolean;
  Dns?: string[] | null;
  DnsSearch?: string[] | null;
  ExtraHosts?: string[] | null;
  GroupAdd?: string[] | null;
  Init?: boolean | null;
  Memory?: number;
  NanoCpus?: number;
  CpuQuota?: number;
  Sysctls?: Record<string, string> | null;
  StorageOpt?: Record<string, string> | null;
  DnsOptions?: string[] | null;
  UTSMode?: string;
  CgroupnsMode?: string;
  CpuPeriod?: number;
  PidsLimit?: number | null;
  Ulimits?: { Name: string; Soft: number; Hard: number }[] | null;
  ShmSize: number;
  ConsoleSize: [number, number];
  Privileged: boolean;
  [field: string]: unknown;
}

/** A mount as inspect shows it (MountPoint). */
export interface MountPoint {
  Type: 'bind' | 'volume' | 'tmpfs';
  Name?: string;
  Source: string;
  Destination: string;
  Driver?: string;
  Mode: string;
  RW: boolean;
  Propagation: string;
}

/** How a tmpfs is made and mounted. */
export type TmpfsOptions = Pick<MountSpec, 'sizeBytes' | 'mode' | 'uid' | 'gid' | 'noExec' | 'noSuid' | 'noDev'>;

/** The durable spec of a container. Times are ms since the epoch. */
export interface ContainerRecord {
  id: string;
  createdMs: number;
  imageId: string;
  config: Config;
  hostConfig: HostConfig;
  networkingConfig: { EndpointsConfig?: Record<string, unknown> };
  path: string;
  args: string[];
  mounts: MountPoint[];
  /** Per destination: what the mount point does not say. */
  mountOptions: Record<string, Partial<TmpfsOptions> & { noCopy?: boolean; subpath?: string }>;
  platform: string;
}

/** An exec, as created: what its start needs. */
export interface ExecRecord {
  id: string;
  containerId: string;
  argv: string[];
  env: string[];
  workingDir: string;
  user: string;
  tty: boolean;
  attachStdin: boolean;
  attachStdout: boolean;
  attachStderr: boolean;
  detachKeys: string;
  privileged: boolean;
  consoleSize: [number, number];
}
