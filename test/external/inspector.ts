// The inspector's page in a browser while real runners work: true to the commits, lit as the API says, usable by keyboard and at 200 %.
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { WebSocket } from 'ws';
import { type Browser, type Page, startBrowser, until } from './browser.js';
import type { Check, Context, Outcome } from './outcome.js';
import { judge, judgeAgain, sh, skip } from './shell.js';
import { act, gitlabCiLocal } from './tools.js';

const ROOT = join(dirname(fileURLToPath(import.meta.url)), '..', '..', '..');
const SCREENSHOTS = join(ROOT, 'docs', 'screenshots');
const MOMENTS = 1000;
/** A state that is shown later than this after its commit counts as wrong. */
const LATE_MS = 100;
/** Of a thousand moments; a machine that is busy with two runners and a browser may stumble now and then, and each figure is printed. */
const TRUE_MIN = 990;
/** How often what must be seen within so short a time is looked at, where a machine that others load as well has missed it. */
const TRIES = 3;
/** A machine that is too busy to show so many moments in this time says so. */
const LIT_MS = 180_000;
const MOMENTS_EACH = 3;
/** For what the page shows in a moment on a quiet machine. */
const PATIENCE_MS = 60_000;
const SIZE = { width: 1400, height: 1800 };

async function shown(page: Page, expression: string, timeoutMs: number): Promise<void> {
  if (!(await until(page, expression, timeoutMs))) throw new Error(`the page never showed ${expression}; it shows ${String(await page.evaluate('document.body.innerText')).slice(0, 500)}`);
}

interface Server {
  readonly process: ChildProcess;
  readonly url: string;
  readonly dockerHost: string;
}

async function startServer(workDir: string): Promise<Server> {
  const dockerHost = `unix://${join(workDir, 'd.sock')}`;
  const server = spawn(process.execPath, [join(ROOT, 'dist', 'server', 'main.js'), 'serve', '-H', dockerHost, '--data-root', join(workDir, 'data'), '--durability', 'process', '--inspect', '127.0.0.1:0', '--inspect-write'], { stdio: ['ignore', 'ignore', 'pipe'] });
  const url = await new Promise<string>((resolve, reject) => {
    let text = '';
    server.stderr!.on('data', (chunk: Buffer) => {
      text += chunk.toString();
      const said = /msg=inspector url=(\S+)/.exec(text)?.[1];
      if (said !== undefined) resolve(said);
    });
    server.on('exit', (code) => reject(new Error(`the server ended with ${code}: ${text}`)));
  });
  return { process: server, url, dockerHost };
}

const PIPELINE = `stages: [a, b]
one: {stage: a, image: sockerless/base, script: ['for i in 1 2 3 4 5; do echo $i; sleep 0.3; done']}
two: {stage: a, image: sockerless/base, script: ['sleep 1; echo two > out', 'cat out'], artifacts: {paths: [out]}}
three: {stage: b, image: sockerless/base, needs: [two], script: ['cat out; sleep 0.5']}
`;
const WORKFLOW = `on: push
jobs:
  grid:
    runs-on: ubuntu-latest
    strategy: {matrix: {n: [1, 2]}}
    steps: [{run: 'for i in 1 2 3; do echo $i; sleep 0.2; done'}, {run: 'echo X=1 >> "$GITHUB_ENV"'}, {run: 'sleep 0.5'}]
`;

