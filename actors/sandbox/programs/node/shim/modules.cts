// The module loaders' own questions about files: package.json, what kind a path is, which file a package means.
import path from 'node:path';
import url from 'node:url';
import module from 'node:module';
import { kind } from './ahead.cjs';
import { internal, internalBinding, isLoaded, reload } from './internals.cjs';
import { tryCall } from './wire.cjs';

const WASM = [0, 0x61, 0x73, 0x6d];
const MAIN_EXTENSIONS = ['', '.js', '.json', '.node', '/index.js', '/index.json', '/index.node', './index.js', './index.json', './index.node'];
const MAIN_COUNT = 7;
const texts = new Map<string, string | undefined>();

function readText(name: string): string | undefined {
  if (texts.has(name)) return texts.get(name);
  const answer = tryCall({ op: 'readRegular', path: name });
  const read = 'errno' in answer ? undefined : answer.bytes.toString('utf8');
  texts.set(name, read);
  return read;
}

/** A package's entry point where it has no "exports": the first of the names of old that is there. */
function legacyMain(place: string, main: unknown, base: string | undefined): number {
  // Node 20 names package.json by its URL, later ones the folder by its path.
  const folder = place.startsWith('file:') ? path.dirname(url.fileURLToPath(place)) : place;
  const begin = typeof main === 'string' ? 0 : MAIN_COUNT;
  for (let i = begin; i < MAIN_EXTENSIONS.length; i++) {
    const candidate = i < MAIN_COUNT ? path.join(folder, `./${main as string}${MAIN_EXTENSIONS[i]}`) : path.join(folder, MAIN_EXTENSIONS[i]!);
    if (kind(candidate) === 0) return i;
  }
  const { ERR_MODULE_NOT_FOUND } = internal('internal/errors').codes;
  throw new ERR_MODULE_NOT_FOUND(folder, base === undefined ? '' : url.fileURLToPath(base), 'package');
}

function isWasm(name: string): number {
  const answer = tryCall({ op: 'readRegular', path: name });
  return !('errno' in answer) && WASM.every((byte, i) => answer.bytes[i] === byte) ? 1 : 0;
}

// --- the binding of Node 22 and later -----------------------------------------------------------------------------------------

type Serialized = [name: string | undefined, main: string | undefined, type: string, imports: string | null, exports: string | null, path: string];

function serialize(file: string, explain: (message: string) => Error): Serialized | undefined {
  const source = readText(file);
  if (source === undefined) return undefined;
  let parsed: any;
  try {
    parsed = JSON.parse(source);
  } catch (error) {
    throw explain((error as Error).message);
  }
  const words = (value: unknown): string | undefined => (typeof value === 'string' ? value : undefined);
  const type = parsed.type === 'module' || parsed.type === 'commonjs' ? parsed.type : 'none';
  const nested = (value: unknown): string | null => (value === undefined ? null : typeof value === 'string' ? value : JSON.stringify(value));
  return [words(parsed.name), words(parsed.main), type, nested(parsed.imports), nested(parsed.exports), file];
}

function invalid(file: string, base?: string): (message: string) => Error {
  const { ERR_INVALID_PACKAGE_CONFIG } = internal('internal/errors').codes;
  return (message) => new ERR_INVALID_PACKAGE_CONFIG(file, base, message);
}

function nearest(start: string): Serialized | undefined {
  for (let folder = start.endsWith('/') ? start.slice(0, -1) : path.dirname(start); ; folder = path.dirname(folder)) {
    if (folder.endsWith('/node_modules')) return undefined;
    const file = path.join(folder, 'package.json');
    const found = serialize(file, invalid(file));
    if (found) return found;
    if (folder === '/' || folder === '') return undefined;
  }
}

function scope(resolved: string): Serialized | string {
  let at = new URL('./package.json', resolved);
  for (;;) {
    if (at.pathname.endsWith('node_modules/package.json')) break;
    const file = url.fileURLToPath(at);
    const found = serialize(file, invalid(file, resolved));
    if (found) return found;
    const up = new URL('../package.json', at);
    if (up.pathname === at.pathname) break;
    at = up;
  }
  return url.fileURLToPath(at);
}

/**
 * What a package without "exports" means to an import: its entry point by the names of old, and every file below. Node 24 looks for
 * the entry point by itself, in the host's files, unless it is told here.
 */
