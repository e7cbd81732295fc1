// One private connection to the HTTP engine: carries a turn in as a small head of our own, and its answer out to the client.
import { connect, type Socket } from 'node:net';
import type { Engine } from './port.js';
import type { Turn } from './turn.js';

/** Where an answer goes. */
export interface Recipient {
  deliver(bytes: Buffer): void;
  replyEnded(): void;
  replyBroken(): void;
}

/** A turn on its way through the engine. */
export interface Carriage {
  /** Breaks it off. */
  cut(): void;
  /** The answer goes another way: the engine has no part in it any more. */
  drop(): void;
}

const nobody: Recipient = { deliver() {}, replyEnded() {}, replyBroken() {} };

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
  readonly engine: Pick<Engine, 'signature'>;
  #idle: Passage[] = [];
  #connecting = 0;
  #waiting: Load[] = [];
  #nextId = 0;

  constructor(path: string, engine: Pick<Engine, 'signature'>) {
    this.#path = path;
    this.engine = engine;
  }

  /** Sends a turn to the engine; `to` gets the answer's bytes. */
  send(turn: Turn, to: Recipient): Carriage {
    const load: Load = { id: ++this.#nextId, turn, to };
    this.turns.set(load.id, turn);
    this.#dispatch(load);
    return {
      cut: () => {
        load.cancelled = true;
        if (load.passage) return load.passage.destroy();
        this.#waiting = this.#waiting.filter((waiting) => waiting !== load);
        process.nextTick(() => this.giveUp(load));
      },
      drop: () => {
        load.to = nobody;
        turn.dismissEngine();
      },
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
  #rest: number | undefined;

  constructor(socket: Socket, pool: Passages) {
    this.#socket = socket;
    this.#pool = pool;
    socket.on('data', (bytes) => this.#read(bytes));
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
      this.#rest = load.turn.replyBytes;
    }
    this.#rest -= answer.length - from;
    load.to.deliver(answer);
    if (this.#rest > 0) return;
    this.#load = undefined;
    this.#reused = true;
    this.#pool.turns.delete(load.id);
    this.#pool.park(this);
    load.to.replyEnded();
  }

  /** Takes the engine's own header lines out by moving what is before them. Returns by how much the answer starts later. */
  #unsign(answer: Buffer, headBytes: number): number {
    const { signature } = this.#pool.engine;
    const at = signature ? answer.indexOf(signature.end) : -1;
    if (!signature || at < 0 || at >= headBytes) return 0;
    answer.copyWithin(signature.bytes, 0, at + signature.end.length - signature.bytes);
    return signature.bytes;
  }

  #broken(): void {
    const load = this.#load;
    if (!load) return;
    this.#load = undefined;
    if (this.#reused && this.#pool.retry(load)) return;
    this.#pool.giveUp(load);
  }
}