/** gitlab-ci-local and act at the same time, over and over until told to stop. */
function runPipelines({ cacheDir, workDir }: Context, dockerHost: string): { stop(): Promise<string[]>; failed?: string } {
  let on = true;
  const failures: string[] = [];
  const env = { DOCKER_HOST: dockerHost, HOME: workDir, XDG_CACHE_HOME: join(workDir, 'cache'), XDG_CONFIG_HOME: workDir };
  const repeat = async (name: string, file: string, text: string, origin: string, command: string): Promise<void> => {
    const folder = join(workDir, name);
    mkdirSync(dirname(join(folder, file)), { recursive: true });
    writeFileSync(join(folder, file), text);
    await sh(`git init -q -b main . && git add -A && git -c user.name=t -c user.email=t@example.org commit -qm x && git remote add origin ${origin}`, { cwd: folder });
    while (on) {
      const ran = await sh(command, { cwd: folder, env, timeoutMs: 180_000 });
      if (ran.exitCode !== 0) failures.push(`${name}: ${(ran.stdout + ran.stderr).slice(-300)}`);
    }
  };
  const all = Promise.all([
    gitlabCiLocal(cacheDir).then((tool) => ('missing' in tool ? void failures.push(tool.missing) : repeat('gitlab', '.gitlab-ci.yml', PIPELINE, 'git@gitlab.com:gcl/test.git', `docker tag sockerless/base docker.io/firecow/gitlab-ci-local-util:latest && ${tool.path} --pull-policy if-not-present`))),
    act(cacheDir).then((tool) => ('missing' in tool ? void failures.push(tool.missing) : repeat('act', '.github/workflows/w.yml', WORKFLOW, 'https://github.com/octo/test', `${tool.path} push --pull=false --container-daemon-socket - -P ubuntu-latest=sockerless/base`))),
  ]);
  return {
    async stop() {
      on = false;
      await all;
      return failures;
    },
  };
}

interface Seen {
  readonly id: string;
  readonly state: string;
  readonly at: number;
}

/** Every commit as the feed tells it, with the wall clock's time of each. */
function followCommits(url: string): { readonly commits: Seen[]; close(): void } {
  const commits: Seen[] = [];
  const socket = new WebSocket(`${url.replace('http', 'ws')}live`);
  socket.on('open', () => socket.send('{"subscribe":"commits"}'));
  socket.on('message', (data: Buffer) => {
    const { commits: lines = [] } = JSON.parse(data.toString()) as { commits?: { id: string; to: string; at: number; gone: boolean }[] };
    for (const { id, to, at, gone } of lines) commits.push({ id, state: gone ? '' : to, at });
  });
  return { commits, close: () => socket.close() };
}

/** In the page: notes what each row of the table shows, whenever that changes. */
const WATCH = `(() => {
  window.shown = [];
  const note = (row) => row.dataset?.id && row.dataset.state && window.shown.push({ id: row.dataset.id, state: row.dataset.state, at: Date.now() });
  new MutationObserver((changes) => { for (const { target, addedNodes, type } of changes) type === 'attributes' ? note(target) : addedNodes.forEach(note); })
    .observe(document.querySelector('tbody'), { childList: true, subtree: true, attributes: true, attributeFilter: ['data-state'] });
  document.querySelectorAll('tr[data-id]').forEach(note);
})()`;

async function truthOfTable(context: Context, server: Server, page: Page): Promise<string | undefined> {
  const feed = followCommits(server.url);
  await page.goto('about:blank');
  await page.goto(`${server.url}#/actors`);
  await shown(page, 'document.querySelector("tbody")', PATIENCE_MS);
  await page.evaluate(WATCH);
  const pipelines = runPipelines(context, server.dockerHost);
  await new Promise((resolve) => setTimeout(resolve, 40_000));
  const failures = await pipelines.stop();
  if (failures.length > 0) return failures[0];
  await page.waitForTimeout(500);
  const seen = await page.evaluate<Seen[]>('window.shown');
  feed.close();
  const verdict = judgeMoments(feed.commits, seen);
  context.log(`inspector: ${feed.commits.length} commits, ${verdict.right} of ${verdict.all} sampled moments true within ${LATE_MS} ms, the latest ${verdict.worstMs} ms`);
  if (verdict.all < MOMENTS) return `only ${verdict.all} moments could be judged`;
  return verdict.right * 1000 < TRUE_MIN * verdict.all ? `${verdict.right} of ${verdict.all}: ${verdict.example}` : undefined;
}

