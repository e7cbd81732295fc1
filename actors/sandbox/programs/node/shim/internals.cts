// Node's own insides, as far as the shim replaces them; visible to the shim alone.
import module from 'node:module';

const Module = module as unknown as { builtinModules: string[] };

/** The bindings that Node's library is made over. */
export const internalBinding: (name: string) => any = require('internal/test/binding').internalBinding;

const wanted = new Map<string, any>();

/** A module of Node's library that programs do not see; those that are wanted later must have been asked for before they are hidden. */
export function internal(name: string): any {
  let found = wanted.get(name);
  if (found === undefined) wanted.set(name, (found = require(name)));
  return found;
}

// Taken now, because they are first used when a program runs.
for (const name of ['internal/errors', 'internal/fs/sync_write_stream', 'internal/modules/helpers']) internal(name);

interface OwnModule {
  loaded: boolean;
  loading: boolean;
  exports: object;
  compileForInternalLoader(): object;
}

/** Node's register of its own modules; each of them knows it as its constructor. */
interface Register {
  readonly map: ReadonlyMap<string, OwnModule>;
  setRealmAllowRequireByUsers(ids: readonly string[]): void;
}

function register(): Register {
  return internal('internal/modules/helpers').loadBuiltinModule('fs', 'fs').constructor as Register;
}

export function isLoaded(name: string): boolean {
  return register().map.get(name)?.loaded === true;
}

/** Runs a module of the library anew if it ran before; whether it did. */
export function reload(name: string): boolean {
  const found = register().map.get(name);
  if (!found?.loaded) return false;
  Object.assign(found, { loaded: false, loading: false, exports: {} });
  found.compileForInternalLoader();
  return true;
}

/** Makes internal modules as unknown to the program as they are without --expose-internals, and the shim's own unfindable. */
export function hideInternals(execArgv: readonly string[]): void {
  const modules = register();
  modules.setRealmAllowRequireByUsers([...modules.map.keys()].filter((id) => !id.startsWith('internal/')));
  const own = (path: string): boolean => path.startsWith(__dirname);
  for (const path of Object.keys(require.cache).filter(own)) delete require.cache[path];
  const { _pathCache: paths } = module as unknown as { _pathCache: Record<string, string> };
  for (const key of Object.keys(paths)) if (own(paths[key]!)) delete paths[key];
  Module.builtinModules = Object.freeze(Module.builtinModules.filter((name) => !name.startsWith('internal/'))) as string[];
  process.execArgv = [...execArgv];
}

/**
 * Node warns of the permission model and of its own insides being looked at; neither is the program's doing. It was told to show no
 * warning (`confinement.ts`), and shows those that come from here on, unless the program wants none either.
 */
export function showWarnings(): void {
  const isOneOfOurs = process.execArgv.filter((word) => word === '--no-warnings').length === 1;
  if (isOneOfOurs && process.env.NODE_NO_WARNINGS !== '1' && process.listenerCount('warning') === 0) process.on('warning', internal('internal/process/warning').onWarning);
  const { emit } = process;
  const ours = /^(Permission is an experimental feature|These APIs are for internal testing only|The flag --allow-worker must be used)/;
  process.emit = ((name: string, ...values: any[]) => (name === 'warning' && ours.test(values[0]?.message) ? false : (emit as any).call(process, name, ...values))) as typeof emit;
  setImmediate(() => {
    process.emit = emit;
  }).unref();
}
