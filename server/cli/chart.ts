// A machine's chart as SVG, for the inspector and the documentation: laid out once, states and edges marked with what they stand for.
import type { AnyStateMachine, AnyStateNode } from 'xstate';
import { transitionLabel, transitionsOf } from './mermaid.js';

interface Point {
  readonly x: number;
  readonly y: number;
}
interface Label {
  readonly text: string;
  readonly width: number;
  readonly height: number;
  readonly x?: number;
  readonly y?: number;
}
interface Box {
  readonly id: string;
  readonly name: string;
  readonly path: string;
  readonly type: string;
  readonly width?: number;
  readonly height?: number;
  readonly x?: number;
  readonly y?: number;
  readonly children?: readonly Box[];
  readonly layoutOptions?: Readonly<Record<string, string>>;
}
interface Arrow {
  readonly id: string;
  readonly from: string;
  readonly to: string;
  readonly events: Set<string>;
  readonly sources: readonly string[];
  readonly targets: readonly string[];
  readonly labels: Label[];
  readonly sections?: readonly { readonly startPoint: Point; readonly endPoint: Point; readonly bendPoints?: readonly Point[] }[];
}
interface Layout extends Box {
  readonly edges: readonly Arrow[];
}

const PADDING = '[top=30,left=14,bottom=14,right=14]';
const LAYOUT = {
  'elk.algorithm': 'layered', 'elk.direction': 'DOWN', 'elk.hierarchyHandling': 'INCLUDE_CHILDREN', 'elk.json.edgeCoords': 'ROOT', 'elk.padding': PADDING,
  'elk.layered.spacing.nodeNodeBetweenLayers': '40', 'elk.spacing.nodeNode': '28', 'elk.spacing.edgeLabel': '4', 'elk.edgeLabels.inline': 'false',
};
/** Colours come from the page that shows the chart; by itself it follows the reader's own choice of light or dark. */
const STYLE = `
svg{--line:#8a8f98;--ink:#1f2328;--quiet:#59636e;--box:#ffffff;--group:#f4f6f8;--lit:#ddf4ff;--lit-line:#0969da}
@media (prefers-color-scheme:dark){svg{--line:#6e7681;--ink:#e6edf3;--quiet:#9198a1;--box:#151b23;--group:#0d1117;--lit:#0c2d6b;--lit-line:#58a6ff}}
text{fill:var(--chart-ink,var(--ink));font:12px system-ui,sans-serif}
.state rect{fill:var(--chart-box,var(--box));stroke:var(--chart-line,var(--line))}
.group>rect{fill:var(--chart-group,var(--group))}
.final>rect{stroke-width:3}
.state.active>rect{fill:var(--chart-lit,var(--lit));stroke:var(--chart-lit-line,var(--lit-line));stroke-width:2}
.edge path{fill:none;stroke:var(--chart-line,var(--line))}
.edge text{fill:var(--chart-quiet,var(--quiet));font-size:10px}
.edge.flash path{stroke:var(--chart-lit-line,var(--lit-line));stroke-width:3}
.edge.flash text{fill:var(--chart-ink,var(--ink));font-weight:600}
marker path{fill:var(--chart-line,var(--line))}`.trim().replaceAll('\n', '');

/** The same machine always gives the same bytes. Needs the development dependency elkjs. */
export async function chart(machine: AnyStateMachine): Promise<string> {
  const { default: Elk } = (await import('elkjs/lib/elk.bundled.js')) as unknown as { default: new () => { layout(graph: unknown): Promise<Layout> } };
  const arrows = new Map<string, Arrow>();
  const root = boxOf(machine.root, arrows);
  const laid = await new Elk().layout({ id: 'chart', children: [root], edges: [...arrows.values()], layoutOptions: LAYOUT });
  const parts: string[] = [];
  // The machine is a box of its own, so that what holds in any state can start at its border.
  for (const box of laid.children!) drawBox(box, 0, 0, parts);
  for (const arrow of laid.edges) drawArrow(arrow, parts);
  const [width, height] = [Math.ceil(laid.width!), Math.ceil(laid.height!)];
  const head = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="img" aria-label="statechart ${escape(machine.id)}">`;
  const marker = '<defs><marker id="arrow" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="7" markerHeight="7" orient="auto"><path d="M0 0L8 4L0 8z"/></marker></defs>';
  return `${head}<style>${STYLE}</style>${marker}\n${parts.join('\n')}\n</svg>\n`;
}

function boxOf(node: AnyStateNode, arrows: Map<string, Arrow>): Box {
  const path = node.path.join('.');
  for (const transition of transitionsOf(node)) {
    for (const target of transition.target ?? []) {
      const id = `${node.id}->${target.id}`;
      const arrow = arrows.get(id) ?? { id, from: path, to: target.path.join('.'), events: new Set<string>(), sources: [node.id], targets: [target.id], labels: [] };
      arrows.set(id, arrow);
      const text = transitionLabel(transition);
      arrow.events.add(transition.eventType);
      if (!arrow.labels.some((label) => label.text === text)) arrow.labels.push({ text, width: text.length * 5.6 + 6, height: 13 });
    }
  }
  const children = (Object.values(node.states) as AnyStateNode[]).map((child) => boxOf(child, arrows));
  const common = { id: node.id, name: node.key, path, type: node.type === 'final' ? 'final' : children.length > 0 ? 'group' : 'simple' };
  if (children.length > 0) return { ...common, children, layoutOptions: { 'elk.padding': PADDING } };
  return { ...common, width: Math.max(76, node.key.length * 7.5 + 26), height: 34 };
}

const escape = (text: string): string => text.replace(/[<&>"]/g, (character) => `&#${character.charCodeAt(0)};`);
const round = (value: number): string => String(Math.round(value * 10) / 10);

function drawBox({ name, path, type, x = 0, y = 0, width, height, children = [] }: Box, left: number, top: number, parts: string[]): void {
  const [atX, atY] = [left + x, top + y];
  parts.push(`<g class="state ${type}" data-state="${escape(path)}"><rect x="${round(atX)}" y="${round(atY)}" width="${round(width!)}" height="${round(height!)}" rx="8"/><text x="${round(atX + 12)}" y="${round(atY + 21)}">${escape(name)}</text></g>`);
  for (const child of children) drawBox(child, atX, atY, parts);
}

function drawArrow({ from, to, events, sections = [], labels }: Arrow, parts: string[]): void {
  const paths = sections.map(({ startPoint, bendPoints = [], endPoint }) => `<path marker-end="url(#arrow)" d="M${[startPoint, ...bendPoints, endPoint].map(({ x, y }) => `${round(x)} ${round(y)}`).join('L')}"/>`);
  const texts = labels.map(({ text, x = 0, y = 0 }) => `<text x="${round(x + 3)}" y="${round(y + 10)}">${escape(text)}</text>`);
  parts.push(`<g class="edge" data-from="${escape(from)}" data-to="${escape(to)}" data-events="${escape([...events].join(' '))}">${paths.join('')}${texts.join('')}</g>`);
}
