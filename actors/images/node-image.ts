// The built-in image `sockerless/node`: the base image, `node`, the npm that came with the Node that runs this server, and Python where it is.
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { tarEntry } from '../streams/tar-entry.js';
import { baseFiles, baseImage, BUILT_IN_PATH, type BuiltInFile, ensureImage } from './base-image.js';
import type { Image } from './image-records.js';
import type { ImageStore } from './image-store.js';
import { pythonLinks } from './python-image.js';
import { parseReference } from './reference.js';

export const NODE_REFERENCE = 'sockerless/node:latest';
/** As images of Node have it: bash as root's shell, and a user `node`. */
const PASSWD = 'root:x:0:0:root:/root:/bin/bash\ndaemon:x:1:1:daemon:/usr/sbin:/usr/sbin/nologin\nnobody:x:65534:65534:nobody:/nonexistent:/usr/sbin/nologin\nnode:x:1000:1000::/home/node:/bin/bash\n';
const NPM = 'usr/local/lib/node_modules/npm';

/** Where npm lies beside a Node installation; undefined where there is none. */
export function npmFolder(execPath: string): string | undefined {
  const folders = [join(dirname(dirname(execPath)), 'lib/node_modules/npm'), join(dirname(execPath), 'node_modules/npm'), '/usr/share/nodejs/npm'];
  return folders.find((folder) => existsSync(join(folder, 'bin/npm-cli.js')));
}

/** A host folder as files of an image, in a fixed order. Links are not followed: npm has none. */
function* folderFiles(folder: string, at: string): Generator<BuiltInFile> {
  yield { entry: tarEntry(`${at}/`, { type: 'dir', mode: 0o755 }) };
  for (const name of readdirSync(folder).sort()) {
    const path = join(folder, name);
    const stat = statSync(path);
    if (stat.isDirectory()) yield* folderFiles(path, `${at}/${name}`);
    else if (stat.isFile()) {
      const body = readFileSync(path);
      yield { entry: tarEntry(`${at}/${name}`, { mode: (stat.mode & 0o111) === 0 ? 0o644 : 0o755, sizeBytes: body.length }), body };
    }
  }
}

/** What lies in the image; without npm where the host has none. */
function* nodeFiles(appletNames: readonly string[], npm: string | undefined, python: string | undefined): Generator<BuiltInFile> {
  const link = (name: string, linkPath: string): BuiltInFile => ({ entry: tarEntry(name, { type: 'symlink', linkPath }) });
  const passwd = Buffer.from(PASSWD);
  yield* baseFiles(appletNames).filter(({ entry }) => entry.path !== 'etc/passwd');
  yield { entry: tarEntry('etc/passwd', { sizeBytes: passwd.length }), body: passwd };
  yield { entry: tarEntry('home/node/', { type: 'dir', mode: 0o755, uid: 1000, gid: 1000 }) };
  yield link('usr/local/bin/node', BUILT_IN_PATH);
  yield link('usr/local/bin/nodejs', 'node');
  if (python !== undefined) yield* pythonLinks(python);
  if (npm === undefined) return;
  yield { entry: tarEntry('usr/local/lib/node_modules/', { type: 'dir', mode: 0o755 }) };
  yield* folderFiles(npm, NPM);
  yield link('usr/local/bin/npm', '../lib/node_modules/npm/bin/npm-cli.js');
  yield link('usr/local/bin/npx', '../lib/node_modules/npm/bin/npx-cli.js');
}

/** Names what the image is made of without reading npm's files. */
function madeOf(appletNames: readonly string[], npm: string | undefined, python: string | undefined): string {
  const version = npm === undefined ? 'none' : (JSON.parse(readFileSync(join(npm, 'package.json'), 'utf8')) as { version: string }).version;
  return `node ${process.versions.node}, npm ${version}, python ${python ?? 'none'}, on base ${baseImage(appletNames).madeOf}`;
}

/** Makes sure `sockerless/node:latest` is there. `python` is the version of the Python that runs here, if one does. */
export async function ensureNodeImage(store: ImageStore, appletNames: readonly string[], python?: string): Promise<Image> {
  const npm = npmFolder(process.execPath);
  return ensureImage(store, {
    reference: parseReference(NODE_REFERENCE),
    madeOf: madeOf(appletNames, npm, python),
    files: () => nodeFiles(appletNames, npm, python),
    run: {
      Env: ['PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin', `NODE_VERSION=${process.versions.node}`],
      Cmd: ['node'],
      WorkingDir: '/',
    },
  });
}
