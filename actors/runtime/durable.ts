// Stored snapshots: their form in the store, the way back to a live state, and the check at start that the code still understands them.
import type { AnyMachineSnapshot, AnyStateMachine, AnyStateNode, EventObject, StateValue } from 'xstate';
import type { MachineDefinition, Registry } from '../../machines/definition.js';
import { Fault } from './fault.js';
import type { Op, Store } from './store.js';

/** The last durable snapshot of an actor, as plain data. `seq` counts the events committed since birth. */
export interface Durable<Context = Record<string, unknown>> {
  readonly kind: string;
  readonly id: string;
  readonly seq: number;
  readonly value: StateValue;
  readonly context: Context;
  readonly status: 'active' | 'done';
}

/**
 * One line of an actor's journal: what happened and where it led. `at` in ms since the epoch. `was`: what the context held before,
 * for each key that the event changed (absent at birth and where nothing changed); from the present state back along the
 * lines it gives every earlier one.
 */
export interface JournalEntry {
  readonly seq: number;
  readonly at: number;
  readonly event: EventObject;
  readonly to: StateValue;
  readonly effects: readonly string[];
  readonly was?: Readonly<Record<string, unknown>>;
}

/** The record under `s!id`. `timers`: timer id -> key of its record. */
export interface StoredActor {
  readonly kind: string;
  readonly version: number;
  readonly birth: number;
  readonly seq: number;
  readonly value: StateValue;
  readonly context: Record<string, unknown>;
  readonly timers: Readonly<Record<string, string>>;
}

export const pad = (n: number): string => n.toString(36).padStart(9, '0');
export const snapshotKey = (id: string): string => `s!${id}`;
export const specKey = (id: string): string => `c!${id}`;
export const journalKey = (id: string, seq: number): string => `j!${id}!${pad(seq)}`;

/** `kind` stands first in the record, so that scans by kind can pass over the others without parsing them. */
export function writeStored(stored: StoredActor): string {
  return JSON.stringify(stored);
}

/** What readers are told of a stored record. */
export function durableOf(stored: StoredActor, id: string): Durable {
  return { kind: stored.kind, id, seq: stored.seq - stored.birth, value: stored.value, context: stored.context, status: 'active' };
}

/** The state a stored record stands for. Throws a Fault when the machine does not know it. */
export function restore(machine: AnyStateMachine, stored: StoredActor, id: string): AnyMachineSnapshot {
  try {
    return machine.resolveState({ value: stored.value, context: stored.context });
  } catch (error) {
    throw new Fault('internal', `${stored.kind} ${id}: its machine has no state ${JSON.stringify(stored.value)}`, { id }, { cause: error });
  }
}

/** Refuses machines that are not flat and data-only: what they would lose in a crash is found here, not then. */
export function checkMachine(kind: string, definition: MachineDefinition): void {
  const refuse = (what: string): never => {
    throw new Fault('internal', `machine ${kind}: ${what}`);
  };
  const visit = (node: AnyStateNode): void => {
    if (node.type === 'history') refuse(`${node.id} is a history state, which is not stored`);
    if (node.invoke.length > 0) refuse(`${node.id} invokes an actor, which does not survive a crash`);
    Object.values(node.states).forEach(visit);
  };
  visit(definition.machine.root);
  if (definition.version > 1 && !definition.migrate) refuse(`version ${definition.version} has no migration`);
}

function fingerprint(definition: MachineDefinition): string {
  const ids: string[] = [];
  const visit = (node: AnyStateNode): void => {
    ids.push(node.id);
    Object.values(node.states).forEach(visit);
  };
  visit(definition.machine.root);
  return JSON.stringify({ version: definition.version, states: ids.join(' ') });
}

/**
 * Makes sure that every stored snapshot means something to the machines of today: migrates older versions and throws a
 * Fault for states, versions or kinds nobody knows. Snapshots are only read when a machine changed since the last start
 * (`v!kind` holds its version and states), so an ordinary start stays lazy.
 */
export async function checkStored(store: Store, machines: Registry): Promise<void> {
  const known = new Map<string, string>();
  for await (const [key, value] of store.entries('v!')) known.set(key.slice(2), value);
  const kinds = Object.entries(machines);
  const marks: Op[] = [];
  const changed = new Set<string>();
  for (const [kind, definition] of kinds) {
    checkMachine(kind, definition);
    const mark = fingerprint(definition);
    if (known.get(kind) === mark) continue;
    marks.push({ type: 'put', key: `v!${kind}`, value: mark });
    changed.add(kind);
  }
  for (const kind of known.keys()) if (!machines[kind]) changed.add(kind);
  if (changed.size === 0) return;
  let ops: Op[] = [];
  for await (const [key, text] of store.entries('s!')) {
    const stored = JSON.parse(text) as StoredActor;
    if (!changed.has(stored.kind)) continue;
    const migrated = migrate(machines, stored, key.slice(2));
    if (migrated !== stored) ops.push({ type: 'put', key, value: writeStored(migrated) });
    if (ops.length >= 1000) {
      await store.commit(ops);
      ops = [];
    }
  }
  // The marks come last: a crash before them repeats the scan, and migrated records are of today's version already.
  await store.commit([...ops, ...marks]);
}

function migrate(machines: Registry, stored: StoredActor, id: string): StoredActor {
  const definition = machines[stored.kind];
  if (!definition) throw new Fault('internal', `${stored.kind} ${id}: no machine of this kind`, { id });
  if (stored.version > definition.version) {
    throw new Fault('internal', `${stored.kind} ${id}: stored by version ${stored.version}, this is ${definition.version}`, { id });
  }
  let current = stored;
  if (stored.version < definition.version) {
    const next = definition.migrate!({ value: stored.value, context: stored.context }, stored.version);
    current = { ...stored, version: definition.version, value: next.value as StateValue, context: next.context as Record<string, unknown> };
  }
  restore(definition.machine, current, id);
  return current;
}
