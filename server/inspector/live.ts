// The feed over WebSocket: each viewer is a set of cursors into the commit log, served as fast as it reads and told when it missed something.
import type { WebSocket } from 'ws';
import type { CommitLog } from './commit-log.js';
import type { LoadMeter } from './load.js';
import type { ActorRow, ActorRows } from './rows.js';

/**
 * `rows`: every actor, then each that changed, at most once a turn. `counts`: actors by kind and state, and the engine's load.
 * `commits`, `kind/KIND`, `actor/ID`: every commit, or those of one kind or actor.
 */
export type Topic = string;

/** What a viewer sends: `since` is the number of the last commit that it knows. */
export interface Wish {
  readonly subscribe?: Topic;
  readonly unsubscribe?: Topic;
  readonly since?: number;
}

const TURN_MS = 30;
const COUNTS_MS = 250;
/** Above this many bytes on their way to a viewer its cursors stand still. */
const BUFFER_MAX_BYTES = 256 << 10;
const PAGE = 500;
const TOPICS_MAX = 64;
const MESSAGE_MAX_BYTES = 4096;
const TOPIC = /^(?:rows|counts|commits|kind\/[\w-]{1,64}|actor\/[^\s/]{1,1024})$/;

/** A viewer's place in one topic. `resync`: the rows that are still to be sent after a start or a gap. */
interface Cursor {
  place: number;
  resync: Iterator<ActorRow> | undefined;
}

class Viewer {
  readonly socket: WebSocket;
  readonly cursors = new Map<Topic, Cursor>();
  countsAt = 0;

  constructor(socket: WebSocket) {
    this.socket = socket;
  }

  get full(): boolean {
    return this.socket.bufferedAmount > BUFFER_MAX_BYTES;
  }

  send(message: string): void {
    this.socket.send(message);
  }
}

export class Live {
  readonly #log: CommitLog;
  readonly #rows: ActorRows;
  readonly #load: LoadMeter;
  readonly #viewers = new Set<Viewer>();
  #clock: NodeJS.Timeout | undefined;
  readonly #made = new Map<string, string | undefined>();

  constructor(log: CommitLog, rows: ActorRows, load: LoadMeter) {
    this.#log = log;
    this.#rows = rows;
    this.#load = load;
  }

  get viewers(): number {
    return this.#viewers.size;
  }

