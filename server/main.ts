#!/usr/bin/env node
// The program `sockerless`: serve, and look at what a server does.
import { Command, CommanderError } from 'commander';
import { Fault } from '../actors/runtime/fault.js';
import { addServe } from './cli/serve.js';
import { addInspect, addPs } from './cli/actors.js';
import { addDoctor } from './cli/doctor.js';
import { addGraph } from './cli/graph-command.js';
import { addPaths } from './cli/paths-command.js';
import { addReplay } from './cli/replay-command.js';
import { addVersion } from './cli/version-command.js';
import { VERSION } from './version.js';

const program = new Command('sockerless')
  .description('A Docker Engine API without Docker: any Docker client connects, containers run on an embedded machine')
  .version(VERSION, '-v, --version', 'print the version')
  .showHelpAfterError('(sockerless --help shows the options)')
  .exitOverride();

for (const add of [addServe, addPs, addInspect, addReplay, addPaths, addGraph, addDoctor, addVersion]) add(program);

try {
  await program.parseAsync();
} catch (error) {
  // Help and version end here too, with exit code 0; bad usage with dockerd's 125.
  if (error instanceof CommanderError) process.exitCode = error.exitCode === 0 ? 0 : 125;
  else {
    process.stderr.write(`sockerless: ${error instanceof Fault || (error as NodeJS.ErrnoException).code !== undefined ? (error as Error).message : ((error as Error).stack ?? String(error))}\n`);
    process.exitCode = 1;
  }
}
