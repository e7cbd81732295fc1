// What an engine is opened with.
import type { Registry } from '../../machines/definition.js';
import type { Effects } from './effect.js';
import type { Store } from './store.js';
import type { Tracing } from './tracing.js';

export interface EngineOptions {
  readonly store: Store;
  readonly machines: Registry;
  readonly effects: Effects;
  /** ms since the epoch, with a fraction in microseconds. */
  readonly now?: () => number;
  /** Journal entries kept per actor; default 64. */
  readonly journalLength?: number;
  /** Events of one actor accepted and not yet durable, beyond which callers are refused; default 1024. */
  readonly mailboxLimit?: number;
  /** Announcements kept; default 65 536. */
  readonly announcementLimit?: number;
  /** Actors kept live in memory; idle ones beyond it are passivated; default 16 384. */
  readonly liveLimit?: number;
  /** False only for the chaos check that proves the outbox matters: effects are then run but never recorded. */
  readonly outbox?: boolean;
  /** Called when a commit was rejected: memory is ahead of disk and must not answer anyone. Default: exit with 70. */
  readonly onCrash?: (error: unknown) => void;
  /** Told of every event from its arrival to its durability. */
  readonly tracing?: Tracing;
  /** Retries and failed effects; default: JSON lines on stderr. */
  readonly log?: (line: Record<string, unknown>) => void;
}
