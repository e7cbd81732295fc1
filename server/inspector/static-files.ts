// The page's files: its own from the source folder as they are, the terminal's from their packages, each read once.
import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, extname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

export interface StaticFile {
  readonly type: string;
  readonly bytes: Buffer;
}

const TYPES: Readonly<Record<string, string>> = { '.html': 'text/html; charset=utf-8', '.js': 'text/javascript; charset=utf-8', '.css': 'text/css; charset=utf-8', '.svg': 'image/svg+xml' };
const VENDOR: Readonly<Record<string, string>> = {
  'xterm.js': '@xterm/xterm/lib/xterm.js',
  'xterm.css': '@xterm/xterm/css/xterm.css',
  'addon-fit.js': '@xterm/addon-fit/lib/addon-fit.js',
};

/** The package's root: two folders up from this file's folder in the sources, three in the compiled program. */
const HERE = dirname(fileURLToPath(import.meta.url));
const PACKAGE_ROOT = [join(HERE, '..', '..'), join(HERE, '..', '..', '..')].find((folder) => existsSync(join(folder, 'package.json')))!;
const PAGE = join(PACKAGE_ROOT, 'server', 'inspector', 'page');

const found = new Map<string, StaticFile>();

/** `name` is one segment, as in the address; undefined when there is no such file. */
export function pageFile(name: string): StaticFile | undefined {
  return /^[a-z][a-z-]*\.(?:html|js|css|svg)$/.test(name) ? load(join(PAGE, name)) : undefined;
}

export function vendorFile(name: string): StaticFile | undefined {
  return Object.hasOwn(VENDOR, name) ? load(createRequire(import.meta.url).resolve(VENDOR[name]!)) : undefined;
}

/** A machine's chart as SVG, drawn by `npm run docs`. */
export function chartFile(kind: string): StaticFile | undefined {
  return /^\w+$/.test(kind) ? load(join(PACKAGE_ROOT, 'docs', 'machines', `${kind}.svg`)) : undefined;
}

function load(path: string): StaticFile | undefined {
  const known = found.get(path);
  if (known) return known;
  if (!existsSync(path)) return undefined;
  const file = { type: TYPES[extname(path)]!, bytes: readFileSync(path) };
  found.set(path, file);
  return file;
}
