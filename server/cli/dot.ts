// A machine's chart in Graphviz' language: https://graphviz.org/doc/info/lang.html
import type { AnyStateMachine, AnyStateNode } from 'xstate';
import { transitionLabel, transitionsOf } from './mermaid.js';

const quote = (text: string): string => `"${text.replaceAll('\\', '\\\\').replaceAll('"', '\\"')}"`;

/** States with states in them are clusters; an arrow at one of these begins or ends at its border. */
export function dot(machine: AnyStateMachine): string {
  const lines: string[] = [];
  const arrows: string[] = [];
  draw(machine.root, '  ', lines, arrows);
  return [`digraph ${quote(machine.id)} {`, '  compound=true; node [shape=box, style=rounded]; edge [fontsize=10];', ...lines, ...arrows, '}', ''].join('\n');
}

const childrenOf = (node: AnyStateNode): AnyStateNode[] => Object.values(node.states) as AnyStateNode[];

/** Some state within: Graphviz draws arrows between nodes only and cuts them at the cluster's border. */
function leaf(node: AnyStateNode): AnyStateNode {
  const [first] = childrenOf(node);
  return first ? leaf(first) : node;
}

function draw(node: AnyStateNode, indent: string, lines: string[], arrows: string[]): void {
  const labels = new Map<AnyStateNode, Set<string>>();
  for (const transition of transitionsOf(node)) for (const target of transition.target ?? []) labels.set(target, (labels.get(target) ?? new Set()).add(transitionLabel(transition)));
  for (const [target, texts] of labels) {
    const ends = [['ltail', node], ['lhead', target]] as const;
    const cut = ends.filter(([, end]) => childrenOf(end).length > 0).map(([name, end]) => `, ${name}=${quote(`cluster_${end.id}`)}`).join('');
    arrows.push(`  ${quote(leaf(node).id)} -> ${quote(leaf(target).id)} [label=${quote([...texts].join('\n')).replaceAll('\n', '\\n')}${cut}];`);
  }
  const children = childrenOf(node);
  if (children.length === 0) {
    lines.push(`${indent}${quote(node.id)} [label=${quote(node.key)}${node.type === 'final' ? ', peripheries=2' : ''}];`);
    return;
  }
  lines.push(`${indent}subgraph ${quote(`cluster_${node.id}`)} {`, `${indent}  label=${quote(node.key)};`);
  for (const child of children) draw(child, `${indent}  `, lines, arrows);
  lines.push(`${indent}}`);
}
