// A program's own thread: instantiates the module with our file calls and blocks on each of them.
import { parentPort } from 'node:worker_threads';
import { init, MemFS, WASI } from '@wasmer/wasi';
import type { FromProgram, RunProgram } from './channel.js';
import { fileImports, OutOfMemory } from './imports.js';
import { isRuby, rubyImports, runRuby } from './ruby.js';

const port = parentPort!;
const post = (message: FromProgram, transfer: readonly ArrayBuffer[] = []): void => port.postMessage(message, transfer);
const NAMESPACES = ['wasi_snapshot_preview1', 'wasi_unstable'];

/** Thrown out of proc_exit to leave the program. */
class Exit extends Error {
  readonly exitCode: number;
  constructor(exitCode: number) {
    super(`exit ${exitCode}`);
    this.exitCode = exitCode;
  }
}

function procExit(exitCode: number): never {
  throw new Exit(exitCode);
}

/** Names what a module wants that is not WASI preview 1. */
function missingImports(module: WebAssembly.Module, offered: WebAssembly.Imports): string[] {
  return WebAssembly.Module.imports(module).filter(({ module: space, name }) => offered[space]?.[name] === undefined).map(({ module: space, name }) => `${space}.${name}`);
}

const WORKING_FOLDER_FD = 4, NO_SUCH_DESCRIPTOR = 8;

function hideSecondRoot(own: ReturnType<typeof fileImports>): void {
  const { fd_prestat_get: prestat } = own as unknown as { fd_prestat_get: (fd: number, pointer: number) => number };
  own.fd_prestat_get = ((fd: number, pointer: number) => (fd === WORKING_FOLDER_FD ? NO_SUCH_DESCRIPTOR : prestat(fd, pointer))) as (...args: never[]) => number;
}

function run({ module, args, env, shared, memoryMaxBytes }: RunProgram): FromProgram {
  const exported = WebAssembly.Module.exports(module).map(({ name }) => name);
  const ruby = isRuby(exported);
  if (!exported.includes('_start') && !ruby) return { type: 'refused', message: 'the module has no _start: it is a library, not a program' };
  const wasi = new WASI({ args: [...args], env: { ...env }, fs: new MemFS() });
  let memory: WebAssembly.Memory | undefined;
  // A program that only computes asks for nothing, and the library wants to be asked.
  const asks = WebAssembly.Module.imports(module).some(({ module: space }) => NAMESPACES.includes(space));
  const base = asks ? (wasi.getImports(module) as WebAssembly.Imports) : {};
  const own = fileImports(() => memory!, shared, (request, bytes) => post({ type: 'call', request: bytes ? { ...request, bytes } : request }, bytes ? [bytes.buffer as ArrayBuffer] : []), memoryMaxBytes);
  const imports: WebAssembly.Imports = { ...base, ...(ruby ? rubyImports(module) : {}) };
  // Ruby goes to its working directory by itself: it must not have a second root.
  if (ruby) hideSecondRoot(own);
  for (const space of NAMESPACES) if (base[space]) imports[space] = { ...base[space], ...own, proc_exit: procExit };
  const missing = missingImports(module, imports);
  if (missing.length > 0) return { type: 'refused', message: `the module needs imports that WASI preview 1 does not have: ${missing.join(', ')}` };
  const instance = new WebAssembly.Instance(module, imports);
  memory = instance.exports.memory as WebAssembly.Memory;
  const tooLarge = (): boolean => memoryMaxBytes > 0 && memory!.buffer.byteLength > memoryMaxBytes;
  try {
    if (tooLarge()) return { type: 'out-of-memory' };
    if (asks) wasi.instantiate(instance as never, {});
    if (ruby) return { type: 'exit', exitCode: runRuby(instance, args) };
    (instance.exports._start as () => void)();
    return { type: 'exit', exitCode: 0 };
  } catch (error) {
    if (error instanceof Exit) return { type: 'exit', exitCode: error.exitCode };
    if (error instanceof OutOfMemory || tooLarge()) return { type: 'out-of-memory' };
    return { type: 'trap', message: error instanceof Error ? error.message : String(error) };
  } finally {
    wasi.free();
  }
}

await init();
port.on('message', (program: RunProgram) => {
  try {
    post(run(program));
  } catch (error) {
    post({ type: 'refused', message: error instanceof Error ? error.message : String(error) });
  }
});
post({ type: 'ready' });