  add(socket: WebSocket): void {
    const viewer = new Viewer(socket);
    this.#viewers.add(viewer);
    this.#clock ??= setInterval(() => this.#turn(), TURN_MS).unref();
    socket.on('message', (data: Buffer) => this.#wish(viewer, data));
    socket.on('error', () => socket.terminate());
    socket.on('close', () => {
      this.#viewers.delete(viewer);
      if (this.#viewers.size > 0) return;
      clearInterval(this.#clock);
      this.#clock = undefined;
    });
  }

  #wish(viewer: Viewer, data: Buffer): void {
    const wish = data.length > MESSAGE_MAX_BYTES ? undefined : parseWish(data.toString());
    const topic = wish?.subscribe ?? wish?.unsubscribe;
    if (!wish || topic === undefined || !TOPIC.test(topic)) return viewer.send(JSON.stringify({ type: 'error', message: 'not a wish: {"subscribe": TOPIC, "since"?: NUMBER} or {"unsubscribe": TOPIC}' }));
    if (wish.unsubscribe !== undefined) return void viewer.cursors.delete(topic);
    if (viewer.cursors.size >= TOPICS_MAX && !viewer.cursors.has(topic)) return viewer.send(JSON.stringify({ type: 'error', topic, message: `at most ${TOPICS_MAX} topics at a time` }));
    viewer.cursors.set(topic, this.#begin(viewer, topic, wish.since));
    this.#pump(viewer);
  }

  #begin(viewer: Viewer, topic: Topic, since: number | undefined): Cursor {
    const place = since === undefined ? this.#log.end : this.#log.after(since);
    if (place !== undefined && (topic !== 'rows' || since !== undefined)) {
      viewer.send(JSON.stringify({ type: 'subscribed', topic, seq: since ?? this.#log.seq }));
      return { place, resync: undefined };
    }
    return this.#resync(viewer, topic, 'start', since);
  }

  /** From here on: what is now, then what happens next. */
  #resync(viewer: Viewer, topic: Topic, reason: 'start' | 'dropped', from?: number): Cursor {
    viewer.send(JSON.stringify({ type: 'snapshot', topic, reason, ...(from === undefined ? {} : { from }), seq: this.#log.seq }));
    return { place: this.#log.end, resync: this.#present(topic) };
  }

  *#present(topic: Topic): Generator<ActorRow> {
    if (topic === 'counts') return;
    if (topic.startsWith('actor/')) {
      const row = this.#rows.get(topic.slice(6));
      if (row) yield row;
    } else yield* topic.startsWith('kind/') ? ofKind(this.#rows, topic.slice(5)) : this.#rows.all();
  }

  #turn(): void {
    for (const viewer of this.#viewers) this.#pump(viewer);
    this.#made.clear();
  }

  #pump(viewer: Viewer): void {
    for (const [topic, cursor] of viewer.cursors) {
      while (!viewer.full && this.#next(viewer, topic, cursor));
    }
  }

  /** Sends the next piece of a topic; false when there is none. */
  #next(viewer: Viewer, topic: Topic, cursor: Cursor): boolean {
    if (topic === 'counts') return this.#counts(viewer);
    if (cursor.place < this.#log.begin) {
      Object.assign(cursor, this.#resync(viewer, topic, 'dropped', cursor.place));
      return true;
    }
    if (cursor.resync) return this.#page(viewer, topic, cursor);
    if (cursor.place === this.#log.end) return false;
    const end = Math.min(this.#log.end, cursor.place + PAGE);
    const message = this.#piece(topic, cursor.place, end);
    cursor.place = end;
    if (message !== undefined) viewer.send(message);
    return true;
  }

  /** Viewers that keep up stand at the same place and are told the same: made once a turn. */
  #piece(topic: Topic, begin: number, end: number): string | undefined {
    const key = `${topic} ${begin} ${end}`;
    if (!this.#made.has(key)) this.#made.set(key, topic === 'rows' ? this.#changes(begin, end) : this.#lines(topic, begin, end));
    return this.#made.get(key);
  }

  #page(viewer: Viewer, topic: Topic, cursor: Cursor): boolean {
    const rows: ActorRow[] = [];
    while (rows.length < PAGE) {
      const { value, done } = cursor.resync!.next();
      if (done === true) {
        cursor.resync = undefined;
        break;
      }
      rows.push(value);
    }
    viewer.send(JSON.stringify({ type: 'rows', topic, rows, gone: [], more: cursor.resync !== undefined }));
    return true;
  }

  /** The rows of the actors that changed between two places, each once. */
  #changes(begin: number, end: number): string {
    const ids = new Set<string>();
    for (let place = begin; place < end; place++) ids.add(this.#log.at(place).id);
    const rows: ActorRow[] = [];
    const gone: string[] = [];
    for (const id of ids) {
      const row = this.#rows.get(id);
      if (row) rows.push(row);
      else gone.push(id);
    }
    return JSON.stringify({ type: 'rows', topic: 'rows', seq: this.#log.at(end - 1).seq, rows, gone });
  }

  #lines(topic: Topic, begin: number, end: number): string | undefined {
    const [kind, id] = [topic.startsWith('kind/') ? topic.slice(5) : undefined, topic.startsWith('actor/') ? topic.slice(6) : undefined];
    const lines: string[] = [];
    for (let place = begin; place < end; place++) {
      const commit = this.#log.at(place);
      if ((kind === undefined || commit.kind === kind) && (id === undefined || commit.id === id)) lines.push(this.#log.text(place));
    }
    if (lines.length === 0) return undefined;
    return `{"type":"commits","topic":${JSON.stringify(topic)},"commits":[${lines.join(',')}]}`;
  }

  #counts(viewer: Viewer): boolean {
    const now = Date.now();
    if (now - viewer.countsAt < COUNTS_MS) return false;
    viewer.countsAt = now;
    viewer.send(JSON.stringify({ type: 'counts', topic: 'counts', seq: this.#log.seq, counts: this.#rows.counts(), load: this.#load.read(), viewers: this.#viewers.size }));
    return true;
  }

  close(): void {
    clearInterval(this.#clock);
    for (const { socket } of this.#viewers) socket.terminate();
  }
}

function* ofKind(rows: ActorRows, kind: string): Generator<ActorRow> {
  for (const row of rows.all()) if (row.kind === kind) yield row;
}

function parseWish(text: string): Wish | undefined {
  try {
    const wish = JSON.parse(text) as Wish;
    const isTopic = (topic: unknown): boolean => topic === undefined || typeof topic === 'string';
    const fits = typeof wish === 'object' && wish !== null && isTopic(wish.subscribe) && isTopic(wish.unsubscribe) && (wish.since === undefined || Number.isSafeInteger(wish.since));
    return fits ? wish : undefined;
  } catch {
    return undefined;
  }
}