/** Each sampled moment: what a row shows must be a state that its actor had within the last 100 ms. */
export function judgeMoments(commits: readonly Seen[], shown: readonly Seen[]): { right: number; all: number; worstMs: number; example: string } {
  const histories = groupById(commits);
  const changes = [...groupById(shown)].flatMap(([id, list]) => list.map((entry, n) => ({ ...entry, until: list[n + 1]?.at ?? Infinity, history: histories.get(id) ?? [] })));
  const begin = Math.min(...commits.map(({ at }) => at));
  const end = Math.max(...commits.map(({ at }) => at)) + LATE_MS;
  const verdict = { right: 0, all: 0, worstMs: 0, example: '' };
  for (let n = 0; n < 4 * MOMENTS && verdict.all < MOMENTS; n++) {
    const moment = begin + ((end - begin) * ((n * 0.618034) % 1));
    // The row that changed last before the moment: the others have been still for longer.
    const last = changes.filter(({ at, until, history }) => at <= moment && until > moment && history.length > 0).toSorted((a, b) => b.at - a.at)[0];
    if (!last) continue;
    verdict.all++;
    const since = last.history.findLastIndex(({ at }) => at <= moment - LATE_MS);
    const possible = last.history.slice(Math.max(0, since)).filter(({ at }) => at <= moment);
    if (possible.some(({ state }) => state === last.state || state === '')) verdict.right++;
    else {
      const replaced = last.history.findLast(({ at }, place) => last.history[place - 1]?.state === last.state && at <= moment);
      verdict.worstMs = Math.max(verdict.worstMs, Math.round(moment - (replaced?.at ?? moment)));
      verdict.example ||= `${last.id.slice(0, 12)} shows ${last.state}, was ${possible.map(({ state }) => state).join(' ')}`;
    }
  }
  return verdict;
}

function groupById(list: readonly Seen[]): Map<string, Seen[]> {
  const groups = new Map<string, Seen[]>();
  for (const entry of list) groups.set(entry.id, [...(groups.get(entry.id) ?? []), entry]);
  return groups;
}

interface Look {
  readonly state: string;
  readonly lit: readonly string[];
}
const LOOK = `({ state: document.getElementById('state').textContent, lit: [...document.querySelectorAll('.state.active')].map((one) => one.dataset.state).toSorted() })`;

function pathsOf(value: unknown, prefix = ''): string[] {
  if (typeof value === 'string') return [prefix + value];
  return Object.entries(value as Record<string, unknown>).flatMap(([name, inner]) => [prefix + name, ...pathsOf(inner, `${prefix}${name}.`)]);
}

async function litStates({ log }: Context, server: Server, page: Page): Promise<string | undefined> {
  const env = { DOCKER_HOST: server.dockerHost };
  await page.goto('about:blank');
  await sh('docker rm -f lit', { env });
  const id = (await sh('docker run -d --name lit sockerless/base tail -f /dev/null', { env })).stdout.trim();
  await page.goto(`${server.url}#/actor/${id}`);
  await shown(page, 'document.querySelector(".state.active")', PATIENCE_MS);
  let isOver = false;
  let judged = 0;
  const send = (type: string): Promise<unknown> => fetch(`${server.url}actors/${id}/events`, { method: 'POST', headers: { 'Content-Type': 'application/json' }, body: JSON.stringify({ type }) });
  const driver = (async () => {
    for (let n = 0; !isOver; n++) {
      await send(n % 2 === 0 ? 'PAUSE' : 'UNPAUSE');
      const seen = judged;
      // Each state is looked at a few times, however long that takes here.
      do {
        await new Promise((resolve) => setTimeout(resolve, 300));
      } while (!isOver && judged < seen + MOMENTS_EACH);
    }
    await send('UNPAUSE');
  })();
  let example = '';
  let wrong = 0;
  const deadline = Date.now() + LIT_MS;
  const read = async (): Promise<{ seq: number; at: number; value: unknown; state: string }> => (await (await fetch(`${server.url}actors/${id}`)).json()) as never;
  try {
    while (judged < MOMENTS) {
      if (Date.now() > deadline) return `only ${judged} moments in ${LIT_MS / 1000} s`;
      const before = await read();
      const { state, lit } = await page.evaluate<Look>(LOOK);
      const after = await read();
      // A moment between two commits, the last of them long enough ago to be seen.
      if (before.seq !== after.seq || Date.now() - after.at < LATE_MS) continue;
      judged++;
      const expected = pathsOf(after.value).toSorted();
      if (state !== after.state || JSON.stringify(lit) !== JSON.stringify(expected)) {
        wrong++;
        example ||= `after ${judged} moments: the API says ${after.state}, the page ${state} with ${lit.join(' ')} lit`;
      }
    }
  } finally {
    isOver = true;
    await driver;
  }
  log(`inspector: the lit states of ${judged - wrong} of ${judged} moments are the API's`);
  return judged - wrong < TRUE_MIN ? `${wrong} wrong: ${example}` : undefined;
}

