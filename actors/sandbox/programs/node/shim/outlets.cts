// Ways in which Node's native code writes files of the host that not every version's permission model guards: closed before the program runs.
import v8 from 'node:v8';
import { internal, internalBinding } from './internals.cjs';

/** Flags that change how code runs, name no file, and take no check out of it: without its checks, code reaches past the permission model. */
const HARMLESS = /^--(no-)?(expose-gc|max-old-space-size|max-semi-space-size|liftoff|opt|turbofan|maglev|sparkplug|stack-size|gc-interval|stack-trace-limit)(=\w*)?$/;

function denied(what: string): Error {
  return Object.assign(new Error(`Access to this API has been restricted: ${what}`), { code: 'ERR_ACCESS_DENIED' });
}

function refuse(target: any, name: string, what: string): void {
  if (target?.[name] === undefined) return;
  // No arrow function: some are called with `new`.
  const value = function refused(): never {
    throw denied(what);
  };
  Object.defineProperty(target, name, { value, configurable: false, writable: false });
}

/** Bindings that can do nothing that the library's own modules cannot: calculations, and calls that are the machine's by now. */
const OPEN = ['spawn_sync', 'process_wrap', 'uv', 'util', 'http_parser', 'js_stream', 'stream_wrap', 'config'];

/** What old programs look up in Node's bindings: data, and what is open to them anyhow; all else stays refused. */
function openBindings(): void {
  const { binding } = process as unknown as { binding(name: string): unknown };
  const data = new Map<string, () => object>([
    ['natives', () => ({ ...internalBinding('builtins').natives })],
    ['constants', () => Object.fromEntries(Object.entries(internalBinding('constants')).map(([name, values]) => [name, { ...(values as object) }]))],
  ]);
  const legacy = internal('internal/legacy/processbinding');
  for (const name of OPEN) data.set(name, () => legacy[name]?.() ?? internalBinding(name));
  (process as unknown as { binding: unknown }).binding = (name: string) => data.get(`${name}`)?.() ?? binding.call(process, name);
}

export function closeOutlets(): void {
  openBindings();
  const { setFlagsFromString } = v8;
  (v8 as any).setFlagsFromString = (flags: string) => {
    if (typeof flags === 'string' && !flags.trim().split(/\s+/).every((flag) => HARMLESS.test(flag.replaceAll('_', '-')))) throw denied(flags);
    return setFlagsFromString(flags);
  };
  refuse(v8, 'setHeapSnapshotNearHeapLimit', 'heap snapshots');
  refuse(v8, 'writeHeapSnapshot', 'heap snapshots');
  refuse(process.report, 'writeReport', 'reports');
  refuse(internalBinding('trace_events'), 'CategorySet', 'trace events');
}
