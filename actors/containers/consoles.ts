// The consoles of all containers and execs: one per run, made by whoever comes first, the client that attaches or the start.
import { join } from 'node:path';
import type { Trash } from '../runtime/trash.js';
import { LogSignal } from '../streams/log-reader.js';
import { LogWriter } from '../streams/log-writer.js';
import { Console } from './console.js';
import type { ContainerRecord } from './record.js';

const SIZE = /^(\d+)([kmg])?b?$/i;
const UNITS: Readonly<Record<string, number>> = { k: 1 << 10, m: 1 << 20, g: 1 << 30 };

/** '10m' -> bytes, as json-file's max-size. */
export function parseSize(text: string | undefined): number | undefined {
  const match = text === undefined ? null : SIZE.exec(text);
  return match ? Number(match[1]) * (UNITS[(match[2] ?? '').toLowerCase()] ?? 1) : undefined;
}

export class Consoles {
  readonly #directory: string;
  readonly #trash: Trash;
  readonly #consoles = new Map<string, Console>();
  readonly #signals = new Map<string, LogSignal>();
  /** Of runs whose process has ended but whose end is not durable yet: readers may still come, a new run takes a new one. */
  readonly #ending = new WeakSet<LogSignal>();

  /** `directory` holds one log folder per container. */
  constructor(directory: string, trash: Trash) {
    this.#directory = directory;
    this.#trash = trash;
  }

  /** The console of the current or the coming run. */
  of(id: string): Console {
    let found = this.#consoles.get(id);
    if (!found) this.#consoles.set(id, (found = new Console()));
    return found;
  }

  find(id: string): Console | undefined {
    return this.#consoles.get(id);
  }

  /** A run begins: its output is logged unless the log driver is `none`. */
  begin(record: ContainerRecord): Console {
    const console = this.of(record.id);
    if (this.#isEnding(record.id)) this.#signals.delete(record.id);
    const { Type: driver, Config: options } = record.hostConfig.LogConfig;
    if (driver === 'none') return console;
    const maxSizeBytes = parseSize(options['max-size']);
    const maxFiles = options['max-file'] === undefined ? undefined : Number(options['max-file']);
    const writer = new LogWriter(this.logDirectory(record.id), {
      ...(maxSizeBytes === undefined ? {} : { maxSizeBytes }),
      ...(maxFiles === undefined ? {} : { maxFiles }),
    });
    console.logTo({ writer, signal: this.signal(record.id) });
    return console;
  }

  /** The run is over: whoever attaches now waits for the next one. What is returned ends it for those who are attached. */
  release(id: string): () => void {
    const console = this.#consoles.get(id);
    const signal = this.#signals.get(id);
    this.#consoles.delete(id);
    if (signal) this.#ending.add(signal);
    return () => {
      console?.end();
      signal?.end();
      if (this.#signals.get(id) === signal) this.#signals.delete(id);
    };
  }

  #isEnding(id: string): boolean {
    const signal = this.#signals.get(id);
    return signal !== undefined && this.#ending.has(signal);
  }

  /** Tells readers of the log that it grew; ends with the run. */
  signal(id: string): LogSignal {
    let signal = this.#signals.get(id);
    if (!signal) this.#signals.set(id, (signal = new LogSignal()));
    return signal;
  }

  logDirectory(id: string): string {
    return join(this.#directory, id, 'log');
  }

  async remove(id: string): Promise<void> {
    this.release(id)();
    await this.#trash.discard(join(this.#directory, id));
  }
}
