// What one step writes: the actions of a transition become the operations of one atomic batch, and the work that follows it.
import type { AnyMachineSnapshot, EventObject } from 'xstate';
import type { MachineDefinition } from '../../machines/definition.js';
import type { Announcement, AnnouncementLog, StoredAnnouncement } from './announcement.js';
import { journalKey, pad, snapshotKey, specKey, writeStored, type Durable, type JournalEntry } from './durable.js';
import { Fault } from './fault.js';
import type { Intent } from './outbox.js';
import type { Action } from './step.js';
import type { Op } from './store.js';
import { timerKey, type Timer } from './timers.js';

/** A live actor: the head (what the next event is applied to) beside the last durable snapshot (what readers are told). */
export interface Cell {
  readonly id: string;
  readonly kind: string;
  readonly definition: MachineDefinition;
  /** The number of its first step. A later life of the same id begins higher, so that no effect key comes twice. */
  readonly birth: number;
  head: AnyMachineSnapshot;
  seq: number;
  timers: Readonly<Record<string, string>>;
  durable: Durable | undefined;
  /** Events accepted and not yet durable. */
  pending: number;
  gone: boolean;
}

/** A step that is about to be written. */
export interface Batch {
  readonly ops: Op[];
  readonly snapshot: Durable;
  /** Former values of the context's keys that the step changed. */
  readonly was: Readonly<Record<string, unknown>> | undefined;
  readonly intents: Intent[];
  readonly arm: [string, Timer][];
  readonly disarm: string[];
  readonly announcements: StoredAnnouncement[];
}

export interface Recording {
  readonly journalLength: number;
  readonly outbox: boolean;
  readonly announcements: AnnouncementLog;
}

/** Fills the batch for the step that brought `cell` to its head, in the order the machine named its actions. */
export function writeStep(cell: Cell, before: AnyMachineSnapshot | undefined, event: EventObject, at: number, actions: readonly Action[], ops: Op[], recording: Recording): Batch {
  const { id, kind, head, seq } = cell;
  const gone = head.status === 'done';
  const snapshot: Durable = { kind, id, seq: seq - cell.birth, value: head.value, context: head.context, status: gone ? 'done' : 'active' };
  const batch: Batch = { ops, snapshot, was: before && changed(before.context, head.context), intents: [], arm: [], disarm: [], announcements: [] };
  const spoken: Announcement[] = [];
  for (const [n, action] of actions.entries()) {
    if (action.type === 'effect') {
      const { op, ...params } = action.params as { op: string };
      batch.intents.push({ key: `${id}!${seq}!${n}`, actor: id, kind, op, params });
    } else if (action.type === 'announce') {
      const { type = kind, id: about = id, action: verb, attributes = {} } = action.params as Partial<Announcement>;
      if (verb === undefined) throw new Fault('internal', `machine ${kind} announced nothing`);
      spoken.push({ type, action: verb, id: about, attributes });
    } else if (action.type === 'xstate.raise') startTimer(cell, batch, action, at);
    else if (action.type === 'xstate.cancel') stopTimer(cell, batch, (action.params as { sendId: string }).sendId);
    else throw new Fault('internal', `machine ${kind} used ${action.type}, which would not survive a crash`);
  }
  if (recording.outbox) for (const intent of batch.intents) ops.push({ type: 'put', key: outboxKey(intent), value: JSON.stringify(intent) });
  batch.announcements.push(...recording.announcements.write(spoken, at, ops));
  if (gone) erase(cell, batch, recording.journalLength);
  else record(cell, batch, event, at, recording.journalLength);
  return batch;
}

/** Contexts are replaced, never changed in place, so a key whose value is another object has changed. */
function changed(before: Readonly<Record<string, unknown>>, after: Readonly<Record<string, unknown>>): Record<string, unknown> | undefined {
  if (before === after) return undefined;
  let was: Record<string, unknown> | undefined;
  for (const key of Object.keys(after)) if (before[key] !== after[key]) (was ??= {})[key] = before[key] ?? null;
  return was;
}

/** Sequence numbers are padded in the store, so that recovery repeats effects in the order they were meant. */
export function outboxKey(intent: { key: string }): string {
  const [actor, seq, n] = intent.key.split('!');
  return `o!${actor}!${pad(Number(seq))}!${pad(Number(n))}`;
}

function record(cell: Cell, batch: Batch, event: EventObject, at: number, journalLength: number): void {
  const { id, kind, seq, birth, head, definition, timers } = cell;
  const stored = { kind, version: definition.version, birth, seq, value: head.value, context: head.context, timers };
  batch.ops.push({ type: 'put', key: snapshotKey(id), value: writeStored(stored) });
  if (journalLength === 0) return;
  const entry: JournalEntry = { seq: seq - birth, at, event, to: head.value, effects: batch.intents.map((intent) => intent.op), ...(batch.was === undefined ? {} : { was: batch.was }) };
  batch.ops.push({ type: 'put', key: journalKey(id, seq), value: JSON.stringify(entry) });
  if (seq - birth >= journalLength) batch.ops.push({ type: 'del', key: journalKey(id, seq - journalLength) });
}

/** A final state takes everything of the actor with it, save intents: those are still to be carried out. */
function erase(cell: Cell, batch: Batch, journalLength: number): void {
  const { id, seq, birth } = cell;
  batch.ops.push({ type: 'del', key: snapshotKey(id) }, { type: 'del', key: specKey(id) });
  for (let old = Math.max(birth, seq - journalLength); old < seq; old++) batch.ops.push({ type: 'del', key: journalKey(id, old) });
  for (const timer of Object.keys(cell.timers)) stopTimer(cell, batch, timer);
  batch.arm.length = 0;
}

function startTimer(cell: Cell, batch: Batch, action: Action, at: number): void {
  const { id, delay, event } = action.params as { id: string; delay: number | undefined; event: EventObject };
  if (delay === undefined) return;
  stopTimer(cell, batch, id);
  const key = timerKey(at + delay, cell.id, id);
  const timer: Timer = { actor: cell.id, id, event };
  cell.timers = { ...cell.timers, [id]: key };
  batch.ops.push({ type: 'put', key, value: JSON.stringify(timer) });
  batch.arm.push([key, timer]);
}

function stopTimer(cell: Cell, batch: Batch, id: string): void {
  const { [id]: key, ...rest } = cell.timers;
  if (key === undefined) return;
  cell.timers = rest;
  batch.ops.push({ type: 'del', key });
  batch.disarm.push(key);
  const armed = batch.arm.findIndex(([other]) => other === key);
  if (armed >= 0) batch.arm.splice(armed, 1);
}
