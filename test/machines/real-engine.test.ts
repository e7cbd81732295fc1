// The container and exec machines against the real engine with the memory backend: edges of their graphs, and random walks.
import test from 'ava';
import fc from 'fast-check';
import type { AnyEventObject, AnyStateMachine } from 'xstate';
import { createMachine } from 'xstate';
import type { ContainerInput } from '../../machines/container-context.js';
import type { MachineDefinition } from '../../machines/definition.js';
import { eventsFor, sampleInput, valueLabel, type GraphEdge } from '../../machines/explore.js';
import { machines } from '../../machines/index.js';
import { edgeGroups } from '../support/engine-model.js';
import { RealActor, RealEngine } from '../support/real-engine.js';

/** Health is left out: its probes come by the clock, and are judged with the pure machine. */
const INPUTS = ['plain', 'on-failure', 'unless-stopped', 'auto-remove'] as const;
/** A timer may overtake a wish; then the way is gone again. */
const TRIES = 4;
const WALKS = 40;

/** What no backend does on demand: probes, failures of its own, deaths of the server, long waits, memory that runs out, old news. */
const canEverHappen = ({ type, oomKilled, run }: AnyEventObject): boolean =>
  !['PROBED', 'EFFECT_FAILED', 'LOST'].includes(type) && !/^xstate\.after\.(grace|probe|retention)/.test(type) && oomKilled !== true && run !== -1;

let real: RealEngine;
test.before(async () => {
  real = await RealEngine.start();
});
test.after.always(() => real.end());

async function container(definition: MachineDefinition, input: string): Promise<RealActor> {
  return RealActor.make(real, definition, 'container', () => real.container(sampleInput(definition, input) as unknown as ContainerInput));
}

/** Goes the way of an edge. True when its last step is that edge; undefined when a step of it cannot really happen. */
async function go(actor: RealActor, { from, to, event }: GraphEdge): Promise<boolean | undefined> {
  try {
    for (const next of from.path) {
      if (!actor.canHappen(next)) return undefined;
      await actor.apply(next);
    }
    if (!actor.canHappen(event)) return undefined;
    const isThere = valueLabel(actor.snapshot.value) === valueLabel(from.snapshot.value);
    await actor.apply(event);
    return isThere && valueLabel(actor.snapshot.value) === valueLabel(to.snapshot.value);
  } finally {
    actor.close();
  }
}

/** One edge of each group, the nearest that can happen. Which groups were gone through, and which could not be. */
async function cover(definition: MachineDefinition, groups: readonly { title: string; edges: readonly GraphEdge[] }[], make: () => Promise<RealActor>): Promise<{ gone: number; missed: string[] }> {
  let gone = 0;
  const missed: string[] = [];
  for (const { title, edges } of groups) {
    let outcome: boolean | undefined;
    const nearest = edges.toSorted((a, b) => a.from.path.length - b.from.path.length);
    for (let n = 0; n < nearest.length && n < TRIES && outcome !== true; n++) outcome = await go(await make(), nearest[n]!);
    if (outcome === true) gone++;
    else if (outcome === false) missed.push(title);
  }
  return { gone, missed };
}

for (const input of INPUTS) {
  test.serial(`container ${input}: the edges that a backend can bring about`, async (t) => {
    const definition = machines.container;
    const groups = edgeGroups({ definition, input, events: canEverHappen } as never).filter(({ changes }) => changes);
    const { gone, missed } = await cover(definition, groups, () => container(definition, input));
    t.deepEqual(missed, []);
    t.true(gone > groups.length * 0.7, `${gone} of ${groups.length}`);
    t.log(`${gone} of ${groups.length} groups of edges`);
  });
}

test.serial('container: any sequence of events', async (t) => {
  const choices = fc.array(fc.nat(), { minLength: 10, maxLength: 25, size: 'max' });
  let steps = 0;
  await fc.assert(
    fc.asyncProperty(fc.constantFrom(...INPUTS), choices, async (input, numbers) => {
      const actor = await container(machines.container, input);
      try {
        for (const number of numbers) {
          if (actor.snapshot.status === 'done') return;
          const possible = eventsFor(machines.container, actor.snapshot).filter((event) => canEverHappen(event) && actor.canHappen(event));
          const event: AnyEventObject = possible[number % possible.length]!;
          await actor.apply(event);
          steps++;
        }
      } finally {
        actor.close();
      }
    }),
    { numRuns: WALKS, seed: 7, includeErrorInReport: true },
  );
  t.true(steps > WALKS * 5);
});

test.serial('exec: the edges that a backend can bring about', async (t) => {
  const definition = machines.exec;
  const box = await container(machines.container, 'plain');
  for (const type of ['START', 'STARTED']) await box.apply({ type });
  const groups = edgeGroups({ definition, input: 'plain', events: canEverHappen } as never).filter(({ changes }) => changes);
  const { gone, missed } = await cover(definition, groups, () => RealActor.make(real, definition, 'exec', () => real.exec(box.id)));
  t.deepEqual(missed, []);
  t.true(gone >= 8, `${gone} of ${groups.length}`);
  box.close();
});

test.serial('negative control: a machine that forgets to signal is found', async (t) => {
  const original = machines.container.machine as AnyStateMachine;
  const { stopping, ...states } = original.config.states as Record<string, { states: Record<string, object> }>;
  const forgetful = { ...stopping, states: { ...stopping!.states, asked: { ...stopping!.states.asked, entry: ['setDeadline', 'wake'] } } };
  const mutant = { ...machines.container, machine: createMachine({ ...original.config, states: { ...states, stopping: forgetful } } as never, original.implementations as never) };
  const actor = await container(mutant, 'plain');
  for (const type of ['START', 'STARTED']) await actor.apply({ type });
  await t.throwsAsync(actor.apply({ type: 'STOP' }), { message: /machine .*system/s });
  actor.close();
});
