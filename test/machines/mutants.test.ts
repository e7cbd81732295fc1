// The generated checks must be able to fail: machines with one defect each, every one of which they have to find.
import test from 'ava';
import { createMachine, type AnyStateMachine } from 'xstate';
import type { ContainerInput } from '../../machines/container-context.js';
import type { MachineDefinition } from '../../machines/definition.js';
import { machines } from '../../machines/index.js';
import { actorSystem, persistedView } from '../support/actor-system.js';
import { ContainerModel, containerView } from '../support/container-model.js';
import { checkEdges, checkWalks, edgeGroups, type ModelOptions } from '../support/engine-model.js';

type Config = { [key: string]: Config };
type Mutation = (states: Config, implementations: Config) => void;

/** A copy deep enough to be changed; functions are shared. */
function copy<T>(value: T): T {
  if (Array.isArray(value)) return value.map(copy) as T;
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, copy(inner)])) as T;
}

function mutant(mutate: Mutation): MachineDefinition {
  const original = machines.container.machine as AnyStateMachine;
  const config = copy(original.config) as unknown as Config;
  const implementations = { ...original.implementations, guards: { ...original.implementations.guards }, delays: { ...original.implementations.delays } };
  mutate(config.states!, implementations as unknown as Config);
  return { ...machines.container, machine: createMachine(config as never, implementations as never) };
}

async function isFound(definition: MachineDefinition, input: string): Promise<boolean> {
  const options: ModelOptions = {
    definition,
    input,
    system: (_definition, given) => new ContainerModel(given as unknown as ContainerInput),
    view: containerView,
  };
  try {
    for (const { edges } of edgeGroups(options)) await checkEdges(options, edges);
    await checkWalks(options, 100);
    return false;
  } catch (error) {
    return error instanceof Error;
  }
}

const yes = (() => true) as unknown as Config;
const mutants: Record<string, { input: string; mutate: Mutation }> = {
  'a stop that forgets to signal': { input: 'plain', mutate: (s) => (s.stopping!.states!.asked!.entry = ['setDeadline', 'wake'] as never) },
  'a stop that does not wake a paused container': { input: 'plain', mutate: (s) => (s.stopping!.states!.asked!.entry = ['setDeadline', 'sendStopSignal'] as never) },
  'a kill that is not announced while stopping': { input: 'plain', mutate: (s) => delete s.stopping!.on!.KILL },
  'a removal that needs no force': { input: 'plain', mutate: (_s, i) => (i.guards!.forced = yes) },
  'an end that overtakes the start is lost': { input: 'plain', mutate: (s) => delete s.starting!.on!.DIED },
  'a second run believes the first one’s end': { input: 'plain', mutate: (_s, i) => (i.guards!.toExit = yes) },
  'a restart limit that is not kept': {
    input: 'on-failure',
    mutate: (_s, i) => {
      const honest = i.guards!.toExit as unknown as (args: { event: { type: string } }) => boolean;
      i.guards!.toPolicy = ((args: never) => honest(args)) as unknown as Config;
    },
  },
  'a restart that cannot be stopped': { input: 'on-failure', mutate: (s) => delete s.restarting!.on!.STOP },
  'a failed first start that looks exited': { input: 'plain', mutate: (_s, i) => (i.guards!.failedAgain = i.guards!.failedFirst!) },
  'an auto-remove that forgets the failed start': { input: 'auto-remove', mutate: (s) => (s.starting!.on!.START_FAILED = (s.starting!.on!.START_FAILED as unknown as Config[]).slice(1) as never) },
  'a health that never recovers': { input: 'healthy', mutate: (s) => delete s.running!.states!.health!.states!.unhealthy!.on!.PROBED },
  'a probe that is not asked for again': { input: 'healthy', mutate: (s) => delete s.running!.states!.health!.states!.healthy!.after },
  'a boot that starts what was stopped by hand': { input: 'unless-stopped', mutate: (_s, i) => (i.guards!.startsOnBoot = yes) },
};

for (const [title, { input, mutate }] of Object.entries(mutants)) {
  test(`found: ${title}`, async (t) => {
    t.true(await isFound(mutant(mutate), input));
  });
}

test('the machine itself, taken apart and put together the same way, passes', async (t) => {
  t.false(await isFound(mutant(() => {}), 'plain'));
});

test('the container machine steps like XState’s own actor', async (t) => {
  for (const input of Object.keys(machines.container.sample.inputs)) {
    const options: ModelOptions = { definition: machines.container, input, system: actorSystem, view: persistedView };
    await t.notThrowsAsync(checkWalks(options, 30));
  }
});
