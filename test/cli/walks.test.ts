// Walks through machines and scenes for clients: what they promise holds for every machine.
import test from 'ava';
import { eventLabel, explore, sampleInput, valueLabel } from '../../machines/explore.js';
import type { MachineDefinition } from '../../machines/definition.js';
import { machines, type Kind } from '../../machines/index.js';
import { avaSource } from '../../server/cli/ava-source.js';
import { scenes } from '../../server/cli/scenes.js';
import { troupes } from '../../server/cli/troupes.js';
import { walks } from '../../server/cli/walks.js';

for (const kind of Object.keys(machines) as Kind[]) {
  const definition: MachineDefinition = machines[kind];
  const graphs = Object.keys(definition.sample.inputs).map((input) => ({ input, graph: explore(definition, sampleInput(definition, input)) }));

  test(`${kind}: an edge cover takes every edge, each walk from birth on`, (t) => {
    const taken = new Set<string>();
    for (const { input, events, states } of walks(definition, 'edges')) {
      const { graph } = graphs.find((one) => one.input === input)!;
      let at = graph.nodes[0]!;
      events.forEach((event, n) => {
        const edge = graph.edges.find((one) => one.from === at && JSON.stringify(one.event) === JSON.stringify(event))!;
        t.is(valueLabel(edge.to.snapshot.value), states[n]!);
        taken.add(`${input} ${edge.from.key} ${JSON.stringify(event)}`);
        at = edge.to;
      });
    }
    const all = graphs.flatMap(({ input, graph }) => graph.edges.filter(({ changes }) => changes).map(({ from, event }) => `${input} ${from.key} ${JSON.stringify(event)}`));
    t.deepEqual(all.filter((edge) => !taken.has(edge)), []);
  });

  test(`${kind}: a shortest walk to every state; simple ones within their bounds`, (t) => {
    t.is(walks(definition, 'shortest').length, graphs.reduce((sum, { graph }) => sum + graph.nodes.length, 0));
    const simple = walks(definition, 'simple', { lengthMax: 4, walksMax: 300 });
    t.true(simple.length > 0 && simple.length <= 300);
    for (const { events } of simple) t.true(events.length <= 4);
    t.is(new Set(simple.map(({ input, events }) => `${input} ${events.map(eventLabel).join()}`)).size, simple.length);
  });
}

for (const kind of Object.keys(troupes)) {
  test(`${kind}: every act has a scene, titles are unique, and the file is the same each time`, (t) => {
    const definition = machines[kind as Kind];
    const all = scenes(kind, definition);
    const acts = new Set(all.flatMap(({ beats }) => beats.map(({ act }) => act)));
    t.deepEqual(Object.keys(troupes[kind]!.acts).filter((act) => !acts.has(act)), []);
    t.is(new Set(all.map(({ title }) => title)).size, all.length);
    t.is(avaSource(kind, definition), avaSource(kind, definition));
  });
}
