// Files in and out of a machine as tar streams: docker cp, export, diff, commit; chunk by chunk with back-pressure.
import { Fault } from '../runtime/fault.js';
import { Archive, archiveView } from './fs/archive.js';
import { ArchiveWriter } from './fs/archive-writer.js';
import { changes, upperTar } from './fs/overlay-changes.js';
import { resolveUser } from './identity.js';
import { Errno } from './kernel/errno.js';
import type { MountedMachine } from './mounts.js';
import { type FromMachine, owned, type OutgoingTransfer, type ReceiveOptions, type ToMachine, TRANSFER_WINDOW_BYTES, type WireError } from './protocol.js';

type Post = (message: FromMachine, transfer?: readonly ArrayBuffer[]) => void;

interface Outgoing {
  readonly chunks: Iterator<Uint8Array>;
  inFlightBytes: number;
  scheduled: boolean;
}

export interface Archives {
  receive(message: ToMachine): void;
  call(method: string, args: object): unknown;
  /** Whether a transfer is under way. */
  readonly isBusy: boolean;
  close(): void;
}

/** One per machine. */
export function openArchives(mounted: MountedMachine, post: Post): Archives {
  return new MachineArchives(mounted, post);
}

/** An Errno of a path becomes the fault that the API words: nothing there is `not-found` without text. */
export function pathFault(error: unknown): WireError {
  if (error instanceof Fault) return { kind: error.kind, message: error.message, data: { ...error.data } };
  if (!(error instanceof Errno)) return { kind: 'internal', message: error instanceof Error ? error.message : String(error) };
  if (error.code === 'ENOENT') return { kind: 'not-found', message: '' };
  return { kind: error.code === 'ENOTDIR' ? 'invalid' : 'internal', message: error.message.toLowerCase() };
}

class MachineArchives implements Archives {
  readonly #mounted: MountedMachine;
  readonly #post: Post;
  readonly #outgoing = new Map<number, Outgoing>();
  readonly #incoming = new Map<number, ArchiveWriter>();

  constructor(mounted: MountedMachine, post: Post) {
    this.#mounted = mounted;
    this.#post = post;
  }

  get isBusy(): boolean {
    return this.#outgoing.size > 0 || this.#incoming.size > 0;
  }

  /** As the container is now: what was mounted since is seen. */
  #archive(): Archive {
    return new Archive(archiveView(this.#mounted.kernel.tree));
  }

  #receive(call: number, path: string, { noOverwriteDirNonDir, owner }: ReceiveOptions): void {
    const user = owner === undefined ? undefined : resolveUser(this.#mounted.files, owner, []);
    this.#incoming.set(call, new ArchiveWriter(archiveView(this.#mounted.kernel.tree), path, { noOverwriteDirNonDir, ...(user ? { owner: { uid: user.uid, gid: user.gid } } : {}) }));
  }

  call(method: string, args: object): unknown {
    try {
      switch (method) {
        case 'statPath':
          return this.#archive().statPath((args as { path: string }).path);
        case 'changes':
          return changes(this.#mounted.root);
        case 'sizeRw':
          return this.#mounted.root.contentBytes;
        default:
          throw new Fault('internal', `no such call: ${method}`);
      }
    } catch (error) {
      const { kind, message } = pathFault(error);
      throw new Fault(kind as Fault['kind'], message);
    }
  }

  receive(message: ToMachine): void {
    switch (message.type) {
      case 'send':
        return this.#attempt(message.call, () => this.#begin(message.call, message.transfer));
      case 'chunks-taken':
        return this.#taken(message.call, message.sizeBytes);
      case 'receive':
        return this.#attempt(message.call, () => this.#receive(message.call, message.path, message.options));
      case 'chunks':
        return this.#attempt(message.call, () => {
          let sizeBytes = 0;
          for (const bytes of message.chunks) {
            this.#incoming.get(message.call)?.push(bytes);
            sizeBytes += bytes.length;
          }
          this.#post({ type: 'received', call: message.call, sizeBytes });
        });
      case 'chunks-end':
        return this.#attempt(message.call, () => this.#finish(message.call));
      case 'cancel':
        this.#outgoing.get(message.call)?.chunks.return?.();
        this.#outgoing.delete(message.call);
        this.#incoming.get(message.call)?.abort();
        this.#incoming.delete(message.call);
        return;
      default:
        return;
    }
  }

  /** What fails ends the transfer, and its sender is told why. */
  #attempt(call: number, body: () => void): void {
    try {
      body();
    } catch (error) {
      this.#incoming.delete(call);
      this.#outgoing.delete(call);
      this.#post({ type: 'failed', call, error: pathFault(error) });
    }
  }

  #begin(call: number, transfer: OutgoingTransfer): void {
    const chunks = transfer.kind === 'archive' ? this.#archive().readArchive(transfer.path) : transfer.kind === 'tree' ? this.#archive().exportTree() : upperTar(this.#mounted.root);
    this.#outgoing.set(call, { chunks, inFlightBytes: 0, scheduled: false });
    this.#pump(call);
  }

  #taken(call: number, sizeBytes: number): void {
    const outgoing = this.#outgoing.get(call);
    if (!outgoing) return;
    outgoing.inFlightBytes -= sizeBytes;
    if (outgoing.inFlightBytes < TRANSFER_WINDOW_BYTES / 2) this.#pump(call);
  }

  /** Sends until the window is full; in turns, so that a big archive does not keep processes from running. */
  #pump(call: number): void {
    const outgoing = this.#outgoing.get(call);
    if (!outgoing || outgoing.scheduled) return;
    this.#attempt(call, () => {
      for (let turns = 0; outgoing.inFlightBytes < TRANSFER_WINDOW_BYTES; turns++) {
        if (turns === 8) {
          outgoing.scheduled = true;
          setImmediate(() => {
            outgoing.scheduled = false;
            this.#pump(call);
          });
          return;
        }
        const { value, done } = outgoing.chunks.next();
        if (done === true) {
          this.#outgoing.delete(call);
          this.#post({ type: 'result', call, value: undefined });
          return;
        }
        // A view of something larger is copied: the rest of it stays here.
        const bytes = owned(value);
        outgoing.inFlightBytes += bytes.length;
        this.#post({ type: 'chunk-out', call, bytes }, [bytes.buffer as ArrayBuffer]);
      }
    });
  }

  #finish(call: number): void {
    const writer = this.#incoming.get(call);
    if (!writer) return;
    writer.finish();
    this.#incoming.delete(call);
    this.#mounted.flush();
    this.#post({ type: 'result', call, value: undefined });
  }

  close(): void {
    for (const { chunks } of this.#outgoing.values()) chunks.return?.();
    for (const writer of this.#incoming.values()) writer.abort();
    this.#outgoing.clear();
    this.#incoming.clear();
  }
}
