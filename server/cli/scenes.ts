// What clients can do with an actor of the real server, from each state that they can bring it to, and what its journal must then say.
import type { AnyEventObject, AnyMachineSnapshot } from 'xstate';
import { birth, step, type Action } from '../../actors/runtime/step.js';
import { Fault } from '../../actors/runtime/fault.js';
import { EXPLORED_AT_MS, sampleInput, stateKey, valueLabel } from '../../machines/explore.js';
import type { MachineDefinition } from '../../machines/definition.js';
import { troupes, type Doing, type Troupe } from './troupes.js';

/** Type of an event and the state it leads to. */
export type Line = readonly [event: string, state: string];

/** One thing a client does, and the lines that this adds to the journal; none where the server refuses or the machine ignores it. */
export interface Beat {
  readonly act: string;
  readonly lines: readonly Line[];
}

/** A life from birth: every beat but the last is known from a shorter scene. */
export interface Scene {
  readonly title: string;
  /** Name of the sample input, and the input itself, from which the actor is made. */
  readonly input: string;
  readonly given: Readonly<Record<string, unknown>>;
  readonly birth: readonly Line[];
  readonly beats: readonly Beat[];
}

/** Timers longer than this are not waited for. */
const PATIENCE_MS = 3000;
const REACTIONS_MAX = 20;

interface Stage {
  readonly snapshot: AnyMachineSnapshot;
  readonly at: number;
  readonly timers: ReadonlyMap<string, { event: AnyEventObject; due: number }>;
}

/** One scene for each thing a client can do in each state. Throws Fault `unsupported` for a kind that no client can drive. */
export function scenes(kind: string, definition: MachineDefinition): Scene[] {
  const troupe = troupes[kind];
  if (!troupe) throw new Fault('unsupported', `no client can lead a ${kind} through its life; there are scenes for ${Object.keys(troupes).join(', ')}`);
  return Object.keys(definition.sample.inputs).filter((input) => troupe.plays?.(definition.sample.inputs[input]!) ?? true).flatMap((input) => scenesOf(definition, troupe, input));
}

function scenesOf(definition: MachineDefinition, troupe: Troupe, input: string): Scene[] {
  const given = definition.sample.inputs[input]!;
  const [snapshot, actions] = birth(definition.machine, sampleInput(definition, input));
  const first = settle(definition, troupe, { snapshot, at: EXPLORED_AT_MS, timers: new Map() }, actions);
  const born: Line[] = [['xstate.init', valueLabel(snapshot.value)], ...first.lines];
  const found: Scene[] = [];
  const queue: { stage: Stage; beats: Beat[] }[] = [{ stage: first.stage, beats: [] }];
  const known = new Set([stateKey(definition, first.stage.snapshot)]);
  for (const { stage, beats } of queue) {
    for (const [act, doing] of Object.entries(troupe.acts)) {
      if (!(doing.when?.(stage.snapshot) ?? true)) continue;
      const { stage: next, lines } = perform(definition, troupe, stage, doing);
      const all = [...beats, { act, lines }];
      const from = valueLabel(stage.snapshot.value);
      found.push({ title: `${input}: ${[...beats.map((beat) => beat.act), act].join(', ')} (from ${from})`, input, given, birth: born, beats: all });
      const key = stateKey(definition, next.snapshot);
      if (next.snapshot.status === 'done' || known.has(key)) continue;
      known.add(key);
      queue.push({ stage: next, beats: all });
    }
  }
  return found;
}

function perform(definition: MachineDefinition, troupe: Troupe, stage: Stage, doing: Doing): { stage: Stage; lines: Line[] } {
  const { run } = stage.snapshot.context as { run?: number };
  const at = stage.at + 1;
  const events = doing.events(run ?? 0);
  return events.reduce<{ stage: Stage; lines: Line[] }>((so, event) => {
    const [snapshot, actions] = step(definition.machine, so.stage.snapshot, { ...event, at } as AnyEventObject);
    if (snapshot === so.stage.snapshot && actions.length === 0) return so;
    const after = settle(definition, troupe, { ...so.stage, snapshot, at }, actions);
    return { stage: after.stage, lines: [...so.lines, [event.type, valueLabel(snapshot.value)], ...after.lines] };
  }, { stage, lines: [] });
}

/** What follows by itself: the backend answers effects, short timers go off. */
function settle(definition: MachineDefinition, troupe: Troupe, stage: Stage, actions: readonly Action[]): { stage: Stage; lines: Line[] } {
  let { snapshot, at } = stage;
  const timers = new Map(stage.timers);
  const answers: AnyEventObject[] = [];
  const lines: Line[] = [];
  const take = (taken: readonly Action[]): void => {
    for (const { type, params } of taken) {
      if (type === 'effect') {
        const answer = troupe.answer(params as { op: string });
        if (answer) answers.push(answer);
      } else if (type === 'xstate.raise') {
        const { id, delay, event } = params as { id: string; delay: number; event: AnyEventObject };
        timers.set(id, { event, due: at + delay });
      } else if (type === 'xstate.cancel') timers.delete((params as { sendId: string }).sendId);
    }
  };
  take(actions);
  for (let n = 0; n < REACTIONS_MAX && snapshot.status !== 'done'; n++) {
    let event = answers.shift();
    if (!event) {
      const [soonest] = [...timers].toSorted(([, a], [, b]) => a.due - b.due);
      if (!soonest || soonest[1].due - at > PATIENCE_MS) break;
      timers.delete(soonest[0]);
      at = soonest[1].due;
      event = soonest[1].event;
    }
    const [next, more] = step(definition.machine, snapshot, { ...event, at } as AnyEventObject);
    if (next === snapshot && more.length === 0) continue;
    snapshot = next;
    lines.push([event.type, valueLabel(next.value)]);
    take(more);
  }
  return { stage: { snapshot, at, timers }, lines };
}
