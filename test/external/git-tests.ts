// git's own tests (Debian source package git, t/), run by the machine's shell with the machine's git: a few files of what scripts use most.
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { allCommands } from '../../actors/sandbox/commands/index.js';
import { TestMachine, type TestFile } from '../support/machine.js';
import { debianSource } from './debian-source.js';
import type { Check, Outcome } from './outcome.js';
import { judge, skip } from './shell.js';

/** Each with the number of its cases that pass at least. What they need of git's compiled test-tool is not there, and such cases fail. */
const FILES: Readonly<Record<string, number>> = {
  't0001-init': 38, 't1300-config': 100, 't1500-rev-parse': 55, 't2008-checkout-subdir': 9, 't2014-checkout-switch': 4, 't2018-checkout-branch': 20,
  't2060-switch': 9, 't2200-add-update': 15, 't3000-ls-files-others': 12,
};
const TIMEOUT_MS = 60_000;
const NOBODY = 65534;

/** What git's build would have left for its tests; perl and python are told to be missing. */
const BUILD_OPTIONS = "SHELL_PATH='/bin/sh'\nTEST_SHELL_PATH='/bin/sh'\nPERL_PATH='/bin/true'\nDIFF='diff'\nNO_PERL='1'\nNO_PYTHON='1'\nNO_GETTEXT='1'\nNO_CURL='1'\nX=''\n";
const TEST_TOOL = '#!/bin/sh\necho "no test-tool here: $*" >&2\nexit 127\n';

/** The test, its data, and the libraries that all tests share. */
function testFiles(upstream: string, name: string): Record<string, TestFile> {
  const root = join(upstream, 't');
  const files: Record<string, TestFile> = {
    '/git/GIT-BUILD-OPTIONS': BUILD_OPTIONS,
    '/git/t/helper/test-tool': { content: TEST_TOOL, mode: 0o755 },
    '/git/templates/blt/info/exclude': readFileSync(join(upstream, 'templates', 'info--exclude')),
  };
  const add = (path: string): void => {
    const at = join(root, path);
    if (statSync(at).isDirectory()) for (const each of readdirSync(at)) add(join(path, each));
    else files[`/git/t/${path}`] = { content: readFileSync(at), mode: 0o755 };
  };
  for (const each of readdirSync(root)) if (/^(.*lib.*\.sh|oid-info)$/.test(each) && !each.startsWith('t')) add(each);
  for (const each of ['test-lib.sh', 'test-lib-functions.sh', `${name}.sh`, name.slice(0, 5)]) if (existsSync(join(root, each))) add(each);
  return files;
}

async function run(upstream: string, name: string): Promise<string> {
  const machine = new TestMachine({ commands: allCommands, files: testFiles(upstream, name) });
  await machine.run(['chmod', '777', '/git/t']);
  const { stdout } = await machine.run(['sh', `${name}.sh`], { cwd: '/git/t', uid: NOBODY, env: { GIT_TEST_INSTALLED: '/bin', GIT_TEST_CHAIN_LINT: '0', TEST_NO_MALLOC_CHECK: '1', HOME: '/tmp' }, timeoutMs: TIMEOUT_MS });
  machine.halt();
  return stdout;
}

/** Cases that passed, and all that were run; those skipped or known to fail in git itself count as neither. */
function counted(output: string): { passed: number; all: number } {
  const cases = [...output.matchAll(/^(ok|not ok) \d+ - (.*)$/gm)].filter(([, , title]) => !/# skip |known breakage$/.test(title!));
  return { passed: cases.filter(([, result]) => result === 'ok').length, all: cases.length };
}

export const gitTests: Check = {
  name: 'git-tests',
  async run(context) {
    const source = await debianSource(context.cacheDir, 'git');
    if ('missing' in source) return [skip('git', source.missing)];
    const upstream = join(source.path, 'upstream');
    const outcomes: Outcome[] = [];
    for (const [name, passedMin] of Object.entries(FILES)) {
      outcomes.push(await judge(name, async () => {
        const output = await run(upstream, name);
        const { passed, all } = counted(output);
        context.log(`${name}: ${passed} of ${all}`);
        for (const [line] of output.matchAll(/^not ok .*$/gm)) context.log(`  ${line}`);
        return passed >= passedMin ? undefined : `wanted ${passedMin}: ${passed} of ${all} passed`;
      }));
    }
    outcomes.push(await judge('a case that fails is counted as one (negative control)', async () => {
      const { passed, all } = counted('ok 1 - one\nnot ok 2 - two\nok 3 # skip three (missing X)\n');
      return passed === 1 && all === 2 ? undefined : `${passed} of ${all}`;
    }));
    return outcomes;
  },
};
