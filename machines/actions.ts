// The two data actions machines may use, and the shape every event has once the engine stamped it.

/** Parameters of `effect`: what the outside is asked to do, as JSON. Becomes a durable intent in the outbox. */
export interface EffectParams {
  readonly op: string;
  readonly [name: string]: unknown;
}

/** Parameters of `announce`: one line of the Docker event stream. `type` and `id` default to the actor's kind and id. */
export interface AnnounceParams {
  readonly action: string;
  readonly attributes?: Readonly<Record<string, string>>;
  readonly type?: string;
  readonly id?: string;
}

/** `at`: ms since the epoch with a µs fraction, put on by the engine. Machines know no other clock. */
export type Stamped<Event extends { type: string }> = Event & { readonly at: number };

/** An effect failed for good (a Terminal error or a Fault). */
export interface EffectFailedEvent {
  readonly type: 'EFFECT_FAILED';
  readonly op: string;
  readonly error: string;
  readonly params: Readonly<Record<string, unknown>>;
}

export const effect = (_args: unknown, _params: EffectParams): void => {};
export const announce = (_args: unknown, _params: AnnounceParams): void => {};
