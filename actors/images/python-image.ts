// The built-in image `sockerless/python`: the base image and `python3`, under the names that scripts use.
import { tarEntry } from '../streams/tar-entry.js';
import { baseFiles, baseImage, BUILT_IN_PATH, type BuiltInFile, ensureImage } from './base-image.js';
import type { Image } from './image-records.js';
import type { ImageStore } from './image-store.js';
import { parseReference } from './reference.js';

export const PYTHON_REFERENCE = 'sockerless/python:latest';

/** `python3` and its other names; `version` is x.y.z, where it is known. */
export function pythonLinks(version?: string): BuiltInFile[] {
  const link = (name: string, linkPath: string): BuiltInFile => ({ entry: tarEntry(`usr/local/bin/${name}`, { type: 'symlink', linkPath }) });
  const exact = version === undefined ? [] : [link(`python${version.split('.').slice(0, 2).join('.')}`, 'python3')];
  return [link('python3', BUILT_IN_PATH), link('python', 'python3'), ...exact];
}

/**
 * Makes sure `sockerless/python:latest` is there. Without an interpreter beside the server it is there as well: its python then says
 * what is missing.
 */
export async function ensurePythonImage(store: ImageStore, appletNames: readonly string[], version?: string): Promise<Image> {
  return ensureImage(store, {
    reference: parseReference(PYTHON_REFERENCE),
    madeOf: `python ${version ?? 'none'}, on base ${baseImage(appletNames).madeOf}`,
    files: () => [...baseFiles(appletNames), ...pythonLinks(version)],
    run: { Env: ['PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin', ...(version === undefined ? [] : [`PYTHON_VERSION=${version}`])], Cmd: ['python3'], WorkingDir: '/' },
  });
}
