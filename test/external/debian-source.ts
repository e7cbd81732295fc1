// Debian bookworm's packages and sources, fetched by apt with lists of the check's own, whatever system this machine is.
import { existsSync, mkdirSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { sh } from './shell.js';
import { inTurn, type Tool } from './tools.js';

const KEYRING = '/usr/share/keyrings/debian-archive-keyring.gpg';
const FETCH_MS = 300_000;

/** Runs `script` once in a new folder of the cache, with `apt` as apt-get over lists of bookworm alone; the folder, or why there is none. */
function fetched(cacheDir: string, name: string, script: string): Promise<Tool> {
  return inTurn(async () => {
    const path = join(cacheDir, name);
    if (existsSync(path)) return { path };
    if (!existsSync(KEYRING)) return { missing: `${name}: needs apt and Debian's keyring at ${KEYRING}` };
    const apt = join(cacheDir, 'apt-bookworm');
    mkdirSync(join(apt, 'lists'), { recursive: true });
    writeFileSync(join(apt, 'sources.list'), ['deb', 'deb-src'].map((kind) => `${kind} [signed-by=${KEYRING}] http://deb.debian.org/debian bookworm main\n`).join(''));
    const options = `-q -o Dir::Etc::sourcelist=${apt}/sources.list -o Dir::Etc::sourceparts=/dev/null -o Dir::State::lists=${apt}/lists -o Dir::Cache=${apt}`;
    const part = `${path}.part`;
    const ran = await sh(`set -e; rm -rf ${part}; mkdir -p ${part}; cd ${part}; apt() { apt-get ${options} "$@"; }
      [ -d ${apt}/lists/partial ] || apt update; ${script}`, { timeoutMs: FETCH_MS });
    if (ran.exitCode !== 0) return { missing: `${name}: ${ran.stderr.trim().split('\n').at(-1) ?? ''}` };
    renameSync(part, path);
    return { path };
  });
}

/** A source package: the upstream tree in `upstream/`, Debian's own folder beside it in `debian/`. */
export function debianSource(cacheDir: string, name: string): Promise<Tool> {
  return fetched(cacheDir, `${name}-source`, `apt source --download-only ${name}
    rm -f *.asc; mkdir upstream; tar -xf ${name}_*.orig.tar.* -C upstream --strip-components=1; tar -xf ${name}_*.debian.tar.*`);
}

/** A binary package, unpacked. */
export function debianPackage(cacheDir: string, name: string): Promise<Tool> {
  return fetched(cacheDir, `${name}-package`, `apt download ${name}; dpkg-deb -x ${name}_*.deb .`);
}
