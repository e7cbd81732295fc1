// What a registry has under a name, without pulling it: docker manifest's and Compose's look at a digest.
import { CONFIG_LIMIT_BYTES, parseImageConfig } from './image-config.js';
import type { Platform } from './manifest.js';
import { findManifest, type FoundManifest } from './pull.js';
import type { Reference } from './reference.js';
import type { RegistryOptions } from './registry-client.js';

/** DistributionInspect of the API. */
export interface Distribution {
  Descriptor: { mediaType: string; digest: string; size: number };
  Platforms: Platform[];
}

/** Asks the mirrors, then the registry. Throws Fault in dockerd's words when it is not there or not allowed. */
export async function inspectDistribution(reference: Reference, options: RegistryOptions): Promise<Distribution> {
  const found = await findManifest(reference, options);
  return { Descriptor: { mediaType: found.mediaType, digest: found.digest, size: found.sizeBytes }, Platforms: await platforms(found) };
}

/** An index names its platforms; those of a single image are in its configuration. */
async function platforms({ client, manifest }: FoundManifest): Promise<Platform[]> {
  if (manifest.kind === 'index') return manifest.manifests.flatMap(({ platform }) => (platform ? [platform] : []));
  const { os, architecture, variant } = parseImageConfig(await client.blobText(manifest.config, CONFIG_LIMIT_BYTES));
  return [{ architecture, os, ...(variant ? { variant } : {}) }];
}
