// Pulls in progress: each is an actor; what must not be stored (credentials, the client's progress) waits here for its effect.
import { randomUUID } from 'node:crypto';
import type { EventObject } from 'xstate';
import type { Effects } from '../runtime/effect.js';
import type { Engine } from '../runtime/engine.js';
import { Fault } from '../runtime/fault.js';
import type { ImageStore } from './image-store.js';
import { parsePlatform } from './manifest.js';
import { pullImage, type PullOptions, type TransferMessage } from './pull.js';
import { familiarReference, parseReference, type Reference } from './reference.js';

const KIND = 'imagePull';

interface Waiting {
  readonly options: PullOptions;
  /** The last word on each layer, and on the whole under ''. */
  readonly progress: Map<string, TransferMessage>;
  failure?: unknown;
}

export class Pulls {
  readonly #waiting = new Map<string, Waiting>();
  readonly #images: () => ImageStore;

  /** The image store is known only after the engine, which takes the effects when it is opened. */
  constructor(images: () => ImageStore) {
    this.#images = images;
  }

  /** A pull that an earlier server began has no client left: it is over. What it downloaded is swept at start. */
  effects(): Effects {
    return {
      [KIND]: {
        pull: async ({ actor, params }) => {
          const waiting = this.#waiting.get(actor);
          if (!waiting) return { type: 'LOST' };
          try {
            const image = await pullImage(this.#images(), parseReference(String(params.reference)), waiting.options);
            return { type: 'PULLED', digest: image.id, imageId: image.id } as EventObject;
          } catch (error) {
            waiting.failure = error;
            return { type: 'PULL_FAILED', error: error instanceof Error ? error.message : String(error) } as EventObject;
          }
        },
      },
    };
  }

  /** How far a pull has come, a line for each layer; undefined when this is no pull under way here. */
  progress(id: string): TransferMessage[] | undefined {
    const waiting = this.#waiting.get(id);
    return waiting && [...waiting.progress.values()];
  }

  /** Pulls and resolves when the image is there; rejects with what went wrong. */
  async pull(engine: Engine, reference: Reference, platform: string, options: PullOptions): Promise<void> {
    const id = `pull:${randomUUID()}`;
    const platforms = platform === '' ? {} : { platforms: [parsePlatform(platform)] };
    const progress = new Map<string, TransferMessage>();
    const onProgress = (message: TransferMessage): void => {
      progress.set(message.progressDetail === undefined ? '' : (message.id ?? ''), message);
      options.onProgress?.(message);
    };
    const waiting: Waiting = { options: { ...options, ...platforms, onProgress }, progress };
    this.#waiting.set(id, waiting);
    try {
      const outcome = await engine.spawn(KIND, id, { reference: familiarReference(reference), platform });
      await outcome.settled;
      if (waiting.failure !== undefined) throw waiting.failure instanceof Error ? waiting.failure : new Fault('internal', String(waiting.failure));
    } finally {
      this.#waiting.delete(id);
    }
  }
}
