// jq's own test files (Debian source package): each program on its input, against the outputs that they name, beside the real jq where there is one.
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { allCommands } from '../../actors/sandbox/commands/index.js';
import { TestMachine } from '../support/machine.js';
import { debianSource } from './debian-source.js';
import type { Check, Outcome } from './outcome.js';
import { judge, run, skip } from './shell.js';

const FILES = ['jq.test', 'base64.test', 'onig.test', 'optional.test'] as const;
const PASSED_PERCENT_MIN = 95;
const SHOWN_MAX = 20;
const TIMEOUT_MS = 10_000;
const COMPILE_ERROR = 3;

interface Case {
  readonly program: string;
  readonly input: string;
  /** JSON texts; of a program that must not compile, what is said. */
  readonly expected: readonly string[];
  readonly mustFail: boolean;
}

interface Answer {
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
}

type Jq = (program: string, input: string) => Promise<Answer>;

/** Groups of lines between blank ones: program, input, outputs; after `%%FAIL` a program and its message. */
function parseCases(text: string): Case[] {
  const cases: Case[] = [];
  let group: string[] = [];
  for (const line of [...text.split('\n'), '']) {
    if (line.startsWith('#')) continue;
    if (line.trim() !== '') {
      group.push(line);
      continue;
    }
    if (group.length > 0) {
      const mustFail = group[0]!.startsWith('%%FAIL');
      cases.push(mustFail ? { program: group[1]!, input: 'null', expected: group.slice(2), mustFail } : { program: group[0]!, input: group[1] ?? 'null', expected: group.slice(2), mustFail });
    }
    group = [];
  }
  return cases;
}

/** Values as jq compares them: its own spellings (`nan`, `1.0`) are JSON's after one pass through it. */
function valueOf(text: string): unknown {
  try {
    return JSON.parse(text.replace(/\bnan\b/g, 'null')) as unknown;
  } catch {
    return text;
  }
}

function isRight({ expected, mustFail }: Case, { exitCode, stdout, stderr }: Answer): boolean {
  if (mustFail) return exitCode === COMPILE_ERROR && (expected.length === 0 || stderr.includes(expected[0]!));
  const lines = stdout.split('\n').filter((line) => line !== '');
  return lines.length === expected.length && lines.every((line, i) => isDeepStrictEqual(valueOf(line), valueOf(expected[i]!)));
}

/** The modules that some of the programs import. */
function moduleFiles(folder: string, under = ''): Record<string, string> {
  const files: Record<string, string> = {};
  for (const name of readdirSync(join(folder, under))) {
    const path = join(under, name);
    if (statSync(join(folder, path)).isDirectory()) Object.assign(files, moduleFiles(folder, path));
    else files[`/modules/${path}`] = readFileSync(join(folder, path), 'utf8');
  }
  return files;
}

function machineJq(folder: string): Jq {
  const machine = new TestMachine({ commands: allCommands, files: moduleFiles(folder) });
  return (program, input) => machine.run(['jq', '-c', '-L', '/modules', program], { stdin: `${input}\n`, timeoutMs: TIMEOUT_MS });
}

export const jqTests: Check = {
  name: 'jq-tests',
  async run(context) {
    const source = await debianSource(context.cacheDir, 'jq');
    if ('missing' in source) return [skip('jq', source.missing)];
    const folder = join(source.path, 'upstream', 'tests');
    const modules = join(folder, 'modules');
    const ours = machineJq(modules);
    const real: Jq = (program, input) => run('jq', ['-c', '-L', modules, program], { stdin: `${input}\n`, timeoutMs: TIMEOUT_MS });
    const version = await run('jq', ['--version']);
    const outcomes: Outcome[] = [];
    for (const name of FILES) {
      const cases = parseCases(readFileSync(join(folder, name), 'utf8'));
      outcomes.push(await judge(name, async () => {
        const wrong: string[] = [];
        let realRight = 0;
        for (const one of cases) {
          const answer = await ours(one.program, one.input);
          if (!isRight(one, answer)) wrong.push(`${one.program}: ${answer.exitCode} ${JSON.stringify(answer.stdout + answer.stderr).slice(0, 200)} instead of ${JSON.stringify(one.expected)}`);
          if (version.exitCode === 0 && isRight(one, await real(one.program, one.input))) realRight++;
        }
        context.log(`${name}: ${cases.length - wrong.length} of ${cases.length}${version.exitCode === 0 ? `; ${version.stdout.trim()} of this machine ${realRight}` : ''}`);
        for (const line of wrong.slice(0, SHOWN_MAX)) context.log(`  ${line}`);
        return wrong.length <= (cases.length * (100 - PASSED_PERCENT_MIN)) / 100 ? undefined : `wanted ${PASSED_PERCENT_MIN} %: ${wrong.length} of ${cases.length} failed`;
      }));
    }
    outcomes.push(await judge('a wrong answer is found (negative control)', async () => {
      const one: Case = { program: '.', input: '1', expected: ['2'], mustFail: false };
      return isRight(one, await ours(one.program, one.input)) ? 'it was not' : undefined;
    }));
    return outcomes;
  },
};
