// The image configuration document (OCI image spec, with Docker's additions) as it is stored, hashed and inspected.
import { createHash } from 'node:crypto';
import { Fault } from '../runtime/fault.js';
import { isDigest } from './reference.js';

/** A health check; durations in nanoseconds, as everywhere in Docker's documents, 0 = inherit or default. `Test[0]` is NONE, CMD or CMD-SHELL. */
export interface HealthcheckConfig {
  Test?: string[];
  Interval?: number;
  Timeout?: number;
  StartPeriod?: number;
  StartInterval?: number;
  Retries?: number;
}

/** What a container of the image runs with by default. */
export interface RunConfig {
  Hostname?: string;
  Domainname?: string;
  User?: string;
  AttachStdin?: boolean;
  AttachStdout?: boolean;
  AttachStderr?: boolean;
  ExposedPorts?: Record<string, object> | null;
  Tty?: boolean;
  OpenStdin?: boolean;
  StdinOnce?: boolean;
  Env?: string[] | null;
  Cmd?: string[] | null;
  Healthcheck?: HealthcheckConfig;
  ArgsEscaped?: boolean;
  Image?: string;
  Volumes?: Record<string, object> | null;
  WorkingDir?: string;
  Entrypoint?: string[] | null;
  OnBuild?: string[] | null;
  Labels?: Record<string, string> | null;
  StopSignal?: string;
  StopTimeout?: number;
  Shell?: string[] | null;
}

export interface HistoryEntry {
  created?: string;
  created_by?: string;
  author?: string;
  comment?: string;
  empty_layer?: boolean;
}

/** @see https://github.com/opencontainers/image-spec/blob/main/config.md */
export interface ImageConfig {
  architecture: string;
  os: string;
  variant?: string;
  'os.version'?: string;
  created?: string;
  author?: string;
  comment?: string;
  docker_version?: string;
  parent?: string;
  container?: string;
  config?: RunConfig;
  rootfs: { type: 'layers'; diff_ids: string[] };
  history?: HistoryEntry[];
}

/** Largest configuration taken in; the specification's registries allow 4 MiB for manifests alike. */
export const CONFIG_LIMIT_BYTES = 4 << 20;

/** An image's id: the digest of its configuration's bytes. */
export function sha256Digest(bytes: string | Uint8Array): string {
  return `sha256:${createHash('sha256').update(bytes).digest('hex')}`;
}

/** Parses a configuration and checks what the rest of this folder relies on. Throws Fault invalid. */
export function parseImageConfig(text: string): ImageConfig {
  let config: ImageConfig;
  try {
    config = JSON.parse(text) as ImageConfig;
  } catch (error) {
    throw new Fault('invalid', `invalid image configuration: ${(error as Error).message}`, {}, { cause: error });
  }
  const layers: unknown = (config as ImageConfig | null)?.rootfs?.diff_ids ?? [];
  if (typeof config !== 'object' || config === null || !config.rootfs) throw new Fault('invalid', 'invalid image JSON, no RootFS key');
  if (!Array.isArray(layers) || !layers.every((id) => typeof id === 'string' && isDigest(id))) throw new Fault('invalid', 'invalid image configuration: rootfs.diff_ids');
  return { ...config, rootfs: { type: 'layers', diff_ids: layers as string[] } };
}

/** Go's GOARCH for this machine, which images name their architecture by. */
export function hostArchitecture(): string {
  const names: Readonly<Record<string, string>> = { x64: 'amd64', ia32: '386', arm64: 'arm64', arm: 'arm', ppc64: 'ppc64le', s390x: 's390x', riscv64: 'riscv64', loong64: 'loong64' };
  return names[process.arch] ?? process.arch;
}

/** The digest that names a stack of layers, as dockerd lists deleted layers by: each hashes the one below with its own. */
export function chainIds(diffIds: readonly string[]): string[] {
  const chain: string[] = [];
  for (const diffId of diffIds) {
    const below = chain.at(-1);
    chain.push(below === undefined ? diffId : sha256Digest(`${below} ${diffId}`));
  }
  return chain;
}
