// Ways through a lifecycle: the shortest path to every state, a walk over every edge, and the page that documents a machine.
import type { AnyStateNode } from 'xstate';
import { eventLabel, explore, sampleInput, valueLabel, type Graph, type GraphEdge } from '../../machines/explore.js';
import { machines, type Kind } from '../../machines/index.js';
import type { MachineDefinition } from '../../machines/definition.js';
import { Fault } from '../../actors/runtime/fault.js';
import { mermaid } from './mermaid.js';

export type PathFormat = 'json' | 'mermaid' | 'text';

/** The shortest events to a state, and one way over each edge between two states. Labels leave out time and run. */
export interface MachinePaths {
  kind: string;
  /** `input`: the sample the path begins with. */
  states: { state: string; input: string; path: string[] }[];
  edges: { from: string; event: string; to: string; input: string; path: string[] }[];
}

/** Throws Fault `invalid` for an unknown kind. */
export function paths(kind: string, format: PathFormat): string {
  const definition = definitionOf(kind);
  if (format === 'mermaid') return mermaid(definition.machine);
  const found = machinePaths(kind);
  return format === 'json' ? JSON.stringify(found, undefined, 2) + '\n' : text(found);
}

/** Throws Fault `invalid` for an unknown kind. */
export function definitionOf(kind: string): MachineDefinition {
  if (!Object.hasOwn(machines, kind)) {
    throw new Fault('invalid', `unknown machine: ${kind} (known: ${Object.keys(machines).join(', ')})`, { kind });
  }
  return machines[kind as Kind];
}

/** Explores all sample inputs; of two ways to the same state the shorter is kept, of equals the first. */
export function machinePaths(kind: string): MachinePaths {
  const definition = definitionOf(kind);
  const states = new Map<string, MachinePaths['states'][number]>();
  const edges = new Map<string, MachinePaths['edges'][number]>();
  for (const input of Object.keys(definition.sample.inputs)) {
    const graph: Graph = explore(definition, sampleInput(definition, input));
    for (const { snapshot, path } of graph.nodes) {
      const state = valueLabel(snapshot.value);
      const known = states.get(state);
      if (!known || path.length < known.path.length) states.set(state, { state, input, path: path.map(eventLabel) });
    }
    for (const edge of graph.edges) addEdge(edges, edge, input);
  }
  return { kind, states: [...states.values()], edges: [...edges.values()] };
}

function addEdge(edges: Map<string, MachinePaths['edges'][number]>, { from, event, to, changes }: GraphEdge, input: string): void {
  if (!changes) return;
  const edge = { from: valueLabel(from.snapshot.value), event: eventLabel(event), to: valueLabel(to.snapshot.value) };
  const key = JSON.stringify(edge);
  const known = edges.get(key);
  if (!known || from.path.length < known.path.length) edges.set(key, { ...edge, input, path: from.path.map(eventLabel) });
}

function text({ states, edges }: MachinePaths): string {
  const birth = (path: readonly string[]): string => (path.length > 0 ? path.join(' ') : '(birth)');
  return [
    `${states.length} states`,
    ...states.map(({ state, input, path }) => `  ${state} [${input}]: ${birth(path)}`),
    `${edges.length} edges`,
    ...edges.map(({ from, event, to, input, path }) => `  ${from} + ${event} -> ${to} [${input}]: ${birth(path)}`),
    '',
  ].join('\n');
}

/** The documentation page of a machine as Markdown; the same machine always gives the same bytes. */
export function machinePage(kind: string): string {
  const definition = definitionOf(kind);
  const { machine, version } = definition;
  const { states } = machinePaths(kind);
  const nodes: AnyStateNode[] = [];
  const visit = (node: AnyStateNode): void => {
    nodes.push(node);
    (Object.values(node.states) as AnyStateNode[]).forEach(visit);
  };
  visit(machine.root);
  return [
    `# ${kind}`,
    '',
    `Generated from \`machines/\` by \`npm run docs\`; version ${version}.`,
    '',
    '```mermaid',
    mermaid(machine).trimEnd(),
    '```',
    '',
    '## Events',
    '',
    '| event | means something in |',
    '| --- | --- |',
    ...eventRows(nodes),
    '',
    '## States',
    '',
    '| state | shortest way |',
    '| --- | --- |',
    ...states.map(({ state, input, path }) => `| \`${state}\` | ${path.length > 0 ? path.map(code).join(' ') : 'birth'} (${input}) |`),
    '',
  ].join('\n');
}

const code = (label: string): string => `\`${label.replaceAll('|', '\\|')}\``;

function eventRows(nodes: readonly AnyStateNode[]): string[] {
  const where = new Map<string, string[]>();
  for (const node of nodes) {
    for (const type of node.transitions.keys()) {
      const name = eventLabel({ type });
      const place = node.parent === undefined ? 'any state' : node.path.join('.');
      where.set(name, [...(where.get(name) ?? []), place]);
    }
  }
  return [...where].toSorted(([a], [b]) => (a < b ? -1 : 1)).map(([name, places]) => `| \`${name}\` | ${[...new Set(places)].join(', ')} |`);
}
