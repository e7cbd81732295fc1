// How a thread of the program reaches the machine: the main one by pipes, the others by way of the broker, told of events by the main one.
import net from 'node:net';
import { BroadcastChannel, getEnvironmentData, isMainThread } from 'node:worker_threads';
import { exchangeFrames, exitNow, sendFrame } from './frames.cjs';
import { type Mailbox, put, take } from './mailbox.cjs';
import { join, ring } from './shared.cjs';

const EVENTS_FD = 5, HEADER_BYTES = 8;
const { alloc, concat, from } = Buffer;
const { parse } = JSON;

/** Under this name a thread finds what the main one gave it. */
export const THREAD_KEY = 'machine';
/** Numbers of asynchronous requests tell whose they are. */
export const IDS_OF_A_THREAD = 2 ** 32;
const CHANNEL = 'events of the machine';

export interface Event {
  readonly type: string;
  readonly id?: number;
}

/** What a new thread is given; the broker no mailbox. */
export interface Given {
  readonly shared: SharedArrayBuffer;
  readonly mailbox?: Mailbox;
  /** Its own environment; undefined where it shares the main one's. */
  readonly env?: readonly (readonly [string, string])[] | undefined;
}

export interface Link {
  /** A request and its answer. */
  exchange(json: string, bytes: Uint8Array | undefined): { json: string; bytes: Buffer };
  /** A request that nobody answers. */
  send(json: string, bytes: Uint8Array | undefined): void;
  listen(listener: (event: Event, bytes: Buffer) => void): void;
  /** Whether what may still come keeps the thread running. */
  hold(held: boolean): void;
}

let channel: BroadcastChannel | undefined;

/** From now on the other threads are told of events, too. */
export function relayEvents(): void {
  channel = new BroadcastChannel(CHANNEL);
  (channel as unknown as { unref(): void }).unref();
}

function pipeLink(): Link {
  const events = new net.Socket({ fd: EVENTS_FD, readable: true, writable: false });
  events.unref();
  events.on('end', () => exitNow(137));
  events.on('error', () => exitNow(137));
  let rest: Buffer = alloc(0);
  let isDispatching = false;
  let heard: Parameters<Link['listen']>[0];
  /** One event in each turn of the loop: what a program does after one (ticks, promises) comes before the next. */
  const dispatch = (): void => {
    isDispatching = false;
    if (rest.length < HEADER_BYTES) return;
    const jsonEnd = HEADER_BYTES + rest.readUInt32LE(0);
    const end = jsonEnd + rest.readUInt32LE(4);
    if (rest.length < end) return;
    const event = parse(rest.toString('utf8', HEADER_BYTES, jsonEnd)) as Event;
    const bytes = rest.subarray(jsonEnd, end);
    rest = rest.subarray(end);
    if (rest.length > 0) {
      isDispatching = true;
      setImmediate(dispatch);
    }
    const isOthers = event.id !== undefined && event.id >= IDS_OF_A_THREAD;
    if (channel && (isOthers || event.id === undefined)) channel.postMessage({ event, bytes: new Uint8Array(bytes) });
    if (!isOthers) heard(event, bytes);
  };
  events.on('data', (chunk: Buffer) => {
    rest = rest.length > 0 ? concat([rest, chunk]) : chunk;
    if (!isDispatching) dispatch();
  });
  return {
    exchange: exchangeFrames,
    send: sendFrame,
    listen: (listener) => (heard = listener),
    hold: (held) => (held ? events.ref() : events.unref()),
  };
}

function threadLink({ shared, mailbox }: Given): Link {
  join(shared);
  const { requests, answers } = mailbox!;
  const told = new BroadcastChannel(CHANNEL) as BroadcastChannel & { ref(): void; unref(): void };
  told.unref();
  return {
    exchange: (json, bytes) => {
      put(requests, { isCall: true, json, bytes }, ring);
      return take(answers);
    },
    send: (json, bytes) => put(requests, { isCall: false, json, bytes }, ring),
    listen: (listener) => {
      told.onmessage = ({ data }: any) => listener(data.event, from(data.bytes.buffer, data.bytes.byteOffset, data.bytes.length));
    },
    hold: (held) => (held ? told.ref() : told.unref()),
  };
}

/** undefined in the main thread. */
export const given = isMainThread ? undefined : (getEnvironmentData(THREAD_KEY) as unknown as Given);
const unreachable: Link = { exchange: () => exitNow(137), send: () => exitNow(137), listen: () => undefined, hold: () => undefined };
export const link: Link = !given ? pipeLink() : given.mailbox ? threadLink(given) : unreachable;
