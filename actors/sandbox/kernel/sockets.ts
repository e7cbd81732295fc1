// The machine's own sockets: who listens on which TCP port or Unix path, and the connections between them. None of the host's is ever opened.
import { type Credentials, isCapable } from './credentials.js';
import { answersFor, collide, type Endpoint, endsOf, type ListenAddress, listenAddress } from './endpoints.js';
import { Errno } from './errno.js';
import type { Inode, Stat } from './inode.js';
import { O_RDWR, OpenFile } from './open-file.js';
import { openSocketPair, type SocketEnd } from './socket-pair.js';
import { WaitQueue } from './wait.js';
import type { Kernel } from './kernel.js';

const FIRST_EPHEMERAL = 32768, LAST_PORT = 60999;

/** A listening socket: readable when somebody waits to be accepted. */
export class Listener extends OpenFile {
  /** Where it is of TCP; undefined for a Unix socket. */
  readonly place: (ListenAddress & { readonly port: number }) | undefined;
  readonly #number: number;
  override readonly readable = new WaitQueue();
  readonly #waiting: SocketEnd[] = [];
  readonly #backlogMax: number;
  readonly #forget: () => void;

  constructor(place: (ListenAddress & { port: number }) | { inode: Inode }, backlogMax: number, forget: () => void) {
    super(O_RDWR);
    this.place = 'port' in place ? place : undefined;
    this.#number = 'port' in place ? place.port : place.inode.ino;
    this.#backlogMax = backlogMax;
    this.#forget = forget;
  }

  get port(): number | undefined {
    return this.place?.port;
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

  /** A client's connection, between these two of TCP; ECONNREFUSED where too many wait. */
  connect(asked?: Endpoint, from?: Endpoint): SocketEnd {
    if (this.#waiting.length >= this.#backlogMax) throw new Errno('ECONNREFUSED');
    const [client, server] = openSocketPair(this.place && asked && from && endsOf(asked, from, this.place));
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
  readonly #paths = new Map<Inode, Listener>();
  readonly #ports = new Map<number, Set<Listener>>();
  #nextPort = FIRST_EPHEMERAL;

  constructor(kernel: Pick<Kernel, 'settings'>) {
    this.#kernel = kernel;
  }

  get isUsed(): boolean {
    return this.#paths.size > 0 || this.#ports.size > 0;
  }

  /**
   * Port 0 takes a free one. EADDRINUSE; EADDRNOTAVAIL; EACCES below what is open to everybody (ip(7)), which is nothing unless it was
   * set so.
   */
  listen(who: Credentials, port: number, { address = '::', v6Only = false, backlogMax = 128 } = {}): Listener {
    const open = Number(this.#kernel.settings.get('net.ipv4.ip_unprivileged_port_start') ?? 0);
    if (port > 0 && port < open && !isCapable(who, 'NET_BIND_SERVICE')) throw new Errno('EACCES');
    const bound = listenAddress(address, v6Only);
    const place = { ...bound, port: port === 0 ? this.#freePort() : port };
    const others = this.#ports.get(place.port) ?? new Set();
    if ([...others].some((other) => collide(other.place!, place))) throw new Errno('EADDRINUSE');
    const listener: Listener = new Listener(place, backlogMax, () => {
      others.delete(listener);
      if (others.size === 0) this.#ports.delete(place.port);
    });
    this.#ports.set(place.port, others.add(listener));
    return listener;
  }

  /** Listens on a Unix socket, whose name in the file system is made by `Files.bindSocket`. */
  listenAt(inode: Inode, backlogMax = 128): Listener {
    if (this.#paths.has(inode)) throw new Errno('EADDRINUSE');
    inode.retain?.();
    const listener = new Listener({ inode }, backlogMax, () => {
      this.#paths.delete(inode);
      inode.release?.();
    });
    this.#paths.set(inode, listener);
    return listener;
  }

  /** To a Unix socket. ECONNREFUSED where nobody listens. */
  connectAt(inode: Inode): SocketEnd {
    const listener = this.#paths.get(inode);
    if (!listener) throw new Errno('ECONNREFUSED');
    return listener.connect();
  }

  /** To a TCP port, of whichever loopback address somebody listens on unless one is named. ECONNREFUSED where nobody does. */
  connect(port: number, address?: string, from?: Endpoint): SocketEnd {
    const there = [...(this.#ports.get(port) ?? [])];
    const names = address === undefined ? ['127.0.0.1', '::1'] : [address];
    for (const name of names) {
      const able = there.filter(({ place }) => answersFor(place!, name));
      // Who is bound to the very address comes before who is bound to all.
      const listener = able.find(({ place }) => !/^(::|0\.0\.0\.0)$/.test(place!.address)) ?? able[0];
      if (listener) return listener.connect({ address: name, port }, { address: from?.address ?? name, port: from?.port || this.#freePort() });
    }
    throw new Errno('ECONNREFUSED');
  }

  #freePort(): number {
    const next = (): number => (this.#nextPort = this.#nextPort >= LAST_PORT ? FIRST_EPHEMERAL : this.#nextPort + 1);
    let port = next();
    for (let tried = FIRST_EPHEMERAL; this.#ports.has(port); tried++) {
      if (tried > LAST_PORT) throw new Errno('EADDRINUSE');
      port = next();
    }
    return port;
  }
}
