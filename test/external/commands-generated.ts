// The commands beside this machine's own: lines written by hand and lines from a grammar, the same files, output, messages and exit codes.
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import fc from 'fast-check';
import { allCommands } from '../../actors/sandbox/commands/index.js';
import { FAMILIES } from '../commands-lines/grammar.js';
import { compare, type Difference, ours, shown } from '../commands-lines/judge.js';
import type { Check, Context, Outcome } from './outcome.js';
import { judge, sh, skip } from './shell.js';

/** Of each family; so many samples of it are judged as one where the first is below what is asked, because so few lines have their luck. */
const COUNT = Number(process.env.SOCKERLESS_COMMAND_LINES ?? 80);
const SAMPLES = 4;
const SHOWN_MAX = 8;
/** What is asked; each difference is told. */
const GENERATED_PERCENT_MIN = 96;
const WRITTEN_PERCENT_MIN = 93;
/** What is asked of lines that go into corners. */
const LOWER: Readonly<Record<string, number>> = { 'diff.txt': 88 };
const LINES = join(dirname(fileURLToPath(import.meta.url)), '..', '..', '..', 'test', 'commands-lines', 'lines');

function verdict(context: Context, name: string, total: number, differences: readonly Difference[], percentMin: number): string | undefined {
  context.log(`${name}: ${total - differences.length} of ${total} lines alike`);
  for (const difference of differences.slice(0, SHOWN_MAX)) context.log(shown(difference));
  return total - differences.length >= (total * percentMin) / 100 ? undefined : `wanted ${percentMin} %: ${differences.length} of ${total} differ`;
}

/** The commands that a line may run: whichever of its words are names of ours. */
function commandsOf(line: string): string[] {
  return (line.match(/[\w.-]+/g) ?? []).filter((word) => Object.hasOwn(allCommands, word));
}

/** The lines all of whose commands this machine has. */
async function judged(lines: readonly string[]): Promise<string[]> {
  const names = [...new Set(lines.flatMap(commandsOf))];
  const { stdout } = await sh(`for name in ${names.join(' ')}; do command -v "$name" >/dev/null || echo "$name"; done`);
  const missing = new Set(stdout.split('\n'));
  return lines.filter((line) => commandsOf(line).every((name) => !missing.has(name)));
}

export const commandsGenerated: Check = {
  name: 'commands-generated',
  async run(context) {
    // What the lines were written beside; BSD's or busybox's tools are another yardstick.
    const versions = await sh('sort --version && grep --version && sed --version && find --version && xargs --version');
    if (versions.exitCode !== 0 || !versions.stdout.includes('GNU coreutils')) return [skip('commands', 'this machine has no GNU coreutils, grep, sed and findutils to compare with')];
    const seed = Number(process.env.SOCKERLESS_SEED ?? Math.floor(Math.random() * 2 ** 31));
    context.log(`seed ${seed} (SOCKERLESS_SEED=${seed} makes the same lines again)`);
    const outcomes: Outcome[] = [];
    for (const [family, grammar] of Object.entries(FAMILIES)) {
      const lines = fc.sample(grammar, { seed, numRuns: SAMPLES * COUNT });
      outcomes.push(await judge(`generated: ${family}`, async () => {
        const found = await compare(lines.slice(0, COUNT));
        const low = verdict(context, `generated: ${family}`, COUNT, found, GENERATED_PERCENT_MIN);
        return low && verdict(context, `generated: ${family}, of ${SAMPLES} samples`, lines.length, [...found, ...(await compare(lines.slice(COUNT)))], GENERATED_PERCENT_MIN);
      }));
    }
    for (const name of readdirSync(LINES).sort()) {
      const all = readFileSync(join(LINES, name), 'utf8').split('\n').filter((line) => line !== '');
      const lines = await judged(all);
      if (lines.length < all.length) outcomes.push(skip(`${name}: ${all.length - lines.length} lines`, 'this machine has not all of their tools'));
      if (lines.length === 0) continue;
      outcomes.push(await judge(`written: ${name}`, async () => verdict(context, `written: ${name}`, lines.length, await compare(lines), LOWER[name] ?? WRITTEN_PERCENT_MIN)));
    }
    outcomes.push(await judge('a forged answer is found (negative control)', async () => {
      const forged = await compare(['echo a', 'echo b'], { answerer: async (lines, folder) => (await ours(lines, folder)).map((seen, i) => (i === 1 ? { ...seen, stdout: 'c\n' } : seen)) });
      return forged.length === 1 && forged[0]!.line === 'echo b' ? undefined : `found ${forged.length} differences`;
    }));
    return outcomes;
  },
};
