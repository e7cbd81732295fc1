// `sockerless graph MACHINE`: its chart as Mermaid, Graphviz or SVG.
import { type Command, Option } from 'commander';
import { Fault } from '../../actors/runtime/fault.js';
import { machines } from '../../machines/index.js';
import { chartFile } from '../inspector/static-files.js';
import { dot } from './dot.js';
import { mermaid } from './mermaid.js';
import { definitionOf } from './paths.js';

type Format = 'mermaid' | 'dot' | 'svg';

/** The SVG is the one that `npm run docs` drew: laying a chart out needs more than the installed program has. */
function svg(kind: string): string {
  const file = chartFile(kind);
  if (!file) throw new Fault('not-found', `there is no chart of ${kind}: npm run docs draws it`);
  return file.bytes.toString();
}

function run(kind: string, { format }: { format: Format }): void {
  const { machine } = definitionOf(kind);
  process.stdout.write(format === 'svg' ? svg(kind) : format === 'dot' ? dot(machine) : mermaid(machine));
}

export function addGraph(program: Command): void {
  program.command('graph <machine>').description(`the chart of a machine (${Object.keys(machines).join(', ')})`)
    .addOption(new Option('--format <format>', 'how to draw it').choices(['mermaid', 'dot', 'svg']).default('mermaid'))
    .action(run);
}
