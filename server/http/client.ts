// One client connection at the gate: frames each request, has it served by the engine or on the socket itself, one at a time.
import type { Socket } from 'node:net';
import { BodyTruncated } from './body-errors.js';
import { ChunkedReader } from './chunked.js';
import { DirectPort, writeHead } from './direct-port.js';
import type { Headers, Limits, RawStream } from './exchange.js';
import { BadRequest, parseHead } from './head.js';
import type { Carriage, Passages, Recipient } from './passage.js';
import type { StreamPort } from './port.js';
import { openRaw } from './raw.js';
import { httpDate, Turn, type TurnHost } from './turn.js';

/** What all connections of one front door share. */
export interface Gate {
  readonly limits: Limits;
  readonly passages: Passages;
  readonly hijacks: (method: string, path: string) => boolean;
  readonly badRequest: (reason: string) => { body: string; headers: Headers };
  serve(turn: Turn): void;
  /** `idle`: between two requests, may be closed to make room. */
  idle(client: Client, idle: boolean): void;
  /** `tick` is to be called now and then. */
  watch(client: Client, watched: boolean): void;
  forget(client: Client): void;
}

const nothing = Buffer.alloc(0);
const headEnd = Buffer.from('\r\n\r\n');
/** A request body that stands before a raw stream is small JSON; the handler starts when it is there. */
const hijackBodyBytesMax = 1 << 20;
/** How long a connection that we have ended waits for the client's end. */
const lingerMs = 5_000;
/** How long the rest of a request body may take once its answer is out. */
const leftoverMs = 30_000;

type Phase = 'head' | 'body' | 'reply' | 'raw' | 'closing';

export class Client implements TurnHost, Recipient {
  readonly remote: string;
  readonly #socket: Socket;
  readonly #gate: Gate;
  #phase: Phase = 'head';
  /** Bytes read and not yet understood. */
  #held: Buffer = nothing;
  #scanned = 0;
  #turn: Turn | undefined;
  #replied = false;
  #minor: 0 | 1 = 1;
  #hijackable = false;
  /** How the turn fares in the engine, as long as that is to answer it. */
  #carriage: Carriage | undefined;
  /** Body bytes to come, or the reader of chunks. */
  #rest: number | ChunkedReader = 0;
  #bodyBytes = 0;
  #sawEnd = false;
  #advancing = false;
  #flowing = true;
  /** The next requests of a pipelining client were put back into the socket. */
  #putBack = false;
  #deadline = 0;
  #keepAlive = true;

