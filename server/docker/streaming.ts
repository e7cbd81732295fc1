// The hijacked connection of attach and exec start: its head, frames out, raw bytes in, detach keys.
import type { RawStream } from '../http/exchange.js';
import type { Viewer } from '../../actors/containers/console.js';
import { frameHeader } from '../../actors/streams/frames.js';
import { Fault } from '../../actors/runtime/fault.js';
import type { Call } from './call.js';

/**
 * Clients that read the head through a buffered reader and the stream from the bare socket (docker-py and kin) lose what comes with
 * the head: for them the first output waits. Go's clients hand on what their reader holds.
 */
const FIRST_OUTPUT_GAP_MS = 12;
const READS_ON = /^(Docker-Client|Go-http-client|compose)\//i;

export function firstOutputGapMs(call: Call): number {
  return READS_ON.test(call.exchange.header('user-agent') ?? '') ? 0 : FIRST_OUTPUT_GAP_MS;
}
const RAW = 'application/vnd.docker.raw-stream';
const MULTIPLEXED = 'application/vnd.docker.multiplexed-stream';

/** What is framed: everything but a terminal's output. */
export function streamType(call: Call, tty: boolean): string {
  return !tty && call.atLeast('1.42') ? MULTIPLEXED : RAW;
}

/** Writes the head of a hijacked answer; old clients that do not ask for an upgrade get 200. */
export function openStream(call: Call, tty: boolean): RawStream {
  const raw = call.hijack();
  const upgrade = call.exchange.upgrade;
  const extra = Object.entries(call.headers).map(([name, value]) => `${name}: ${value}\r\n`).join('');
  const head = upgrade === undefined
    ? `HTTP/1.1 200 OK\r\nContent-Type: ${RAW}\r\n${extra}\r\n`
    : `HTTP/1.1 101 UPGRADED\r\nContent-Type: ${streamType(call, tty)}\r\nConnection: Upgrade\r\nUpgrade: ${upgrade}\r\n${extra}\r\n`;
  raw.write(head);
  return raw;
}

const CONTROL: Readonly<Record<string, number>> = { '@': 0, '[': 27, '\\': 28, ']': 29, '^': 30, '_': 31 };
const DEFAULT_DETACH_KEYS = 'ctrl-p,ctrl-q';

/** 'ctrl-p,ctrl-q' to bytes (https://docs.docker.com/reference/cli/docker/container/attach/#detach-keys). */
export function parseDetachKeys(text: string): number[] {
  return (text || DEFAULT_DETACH_KEYS).split(',').map((key) => {
    if (key.length === 1) return key.charCodeAt(0);
    const symbol = /^ctrl-(.)$/.exec(key)?.[1];
    if (symbol !== undefined && /[a-z]/.test(symbol)) return symbol.charCodeAt(0) - 96;
    if (symbol !== undefined && CONTROL[symbol] !== undefined) return CONTROL[symbol]!;
    throw new Fault('invalid', `invalid detach keys (${text}) provided`);
  });
}

/** Watches typed bytes for the detach sequence, which is held back until it is clear that it is none. */
export class DetachWatch {
  readonly #keys: readonly number[];
  #matched = 0;

  constructor(keys: readonly number[]) {
    this.#keys = keys;
  }

  /** The bytes to pass on, and whether the sequence was completed. */
  feed(bytes: Uint8Array): { rest: Uint8Array; detached: boolean } {
    if (this.#matched === 0 && !bytes.includes(this.#keys[0]!)) return { rest: bytes, detached: false };
    const rest: number[] = [];
    for (const byte of bytes) {
      if (byte === this.#keys[this.#matched]) {
        if (++this.#matched === this.#keys.length) return { rest: Uint8Array.from(rest), detached: true };
        continue;
      }
      rest.push(...this.#keys.slice(0, this.#matched));
      this.#matched = byte === this.#keys[0] ? 1 : 0;
      if (this.#matched === 0) rest.push(byte);
    }
    return { rest: Uint8Array.from(rest), detached: false };
  }
}

export interface StreamChoice {
  /** No frames. */
  tty: boolean;
  stdout: boolean;
  stderr: boolean;
}

/** A viewer that writes to a raw connection. */
export function connectionViewer(call: Call, raw: RawStream, choice: StreamChoice, ended: () => void): Viewer {
  // What comes during the gap is chained, so that it stays in order; afterwards output is written directly.
  let queue: Promise<void> | undefined;
  const enqueue = (after: Promise<void>): Promise<void> => {
    const mine: Promise<void> = after.then(() => {
      if (queue === mine) queue = undefined;
    });
    queue = mine;
    return mine;
  };
  const gapMs = firstOutputGapMs(call);
  if (gapMs > 0) void enqueue(new Promise((resolve) => setTimeout(resolve, gapMs)));
  let gone = false;
  void raw.closed.then(() => (gone = true));

  const send = (stream: 1 | 2, bytes: Uint8Array): Promise<void> | undefined => {
    if (gone) return undefined;
    let more: boolean;
    if (choice.tty) {
      more = raw.write(bytes);
    } else {
      raw.socket.cork();
      raw.write(frameHeader(stream, bytes.length));
      more = raw.write(bytes);
      raw.socket.uncork();
    }
    return more ? undefined : Promise.race([raw.drain(), raw.closed]);
  };
  return {
    output(stream, bytes) {
      if (stream === 1 ? !choice.stdout : !choice.stderr) return undefined;
      return queue ? enqueue(queue.then(() => send(stream, bytes))) : send(stream, bytes);
    },
    end() {
      void Promise.resolve(queue).then(() => {
        raw.end();
        ended();
      });
    },
  };
}

/** Feeds a connection's input somewhere until it ends, is detached or goes away. Resolves with how it ended. */
export async function pumpInput(raw: RawStream, detachKeys: readonly number[] | undefined, input: (bytes: Uint8Array) => Promise<void>): Promise<'ended' | 'detached'> {
  const watch = detachKeys && new DetachWatch(detachKeys);
  try {
    for await (const chunk of raw.socket.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>) {
      if (!watch) {
        await input(chunk);
        continue;
      }
      const { rest, detached } = watch.feed(chunk);
      if (rest.length > 0) await input(rest);
      if (detached) return 'detached';
    }
  } catch (error) {
    // A connection that broke is a client that went away.
    if ((error as NodeJS.ErrnoException).code === undefined) throw error;
  }
  return 'ended';
}
