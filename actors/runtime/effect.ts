// Effects: what machines ask the outside to do, as data, with a key that stays the same over crashes and repeats.
import type { EventObject } from 'xstate';

export interface Effect {
  /** `actor!seq!n`: the idempotency key. The outside makes an at-least-once effect once by it. Never the same twice, not even in a later life of the id. */
  readonly key: string;
  readonly actor: string;
  readonly kind: string;
  readonly op: string;
  readonly params: Readonly<Record<string, unknown>>;
  /** True when this is a repeat, after a crash or a failed attempt: the earlier one may or may not have happened. */
  readonly again: boolean;
  /** 1 for the first attempt of this process, rising with each retry. */
  readonly attempt: number;
}

/** Runs one effect; the event it resolves to is the reply, committed together with the removal of the intent. */
export type RunEffect = (effect: Effect) => Promise<EventObject | void>;

/** kind -> op -> how it is done. */
export type Effects = Readonly<Record<string, Readonly<Record<string, RunEffect>>>>;

/** An effect failed for good: a retry would fail the same way. (A Fault counts as terminal too; anything else is retried.) */
export class Terminal extends Error {
  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'Terminal';
  }
}

/** Sent to the actor when an effect failed for good. `params` are those of the effect; `error` is the message. */
export interface EffectFailed {
  readonly type: 'EFFECT_FAILED';
  readonly op: string;
  readonly error: string;
  readonly params: Readonly<Record<string, unknown>>;
}
