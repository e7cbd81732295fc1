// Reads, writes and waits that a Node child does not block for: begun by a request, told of by an event.
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
  rest: Uint8Array;
}

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
    if (request.op === 'cancel') this.#pending.delete(request.cancelled as number);
    else this.#carryOn({ request, rest: new Uint8Array(request.bytes) });
  }

  /** Carries on what can be carried on; what the rest waits for. */
  proceed(): Wait[] {
    return [...this.#pending.values()].map((pending) => this.#carryOn(pending)).filter((wait) => wait !== undefined);
  }

  #carryOn(pending: Pending): Wait | undefined {
    const { id } = pending.request;
    try {
      const wait = this.#step(pending);
      if (wait) this.#pending.set(id, pending);
      else this.#pending.delete(id);
      return wait;
    } catch (error) {
      if (!(error instanceof Errno)) throw error;
      this.#pending.delete(id);
      this.#host.tell({ type: 'done', id, errno: error.code });
      return undefined;
    }
  }

  /** What it waits for; undefined when it is over and told. */
  #step(pending: Pending): Wait | undefined {
    const { request } = pending;
    const file = this.#process.descriptors.get(request.fd as number);
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
      this.#host.tell({ type: 'done', id: request.id, value: this.#process.descriptors.add(end, { closeOnExec: true }) });
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
    } else if (!shutdown(file)) {
      this.#process.close(request.fd as number);
    }
    this.#host.tell({ type: 'done', id: request.id });
    return undefined;
  }

  /** A descriptor for the file that came with what is read, and what it is. */
  #takePassed(channel: OpenFile): { fd: number; isListener: boolean; port: number | null } | undefined {
    const file = channel instanceof SocketEnd ? channel.takePassed() : undefined;
    if (!file) return undefined;
    try {
      const isListener = file instanceof Listener;
      return { fd: this.#process.descriptors.add(file, { closeOnExec: true }), isListener, port: (isListener || file instanceof SocketEnd ? file.port : undefined) ?? null };
    } catch (error) {
      // As recvmsg(2), which gives the bytes and drops what there is no descriptor for: the library then asks to send it again.
      if (error instanceof Errno) return undefined;
      throw error;
    } finally {
      file.release();
    }
  }
}
