// Reads, writes and waits that a Node child does not block for: begun by a request, told of by an event.
import type { Endpoints } from '../../kernel/endpoints.js';
import { Errno } from '../../kernel/errno.js';
import type { OpenFile } from '../../kernel/open-file.js';
import { SocketEnd } from '../../kernel/socket-pair.js';
import { Listener } from '../../kernel/sockets.js';
import type { Process } from '../../kernel/process.js';
import type { Wait } from '../../kernel/wait.js';
import { shutdown } from './child-calls.js';
import type { HostNode } from './host-node.js';
import type { NodeRequest } from './wire.js';

type Request = NodeRequest & { id: number };
interface Pending {
  readonly request: Request;
  /** What the descriptor meant when it was asked for; a write's is held, so that closing the descriptor cuts nothing off. */
  readonly file: OpenFile;
  rest: Uint8Array;
}

/** Must come in the order in which they were asked for. */
const IN_ORDER = new Set(['write', 'shutdown']);

export class AsyncCalls {
  readonly #process: Process;
  readonly #host: HostNode;
  readonly #pending = new Map<number, Pending>();

  constructor(process: Process, host: HostNode) {
    this.#process = process;
    this.#host = host;
  }

  /** Tries at once: what is written before a descriptor is closed is written. */
  start(request: Request): void {
    if (request.op === 'cancel') return void this.#pending.delete(request.cancelled as number);
    const file = this.#process.descriptors.find(request.fd as number);
    if (!file) return this.#host.tell({ type: 'done', id: request.id, errno: 'EBADF' });
    const pending = { request, file, rest: new Uint8Array(request.bytes) };
    if (!IN_ORDER.has(request.op)) return void this.#carryOn(pending);
    file.retain();
    const isBehind = [...this.#pending.values()].some((other) => other.file === file && IN_ORDER.has(other.request.op));
    if (isBehind) this.#pending.set(request.id, pending);
    else this.#carryOn(pending);
  }

  /** Carries on what can be carried on; what the rest waits for. */
  proceed(): Wait[] {
    const waits: Wait[] = [];
    const waiting = new Set<OpenFile>();
    for (const pending of this.#pending.values()) {
      const isInOrder = IN_ORDER.has(pending.request.op);
      if (isInOrder && waiting.has(pending.file)) continue;
      const wait = this.#carryOn(pending);
      if (!wait) continue;
      waits.push(wait);
      if (isInOrder) waiting.add(pending.file);
    }
    return waits;
  }

  /** What did not come through when the program ended is lost. */
  end(): void {
    for (const { request, file } of this.#pending.values()) if (IN_ORDER.has(request.op)) file.release();
    this.#pending.clear();
  }

  #carryOn(pending: Pending): Wait | undefined {
    const { request, file } = pending;
    try {
      const wait = this.#step(pending);
      if (wait) {
        this.#pending.set(request.id, pending);
        return wait;
      }
    } catch (error) {
      if (!(error instanceof Errno)) throw error;
      this.#host.tell({ type: 'done', id: request.id, errno: error.code });
    }
    this.#pending.delete(request.id);
    if (IN_ORDER.has(request.op)) file.release();
    return undefined;
  }

  /** What it waits for; undefined when it is over and told. */
  #step(pending: Pending): Wait | undefined {
    const { request, file } = pending;
    if (request.op === 'read') {
      if (!file.readsAllowed) throw new Errno('EBADF');
      const bytes = file.read(request.size as number);
      if (bytes === undefined) return file.readable;
      this.#host.tell({ type: 'done', id: request.id, ...(request.takesFiles === true ? { value: this.#takePassed(file) } : {}) }, bytes);
      return undefined;
    }
    if (request.op === 'accept') {
      if (!(file instanceof Listener)) throw new Errno('EINVAL');
      const end = file.accept();
      if (!end) return file.readable;
      this.#host.tell({ type: 'done', id: request.id, value: { fd: this.#process.descriptors.add(end, { closeOnExec: true }), ...end.endpoints } });
      end.release();
      return undefined;
    }
    if (request.op === 'write') {
      if (!file.writesAllowed) throw new Errno('EBADF');
      while (pending.rest.length > 0) {
        const count = file.write(pending.rest);
        if (count === undefined) return file.writable;
        pending.rest = pending.rest.subarray(count);
      }
    } else if (!shutdown(file) && this.#process.descriptors.find(request.fd as number) === file) {
      this.#process.close(request.fd as number);
    }
    this.#host.tell({ type: 'done', id: request.id });
    return undefined;
  }

  /** A descriptor for the file that came with what is read, and what it is. */
  #takePassed(channel: OpenFile): ({ fd: number; isListener: boolean } & Partial<Endpoints>) | undefined {
    const file = channel instanceof SocketEnd ? channel.takePassed() : undefined;
    if (!file) return undefined;
    try {
      const isListener = file instanceof Listener;
      const where = isListener ? file.place && { local: { address: file.place.address, port: file.place.port } } : file instanceof SocketEnd ? file.endpoints : undefined;
      return { fd: this.#process.descriptors.add(file, { closeOnExec: true }), isListener, ...where };
    } catch (error) {
      // As recvmsg(2), which gives the bytes and drops what there is no descriptor for: the library then asks to send it again.
      if (error instanceof Errno) return undefined;
      throw error;
    } finally {
      file.release();
    }
  }
}
