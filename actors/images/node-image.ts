// The built-in image `sockerless/node`: the base image, `node`, and the npm that came with the Node that runs this server.
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { tarEntry } from '../streams/tar-entry.js';
import { baseFiles, BUILT_IN_PATH, type BuiltInFile, type BuiltInImage, ensureImage } from './base-image.js';
import type { ImageStore } from './image-store.js';
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

/** The image; without npm where the host has none. `version` is the Node that runs here. */
export function nodeImage(appletNames: readonly string[], npm: string | undefined): BuiltInImage {
  const link = (name: string, linkPath: string): BuiltInFile => ({ entry: tarEntry(name, { type: 'symlink', linkPath }) });
  const passwd = Buffer.from(PASSWD);
  const files = [
    ...baseFiles(appletNames).filter(({ entry }) => entry.path !== 'etc/passwd'),
    { entry: tarEntry('etc/passwd', { sizeBytes: passwd.length }), body: passwd }, { entry: tarEntry('home/node/', { type: 'dir', mode: 0o755, uid: 1000, gid: 1000 }) },
    link('usr/local/bin/node', BUILT_IN_PATH), link('usr/local/bin/nodejs', 'node'),
  ];
  if (npm !== undefined) {
    files.push({ entry: tarEntry('usr/local/lib/node_modules/', { type: 'dir', mode: 0o755 }) }, ...folderFiles(npm, NPM));
    files.push(link('usr/local/bin/npm', '../lib/node_modules/npm/bin/npm-cli.js'), link('usr/local/bin/npx', '../lib/node_modules/npm/bin/npx-cli.js'));
  }
  return {
    reference: parseReference(NODE_REFERENCE),
    files,
    run: {
      Env: ['PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin', `NODE_VERSION=${process.versions.node}`],
      Cmd: ['node'],
      WorkingDir: '/',
      Labels: { 'io.sockerless.made-of': madeOf(appletNames, npm) },
    },
  };
}

/** Names what the image is made of, so that an unchanged one need not be made again. */
function madeOf(appletNames: readonly string[], npm: string | undefined): string {
  const version = npm === undefined ? 'none' : (JSON.parse(readFileSync(join(npm, 'package.json'), 'utf8')) as { version: string }).version;
  return `2: node ${process.versions.node}, npm ${version}, applets ${createHash('sha256').update([...appletNames].sort().join()).digest('hex').slice(0, 16)}`;
}

/** Makes sure `sockerless/node:latest` is there. Reading npm's files costs a second or two, so an image made of the same is kept. */
export async function ensureNodeImage(store: ImageStore, appletNames: readonly string[]): Promise<void> {
  const npm = npmFolder(process.execPath);
  const known = store.named(parseReference(NODE_REFERENCE));
  if (known?.configText.includes(madeOf(appletNames, npm)) === true) return;
  await ensureImage(store, nodeImage(appletNames, npm));
}