  constructor(socket: Socket, remote: string, gate: Gate) {
    this.#socket = socket;
    this.remote = remote;
    this.#gate = gate;
    socket.on('data', this.#onData);
    socket.on('end', () => this.#ended());
    socket.on('drain', () => this.#turn?.progress());
    socket.on('error', () => {});
    socket.on('finish', () => this.#watchFor(lingerMs));
    socket.on('close', () => this.#closed());
  }

  /** A client that was not told to send its body may send it or not: nothing can follow on such a connection. */
  get keepAlive(): boolean {
    return this.#keepAlive && !this.#turn?.requestBody.onReader;
  }

  get queuedBytes(): number {
    return this.#socket.writableLength;
  }

  get bufferBytes(): number {
    return this.#gate.limits.bufferBytes;
  }

  readonly #onData = (bytes: Buffer): void => {
    if (this.#phase === 'closing') return;
    this.#held = this.#held.length > 0 ? Buffer.concat([this.#held, bytes]) : bytes;
    this.#advance();
  };

  #advance(): void {
    // A handler may answer at once, and the end of its answer leads back here.
    if (this.#advancing) return;
    this.#advancing = true;
    try {
      while ((this.#phase === 'head' && this.#readHead()) || (this.#phase === 'body' && this.#readBody()));
    } catch (error) {
      if (!(error instanceof BadRequest)) throw error;
      this.#refuse(error.status, error.message);
    } finally {
      this.#advancing = false;
    }
    this.#steer();
  }

  /** True when a request has begun. */
  #readHead(): boolean {
    const { limits } = this.#gate;
    this.#skipEmptyLines();
    const end = this.#held.indexOf(headEnd, this.#scanned);
    const seen = end < 0 ? this.#held.length : end + headEnd.length;
    if (seen > limits.headBytes) throw new BadRequest(431, 'request header fields too large');
    if (end < 0) {
      this.#awaitHead();
      return false;
    }
    const head = parseHead(this.#held.toString('latin1', 0, end), limits.headerLines);
    this.#held = this.#held.subarray(seen);
    this.#scanned = 0;
    this.#watchFor(0);
    this.#gate.idle(this, false);
    this.#keepAlive = head.keepAlive;
    const turn = new Turn(head, this);
    this.#turn = turn;
    this.#replied = false;
    this.#carriage = undefined;
    this.#rest = head.framing === 'chunked' ? new ChunkedReader() : head.framing;
    this.#bodyBytes = 0;
    this.#phase = 'body';
    this.#hijackable = this.#gate.hijacks(head.method, head.path);
    this.#minor = head.minor;
    const unread = this.#rest !== 0;
    turn.requestBody.onRoom = () => this.#steer();
    if (head.expectsContinue && unread) {
      if (this.#hijackable) this.#continue();
      else turn.requestBody.onReader = () => this.#continue();
    }
    if (this.#hijackable && unread) return true;
    if (!unread) this.#bodyDone();
    this.#start(turn);
    return true;
  }

  #start(turn: Turn): void {
    if (!this.#hijackable && this.#minor === 1) {
      this.#carriage = this.#gate.passages.send(turn, this);
      return;
    }
    if (this.#hijackable) turn.hijack = () => turn.takeRaw();
    turn.attach(this.#directPort());
    this.#gate.serve(turn);
  }

  #directPort(): DirectPort {
    return new DirectPort(this.#socket, this.#minor, () => this.replyEnded(), () => this.replyBroken());
  }

  openStream(): StreamPort {
    this.#carriage?.drop();
    this.#carriage = undefined;
    return this.#directPort();
  }

  #continue(): void {
    if (this.#turn?.unanswered && this.#socket.writable) this.#socket.write('HTTP/1.1 100 Continue\r\n\r\n', 'latin1');
  }

  /** An empty line before a request is to be forgiven: https://www.rfc-editor.org/rfc/rfc9112#section-2.2 */
  #skipEmptyLines(): void {
    let at = 0;
    while (at < 8 && this.#held[at] === 13 && this.#held[at + 1] === 10) at += 2;
    if (at > 0) this.#held = this.#held.subarray(at);
  }

  /** The head is not complete: tells early what can never become one, and starts the clock. */
  #awaitHead(): void {
    const held = this.#held;
    if (held.length === 0) return this.#gate.idle(this, true);
    const first = held[0] ?? 0;
    if (first < 33 && first !== 13) throw new BadRequest(400, 'malformed request line');
    for (let at = held.indexOf(10, this.#scanned); at >= 0; at = held.indexOf(10, at + 1)) {
      if (held[at - 1] !== 13) throw new BadRequest(400, 'malformed header line');
    }
    this.#scanned = Math.max(0, held.length - 3);
    this.#gate.idle(this, false);
    if (this.#deadline === 0) this.#watchFor(this.#gate.limits.headTimeoutMs);
  }

  /** True when the body is complete. */
  #readBody(): boolean {
    const body = this.#turn?.requestBody;
    const held = this.#held;
    if (!body || held.length === 0) return false;
    let at = 0;
    if (typeof this.#rest === 'number') {
      at = Math.min(this.#rest, held.length);
      this.#rest -= at;
      this.#bodyBytes += at;
      body.push(at === held.length ? held : held.subarray(0, at));
    } else {
      at = this.#rest.read(held, 0, (part) => {
        this.#bodyBytes += part.length;
        body.push(part);
      });
    }
    this.#held = at === held.length ? nothing : held.subarray(at);
    if (this.#hijackable && this.#bodyBytes > hijackBodyBytesMax) throw new BadRequest(413, 'request body too large');
    if (this.#rest instanceof ChunkedReader ? !this.#rest.done : this.#rest > 0) return false;
    this.#bodyDone();
    if (this.#hijackable && this.#turn?.begun === false) this.#start(this.#turn);
    return true;
  }

  #bodyDone(): void {
    this.#phase = 'reply';
    this.#turn?.requestBody.finish();
    if (this.#replied) this.#next();
  }

  deliver(bytes: Buffer): void {
    if (this.#socket.writable) this.#socket.write(bytes);
  }

  replyEnded(): void {
    this.#replied = true;
    this.#carriage = undefined;
    this.#turn?.finished();
    if (this.#phase === 'reply') this.#next();
    else if (this.#phase === 'body' && this.#turn?.requestBody.onReader) this.#hangUp();
    else if (this.#phase === 'body') {
      // The client is still sending what nobody wants; hearing it out lets it read the answer.
      this.#turn?.requestBody.discard();
      this.#watchFor(leftoverMs);
    }
    this.#advance();
  }

  /** The answer was broken off on our side: the client must not take it for complete. */
  replyBroken(): void {
    this.#carriage = undefined;
    if (this.#phase === 'closing' || this.#socket.destroyed) return;
    this.#turn?.gone();
    this.#phase = 'closing';
    // Without chunks only a reset tells a broken answer from a complete one.
    if (this.#minor === 0 && this.#socket.remoteAddress) this.#socket.resetAndDestroy();
    else this.#socket.destroySoon();
  }

  #next(): void {
    this.#turn = undefined;
    this.#watchFor(0);
    if (!this.#keepAlive || (this.#sawEnd && this.#held.length === 0)) return this.#hangUp();
    this.#phase = 'head';
    this.#putBack = false;
  }

  goRaw(): RawStream {
    if (this.#phase !== 'reply') throw new Error('the request is not complete');
    this.#phase = 'raw';
    this.#socket.off('data', this.#onData);
    const unread = this.#held;
    this.#held = nothing;
    this.#rewatch();
    return openRaw(this.#socket, unread, this.#sawEnd);
  }

  /** Answers in place of a handler, then closes. */
  #refuse(status: number, reason: string): void {
    const turn = this.#turn;
    const answering = turn !== undefined && (turn.answering || this.#replied);
    turn?.requestBody.fail(new BodyTruncated(reason));
    turn?.gone();
    this.#carriage?.cut();
    this.#turn = undefined;
    if (answering) {
      this.#phase = 'closing';
      return void this.#socket.destroy();
    }
    const { body, headers } = this.#gate.badRequest(reason);
    const length = String(Buffer.byteLength(body));
    if (this.#socket.writable) this.#socket.write(writeHead(status, { ...headers, Date: httpDate(), 'Content-Length': length, Connection: 'close' }) + body);
    this.#hangUp();
  }

  /** Ends our side and hears the client out for a while: closing at once could cost it the answer. */
  #hangUp(): void {
    this.#phase = 'closing';
    this.#held = nothing;
    this.#gate.idle(this, false);
    this.#socket.end();
  }

  /** The client's FIN. */
  #ended(): void {
    this.#sawEnd = true;
    if (this.#phase === 'body') this.#socket.destroy();
    else if (this.#phase === 'head') {
      if (this.#held.length > 0) this.#refuse(400, 'incomplete request');
      else this.#hangUp();
    } else this.#rewatch();
  }

  #closed(): void {
    const rawAndDone = this.#phase === 'raw' && this.#socket.writableFinished;
    this.#phase = 'closing';
    this.#held = nothing;
    this.#gate.forget(this);
    const turn = this.#turn;
    this.#turn = undefined;
    if (rawAndDone) turn?.finished();
    else turn?.gone();
    this.#carriage?.cut();
  }

  destroy(): void {
    this.#socket.destroy();
  }

  /** Called about once a second while watched. */
  tick(now: number): void {
    if (this.#deadline > 0 && now >= this.#deadline) {
      this.#deadline = 0;
      if (this.#phase === 'head') this.#refuse(408, 'request head took too long');
      else this.#socket.destroy();
    } else if (this.remote === 'unix' && this.#socket.writable && this.#socket.writableLength === 0) {
      // A unix socket whose peer is gone refuses even an empty write; a FIN alone does not make it so.
      this.#socket.write(nothing);
    }
  }

  /** 0: no deadline. */
  #watchFor(ms: number): void {
    if (ms === 0 && this.#deadline === 0) return;
    this.#deadline = ms === 0 ? 0 : Date.now() + ms;
    this.#rewatch();
  }

  /** Whoever is not being read from would go away unnoticed. */
  #rewatch(): void {
    const unread = this.#phase === 'raw' || (this.#phase === 'reply' && (this.#sawEnd || !this.#flowing));
    this.#gate.watch(this, this.#deadline > 0 || (unread && this.remote === 'unix'));
  }

  /** Reads on, or lets the kernel hold the client back. */
  #steer(): void {
    const phase = this.#phase;
    if (phase === 'raw' || this.#socket.destroyed) return;
    const idle = this.#held.length === 0 && !this.#putBack && !this.#hijackable;
    const flow = phase === 'reply' ? idle : phase !== 'body' || this.#hijackable || !this.#turn?.requestBody.full;
    if (flow !== this.#flowing) {
      this.#flowing = flow;
      if (flow) this.#socket.resume();
      else this.#socket.pause();
      this.#rewatch();
    }
    if (phase === 'reply' && this.#held.length > 0) {
      // Put back at once: after the FIN has been seen nothing can be, and a raw stream may have to find it there.
      this.#putBack = true;
      this.#socket.unshift(this.#held);
      this.#held = nothing;
    }
  }
}
