// A machine's chart as Mermaid text, for the documentation pages; GitHub draws it.
import type { AnyStateMachine, AnyStateNode } from 'xstate';

export interface Transition {
  readonly target: readonly AnyStateNode[] | undefined;
  readonly eventType: string;
  readonly guard: unknown;
}

/** `stateDiagram-v2` of the machine: nested states, regions of parallel states set apart by `--`, one arrow per pair of states. */
export function mermaid(machine: AnyStateMachine): string {
  const states: string[] = [];
  const arrows = new Map<string, string[]>();
  draw(machine.root, '  ', states, arrows);
  const lines = [...arrows].map(([arrow, labels]) => `  ${arrow} : ${[...new Set(labels)].join(', ')}`);
  return ['stateDiagram-v2', ...states, ...lines].join('\n') + '\n';
}

const idOf = (node: AnyStateNode): string => node.id.replace(/\W/g, '_');

function draw(node: AnyStateNode, indent: string, states: string[], arrows: Map<string, string[]>): void {
  for (const transition of transitionsOf(node)) {
    for (const target of transition.target ?? []) {
      const arrow = `${idOf(node)} --> ${idOf(target)}`;
      const labels = arrows.get(arrow) ?? [];
      labels.push(transitionLabel(transition));
      arrows.set(arrow, labels);
    }
  }
  const children = Object.values(node.states) as AnyStateNode[];
  if (children.length === 0) {
    states.push(`${indent}${idOf(node)} : ${node.key}`);
    if (node.type === 'final') states.push(`${indent}${idOf(node)} --> [*]`);
    return;
  }
  const isRoot = node.parent === undefined;
  if (!isRoot) states.push(`${indent}state "${node.key}" as ${idOf(node)} {`);
  const inner = isRoot ? indent : indent + '  ';
  const [first] = node.type === 'parallel' ? [] : (node.initial?.target ?? []);
  if (first) states.push(`${inner}[*] --> ${idOf(first)}`);
  children.forEach((child, n) => {
    if (n > 0 && node.type === 'parallel') states.push(`${inner}--`);
    draw(child, inner, states, arrows);
  });
  if (!isRoot) states.push(`${indent}}`);
}

export function transitionsOf(node: AnyStateNode): Transition[] {
  return [...[...node.transitions.values()].flat(), ...(node.always ?? [])] as unknown as Transition[];
}

/** `DIED [toExit]`, `after backoff`, `always [overdue]`. */
export function transitionLabel({ eventType, guard }: Transition): string {
  const name = eventType === '' ? 'always' : eventType.replace(/^xstate\.after\.([^.]+).*/, 'after $1');
  const condition = typeof guard === 'string' ? guard : (guard as { type?: string } | undefined)?.type;
  return condition ? `${name} [${condition}]` : name;
}