async function timeTravel(server: Server, page: Page): Promise<string | undefined> {
  const { id, journal } = (await (await fetch(`${server.url}actors/lit`)).json()) as { id: string; journal: { seq: number }[] };
  for (const { seq } of journal.slice(0, 20)) {
    await page.evaluate(`document.querySelector('tr[data-seq="${seq}"] button')?.click()`);
    const moment = (await (await fetch(`${server.url}actors/${id}/at/${seq}`)).json()) as { value: unknown; state: string };
    const expected = JSON.stringify(pathsOf(moment.value).toSorted());
    const shows = `(() => { const look = ${LOOK}; return look.state === ${JSON.stringify(moment.state)} && JSON.stringify(look.lit) === ${JSON.stringify(expected)}; })()`;
    const agreed = await until(page, shows, PATIENCE_MS);
    if (!agreed) return `event ${seq}: the API says ${moment.state}, the page ${JSON.stringify(await page.evaluate(LOOK))}`;
  }
  await page.evaluate('[...document.querySelectorAll("button")].find((one) => one.textContent === "Live").click()');
  return undefined;
}

async function terminalSession(page: Page): Promise<string | undefined> {
  await page.evaluate('[...document.querySelectorAll("[role=tab]")].find((one) => one.textContent === "Terminal").click()');
  await shown(page, 'document.querySelector(".xterm-accessibility-tree")?.textContent.includes("#")', PATIENCE_MS);
  await page.keyboard.type('echo "$((6 * 7)) is $(hostname | wc -c)"\n');
  const answered = await until(page, 'document.querySelector(".xterm-accessibility-tree").textContent.includes("42 is 13")', PATIENCE_MS);
  if (!answered) return `no answer in the terminal: ${String(await page.evaluate('document.querySelector(".xterm-accessibility-tree").textContent')).slice(-300)}`;
  await page.keyboard.type('exit 3\n');
  await shown(page, 'document.body.textContent.includes("ended with exit code 3")', PATIENCE_MS);
  return undefined;
}

/** From the top of the map to an actor, with the keyboard alone. */
async function keyboardUse(server: Server, page: Page): Promise<string | undefined> {
  await page.goto('about:blank');
  await page.goto(`${server.url}#/`);
  await shown(page, 'document.querySelector("article[data-kind]")', PATIENCE_MS);
  const focused = (): Promise<string> => page.evaluate<string>('document.activeElement.textContent.trim()');
  await page.keyboard.press('Tab');
  if ((await focused()) !== 'Skip to content') return `the first stop is ${await focused()}`;
  for (let n = 0; n < 10 && (await focused()) !== 'Actors'; n++) await page.keyboard.press('Tab');
  await page.keyboard.press('Enter');
  await shown(page, 'document.querySelectorAll("tr[data-id]").length > 1', PATIENCE_MS);
  for (let n = 0; n < 30 && !(await page.evaluate<boolean>('document.activeElement.matches(".window")')); n++) await page.keyboard.press('Tab');
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('ArrowDown');
  const id = await page.evaluate<string | undefined>('document.activeElement.closest("tr")?.dataset.id');
  if (id === undefined) return 'arrows do not reach a row';
  await page.keyboard.press('Enter');
  await shown(page, `document.querySelector('[data-actor="${id}"]')`, PATIENCE_MS);
  return undefined;
}

