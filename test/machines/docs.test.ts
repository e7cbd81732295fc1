// The machine pages under docs/ say what the machines do today, and the ways through them are complete.
import test from 'ava';
import { readdir, readFile } from 'node:fs/promises';
import { machines } from '../../machines/index.js';
import { chart } from '../../server/cli/chart.js';
import { machinePage, machinePaths, paths } from '../../server/cli/paths.js';

const kinds = Object.keys(machines);

for (const kind of kinds) {
  test(`docs/machines/${kind}.md is current (npm run docs writes it)`, async (t) => {
    t.is(await readFile(`docs/machines/${kind}.md`, 'utf8'), machinePage(kind));
  });

  test(`docs/machines/${kind}.svg is current (npm run docs draws it)`, async (t) => {
    t.is(await readFile(`docs/machines/${kind}.svg`, 'utf8'), await chart(machines[kind as keyof typeof machines].machine));
  });

  test(`${kind}: every state of the chart is reached by the samples`, (t) => {
    const reached = machinePaths(kind).states.map(({ state }) => state).join(' ');
    const leaves = Object.values(machines[kind as keyof typeof machines].machine.states).filter((node) => !reached.includes(node.key));
    t.deepEqual(leaves.map((node) => node.key), []);
  });
}

test('there is a page for every machine and none for others', async (t) => {
  const pages = (await readdir('docs/machines')).filter((name) => name.endsWith('.md') && name !== 'README.md');
  t.deepEqual(pages.toSorted(), kinds.map((kind) => `${kind}.md`).toSorted());
});

test('paths come as JSON, Mermaid and text, and unknown machines are refused', (t) => {
  const json = JSON.parse(paths('exec', 'json')) as { states: unknown[]; edges: unknown[] };
  t.is(json.states.length, 5);
  t.regex(paths('exec', 'text'), /^5 states\n {2}created \[plain\]: \(birth\)\n/);
  t.regex(paths('container', 'mermaid'), /^stateDiagram-v2\n[^]*container_restarting --> container_starting : RESTART, after backoff\n/);
  t.throws(() => paths('toaster', 'json'), { message: /^unknown machine: toaster \(known: container/ });
});
