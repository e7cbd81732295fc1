// The pure step: (machine, snapshot, event) -> (snapshot', actions), through one shared inert scope per machine.
import { createActor, type AnyActorScope, type AnyMachineSnapshot, type AnyStateMachine, type EventObject } from 'xstate';
import { Fault } from './fault.js';

/** What a transition asks the outside to do: `effect`, `announce`, `xstate.raise` (a timer), `xstate.cancel`. */
export interface Action {
  readonly type: string;
  readonly params: unknown;
}

const scopes = new WeakMap<AnyStateMachine, AnyActorScope>();
const nothing = (): void => {};
let collected: Action[] = [];

// XState's own transition() builds a throw-away actor and two systems per call (26 k/s); one inert scope per machine
// lets a small chart do 200 k/s. The scope is shared, so a step must not be re-entered: it never is, a step awaits nothing.
function scopeOf(machine: AnyStateMachine): AnyActorScope {
  let scope = scopes.get(machine);
  if (!scope) {
    const self = createActor(machine, { input: {} });
    scope = {
      self,
      system: self.system,
      id: '',
      sessionId: '',
      logger: nothing,
      defer: nothing,
      stopChild: nothing,
      emit: nothing,
      actionExecutor: (action) => {
        collected.push({ type: action.type, params: action.params });
      },
    };
    scopes.set(machine, scope);
  }
  return scope;
}

function collect(run: () => AnyMachineSnapshot): [AnyMachineSnapshot, Action[]] {
  const actions: Action[] = [];
  collected = actions;
  let snapshot: AnyMachineSnapshot;
  try {
    snapshot = run();
    if (snapshot.status === 'error') throw snapshot.error;
  } catch (error) {
    throw new Fault('internal', `a machine failed: ${String(error)}`, {}, { cause: error });
  }
  return [snapshot, actions];
}

/** Applies one event. An event nobody handles returns the very same snapshot object and no actions. A guard that throws is a Fault `internal`. */
export function step(machine: AnyStateMachine, snapshot: AnyMachineSnapshot, event: EventObject): [AnyMachineSnapshot, Action[]] {
  return collect(() => machine.transition(snapshot, event, scopeOf(machine)));
}

/** The first snapshot of a new actor, with the actions of its initial state. */
export function birth(machine: AnyStateMachine, input: unknown): [AnyMachineSnapshot, Action[]] {
  return collect(() => machine.getInitialSnapshot(scopeOf(machine), input));
}
