// fs.watch and fs.watchFile over the machine's files: looked at again and again, since nobody tells of their changes.
import { EventEmitter } from 'node:events';
import fs from 'node:fs';
import path from 'node:path';
import url from 'node:url';

const INTERVAL_MS = 100;
const FILE_INTERVAL_MS = 5007;
type Name = string | Buffer | URL;

function text(name: Name): string {
  return name instanceof URL ? url.fileURLToPath(name) : Buffer.isBuffer(name) ? name.toString() : String(name);
}

/** Name below the watched place -> what a change of it changes. */
function picture(place: string, recursive: boolean, prefix = ''): Map<string, string> {
  const found = new Map<string, string>();
  const stat = fs.statSync(path.join(place, prefix), { throwIfNoEntry: false });
  if (!stat) return found;
  if (!stat.isDirectory()) return found.set(path.basename(place), `${stat.ino} ${stat.mtimeMs} ${stat.size} ${stat.mode}`);
  for (const { name } of fs.readdirSync(path.join(place, prefix), { withFileTypes: true })) {
    const below = path.join(prefix, name);
    const entry = fs.lstatSync(path.join(place, below), { throwIfNoEntry: false });
    if (!entry) continue;
    found.set(below, entry.isDirectory() ? String(entry.ino) : `${entry.ino} ${entry.mtimeMs} ${entry.size} ${entry.mode}`);
    if (recursive && entry.isDirectory()) for (const [deep, state] of picture(place, true, below)) found.set(deep, state);
  }
  return found;
}

interface WatchOptions {
  readonly persistent?: boolean;
  readonly recursive?: boolean;
  readonly encoding?: string;
  readonly signal?: AbortSignal;
}

class Watcher extends EventEmitter {
  readonly #timer: NodeJS.Timeout;
  #closed = false;

  constructor(place: string, { persistent = true, recursive = false, encoding = 'utf8', signal }: WatchOptions) {
    super();
    let before = picture(place, recursive);
    const tell = (event: 'rename' | 'change', name: string): unknown => this.emit('change', event, encoding === 'buffer' ? Buffer.from(name) : name);
    this.#timer = setInterval(() => {
      const now = picture(place, recursive);
      for (const [name, state] of now) {
        const old = before.get(name);
        if (old === undefined) tell('rename', name);
        else if (old !== state) tell('change', name);
      }
      for (const name of before.keys()) if (!now.has(name)) tell('rename', name);
      before = now;
    }, INTERVAL_MS);
    if (!persistent) this.#timer.unref();
    signal?.addEventListener('abort', () => this.close(), { once: true });
  }

  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    clearInterval(this.#timer);
    process.nextTick(() => this.emit('close'));
  }

  ref(): this {
    this.#timer.ref();
    return this;
  }

  unref(): this {
    this.#timer.unref();
    return this;
  }
}

function watch(name: Name, options: WatchOptions | string | ((event: string, name: string) => void) = {}, listener?: (event: string, name: string) => void): Watcher {
  const place = path.resolve(text(name));
  try {
    fs.statSync(text(name));
  } catch (error) {
    throw Object.assign(error as Error, { message: (error as Error).message.replace(', stat', ', watch'), syscall: 'watch', filename: text(name) });
  }
  const watcher = new Watcher(place, typeof options === 'object' ? options : typeof options === 'string' ? { encoding: options } : {});
  const heard = typeof options === 'function' ? options : listener;
  if (heard) watcher.on('change', heard);
  return watcher;
}

async function* watchLater(name: Name, options: WatchOptions = {}): AsyncGenerator<{ eventType: string; filename: string }> {
  const events: { eventType: string; filename: string }[] = [];
  let wake: () => void = () => undefined;
  const watcher = watch(name, options, (eventType, filename) => {
    events.push({ eventType, filename });
    wake();
  });
  const aborted = (): void => wake();
  options.signal?.addEventListener('abort', aborted, { once: true });
  try {
    for (;;) {
      if (options.signal?.aborted) throw Object.assign(new Error('The operation was aborted', { cause: options.signal.reason }), { name: 'AbortError', code: 'ABORT_ERR' });
      const next = events.shift();
      if (next) yield next;
      else await new Promise<void>((resolve) => (wake = resolve));
    }
  } finally {
    watcher.close();
  }
}

// --- fs.watchFile -------------------------------------------------------------------------------------------------------------

type FileListener = (now: fs.Stats, before: fs.Stats) => void;
const watched = new Map<string, { readonly emitter: EventEmitter; readonly timer: NodeJS.Timeout }>();

/** All zeros where there is no file, as Node has it. */
function look(place: string, bigint: boolean): fs.Stats {
  const found = fs.statSync(place, { throwIfNoEntry: false, bigint }) as fs.Stats | undefined;
  if (found) return found;
  const empty = fs.statSync('/', { bigint }) as unknown as Record<string, unknown>;
  for (const [name, value] of Object.entries(empty)) empty[name] = value instanceof Date ? new Date(0) : typeof value === 'bigint' ? 0n : 0;
  return empty as unknown as fs.Stats;
}

function watchFile(name: Name, options: { interval?: number; persistent?: boolean; bigint?: boolean } | FileListener, listener?: FileListener): EventEmitter {
  const place = path.resolve(text(name));
  const { interval = FILE_INTERVAL_MS, persistent = true, bigint = false } = typeof options === 'object' ? options : {};
  const heard = (typeof options === 'function' ? options : listener)!;
  let entry = watched.get(place);
  if (!entry) {
    const emitter = new EventEmitter();
    let before = look(place, bigint);
    const timer = setInterval(() => {
      const now = look(place, bigint);
      if (now.mtimeMs === before.mtimeMs && now.size === before.size && now.ino === before.ino && now.mode === before.mode) return;
      emitter.emit('change', now, before);
      before = now;
    }, interval);
    if (!persistent) timer.unref();
    watched.set(place, (entry = { emitter, timer }));
  }
  entry.emitter.on('change', heard);
  return Object.assign(entry.emitter, { ref: () => entry!.timer.ref(), unref: () => entry!.timer.unref() });
}

function unwatchFile(name: Name, listener?: FileListener): void {
  const place = path.resolve(text(name));
  const entry = watched.get(place);
  if (!entry) return;
  if (listener) entry.emitter.off('change', listener);
  else entry.emitter.removeAllListeners('change');
  if (entry.emitter.listenerCount('change') > 0) return;
  clearInterval(entry.timer);
  watched.delete(place);
}

export function replaceWatching(): void {
  Object.assign(fs, { watch, watchFile, unwatchFile });
  Object.assign(fs.promises, { watch: watchLater });
}
