// Test files that `sockerless paths MACHINE --format ava` writes: they compile, pass against the real server, and fail for a mutated machine.
import { cpSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Check } from './outcome.js';
import { judge, mismatch, run } from './shell.js';

const ROOT = join(dirname(fileURLToPath(import.meta.url)), '..', '..', '..');
const DIST = join(ROOT, 'dist');
const KINDS = ['container', 'exec', 'volume'];
const TSCONFIG = { compilerOptions: { target: 'es2022', module: 'nodenext', strict: true, skipLibCheck: true, types: ['node'] }, include: ['*.ts'] };
/** A change of one line in the compiled machine, and the scenes that must notice it. */
const MUTANTS = [
  { kind: 'container', title: 'a paused container that does not know it', from: 'setPaused: assign({ paused: true })', to: 'setPaused: assign({})', match: '*pause, *' },
  { kind: 'exec', title: 'an exec that ends in the wrong state', from: /(running: \{\s*on: \{\s*DIED: \{ target: ')exited/, to: '$1created', match: '*' },
  { kind: 'volume', title: 'a volume that forgets to say that it is free', from: 'UNMOUNTED: {', to: 'UNHEARD: {', match: '*' },
];

const play = (folder: string, server: string, file: string, ...options: readonly string[]): ReturnType<typeof run> =>
  run(process.execPath, [join(ROOT, 'node_modules', 'ava', 'entrypoints', 'cli.mjs'), '--timeout=20m', ...options, file], { cwd: folder, env: { SOCKERLESS: `${process.execPath} ${server}` }, timeoutMs: 1_200_000 });

/** Plays against a copy of the program with the change, its dependencies and documents beside it, until the first scene fails. */
async function fails(workDir: string, { kind, from, to, match }: (typeof MUTANTS)[number]): Promise<string | undefined> {
  const copy = join(workDir, `mutant-${kind}`);
  mkdirSync(copy);
  cpSync(DIST, join(copy, 'dist'), { recursive: true });
  for (const name of ['node_modules', 'package.json', 'docs']) symlinkSync(join(ROOT, name), join(copy, name));
  const path = join(copy, 'dist', 'machines', `${kind}.js`);
  const text = readFileSync(path, 'utf8');
  const mutated = text.replace(from, to);
  if (mutated === text) return 'the mutation found nothing to change';
  writeFileSync(path, mutated);
  const ran = await play(workDir, join(copy, 'dist', 'server', 'main.js'), `${kind}.test.js`, `--match=${match}`, '--fail-fast');
  return ran.exitCode === 0 ? 'all scenes passed' : mismatch(ran, { exitCode: 1, stdout: /tests? failed/ });
}

export const generatedPaths: Check = {
  name: 'generated-paths',
  async run({ workDir }) {
    const main = join(DIST, 'server', 'main.js');
    symlinkSync(join(ROOT, 'node_modules'), join(workDir, 'node_modules'));
    writeFileSync(join(workDir, 'package.json'), '{"type":"module"}\n');
    writeFileSync(join(workDir, 'tsconfig.json'), JSON.stringify(TSCONFIG));
    const outcomes = [await judge('paths --format ava: the files compile', async () => {
      for (const kind of KINDS) {
        const made = await run(process.execPath, [main, 'paths', kind, '--format', 'ava']);
        if (made.exitCode !== 0) return made.stderr;
        writeFileSync(join(workDir, `${kind}.test.ts`), made.stdout);
      }
      return mismatch(await run(process.execPath, [join(ROOT, 'node_modules', 'typescript', 'bin', 'tsc'), '-p', '.'], { cwd: workDir }), { stdout: '' });
    })];
    // Each has a server of its own, and a mutant's scene waits a minute for what never comes: all play at the same time.
    const played = await Promise.all([
      ...KINDS.map((kind) => judge(`paths ${kind} --format ava: passes against the real server`, async () => mismatch(await play(workDir, main, `${kind}.test.js`), { stdout: /tests? passed/ }))),
      ...MUTANTS.map((mutant) => judge(`paths ${mutant.kind} --format ava: fails for ${mutant.title}`, () => fails(workDir, mutant))),
    ]);
    return [...outcomes, ...played];
  },
};
