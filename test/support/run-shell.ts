// Runs a shell in a machine of its own over this process's standard streams: `node run-shell.js bash [arguments]`, for outside judges.
import { lstatSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { allCommands } from '../../actors/sandbox/commands/index.js';
import { type TestFile, TestMachine } from './machine.js';

/** Helper scripts of a judge: the files of a PATH folder under /tmp are copied into the machine, which sees nothing else of the host. */
function helperFiles(path: string): Record<string, TestFile> {
  const files: Record<string, TestFile> = {};
  for (const folder of path.split(':').filter((each) => each.startsWith('/tmp/'))) {
    for (const name of readdirSync(folder)) {
      const from = join(folder, name);
      if (lstatSync(from).isFile()) files[from] = { content: readFileSync(from), mode: 0o755 };
    }
  }
  return files;
}

const environment = Object.fromEntries(Object.entries(process.env).filter((entry): entry is [string, string] => entry[1] !== undefined));
const cwd = process.env.PWD ?? '/tmp';
const machine = new TestMachine({ commands: allCommands, files: { ...helperFiles(environment.PATH ?? ''), [cwd]: null } });
const started = machine.start(process.argv.slice(2), {
  env: environment, cwd,
  onStdout: (bytes) => process.stdout.write(Buffer.from(bytes)),
  onStderr: (bytes) => process.stderr.write(Buffer.from(bytes)),
});
process.stdin.on('data', (chunk: Buffer) => started.stdin.push(chunk));
process.stdin.on('end', () => started.stdin.end());
const { exitCode } = await started.ended;
for (const defect of machine.defects) console.error('defect:', defect);
process.stdin.destroy();
process.exitCode = exitCode;
