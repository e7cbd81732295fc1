// The events that a machine knows, as forms: their fields, an example of each, and whether they mean something now.
import type { AnyMachineSnapshot, AnyStateMachine } from 'xstate';
import type { Durable } from '../../actors/runtime/durable.js';
import { Fault } from '../../actors/runtime/fault.js';
import type { MachineDefinition } from '../../machines/definition.js';
import { eventsFor } from '../../machines/explore.js';

export interface EventField {
  readonly name: string;
  readonly type: 'string' | 'number' | 'boolean' | 'json';
  readonly example: unknown;
}

export interface EventForm {
  readonly type: string;
  readonly fields: readonly EventField[];
  /** With its example values it would be handled in the present state; another value may fare otherwise. */
  readonly isHandled: boolean;
}

const BODY_MAX_KEYS = 64;

/** One form per event type; fields come from the machine's sample events. Timers are the engine's own and are left out. */
export function eventForms({ machine, ...definition }: MachineDefinition, { value, context }: Pick<Durable, 'value' | 'context'>): EventForm[] {
  const snapshot = machine.resolveState({ value, context }) as AnyMachineSnapshot;
  const forms = new Map<string, { fields: Map<string, EventField>; isHandled: boolean }>();
  for (const event of eventsFor({ machine, ...definition }, snapshot, Date.now())) {
    if (event.type.startsWith('xstate.')) continue;
    const form = forms.get(event.type) ?? { fields: new Map<string, EventField>(), isHandled: false };
    forms.set(event.type, form);
    form.isHandled ||= snapshot.can(event);
    for (const [name, example] of Object.entries(event)) if (name !== 'type' && name !== 'at') form.fields.set(name, { name, type: fieldType(example), example });
  }
  for (const type of knownEvents(machine)) if (!forms.has(type)) forms.set(type, { fields: new Map<string, EventField>(), isHandled: false });
  return [...forms].map(([type, { fields, isHandled }]) => ({ type, fields: [...fields.values()], isHandled }));
}

function knownEvents(machine: AnyStateMachine): string[] {
  return machine.events.filter((type) => !type.startsWith('xstate.'));
}

function fieldType(example: unknown): EventField['type'] {
  const type = typeof example;
  return type === 'string' || type === 'number' || type === 'boolean' ? type : 'json';
}

/** What a client wants to send. Throws Fault `invalid` for what the machine does not know. */
export function parseEvent({ machine }: MachineDefinition, body: unknown): { type: string } {
  const event = body as { type?: unknown } | null;
  if (typeof event !== 'object' || event === null || typeof event.type !== 'string') throw new Fault('invalid', 'an event is a JSON object with a type');
  const known = knownEvents(machine);
  if (!known.includes(event.type)) throw new Fault('invalid', `unknown event ${event.type.slice(0, 64)} (known: ${known.join(', ')})`);
  if (Object.keys(event).length > BODY_MAX_KEYS) throw new Fault('invalid', `an event has at most ${BODY_MAX_KEYS} fields`);
  const { at: _at, ...rest } = event as { type: string; at?: unknown };
  return rest;
}
