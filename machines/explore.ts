// Walks a machine's whole graph with its sample events: every state, the shortest way to it, every edge.
import type { AnyEventObject, AnyMachineSnapshot, AnyStateMachine } from 'xstate';
import { getAdjacencyMap } from '@xstate/graph';
import type { MachineDefinition } from './definition.js';

/** All explored events happen at this instant (ms since the epoch): time is data, and the graph must not depend on the day. */
export const EXPLORED_AT_MS = 1_700_000_000_000;
const LIMIT = 200_000;

/** A state, up to what its machine's sample says makes a difference. `path`: the shortest sequence of events that leads to it. */
export interface GraphNode {
  readonly key: string;
  readonly snapshot: AnyMachineSnapshot;
  readonly path: readonly AnyEventObject[];
}

export interface GraphEdge {
  readonly from: GraphNode;
  readonly event: AnyEventObject;
  readonly to: GraphNode;
  /** False when the event leaves the state as it is. */
  readonly changes: boolean;
}

export interface Graph {
  readonly nodes: readonly GraphNode[];
  readonly edges: readonly GraphEdge[];
}

/** What makes two snapshots different for exploration. */
export function stateKey(definition: MachineDefinition, snapshot: AnyMachineSnapshot): string {
  return JSON.stringify([snapshot.value, definition.sample.distinguish?.(snapshot.context as never)]);
}

/** The input under a sample's name, with what the engine adds. */
export function sampleInput(definition: MachineDefinition, name: string): Record<string, unknown> {
  return { id: 'sample', at: EXPLORED_AT_MS, ...definition.sample.inputs[name] };
}

/** The sample events as they would arrive in this state: `run: 'now'` becomes the present run. */
export function eventsFor(definition: MachineDefinition, snapshot: AnyMachineSnapshot, at = EXPLORED_AT_MS): AnyEventObject[] {
  const { run } = snapshot.context as { run?: number };
  const now = <T extends object>(data: T): T => ('run' in data && data.run === 'now' ? { ...data, run } : data);
  return definition.sample.events.map((event) => {
    const present = now(event);
    return { ...present, at, ...('params' in present ? { params: now(present.params as object) } : {}) };
  });
}

/** Explores breadth first from the birth with `input`. Throws when the graph does not end. */
export function explore(definition: MachineDefinition, input: Record<string, unknown>): Graph {
  const keyOf = (snapshot: AnyMachineSnapshot): string => stateKey(definition, snapshot);
  const options = {
    input,
    limit: LIMIT,
    events: (snapshot: AnyMachineSnapshot) => eventsFor(definition, snapshot),
    serializeState: keyOf,
    serializeEvent: (event: AnyEventObject) => JSON.stringify(event),
  };
  // The graph package types its options by the machine's own events, which a registry of machines does not have.
  const map = getAdjacencyMap(definition.machine as AnyStateMachine, options as never) as unknown as Record<string, Vertex>;
  const nodes = new Map<string, GraphNode>();
  for (const [key, { state }] of Object.entries(map)) {
    if (nodes.size === 0) nodes.set(key, { key, snapshot: state, path: [] });
    const from = nodes.get(key)!;
    for (const { event, state: next } of Object.values(map[key]!.transitions)) {
      const to = keyOf(next);
      if (!nodes.has(to)) nodes.set(to, { key: to, snapshot: map[to]!.state, path: [...from.path, event] });
    }
  }
  const edges = [...nodes.values()].flatMap((from) =>
    Object.values(map[from.key]!.transitions).map(({ event, state }): GraphEdge => {
      const key = keyOf(state);
      return { from, event, to: nodes.get(key)!, changes: key !== from.key };
    }),
  );
  return { nodes: [...nodes.values()], edges };
}

interface Vertex {
  readonly state: AnyMachineSnapshot;
  readonly transitions: Record<string, { readonly event: AnyEventObject; readonly state: AnyMachineSnapshot }>;
}

/** An event in a few characters: its type and what it carries, without time and run. */
export function eventLabel(event: AnyEventObject): string {
  const { type, at: _at, run: _run, params: _params, startedAt: _startedAt, ...rest } = event;
  const name = type.replace(/^xstate\.after\.([^.]+).*/, 'after $1');
  return Object.keys(rest).length > 0 ? `${name}${JSON.stringify(rest)}` : name;
}

/** A state value on one line: `running.paused+healthy`. */
export function valueLabel(value: unknown): string {
  if (typeof value === 'string') return value;
  const parts = Object.entries(value as Record<string, unknown>).map(([, inner]) => valueLabel(inner));
  const names = Object.keys(value as object);
  return names.length === 1 ? `${names[0]}.${parts[0]}` : parts.join('+');
}
