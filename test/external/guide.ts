// docs/ci.md as a reader follows it: its files are written, its commands run one after another, and what it shows of their output must be there.
import { chmodSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Check, Context, Outcome } from './outcome.js';
import { judge, type Ran, sh, skip } from './shell.js';
import { act, gitlabCiLocal } from './tools.js';

const ROOT = fileURLToPath(new URL('../../../', import.meta.url));
const REPOSITORY = 'git init -q -b main . && git add -A && git -c user.name=t -c user.email=t@example.org commit -qm x && git remote add origin https://gitlab.com/sample/sample.git';

/** A fenced block: ```yaml PATH is a file, ```sh a command, ```text lines of its output. */
interface Block {
  readonly language: string;
  readonly path: string;
  readonly text: string;
}

function blocks(markdown: string): Block[] {
  return [...markdown.matchAll(/^```(\w+) ?(\S*)\n(.*?)^```$/gms)].map(([, language, path, text]) => ({ language: language!, path: path!, text: text! }));
}

/** What is missing in a command's output; undefined when all of it is there. */
function missing(ran: Ran, shown: string): string | undefined {
  const output = ran.stdout + ran.stderr;
  const lines = shown.split('\n').filter((line) => line !== '' && !output.includes(line));
  if (lines.length > 0) return `not in the output: ${lines.join(', ')}: ${output.slice(-600)}`;
  return ran.exitCode === 0 ? undefined : `exit code ${ran.exitCode}: ${output.slice(-600)}`;
}

/** PATH with the clients and with the program under test as `sockerless`. */
function searchPath(context: Context, tools: readonly string[]): string {
  const bin = join(context.workDir, 'bin');
  mkdirSync(bin, { recursive: true });
  writeFileSync(join(bin, 'sockerless'), `#!/bin/sh\nexec '${process.execPath}' '${join(ROOT, 'dist', 'server', 'main.js')}' "$@"\n`);
  chmodSync(join(bin, 'sockerless'), 0o755);
  return [bin, ...tools.map((path) => dirname(path)), process.env.PATH].join(':');
}

export const guide: Check = {
  name: 'guide',
  async run(context) {
    const tools = [await act(context.cacheDir), await gitlabCiLocal(context.cacheDir)];
    const lacking = tools.flatMap((tool) => ('missing' in tool ? [tool.missing] : []));
    if (lacking.length > 0) return [skip('docs/ci.md', lacking.join('; '))];
    const found = blocks(readFileSync(join(ROOT, 'docs', 'ci.md'), 'utf8'));
    const folder = join(context.workDir, 'sample');
    const home = join(context.workDir, 'home');
    mkdirSync(home, { recursive: true });
    for (const { path, text } of found.filter((block) => block.path !== '')) {
      mkdirSync(dirname(join(folder, path)), { recursive: true });
      writeFileSync(join(folder, path), text);
    }
    // act asks a first-time user which images to use, unless there is a file that says so.
    mkdirSync(join(home, 'act'));
    writeFileSync(join(home, 'act', 'actrc'), '');
    const env = { DOCKER_HOST: context.dockerHost, HOME: home, XDG_CONFIG_HOME: home, XDG_CACHE_HOME: join(home, 'cache'), PATH: searchPath(context, tools.flatMap((tool) => ('path' in tool ? [tool.path] : []))) };
    await sh(REPOSITORY, { cwd: folder, env });
    const commands = found.flatMap(({ language, text }, at) => (language === 'sh' ? [{ script: text, shown: found[at + 1]?.language === 'text' ? found[at + 1]!.text : '' }] : []));
    const outcomes: Outcome[] = [];
    for (const { script, shown } of commands) {
      const name = script.trimEnd().split('\n').at(-1)!;
      outcomes.push(await judge(`docs/ci.md: ${name}`, async () => missing(await sh(`set -e\n${script}`, { cwd: folder, env, timeoutMs: 180_000 }), shown)));
    }
    outcomes.push(await judge('negative control: an output that does not come is missed', async () => (missing(await sh('echo other'), 'this\n') === undefined ? 'not missed' : undefined)));
    return outcomes;
  },
};
