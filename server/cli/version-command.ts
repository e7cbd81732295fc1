// `sockerless version`: this program, the API it speaks, the engines under it.
import type { Command } from 'commander';
import { API_VERSION, ENGINE_VERSION, MIN_API_VERSION } from '../docker/versions.js';
import { VERSION } from '../version.js';

export function addVersion(program: Command): void {
  program.command('version').description('versions of this program and of the API it speaks').option('--json', 'as JSON').action(({ json }: { json?: boolean }) => {
    const versions = { version: VERSION, engineVersion: ENGINE_VERSION, apiVersion: API_VERSION, minApiVersion: MIN_API_VERSION, node: process.version, platform: `${process.platform}/${process.arch}` };
    const text = json === true ? JSON.stringify(versions, null, 2) : Object.entries(versions).map(([name, value]) => `${name.padEnd(14)} ${value}`).join('\n');
    process.stdout.write(`${text}\n`);
  });
}
