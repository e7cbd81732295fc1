// `sockerless paths MACHINE`: the generated paths through a machine, and the pages of docs/machines.
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Command, Option } from 'commander';
import { Fault } from '../../actors/runtime/fault.js';
import { machines } from '../../machines/index.js';
import { chart } from './chart.js';
import { machinePage, paths } from './paths.js';

interface PathsOptions {
  format: 'json' | 'mermaid' | 'text';
  writeDocs?: string;
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
  process.stdout.write(`${paths(kind, options.format)}\n`);
}

export function addPaths(program: Command): void {
  program.command('paths [machine]').description(`paths through a machine (${Object.keys(machines).join(', ')}): the shortest to every state, and a cover of all edges`)
    .addOption(new Option('--format <format>', 'how to print them').choices(['json', 'mermaid', 'text']).default('text'))
    .addOption(new Option('--write-docs <dir>', 'write the machine pages instead').hideHelp())
    .action(run);
}
