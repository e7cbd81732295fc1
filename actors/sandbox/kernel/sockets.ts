// The machine's own sockets: who listens on which TCP port or Unix path, and the connections between them. None of the host's is ever opened.
import { type Credentials, isCapable } from './credentials.js';
import { Errno } from './errno.js';
import type { Inode, Stat } from './inode.js';
import { O_RDWR, OpenFile } from './open-file.js';
import { openSocketPair, type SocketEnd } from './socket-pair.js';
import { WaitQueue } from './wait.js';
import type { Kernel } from './kernel.js';

const FIRST_EPHEMERAL = 32768, LAST_PORT = 60999;

/** A listening socket: readable when somebody waits to be accepted. */
export class Listener extends OpenFile {
  /** undefined for a Unix socket. */
  readonly port: number | undefined;
  readonly #number: number;
  override readonly readable = new WaitQueue();
  readonly #waiting: SocketEnd[] = [];
  readonly #backlogMax: number;
  readonly #forget: () => void;

  constructor(place: { port: number } | { inode: Inode }, backlogMax: number, forget: () => void) {
    super(O_RDWR);
    this.port = 'port' in place ? place.port : undefined;
    this.#number = 'port' in place ? place.port : place.inode.ino;
    this.#backlogMax = backlogMax;
    this.#forget = forget;
  }

  get name(): string {
    return `socket:[${this.#number}]`;
  }

  override stat(): Stat {
    return {
      device: 8, ino: this.#number, type: 'socket', mode: 0o777, nlink: 1, uid: 0, gid: 0, rdevMajor: 0, rdevMinor: 0,
      sizeBytes: 0, blocks512: 0, atimeMs: 0, mtimeMs: 0, ctimeMs: 0,
    };
  }

  override get canRead(): boolean {
    return this.#waiting.length > 0;
  }

  /** The server's end of the next connection, held for whoever takes it; undefined for "not yet". */
  accept(): SocketEnd | undefined {
    return this.#waiting.shift();
  }

  /** A client's connection; ECONNREFUSED where too many wait. */
  connect(): SocketEnd {
    if (this.#waiting.length >= this.#backlogMax) throw new Errno('ECONNREFUSED');
    const [client, server] = openSocketPair(this.port);
    this.#waiting.push(server.retain());
    this.readable.wake();
    return client;
  }

  /** Nobody listens any more; who was not accepted reads the end. */
  protected override closed(): void {
    this.#forget();
    for (const end of this.#waiting.splice(0)) end.release();
  }
}

export class SocketTable {
  readonly #kernel: Pick<Kernel, 'settings'>;
  readonly #listeners = new Map<number | Inode, Listener>();
  #nextPort = FIRST_EPHEMERAL;

  constructor(kernel: Pick<Kernel, 'settings'>) {
    this.#kernel = kernel;
  }

  get isUsed(): boolean {
    return this.#listeners.size > 0;
  }

  /** Port 0 takes a free one. EADDRINUSE; EACCES below what is open to everybody (ip(7)), which is nothing unless it was set so. */
  listen(who: Credentials, port: number, backlogMax = 128): Listener {
    const open = Number(this.#kernel.settings.get('net.ipv4.ip_unprivileged_port_start') ?? 0);
    if (port > 0 && port < open && !isCapable(who, 'NET_BIND_SERVICE')) throw new Errno('EACCES');
    const chosen = port === 0 ? this.#freePort() : port;
    if (this.#listeners.has(chosen)) throw new Errno('EADDRINUSE');
    const listener = new Listener({ port: chosen }, backlogMax, () => this.#listeners.delete(chosen));
    this.#listeners.set(chosen, listener);
    return listener;
  }

  /** Listens on a Unix socket, whose name in the file system is made by `Files.bindSocket`. */
  listenAt(inode: Inode, backlogMax = 128): Listener {
    if (this.#listeners.has(inode)) throw new Errno('EADDRINUSE');
    inode.retain?.();
    const listener = new Listener({ inode }, backlogMax, () => {
      this.#listeners.delete(inode);
      inode.release?.();
    });
    this.#listeners.set(inode, listener);
    return listener;
  }

  /** To a TCP port or a Unix socket. ECONNREFUSED where nobody listens. */
  connect(place: number | Inode): SocketEnd {
    const listener = this.#listeners.get(place);
    if (!listener) throw new Errno('ECONNREFUSED');
    return listener.connect();
  }

  #freePort(): number {
    while (this.#listeners.has(this.#nextPort)) this.#nextPort = this.#nextPort >= LAST_PORT ? FIRST_EPHEMERAL : this.#nextPort + 1;
    return this.#nextPort++;
  }
}
