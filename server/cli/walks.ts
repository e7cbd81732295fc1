// Walks through a machine's whole graph: the shortest to every state, all simple ones within bounds, few that cover every edge.
import type { AnyEventObject } from 'xstate';
import { eventLabel, explore, sampleInput, valueLabel, type Graph, type GraphEdge, type GraphNode } from '../../machines/explore.js';
import type { MachineDefinition } from '../../machines/definition.js';

export type WalkChoice = 'shortest' | 'simple' | 'edges';

/** One walk from birth; `states` are where each event led, so there are as many. Events carry all that they need. */
export interface Walk {
  /** Name of the sample input. */
  readonly input: string;
  readonly events: readonly AnyEventObject[];
  readonly states: readonly string[];
}

export interface WalkBounds {
  /** Events of a simple walk; default 6. */
  readonly lengthMax?: number;
  /** Simple walks in all; default 1000. */
  readonly walksMax?: number;
}

export function walks(definition: MachineDefinition, choice: WalkChoice, bounds: WalkBounds = {}): Walk[] {
  const found: Walk[] = [];
  for (const input of Object.keys(definition.sample.inputs)) {
    const graph = explore(definition, sampleInput(definition, input));
    const ways = new Ways(graph);
    const add = (edges: readonly GraphEdge[]): void => {
      found.push({ input, events: edges.map(({ event }) => event), states: edges.map(({ to }) => valueLabel(to.snapshot.value)) });
    };
    if (choice === 'shortest') for (const node of graph.nodes) add(ways.shortest(node));
    else if (choice === 'edges') for (const edges of ways.cover()) add(edges);
    else for (const edges of ways.simple(bounds.lengthMax ?? 6, (bounds.walksMax ?? 1000) - found.length)) add(edges);
  }
  return found;
}

export function walkText({ input, events, states }: Walk): string {
  return `[${input}] ${events.map((event, n) => `${eventLabel(event)} -> ${states[n]}`).join(', ') || '(birth)'}`;
}

class Ways {
  readonly #graph: Graph;
  /** Edges that lead on, by the node they leave. */
  readonly #out = new Map<GraphNode, GraphEdge[]>();

  constructor(graph: Graph) {
    this.#graph = graph;
    for (const node of graph.nodes) this.#out.set(node, []);
    for (const edge of graph.edges) if (edge.changes) this.#out.get(edge.from)!.push(edge);
  }

  get #start(): GraphNode {
    return this.#graph.nodes[0]!;
  }

  /** The edges of the path that exploration found, which is a shortest one. */
  shortest({ path }: GraphNode): GraphEdge[] {
    let at = this.#start;
    return path.map((event) => {
      const edge = this.#out.get(at)!.find((one) => one.event === event || JSON.stringify(one.event) === JSON.stringify(event))!;
      at = edge.to;
      return edge;
    });
  }

  /** No state twice on a walk; each walk once, also where a longer one goes on from it. Parallel machines have more than anyone can read: hence the bounds. */
  *simple(lengthMax: number, walksMax: number): Generator<GraphEdge[]> {
    let count = 0;
    const visited = new Set<GraphNode>([this.#start]);
    const trail: GraphEdge[] = [];
    const out = this.#out;
    function* from(node: GraphNode): Generator<GraphEdge[]> {
      for (const edge of out.get(node)!) {
        if (count >= walksMax || trail.length >= lengthMax) return;
        if (visited.has(edge.to)) continue;
        trail.push(edge);
        visited.add(edge.to);
        count++;
        yield [...trail];
        yield* from(edge.to);
        visited.delete(edge.to);
        trail.pop();
      }
    }
    yield* from(this.#start);
  }

  /** Walks that together take every edge that changes something: on and on over edges not taken yet, else the shortest way to one. */
  cover(): GraphEdge[][] {
    const left = new Set(this.#graph.edges.filter(({ changes }) => changes));
    const found: GraphEdge[][] = [];
    while (left.size > 0) {
      const begin = [...left].reduce((best, edge) => (edge.from.path.length < best.from.path.length ? edge : best));
      const trail = this.shortest(begin.from);
      let at: GraphNode | undefined = begin.from;
      for (const edge of trail) left.delete(edge);
      while (at) {
        const next: GraphEdge | undefined = this.#out.get(at)!.find((edge) => left.has(edge));
        if (!next) break;
        left.delete(next);
        trail.push(next);
        at = next.to;
      }
      found.push(trail);
    }
    return found;
  }
}
