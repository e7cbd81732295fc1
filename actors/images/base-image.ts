// The built-in images: small root file systems made in code, always the same bytes, so that something runs without any registry.
import { createHash } from 'node:crypto';
import { tarEntry, type TarEntry } from '../streams/tar-entry.js';
import { writeTar } from '../streams/tar-writer.js';
import { hostArchitecture, type ImageConfig, type RunConfig } from './image-config.js';
import type { Image } from './image-records.js';
import type { ImageStore } from './image-store.js';
import { fullReference, parseReference, type Reference } from './reference.js';

/** A file of a built-in image. */
export interface BuiltInFile {
  readonly entry: TarEntry;
  readonly body?: Uint8Array;
}

/** A built-in image: a name, what lies in it, and how it runs. Add one by writing such a value and passing it to `ensureImage`. */
export interface BuiltInImage {
  readonly reference: Reference;
  /** Names what the files are made of: an image in the store that is made of the same is kept as it is. */
  readonly madeOf: string;
  readonly files: () => Iterable<BuiltInFile>;
  readonly run: RunConfig;
}

/** How a program of the sandbox itself is marked: an executable file that begins with these bytes. */
export const BUILT_IN_MARK: Uint8Array = Uint8Array.of(0, 0x73, 0x6b, 0x6c);
export const BUILT_IN_PATH = '/bin/sockerless';
export const BASE_REFERENCE = 'sockerless/base:latest';

const PATH = 'PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin';
/** A fixed moment, because the image must have the same id everywhere. */
const EPOCH = '1970-01-01T00:00:00Z';

/** What only administrators call. */
const SBIN = new Set(`addgroup adduser chpasswd chroot crond delgroup deluser getty groupadd groupdel groupmod halt ifconfig init ip losetup modprobe nologin poweroff reboot route
  start-stop-daemon swapoff swapon sysctl useradd userdel usermod`.split(/\s+/));

/** They do for everybody what only root may: reading passwords, changing who one is. */
const SET_USER_ID = new Set(['crontab', 'passwd', 'su']);

const DIRECTORIES: readonly (readonly [string, number])[] = [
  ['dev', 0o755], ['etc', 0o755], ['etc/profile.d', 0o755], ['home', 0o755], ['media', 0o755], ['mnt', 0o755], ['opt', 0o755],
  ['proc', 0o555], ['root', 0o700], ['run', 0o755], ['srv', 0o755], ['sys', 0o555], ['tmp', 0o1777], ['usr', 0o755], ['usr/bin', 0o755], ['usr/lib', 0o755],
  ['usr/local', 0o755], ['usr/local/bin', 0o755], ['usr/local/lib', 0o755], ['usr/local/share', 0o755], ['usr/sbin', 0o755], ['usr/share', 0o755], ['var', 0o755],
  ['var/cache', 0o755], ['var/lib', 0o755], ['var/log', 0o755], ['var/run', 0o755], ['var/spool', 0o755], ['var/tmp', 0o1777],
];

/** As today's distributions have it: one place for programs, under two names. */
const MERGED: readonly string[] = ['bin', 'lib', 'sbin'];

const FILES: Readonly<Record<string, string>> = {
  'etc/group': 'root:x:0:root\nbin:x:1:root,bin,daemon\ndaemon:x:2:root,bin,daemon\nsys:x:3:root,bin\ntty:x:5:\ndisk:x:6:root\nwheel:x:10:root\nmail:x:12:mail\nusers:x:100:\nnogroup:x:65533:\nnobody:x:65534:\n',
  'etc/hostname': 'localhost\n',
  'etc/hosts': '127.0.0.1\tlocalhost localhost.localdomain\n::1\tlocalhost localhost.localdomain\n',
  'etc/os-release': 'NAME="Sockerless"\nID=sockerless\nID_LIKE=alpine\nVERSION_ID=1\nPRETTY_NAME="Sockerless base"\n',
  'etc/passwd': 'root:x:0:0:root:/root:/bin/sh\nbin:x:1:1:bin:/bin:/sbin/nologin\ndaemon:x:2:2:daemon:/sbin:/sbin/nologin\nmail:x:8:12:mail:/var/mail:/sbin/nologin\nnobody:x:65534:65534:nobody:/:/sbin/nologin\n',
  'etc/profile': `export ${PATH}\nexport PAGER=less\numask 022\nfor script in /etc/profile.d/*.sh; do\n  if [ -r "$script" ]; then . "$script"; fi\ndone\nunset script\n`,
  'etc/resolv.conf': '',
  'etc/shadow': ['root', 'bin', 'daemon', 'mail', 'nobody'].map((name) => `${name}:*:0:0:99999:7:::\n`).join(''),
  'etc/shells': '/bin/sh\n/bin/ash\n/bin/bash\n',
};

