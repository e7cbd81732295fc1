// Connections of built-in commands: inside the machine over its own loopback, outside over the host's network where the container has one.
import { lookup } from 'node:dns/promises';
import net from 'node:net';
import { Duplex, pipeline } from 'node:stream';
import { Errno } from '../../kernel/errno.js';
import type { Process } from '../../kernel/process.js';
import { openSocketPair, type SocketEnd } from '../../kernel/socket-pair.js';
import { decode } from '../../kernel/text.js';
import { isLoopback } from '../../programs/node/shim/addresses.cjs';

/** A name that nobody knows. */
export class UnknownHost extends Error {}

/** Where a name leads, by /etc/hosts of the container, then by the host's resolver. */
export interface Place {
  readonly address: string;
  /** Inside this machine. */
  readonly isOwn: boolean;
}

function fromHostsFile(process: Process, name: string): string | undefined {
  let text: string;
  try {
    text = decode(process.files.readFile('/etc/hosts'));
  } catch (error) {
    if (error instanceof Errno) return undefined;
    throw error;
  }
  const lines = text.split('\n').map((line) => line.replace(/#.*/, '').trim().split(/\s+/));
  // What is no address is no entry: a resolver that reads more into it must not be asked.
  const found = lines.filter(([address, ...names]) => net.isIP(address!) > 0 && names.includes(name)).map(([address]) => address!);
  return found.find((address) => net.isIPv4(address)) ?? found[0];
}

function isOwn(process: Process, address: string, name: string): boolean {
  return isLoopback(address) || name === 'localhost' || name === process.kernel.hostname;
}

/** Throws UnknownHost; without a network every name that /etc/hosts does not know is unknown. */
export async function resolve(process: Process, name: string): Promise<Place> {
  const bare = name.replace(/^\[|\]$/g, '');
  const listed = net.isIP(bare) > 0 ? bare : (fromHostsFile(process, bare) ?? (bare === 'localhost' ? '127.0.0.1' : undefined));
  if (listed !== undefined) return { address: listed, isOwn: isOwn(process, listed, bare) };
  if (!process.kernel.network) throw new UnknownHost(name);
  let address: string;
  try {
    ({ address } = await lookup(bare));
  } catch {
    throw new UnknownHost(name);
  }
  // The host's resolver also knows names and spellings of its own loopback: here they mean this machine's.
  return { address, isOwn: isOwn(process, address, bare) };
}

/** Throws UnknownHost, or Errno (ECONNREFUSED, ENETUNREACH, ETIMEDOUT …). The caller destroys the stream. */
export async function connect(process: Process, name: string, port: number, timeoutMs = 0): Promise<Duplex> {
  const place = await resolve(process, name);
  if (place.isOwn) return new OwnConnection(process.kernel.sockets.connect(port));
  if (!process.kernel.network) throw new Errno('ENETUNREACH');
  return new Promise((done, fail) => {
    const socket = net.connect({ host: place.address, port });
    if (timeoutMs > 0) socket.setTimeout(timeoutMs, () => socket.destroy(Object.assign(new Error('timed out'), { code: 'ETIMEDOUT' })));
    socket.once('error', fail);
    socket.once('connect', () => {
      socket.setTimeout(0);
      socket.off('error', fail);
      done(socket);
    });
  });
}

/** The same as a descriptor's file; what is outside is joined to it behind the scenes. The caller adds it to a descriptor table. */
export async function openSocket(process: Process, name: string, port: number, timeoutMs = 0): Promise<SocketEnd> {
  if ((await resolve(process, name)).isOwn) return process.kernel.sockets.connect(port);
  const outside = await connect(process, name, port, timeoutMs);
  const [mine, theirs] = openSocketPair();
  const inside = new OwnConnection(theirs);
  pipeline(outside, inside, () => undefined);
  pipeline(inside, outside, () => undefined);
  return mine;
}

/** A connection inside the machine, as a stream for Node's libraries. */
export class OwnConnection extends Duplex {
  readonly #end: SocketEnd;
  #stopWaiting: (() => void) | undefined;

  constructor(end: SocketEnd) {
    super({ allowHalfOpen: true });
    this.#end = end.retain();
  }

  override _read(size: number): void {
    const bytes = this.#end.read(size);
    if (bytes === undefined) this.#stopWaiting ??= once(this.#end.readable, () => {
      this.#stopWaiting = undefined;
      this._read(size);
    });
    else this.push(bytes.length === 0 ? null : Buffer.from(bytes));
  }

  override _write(chunk: Buffer, _encoding: string, done: (error?: Error | null) => void): void {
    try {
      const count = this.#end.write(new Uint8Array(chunk));
      if (count === undefined) once(this.#end.writable, () => this._write(chunk, _encoding, done));
      else if (count < chunk.length) this._write(chunk.subarray(count), _encoding, done);
      else done();
    } catch (error) {
      done(error as Error);
    }
  }

  override _final(done: () => void): void {
    this.#end.shutdown();
    done();
  }

  override _destroy(error: Error | null, done: (error: Error | null) => void): void {
    this.#stopWaiting?.();
    this.#end.release();
    done(error);
  }

  setTimeout(): this {
    return this;
  }

  setNoDelay(): this {
    return this;
  }

  setKeepAlive(): this {
    return this;
  }

  ref(): this {
    return this;
  }

  unref(): this {
    return this;
  }
}

function once(wait: SocketEnd['readable'], wake: () => void): () => void {
  const undo = wait.subscribe(() => {
    undo();
    setImmediate(wake);
  });
  return undo;
}
