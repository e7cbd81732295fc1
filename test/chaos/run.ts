// The long form of the chaos check: node dist/test/chaos/run.js [--kills 300] [--seed N] [--no-outbox]
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runChaos } from './check.js';

const flag = (name: string, otherwise: number): number => (process.argv.includes(name) ? Number(process.argv[process.argv.indexOf(name) + 1]) : otherwise);
const directory = mkdtempSync(join(tmpdir(), 'sockerless-chaos-'));
const result = await runChaos({ directory, kills: flag('--kills', 300), seed: flag('--seed', 1), outbox: !process.argv.includes('--no-outbox') });
process.stdout.write(`${result.kills} kills, ${result.created} created, ${result.finished} finished, ${result.execs} execs finished, ${result.problems.length} problems\n${result.problems.join('\n')}\n`);
rmSync(directory, { recursive: true, force: true });
process.exit(result.problems.length === 0 ? 0 : 1);