/** Where an applet's link lies: `usr/bin/ls`, `usr/sbin/ip`. */
function appletPath(name: string): string {
  return `${SBIN.has(name) ? 'usr/sbin' : 'usr/bin'}/${name}`;
}

/** The root file system of the base image, in archive order. Other built-in images start from it. */
export function baseFiles(appletNames: readonly string[]): BuiltInFile[] {
  const files: BuiltInFile[] = DIRECTORIES.map(([path, mode]) => ({ entry: tarEntry(`${path}/`, { type: 'dir', mode }) }));
  for (const name of MERGED) files.push({ entry: tarEntry(name, { type: 'symlink', linkPath: `usr/${name}` }) });
  for (const path of Object.keys(FILES).sort()) {
    const body = Buffer.from(FILES[path] as string);
    files.push({ entry: tarEntry(path, { sizeBytes: body.length, ...(path === 'etc/shadow' ? { mode: 0o640 } : {}) }), body });
  }
  const body = Buffer.concat([BUILT_IN_MARK, Buffer.from('\nA program of the Sockerless sandbox; the name it is called by says which.\n')]);
  const program = (path: string, mode = 0o755, content = body): BuiltInFile => ({ entry: tarEntry(path, { mode, sizeBytes: content.length }), body: content });
  files.push(program(`usr${BUILT_IN_PATH}`));
  for (const name of [...new Set(appletNames)].sort()) {
    // busybox is a file of its own: links to it, too, are applets with busybox's manners.
    const path = appletPath(name);
    if (SET_USER_ID.has(name)) files.push(program(path, 0o4755));
    // A copy of it is bash too, whatever it is called.
    else if (name === 'bash') files.push(program(path, 0o755, Buffer.concat([BUILT_IN_MARK, Buffer.from(`\n${name}\n`)])));
    else files.push(name === 'busybox' ? program(path) : { entry: tarEntry(path, { type: 'symlink', linkPath: BUILT_IN_PATH }) });
  }
  return files;
}

/** The base image: a shell and the applets. */
export function baseImage(appletNames: readonly string[]): BuiltInImage {
  const files = baseFiles(appletNames);
  const hash = createHash('sha256');
  for (const { entry, body } of files) hash.update(JSON.stringify(entry, (_, value: unknown) => (typeof value === 'bigint' ? String(value) : value))).update(body ?? '');
  return { reference: parseReference(BASE_REFERENCE), madeOf: hash.digest('hex').slice(0, 16), files: () => files, run: { Env: [PATH], Cmd: ['/bin/sh'], WorkingDir: '/' } };
}

/** Puts a built-in image into the store, under its name, unless that very image is there. */
export async function ensureImage(store: ImageStore, builtIn: BuiltInImage): Promise<Image> {
  store.builtIns.set(fullReference(builtIn.reference), () => ensureImage(store, builtIn));
  const known = store.named(builtIn.reference);
  if (known?.config.history?.[0]?.comment === builtIn.madeOf) return known;
  const layer = await store.ingest(writeTar(builtIn.files()));
  try {
    const config: ImageConfig = {
      architecture: hostArchitecture(),
      os: 'linux',
      created: EPOCH,
      config: builtIn.run,
      rootfs: { type: 'layers', diff_ids: [layer.diffId] },
      history: [{ created: EPOCH, created_by: 'sockerless built-in image', comment: builtIn.madeOf }],
    };
    return await store.add({ configText: JSON.stringify(config), references: [builtIn.reference] });
  } finally {
    layer.release();
  }
}

/** Makes sure `sockerless/base:latest` is there. */
export async function ensureBaseImage(store: ImageStore, appletNames: readonly string[]): Promise<Image> {
  return ensureImage(store, baseImage(appletNames));
}
