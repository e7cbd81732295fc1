// XState's own actor as the system to compare with: made anew from its stored snapshot before every event, as after a crash.
import { createActor, type AnyEventObject, type AnyMachineSnapshot } from 'xstate';
import type { MachineDefinition } from '../../machines/definition.js';
import type { ModelSystem } from './engine-model.js';

const stoppedClock = { setTimeout: () => 0, clearTimeout: () => {} };

/** The view both sides share: the whole persisted snapshot. */
export function persistedView(snapshot: AnyMachineSnapshot): unknown {
  const { value, context, status } = snapshot;
  return { value, context, status };
}

export function actorSystem(definition: MachineDefinition, input: Record<string, unknown>): ModelSystem {
  const first = createActor(definition.machine, { input, clock: stoppedClock as never });
  let stored = JSON.stringify(first.getPersistedSnapshot());
  return {
    apply(event: AnyEventObject) {
      if (JSON.parse(stored).status === 'done') return;
      const actor = createActor(definition.machine, { snapshot: JSON.parse(stored), input: undefined as never, clock: stoppedClock as never });
      actor.start();
      actor.send(event);
      stored = JSON.stringify(actor.getPersistedSnapshot());
      actor.stop();
    },
    view() {
      return persistedView(JSON.parse(stored) as AnyMachineSnapshot);
    },
  };
}
