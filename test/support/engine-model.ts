// Model-based checks for any system that claims to behave like a machine: every edge of its graph, and guarded random walks.
import fc from 'fast-check';
import type { AnyEventObject, AnyMachineSnapshot } from 'xstate';
import { birth, step, type Action } from '../../actors/runtime/step.js';
import type { MachineDefinition } from '../../machines/definition.js';
import { eventLabel, eventsFor, explore, sampleInput, stateKey, valueLabel, type GraphEdge, type GraphNode } from '../../machines/explore.js';

/** How often a walk looks for an event that leads on. */
const TRIES = 8;

/** What is checked against the machine: an independent model, XState's own actor, or the real engine with a backend. */
export interface ModelSystem {
  /**
   * Makes the event happen. A client's wish is sent; what comes from a backend (STARTED, DIED …) a real system brings
   * about in its own way. Resolves when the result can be seen.
   */
  apply(event: AnyEventObject): unknown;
  /** What can be seen, to be compared with `view` of the machine's snapshot. */
  view(): unknown;
  close?(): unknown;
}

export interface ModelOptions {
  readonly definition: MachineDefinition;
  /** Name of the sample input. */
  readonly input: string;
  readonly system: (definition: MachineDefinition, input: Record<string, unknown>) => ModelSystem | Promise<ModelSystem>;
  /** What of a step can be seen from outside: the snapshot, and the effects and announcements of the last event. */
  readonly view: (snapshot: AnyMachineSnapshot, actions: readonly Action[]) => unknown;
  /** Which events the system can bring about; default all. */
  readonly events?: (event: AnyEventObject) => boolean;
}

/** Edges that look the same from outside: same state values and event, whatever hidden context. */
export interface EdgeGroup {
  readonly title: string;
  readonly changes: boolean;
  readonly edges: readonly GraphEdge[];
}

/** All edges of the graph, grouped by how they look; those that change nothing form one group. */
export function edgeGroups({ definition, input, events = () => true }: ModelOptions): EdgeGroup[] {
  const graph = explore(definition, sampleInput(definition, input));
  const groups = new Map<string, GraphEdge[]>();
  for (const edge of graph.edges) {
    if (![...edge.from.path, edge.event].every(events)) continue;
    const look = `${valueLabel(edge.from.snapshot.value)} + ${eventLabel(edge.event)} -> ${valueLabel(edge.to.snapshot.value)}`;
    const title = edge.changes ? look : 'every other event is ignored in every state';
    const group = groups.get(title);
    if (group) group.push(edge);
    else groups.set(title, [edge]);
  }
  return [...groups].map(([title, edges]) => ({ title, edges, changes: edges[0]!.changes }));
}

/** A disagreement between machine and system; `trail` is how to get there. */
export class Disagreement extends Error {
  constructor(trail: readonly AnyEventObject[], expected: unknown, actual: unknown) {
    super(`after ${trail.map(eventLabel).join(' ') || 'birth'}:\n  machine ${JSON.stringify(expected)}\n  system  ${JSON.stringify(actual)}`);
  }
}

/**
 * Plays events on machine and system and compares what can be seen after each. With `from` the system is first brought
 * there by the shortest path, without comparing: other edges have done that.
 */
export async function play(options: ModelOptions, events: readonly AnyEventObject[], from?: GraphNode): Promise<void> {
  const { definition, view } = options;
  const input = sampleInput(definition, options.input);
  const system = await options.system(definition, input);
  let [snapshot, actions] = birth(definition.machine, input);
  const trail: AnyEventObject[] = [];
  const compare = async (): Promise<void> => {
    const [expected, actual] = [JSON.stringify(view(snapshot, actions)), JSON.stringify(await system.view())];
    if (expected !== actual) throw new Disagreement(trail, JSON.parse(expected), actual === undefined ? undefined : JSON.parse(actual));
  };
  try {
    if (from) {
      for (const event of from.path) await system.apply(event);
      snapshot = from.snapshot;
      trail.push(...from.path);
    } else await compare();
    for (const event of events) {
      trail.push(event);
      [snapshot, actions] = snapshot.status === 'done' ? [snapshot, []] : step(definition.machine, snapshot, event);
      await system.apply(event);
      await compare();
    }
  } finally {
    await system.close?.();
  }
}

/**
 * Every edge of a group: the shortest path to its source, then the edge itself. Edges from one source that change
 * nothing share one play: after each the state must still be the same, so the next can be tried on it.
 */
export async function checkEdges(options: ModelOptions, edges: readonly GraphEdge[]): Promise<void> {
  const plays = new Map<string, { from: GraphEdge['from']; events: AnyEventObject[] }>();
  for (const [n, { from, event, changes }] of edges.entries()) {
    const key = changes ? String(n) : from.key;
    const known = plays.get(key);
    if (known) known.events.push(event);
    else plays.set(key, { from, events: [event] });
  }
  for (const { from, events } of plays.values()) await play(options, events, from);
}

/**
 * Random walks, mostly over events that change something: finds what single edges cannot, state carried over many of
 * them. Time passes between events, up to 20 s each.
 */
export async function checkWalks(options: ModelOptions, walks: number, seed = 1): Promise<void> {
  const choices = fc.array(fc.nat(), { minLength: 20, maxLength: 60, size: 'max' });
  await fc.assert(
    fc.asyncProperty(choices, async (numbers) => {
      await play(options, walk(options, numbers));
    }),
    { numRuns: walks, seed, includeErrorInReport: true },
  );
}

/** The events a list of random numbers stands for. */
export function walk(options: ModelOptions, numbers: readonly number[]): AnyEventObject[] {
  const { definition, events = () => true } = options;
  let [snapshot] = birth(definition.machine, sampleInput(definition, options.input));
  let at = Number(sampleInput(definition, options.input).at);
  const trail: AnyEventObject[] = [];
  for (const number of numbers) {
    if (snapshot.status === 'done') break;
    at += (number % 5) ** 2 * 1250;
    const all = eventsFor(definition, snapshot, at).filter(events);
    // An event that leads nowhere (or to the end of all) is tried one time in four: else walks die young.
    let event = all[(number >> 4) % all.length]!;
    for (let n = 1; n < TRIES && number % 4 !== 0 && !leadsOn(definition, snapshot, event); n++) event = all[((number >> 4) + n * 7) % all.length]!;
    trail.push(event);
    [snapshot] = step(definition.machine, snapshot, event);
  }
  return trail;
}

function leadsOn(definition: MachineDefinition, snapshot: AnyMachineSnapshot, event: AnyEventObject): boolean {
  const [next] = step(definition.machine, snapshot, event);
  return next.status !== 'done' && stateKey(definition, next) !== stateKey(definition, snapshot);
}
