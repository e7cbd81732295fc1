// Looking back: whatever happens to an actor, each moment of its journal is what its state was then.
import test from 'ava';
import fc from 'fast-check';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Engine } from '../../actors/runtime/engine.js';
import type { Durable } from '../../actors/runtime/durable.js';
import { Store } from '../../actors/runtime/store.js';
import { eventsFor, sampleInput } from '../../machines/explore.js';
import { machines, type Kind } from '../../machines/index.js';
import { chapters, moment } from '../../server/inspector/history.js';

const never = new Proxy({}, { get: () => () => new Promise(() => undefined) });

for (const kind of Object.keys(machines) as Kind[]) {
  test(`${kind}: each moment of the journal is the state as it was`, async (t) => {
    const directory = mkdtempSync(join(tmpdir(), 'sockerless-history-'));
    const engine = await Engine.open({ store: await Store.open(directory, { durability: 'process' }), machines, effects: { [kind]: never } as never, journalLength: 16 });
    await engine.recover();
    const definition = machines[kind];
    let count = 0;
    try {
      await fc.assert(fc.asyncProperty(fc.constantFrom(...Object.keys(definition.sample.inputs)), fc.array(fc.nat(), { minLength: 1, maxLength: 40 }), async (input, numbers) => {
        const id = `actor${count++}`;
        const { id: _id, at: _at, ...rest } = sampleInput(definition, input);
        const seen = [(await engine.spawn(kind, id, rest)).snapshot];
        for (const number of numbers) {
          const events = eventsFor(definition, { context: seen.at(-1)!.context } as never).filter(({ type }) => !type.startsWith('xstate.'));
          const { handled, snapshot } = await engine.send(id, events[number % events.length]!);
          if (snapshot.status === 'done') return;
          if (handled) seen.push(snapshot);
        }
        const [durable, journal] = [(await engine.read(id))!, await engine.journal(id)];
        const recent = seen.slice(-16);
        t.is(journal.length, recent.length);
        for (const { seq, value, context } of recent as Durable[]) {
          const { value: then, context: held } = moment(durable, journal, seq);
          t.deepEqual([then, held], [value, context]);
        }
        t.deepEqual(chapters(journal).map(({ seq }) => seq), recent.map(({ seq }) => seq));
        t.throws(() => moment(durable, journal, recent[0]!.seq - 1), { message: /is not in the journal/ });
      }), { numRuns: 40 });
      t.true(count >= 40);
    } finally {
      await engine.close();
      rmSync(directory, { recursive: true, force: true });
    }
  });
}
