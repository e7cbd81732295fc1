// Generated tests: for each sample input one test per edge as it looks from outside, one for all that is ignored, and random walks.
import test from 'ava';
import type { Action } from '../../actors/runtime/step.js';
import type { AnyMachineSnapshot } from 'xstate';
import { machines, type Kind } from '../../machines/index.js';
import type { MachineDefinition } from '../../machines/definition.js';
import { actorSystem, persistedView } from '../support/actor-system.js';
import { checkEdges, checkWalks, edgeGroups, type ModelOptions, type ModelSystem } from '../support/engine-model.js';

export interface ModelTestOptions {
  /** Default: XState's own actor. */
  readonly system?: (definition: MachineDefinition, input: Record<string, unknown>) => ModelSystem;
  readonly view?: (snapshot: AnyMachineSnapshot, actions: readonly Action[]) => unknown;
  /** Random walks over all inputs; default 200. `MODEL_WALKS` in the environment asks for more (a night run). */
  readonly walks?: number;
}

/** Declares the tests of one machine. */
export function modelTests(kind: Kind, { system = actorSystem, view = persistedView, walks = 200 }: ModelTestOptions = {}): void {
  const definition: MachineDefinition = machines[kind];
  const inputs = Object.keys(definition.sample.inputs);
  for (const input of inputs) {
    const options: ModelOptions = { definition, input, system, view };
    for (const { title, edges } of edgeGroups(options)) {
      test(`${kind} ${input}: ${title}`, async (t) => {
        await t.notThrowsAsync(checkEdges(options, edges));
      });
    }
    test(`${kind} ${input}: any sequence of events`, async (t) => {
      await t.notThrowsAsync(checkWalks(options, Math.ceil(Number(process.env.MODEL_WALKS ?? walks) / inputs.length)));
    });
  }
}
