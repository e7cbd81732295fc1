// The machine's own loopback: who listens on which TCP port, and the connections between them. No port of the host is ever opened.
import { Errno } from './errno.js';
import { openSocketPair, type SocketEnd } from './socket-pair.js';
import { WaitQueue } from './wait.js';

const FIRST_EPHEMERAL = 32768, LAST_PORT = 60999;

/** A listening socket; `accept` gives the server's end of the next connection, undefined for "not yet". */
export class Listener {
  readonly port: number;
  readonly readable = new WaitQueue();
  readonly #waiting: SocketEnd[] = [];
  readonly #backlogMax: number;
  readonly #forget: () => void;

  constructor(port: number, backlogMax: number, forget: () => void) {
    this.port = port;
    this.#backlogMax = backlogMax;
    this.#forget = forget;
  }

  accept(): SocketEnd | undefined {
    return this.#waiting.shift();
  }

  /** A client's connection; ECONNREFUSED where too many wait. */
  connect(): SocketEnd {
    if (this.#waiting.length >= this.#backlogMax) throw new Errno('ECONNREFUSED');
    const [client, server] = openSocketPair();
    this.#waiting.push(server.retain());
    this.readable.wake();
    return client;
  }

  /** Nobody listens any more; who was not accepted reads the end. */
  close(): void {
    this.#forget();
    for (const end of this.#waiting.splice(0)) end.release();
    this.readable.wake();
  }
}

export class SocketTable {
  readonly #listeners = new Map<number, Listener>();
  #nextPort = FIRST_EPHEMERAL;

  /** Port 0 takes a free one. EADDRINUSE. */
  listen(port: number, backlogMax = 128): Listener {
    const chosen = port === 0 ? this.#freePort() : port;
    if (this.#listeners.has(chosen)) throw new Errno('EADDRINUSE');
    const listener = new Listener(chosen, backlogMax, () => this.#listeners.delete(chosen));
    this.#listeners.set(chosen, listener);
    return listener;
  }

  /** ECONNREFUSED where nobody listens. */
  connect(port: number): SocketEnd {
    const listener = this.#listeners.get(port);
    if (!listener) throw new Errno('ECONNREFUSED');
    return listener.connect();
  }

  #freePort(): number {
    while (this.#listeners.has(this.#nextPort)) this.#nextPort = this.#nextPort >= LAST_PORT ? FIRST_EPHEMERAL : this.#nextPort + 1;
    return this.#nextPort++;
  }
}
