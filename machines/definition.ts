// What the house must know of a machine beside the chart itself: its version, its migration, and samples that drive the generated tests.
import type { AnyEventObject, AnyStateMachine } from 'xstate';

/** A stored state as migrations see it. */
export interface StoredState {
  readonly value: unknown;
  readonly context: unknown;
}

/** One line of the registry. */
export interface MachineDefinition {
  readonly machine: AnyStateMachine;
  /** Raise it whenever stored snapshots of the old shape would be wrong under the new chart. */
  readonly version: number;
  /** Brings a snapshot of an older version to this one. Required as soon as `version` is above 1. */
  readonly migrate?: (stored: StoredState, fromVersion: number) => StoredState;
  /** Effect operations of one actor that must not overtake each other (freeze, thaw). All others start in order and overlap. */
  readonly serial?: readonly string[];
  /** Inputs and events that reach every state and edge; tests, docs and `sockerless paths` explore with them. */
  readonly sample: Sample;
}

export interface Sample {
  /** Named inputs; each is explored by itself. */
  readonly inputs: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
  /** `run: 'now'` (also inside `params`) stands for the present run of the context. Timers are `xstate.after.…` events. */
  readonly events: readonly AnyEventObject[];
  /** What, beside the state value, makes two snapshots different for exploration: exactly what guards and delays read. */
  readonly distinguish?: (context: never) => unknown;
}

/** kind -> definition. */
export type Registry = Readonly<Record<string, MachineDefinition>>;