async function looksAndAccess(browser: Browser, server: Server, page: Page): Promise<string | undefined> {
  mkdirSync(SCREENSHOTS, { recursive: true });
  const findings: string[] = [];
  for (const scheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme: scheme });
    for (const [name, hash] of [['map', '#/'], ['actors', '#/actors'], ['actor', '#/actor/ACTOR'], ['journal', '#/journal']] as const) {
      const { id } = (await (await fetch(`${server.url}actors/lit`)).json()) as { id: string };
      // 200 %: half the room for the same page.
      await page.setViewportSize({ width: 700, height: 600 });
      await page.goto(`${server.url}${hash.replace('ACTOR', id)}`);
      await page.waitForTimeout(700);
      const tooWide = await page.evaluate<number>('document.documentElement.scrollWidth - document.documentElement.clientWidth');
      if (tooWide > 0) findings.push(`${name} at 200 %: ${tooWide} px too wide`);
      await page.setViewportSize({ width: 1400, height: 900 });
      await page.waitForTimeout(700);
      findings.push(...(await browser.accessibility(page)).map((finding) => `${name} ${scheme}: ${finding}`));
      if (scheme === (name === 'actors' ? 'dark' : 'light')) await page.screenshot({ path: join(SCREENSHOTS, `${name}.png`) });
    }
  }
  return findings.length > 0 ? findings.join('; ') : undefined;
}

interface StatelyEvent {
  readonly type: string;
  readonly sessionId: string;
  readonly name?: string;
  readonly event?: { readonly type: string };
  readonly snapshot?: { readonly value: unknown };
}

/** The Stately inspector's own receiver, as its users connect it. */
async function statelyReceiver(browser: Browser, server: Server): Promise<string | undefined> {
  const { createWebSocketReceiver } = (await import(browser.receiver)) as { createWebSocketReceiver(options: { server: string }): { subscribe(take: (event: StatelyEvent) => void): unknown } };
  const events: StatelyEvent[] = [];
  createWebSocketReceiver({ server: `${server.url.replace('http', 'ws')}stately` }).subscribe((event) => events.push(event));
  const heard = async (fits: (event: StatelyEvent) => boolean): Promise<boolean> => {
    for (let n = 0; n < 200 && !events.some(fits); n++) await new Promise((resolve) => setTimeout(resolve, 50));
    return events.some(fits);
  };
  if (!(await heard(({ type, name }) => type === '@xstate.actor' && name === 'lit'))) return 'the receiver never heard of the container';
  const { sessionId } = events.find(({ name }) => name === 'lit')!;
  await sh('docker pause lit && docker unpause lit', { env: { DOCKER_HOST: server.dockerHost } });
  if (!(await heard((event) => event.type === '@xstate.event' && event.sessionId === sessionId && event.event?.type === 'UNPAUSE'))) return 'the receiver never heard of the event';
  return (await heard((event) => event.type === '@xstate.snapshot' && event.sessionId === sessionId && JSON.stringify(event.snapshot?.value).includes('paused'))) ? undefined : 'the receiver never saw the state';
}

export const inspectorPage: Check = {
  name: 'inspector',
  async run(context) {
    const browser = await startBrowser(context.cacheDir);
    if ('missing' in browser) return [skip('inspector in a browser', browser.missing)];
    const server = await startServer(context.workDir);
    const outcomes: Outcome[] = [];
    try {
      const { page, complaints } = await browser.open(server.url, SIZE);
      outcomes.push(
        await judgeAgain('inspector: rows are true within 100 ms while gitlab-ci-local and act run', TRIES, () => truthOfTable(context, server, page)),
        await judgeAgain('inspector: lit states match the API', TRIES, () => litStates(context, server, page)),
        await judge('inspector: time travel shows what the journal says', () => timeTravel(server, page)),
        await judge('inspector: a terminal session', () => terminalSession(page)),
        await judge("inspector: the Stately inspector's receiver connects", () => statelyReceiver(browser, server)),
        await judge('inspector: keyboard use', () => keyboardUse(server, page)),
        await judge('inspector: 200 % zoom, light and dark, nothing serious for axe', () => looksAndAccess(browser, server, page)),
        await judge('inspector: no console error, no request leaves', async () => (complaints.length > 0 ? complaints.slice(0, 5).join('; ') : undefined)),
        await judge('inspector: a page that lags would be noticed (negative control)', async () => {
          const commits = Array.from({ length: 500 }, (_, n) => ({ id: 'a', state: n % 2 === 0 ? 'on' : 'off', at: 1000 + n * 400 }));
          const { right, all } = judgeMoments(commits, commits.map(({ at, ...rest }) => ({ ...rest, at: at + 200 })));
          return right < 0.8 * all ? undefined : `${right} of ${all} late moments passed`;
        }),
      );
    } finally {
      await browser.close();
      server.process.kill('SIGKILL');
    }
    return outcomes;
  },
};
