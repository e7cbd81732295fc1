// CPython as pyodide builds it, with its system calls in our hands: loaded from a snapshot of its memory, or from the beginning.
import { constants } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

/** Where the standard library lies for the interpreter: the one file that is not the machine's. */
export const LIBRARY = '/lib/python314.zip';

export interface Exports {
  readonly memory: WebAssembly.Memory;
  readonly [name: string]: any;
}

export interface Interpreter {
  /** Pyodide's own interface. */
  readonly pyodide: any;
  /** The functions of CPython's C API and of the C library. */
  readonly exports: Exports;
  /** What C's calls go to: Emscripten's own functions at first. */
  readonly imports: Record<string, Record<string, (...args: any[]) => any>>;
}

export interface LoadOptions {
  readonly snapshot?: Uint8Array;
  readonly makesSnapshot?: boolean;
  /** Called with what the interpreter imports, before it is made. */
  readonly prepare?: (imports: Interpreter['imports'], exports: () => Exports) => void;
}

/** `folder` is where the package lies. */
export async function loadInterpreter(folder: string, options: LoadOptions = {}): Promise<Interpreter> {
  const load = (name: string): Promise<any> => import(pathToFileURL(join(folder, name)).href);
  const { loadPyodide } = await load('pyodide.mjs');
  const { default: createModule } = await load('pyodide.asm.mjs');
  let exports: Exports | undefined;
  let imports: Interpreter['imports'] | undefined;
  const createPyodideModule = (settings: any): unknown => {
    const { instantiateWasm } = settings;
    settings.instantiateWasm = (given: Interpreter['imports'], done: (instance: WebAssembly.Instance, module: WebAssembly.Module) => unknown) => {
      imports = given;
      options.prepare?.(given, () => exports!);
      return instantiateWasm(given, (instance: WebAssembly.Instance, module: WebAssembly.Module) => {
        exports = instance.exports as unknown as Exports;
        return done(instance, module);
      });
    };
    return createModule(settings);
  };
  const pyodide = await withConstants(() => loadPyodide({
    indexURL: folder, createPyodideModule, env: { HOME: '/', PYTHONINSPECT: '' },
    ...(options.snapshot ? { _loadSnapshot: options.snapshot } : {}), ...(options.makesSnapshot === true ? { _makeSnapshot: true } : {}),
  }));
  return { pyodide, exports: exports!, imports: imports! };
}

/** Emscripten's file systems look a few numbers up where the permission model lets nobody look. */
async function withConstants<T>(load: () => Promise<T>): Promise<T> {
  const given = process as unknown as { binding: (name: string) => unknown };
  const { binding } = given;
  given.binding = (name) => (name === 'constants' ? { fs: constants } : binding.call(process, name));
  try {
    return await load();
  } finally {
    given.binding = binding;
  }
}
