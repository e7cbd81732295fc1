// Image manifests and indexes, OCI's and Docker's: which media types there are, how they parse, which platform is chosen.
import { Fault } from '../runtime/fault.js';
import { isDigest } from './reference.js';

export const OCI_INDEX = 'application/vnd.oci.image.index.v1+json';
export const OCI_MANIFEST = 'application/vnd.oci.image.manifest.v1+json';
export const OCI_CONFIG = 'application/vnd.oci.image.config.v1+json';
export const OCI_LAYER = 'application/vnd.oci.image.layer.v1.tar';
export const DOCKER_LIST = 'application/vnd.docker.distribution.manifest.list.v2+json';
export const DOCKER_MANIFEST = 'application/vnd.docker.distribution.manifest.v2+json';
export const DOCKER_CONFIG = 'application/vnd.docker.container.image.v1+json';
export const DOCKER_LAYER_GZIP = 'application/vnd.docker.image.rootfs.diff.tar.gzip';

/** What a pull accepts, in order of preference. */
export const ACCEPT = [OCI_INDEX, DOCKER_LIST, OCI_MANIFEST, DOCKER_MANIFEST].join(', ');
export const MANIFEST_LIMIT_BYTES = 4 << 20;

export interface Platform {
  readonly os: string;
  readonly architecture: string;
  readonly variant?: string;
}

/** @see https://github.com/opencontainers/image-spec/blob/main/descriptor.md */
export interface Descriptor {
  readonly mediaType: string;
  readonly digest: string;
  readonly size: number;
  readonly platform?: Platform;
  readonly annotations?: Readonly<Record<string, string>>;
}

export interface Manifest {
  readonly kind: 'manifest';
  readonly config: Descriptor;
  readonly layers: readonly Descriptor[];
}

export interface Index {
  readonly kind: 'index';
  readonly manifests: readonly Descriptor[];
}

/** Parses either. Throws Fault invalid; unsupported for Docker's first schema. */
export function parseManifest(text: string, mediaType: string): Manifest | Index {
  let document: { schemaVersion?: unknown; mediaType?: unknown; config?: unknown; layers?: unknown; manifests?: unknown };
  try {
    document = JSON.parse(text) as typeof document;
  } catch (error) {
    throw new Fault('invalid', `manifest cannot be parsed: ${(error as Error).message}`, {}, { cause: error });
  }
  if (document === null || typeof document !== 'object') throw new Fault('invalid', 'manifest is no JSON object');
  if (document.schemaVersion === 1) throw new Fault('unsupported', `[DEPRECATION NOTICE] Docker Image Format v1 and Docker Image manifest version 2, schema 1 support has been removed: ${mediaType}`);
  if (Array.isArray(document.manifests)) return { kind: 'index', manifests: document.manifests.map(descriptor) };
  if (!Array.isArray(document.layers) || typeof document.config !== 'object') throw new Fault('invalid', `unsupported manifest media type and no default available: ${mediaType}`);
  return { kind: 'manifest', config: descriptor(document.config), layers: document.layers.map(descriptor) };
}

function descriptor(value: unknown): Descriptor {
  const found = value as Partial<Descriptor> | null;
  if (!found || typeof found.digest !== 'string' || !isDigest(found.digest)) throw new Fault('invalid', 'manifest with an invalid digest');
  if (typeof found.size !== 'number' || !Number.isSafeInteger(found.size) || found.size < 0) throw new Fault('invalid', 'manifest with an invalid size');
  return { mediaType: '', ...found } as Descriptor;
}

/** `linux/arm64/v8`, `wasi/wasm` and the like; a missing architecture is left ''. Throws Fault invalid. */
export function parsePlatform(text: string): Platform {
  const [os, architecture, variant, ...rest] = text.toLowerCase().split('/');
  const aliases: Readonly<Record<string, string>> = { x86_64: 'amd64', 'x86-64': 'amd64', aarch64: 'arm64', i386: '386' };
  if (!os || rest.length > 0 || !/^[\w./-]+$/.test(text)) throw new Fault('invalid', `${JSON.stringify(text)} is an invalid OS or architecture: invalid argument`);
  return { os, architecture: aliases[architecture ?? ''] ?? architecture ?? '', ...(variant && { variant }) };
}

export function platformText(platform: Platform): string {
  return [platform.os, platform.architecture, platform.variant].filter((part) => part).join('/');
}

/**
 * Chooses from an index: the first of `wanted` that it has. Attestations (platform unknown/unknown) are never chosen.
 * @throws Fault not-found `no matching manifest for linux/amd64 in the manifest list entries`
 */
export function choosePlatform(index: Index, wanted: readonly Platform[]): Descriptor {
  for (const platform of wanted) {
    const fitting = index.manifests.filter(({ platform: has }) => has && has.os === platform.os && (platform.architecture === '' || has.architecture === platform.architecture));
    const exact = fitting.find(({ platform: has }) => (has?.variant ?? '') === (platform.variant ?? ''));
    const loose = platform.variant === undefined || platform.architecture === 'arm64' ? fitting[0] : undefined;
    const chosen = exact ?? loose;
    if (chosen) return chosen;
  }
  const only = index.manifests.length === 1 && index.manifests[0]?.platform === undefined ? index.manifests[0] : undefined;
  if (only) return only;
  throw new Fault('not-found', `no matching manifest for ${wanted.map(platformText).join(', ')} in the manifest list entries`);
}
