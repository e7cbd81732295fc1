// `sockerless paths MACHINE`: the generated paths through a machine, and the pages of docs/machines.
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Command, InvalidArgumentError, Option } from 'commander';
import { Fault } from '../../actors/runtime/fault.js';
import { machines } from '../../machines/index.js';
import { avaSource } from './ava-source.js';
import { chart } from './chart.js';
import { definitionOf, machinePage, paths } from './paths.js';
import { type WalkChoice, walks, walkText } from './walks.js';

interface PathsOptions {
  format: 'json' | 'mermaid' | 'text' | 'ava';
  choose?: WalkChoice;
  maxLength: number;
  maxPaths: number;
  writeDocs?: string;
}

function count(text: string): number {
  if (!/^\d+$/.test(text) || Number(text) === 0) throw new InvalidArgumentError('a number above 0 is wanted');
  return Number(text);
}

async function run(kind: string | undefined, options: PathsOptions): Promise<void> {
  if (options.writeDocs !== undefined) {
    mkdirSync(options.writeDocs, { recursive: true });
    for (const [name, { machine }] of Object.entries(machines)) {
      writeFileSync(join(options.writeDocs, `${name}.md`), machinePage(name));
      writeFileSync(join(options.writeDocs, `${name}.svg`), await chart(machine));
    }
    return;
  }
  if (kind === undefined || !(kind in machines)) throw new Fault('invalid', `name a machine: ${Object.keys(machines).join(', ')}`);
  const definition = definitionOf(kind);
  if (options.format === 'ava') return void process.stdout.write(avaSource(kind, definition));
  if (options.choose === undefined || options.format === 'mermaid') return void process.stdout.write(`${paths(kind, options.format)}\n`);
  const found = walks(definition, options.choose, { lengthMax: options.maxLength, walksMax: options.maxPaths });
  process.stdout.write(options.format === 'json' ? `${JSON.stringify(found, undefined, 2)}\n` : `${found.map(walkText).join('\n')}\n`);
}

export function addPaths(program: Command): void {
  program.command('paths [machine]').description(`paths through a machine (${Object.keys(machines).join(', ')}): the shortest to every state, and a cover of all edges`)
    .addOption(new Option('--format <format>', 'how to print them').choices(['json', 'mermaid', 'text', 'ava']).default('text'))
    .addOption(new Option('--choose <walks>', 'only these: the shortest to every state, all simple ones within bounds, or few that cover every edge').choices(['shortest', 'simple', 'edges']))
    .option('--max-length <events>', 'of a simple path', count, 6)
    .option('--max-paths <number>', 'of simple paths', count, 1000)
    .addOption(new Option('--write-docs <dir>', 'write the machine pages instead').hideHelp())
    .action(run);
}
