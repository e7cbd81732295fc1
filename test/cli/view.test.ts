// The terminal view: keys, the feed, what is drawn; nothing that an actor is called moves the cursor.
import test from 'ava';
import fc from 'fast-check';
import type { ActorRow } from '../../server/inspector/rows.js';
import { drawn, emptyView, listed, pressed, told, type View } from '../../server/cli/view.js';

const row = (name: string, at: number, more: Partial<ActorRow> = {}): ActorRow => ({ kind: 'container', id: `${name}-id`, name, state: 'running', seq: 1, since: at, at, event: 'STARTED', ...more });
const seen = (...rows: ActorRow[]): View => told(emptyView, { type: 'rows', rows });
const keys = (view: View, ...all: string[]): View => all.reduce((now, key) => pressed(now, key).view, view);

test('rows come and go; the newest change stands first', (t) => {
  const view = seen(row('old', 1), row('new', 2));
  t.deepEqual(listed(view).map(({ name }) => name), ['new', 'old']);
  t.deepEqual(listed(told(view, { type: 'rows', rows: [row('old', 3)], gone: ['new-id'] })).map(({ name }) => name), ['old']);
  t.is(listed(told(view, { type: 'snapshot' })).length, 0);
});

test('the filter is typed, looks everywhere, and goes with Esc', (t) => {
  const view = seen(row('web', 1), row('db', 2, { kind: 'volume', state: 'ready' }));
  t.deepEqual(listed(keys(view, '/', 'w', 'x', '\u007f', 'e', '\r')).map(({ name }) => name), ['web']);
  t.deepEqual(listed(keys(view, '/', 'volume', '\r')).map(({ name }) => name), ['db']);
  t.is(keys(view, '/', 'q').filter, 'q', 'q is a letter while the filter is typed');
  t.is(listed(keys(view, '/', 'zzz', '\u001b')).length, 2);
});

test('the cursor stays with its row; following keeps the newest under it; Enter opens, q quits', (t) => {
  const view = keys(seen(row('a', 1), row('b', 2), row('c', 3)), 'j', 'j');
  t.is(view.cursor, 'b-id');
  t.is(told(view, { type: 'rows', rows: [row('a', 9)] }).cursor, 'b-id');
  t.is(told(keys(view, 'f'), { type: 'rows', rows: [row('a', 9)] }).cursor, 'a-id');
  t.deepEqual(pressed(view, '\r').wish, { type: 'open', id: 'b-id' });
  for (const key of ['q', '\u0003']) t.deepEqual(pressed(view, key).wish, { type: 'quit' });
});

test('a screen has the terminal\'s size, whatever keys come and whatever actors are called', (t) => {
  fc.assert(fc.property(fc.array(fc.string({ unit: 'binary' }), { maxLength: 40 }), fc.array(fc.constantFrom('j', 'k', '/', 'x', '\r', '\u001b', '\u001b[A', '\u001b[5~', '\u001b[6~', 'f', '\u007f'), { maxLength: 30 }), fc.integer({ min: 2, max: 60 }), fc.integer({ min: 1, max: 200 }), (names, presses, height, width) => {
    const { lines, inverse } = drawn(keys(seen(...names.map((name, n) => row(name, n, { id: `id${n}` }))), ...presses), height, width, 1000);
    t.is(lines.length, height);
    for (const line of lines) {
      t.true(line.length <= width);
      // oxlint-disable-next-line no-control-regex
      t.notRegex(line, /[\u0000-\u001f\u007f-\u009f]/);
    }
    t.true(inverse < height);
  }));
});