function withLegacyExports(file: string, read: Serialized | undefined): Serialized | undefined {
  const folder = path.dirname(file);
  if (read ? read[4] !== null : kind(folder) !== 1) return read;
  const found: Serialized = read ?? [undefined, undefined, 'none', null, null, file];
  let entry = './index.js';
  try {
    const index = legacyMain(folder, found[1], undefined);
    entry = `./${path.relative(folder, path.join(folder, `${index < MAIN_COUNT ? found[1]! : ''}${MAIN_EXTENSIONS[index]!}`))}`;
  } catch (error) {
    // There is none: the error that follows names the file that is looked for last.
    if ((error as { code?: string }).code !== 'ERR_MODULE_NOT_FOUND') throw error;
  }
  return [found[0], found[1], found[2], found[3], JSON.stringify({ '.': entry, './*': './*' }), found[5]];
}

function replaceModulesBinding(): boolean {
  let binding: any;
  try {
    binding = internalBinding('modules');
  } catch {
    return false;
  }
  binding.readPackageJSON = (file: string, isEsm: boolean, base?: string, specifier?: string) => {
    const found = serialize(file, (message) => (isEsm ? invalid(file, `"${specifier}" from ${base}`)(message) : Object.assign(new Error(`Error parsing ${file}: ${message}`), { path: file })));
    return isEsm ? withLegacyExports(file, found) : found;
  };
  binding.getNearestParentPackageJSON = nearest;
  binding.getNearestParentPackageJSONType = (start: string) => nearest(start)?.[2] ?? 'none';
  binding.getPackageScopeConfig = scope;
  binding.getPackageType = (resolved: string) => {
    const found = scope(resolved);
    return typeof found === 'string' || found[2] === 'none' ? undefined : found[2];
  };
  return true;
}

// --- Node 20 keeps its own copies of two functions of the binding ---------------------------------------------------------------

function replaceLoaderOfNode20(): void {
  const reader = internal('internal/modules/package_json_reader');
  const cache = new Map<string, any>();
  const read = (file: string): any => {
    let result = cache.get(file);
    if (result) return result;
    const found = serialize(file, invalid(file));
    result = { __proto__: null, exists: found !== undefined, pjsonPath: file, main: found?.[1], name: found?.[0], type: found?.[2] ?? 'none', exports: undefined, imports: undefined };
    if (found) ({ exports: result.exports, imports: result.imports } = JSON.parse(readText(file)!));
    cache.set(file, result);
    return result;
  };
  const readPackage = (folder: string): any => read(path.resolve(folder, 'package.json'));
  const readPackageScope = (start: string): any => {
    const found = nearest(start);
    return found ? { data: read(found[5]), path: path.dirname(found[5]) } : false;
  };
  Object.assign(reader, { read, readPackage, readPackageScope });
  const { emitWarning } = process;
  process.emitWarning = () => undefined;
  Object.assign(module, { _stat: kind, _readPackage: readPackage });
  process.emitWarning = emitWarning;
}

/**
 * Threads have run the module that resolves names before the shim, and it keeps functions of the binding for itself. The thread of the
 * hooks has also put it below all hooks: the new one goes above it.
 */
function replaceDefaultResolve(): void {
  const name = 'internal/modules/esm/resolve', hooks = 'internal/modules/esm/hooks';
  if (!reload(name) || !isLoaded(hooks)) return;
  const { defaultResolve } = internal(name);
  const { Hooks } = internal(hooks);
  // Node 24's asks the binding each time.
  if (!Hooks) return;
  const { prototype } = Hooks;
  const { register } = prototype;
  const known = new WeakSet<object>();
  prototype.register = function (...args: unknown[]): unknown {
    if (!known.has(this)) this.addCustomLoader(`node:${name}`, { resolve: (specifier: string, context: object) => ({ ...defaultResolve(specifier, context), shortCircuit: true }) });
    known.add(this);
    return register.apply(this, args);
  };
}

/** Must run before the loaders of ECMAScript modules are first used. */
export function replaceModuleFiles(): void {
  const binding = internalBinding('fs');
  // Node 22 gives a receiver first.
  binding.internalModuleStat = (...args: unknown[]) => kind(args.find((arg) => typeof arg === 'string') as string);
  binding.internalModuleReadJSON = (file: string) => {
    const source = readText(file);
    return source === undefined ? [] : [source, /"(?:main|name|type|exports|imports)"/.test(source)];
  };
  binding.legacyMainResolve = legacyMain;
  binding.getFormatOfExtensionlessFile = isWasm;
  if (!replaceModulesBinding()) replaceLoaderOfNode20();
  replaceDefaultResolve();
}
