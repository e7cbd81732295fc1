// One private connection to the HTTP engine: carries a turn in as a small head of our own, and its answer out to the client.
import { connect, type Socket } from 'node:net';
import { ChunkedReader } from './chunked.js';
import { BadRequest } from './head.js';
import type { Engine } from './port.js';
import type { Turn } from './turn.js';

/** Where an answer goes. */
export interface Recipient {
  deliver(bytes: Buffer): void;
  replyEnded(): void;
  replyBroken(): void;
}

interface Load {
  id: number;
  turn: Turn;
  to: Recipient;
  passage?: Passage;
  cancelled?: boolean;
}

const idleMax = 256;
/** Connections being made at a time: more would overrun the engine's queue of them (listen(2), EAGAIN), and a turn would be lost. */
const connectingMax = 64;
const headEnd = Buffer.from('\r\n\r\n');

/** The connections to one engine. They are reused, whoever the client is: a client that connects anew for each call costs no connection here. */
export class Passages {
  readonly turns = new Map<number, Turn>();
  readonly #path: string;
  readonly engine: Pick<Engine, 'primerBytes' | 'signature'>;
  #idle: Passage[] = [];
  #connecting = 0;
  #waiting: Load[] = [];
  #nextId = 0;

  constructor(path: string, engine: Pick<Engine, 'primerBytes' | 'signature'>) {
    this.#path = path;
    this.engine = engine;
  }

  /** Sends a turn to the engine; `to` gets the answer's bytes. Returns how to break it off. */
  send(turn: Turn, to: Recipient): () => void {
    const load: Load = { id: ++this.#nextId, turn, to };
    this.turns.set(load.id, turn);
    this.#dispatch(load);
    return () => {
      load.cancelled = true;
      if (load.passage) return load.passage.destroy();
      this.#waiting = this.#waiting.filter((waiting) => waiting !== load);
      process.nextTick(() => this.giveUp(load));
    };
  }

  #dispatch(load: Load): void {
    let passage = this.#idle.pop();
    while (passage && !passage.usable) passage = this.#idle.pop();
    if (!passage) {
      if (this.#connecting >= connectingMax) return void this.#waiting.push(load);
      this.#connecting++;
      passage = new Passage(connect({ path: this.#path }), this);
    }
    load.passage = passage;
    passage.carry(load);
  }

  /** A new connection stands, or never will. */
  settled(): void {
    this.#connecting--;
    const load = this.#waiting.shift();
    if (load) this.#dispatch(load);
  }

  giveUp(load: Load): void {
    this.turns.delete(load.id);
    load.to.replyBroken();
  }

  /**
   * The engine closed a pooled connection at the very moment a turn was put on it: as long as no handler has seen the turn,
   * another connection does.
   */
  retry(load: Load): boolean {
    if (load.turn.begun || load.cancelled) return false;
    this.#idle = [];
    this.#dispatch(load);
    return true;
  }

  park(passage: Passage): void {
    const load = this.#waiting.shift();
    if (load) {
      load.passage = passage;
      passage.carry(load);
    } else if (this.#idle.length < idleMax) this.#idle.push(passage);
    else passage.destroy();
  }

  close(): void {
    for (const passage of this.#idle) passage.destroy();
    this.#idle = [];
  }
}

class Passage {
  readonly #socket: Socket;
  readonly #pool: Passages;
  #load: Load | undefined;
  #reused = false;
  /** Start of an answer whose head is not complete. */
  #partial: Buffer | undefined;
  /** What is to come of the answer's body: undefined while in its head. */
  #rest: number | ChunkedReader | undefined;
  #skip = 0;

  constructor(socket: Socket, pool: Passages) {
    this.#socket = socket;
    this.#pool = pool;
    socket.on('data', (bytes) => {
      try {
        this.#read(bytes);
      } catch (error) {
        // An answer that is framed wrongly is a defect of the engine: one client sees a break, not all of them a crash.
        if (!(error instanceof BadRequest)) throw error;
        this.destroy();
      }
    });
    let settled = false;
    const settle = (): void => {
      if (!settled) pool.settled();
      settled = true;
    };
    socket.once('connect', settle);
    // What broke is told by 'close'.
    socket.on('error', () => {});
    socket.on('close', () => {
      settle();
      this.#broken();
    });
  }

  get usable(): boolean {
    return !this.#socket.destroyed && this.#socket.writable && !this.#socket.readableEnded;
  }

  carry(load: Load): void {
    this.#load = load;
    this.#rest = this.#partial = undefined;
    this.#socket.write(`${load.turn.method === 'HEAD' ? 'HEAD' : 'GET'} /${load.id} HTTP/1.1\r\nhost: gate\r\n\r\n`, 'latin1');
  }

  destroy(): void {
    this.#socket.destroy();
  }

  #read(bytes: Buffer): void {
    const load = this.#load;
    if (!load) return this.destroy();
    let answer = bytes;
    let from = 0;
    if (this.#rest === undefined) {
      answer = this.#partial ? Buffer.concat([this.#partial, bytes]) : bytes;
      const end = answer.indexOf(headEnd);
      if (end < 0) {
        this.#partial = answer;
        return;
      }
      from = end + headEnd.length;
      const cut = this.#unsign(answer, from);
      if (cut > 0) {
        answer = answer.subarray(cut);
        from -= cut;
      }
      const framing = load.turn.replyFraming;
      this.#rest = framing === 'chunked' ? new ChunkedReader() : framing;
      this.#skip = framing === 'chunked' ? this.#pool.engine.primerBytes : 0;
    }
    if (this.#skip > 0) {
      if (from > 0) load.to.deliver(answer.subarray(0, from));
      const skipped = Math.min(this.#skip, answer.length - from);
      this.#skip -= skipped;
      answer = answer.subarray(from + skipped);
      from = 0;
    }
    this.#pass(load, answer, from);
  }

  /** Takes the engine's own header lines out by moving what is before them. Returns by how much the answer starts later. */
  #unsign(answer: Buffer, headBytes: number): number {
    const { signature } = this.#pool.engine;
    const at = signature ? answer.indexOf(signature.end) : -1;
    if (!signature || at < 0 || at >= headBytes) return 0;
    answer.copyWithin(signature.bytes, 0, at + signature.end.length - signature.bytes);
    return signature.bytes;
  }

  /** The body starts at `from`; what is before it is head. */
  #pass(load: Load, answer: Buffer, from: number): void {
    let payload = 0;
    let over: boolean;
    if (typeof this.#rest === 'number') {
      payload = answer.length - from;
      this.#rest -= payload;
      over = this.#rest <= 0;
    } else {
      this.#rest?.read(answer, from, (part) => (payload += part.length));
      over = this.#rest?.done ?? false;
    }
    if (answer.length > 0) load.to.deliver(answer);
    load.turn.inFlightBytes -= Math.min(payload, load.turn.inFlightBytes);
    load.turn.progress();
    if (!over) return;
    this.#load = undefined;
    this.#reused = true;
    this.#pool.turns.delete(load.id);
    this.#pool.park(this);
    load.to.replyEnded();
  }

  #broken(): void {
    const load = this.#load;
    if (!load) return;
    this.#load = undefined;
    if (this.#reused && this.#pool.retry(load)) return;
    this.#pool.giveUp(load);
  }
}
