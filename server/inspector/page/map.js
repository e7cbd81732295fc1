// The whole at a glance: actors by kind and state, how fast things happen, what waits.
import { feed } from './feed.js';
import { duration, h, mood, setText, spark } from './dom.js';

const TINTS = ['#0969da', '#8250df', '#bf3989', '#bc4c00', '#1a7f37', '#6e7781', '#0550ae', '#9a6700'];
const COLOURS = { good: '#1a7f37', warn: '#bf8700', bad: '#cf222e' };
const HISTORY = 120;
const history = new Map();

export function mapView() {
  const kinds = h('section', { class: 'cards', 'aria-label': 'Actors by kind' });
  const engine = h('section', { class: 'cards', 'aria-label': 'Engine' });
  const cards = new Map();
  const stop = feed.on('counts', (message) => {
    if (message.type !== 'counts') return;
    const { counts, load } = message;
    for (const [kind, states] of Object.entries(counts)) {
      if (!cards.has(kind)) {
        cards.set(kind, kindCard(kind));
        kinds.append(cards.get(kind).element);
      }
      cards.get(kind).show(states, note(`kind/${kind}`, load.perKind[kind] ?? 0));
    }
    showEngine(engine, message, note('commits', load.commitsPerSecond));
  });
  return { title: 'Map', element: h('div', {}, h('h1', {}, 'System map'), engine, kinds), leave: stop };
}

function note(name, value) {
  const values = history.get(name) ?? [];
  history.set(name, values);
  values.push(value);
  if (values.length > HISTORY) values.shift();
  return values;
}

function kindCard(kind) {
  const total = h('span', { class: 'figure' });
  const stack = h('div', { class: 'stack', 'aria-hidden': 'true' });
  const facts = h('dl', { class: 'facts' });
  const rate = h('div');
  return {
    element: h('article', { class: 'card', 'data-kind': kind }, h('h2', {}, h('a', { href: `#/actors?kind=${encodeURIComponent(kind)}` }, kind), total), stack, facts, rate),
    show(states, rates) {
      const sorted = Object.entries(states).toSorted(([a], [b]) => (a < b ? -1 : 1));
      setText(total, String(sorted.reduce((sum, [, count]) => sum + count, 0)));
      stack.replaceChildren(...sorted.map(([state, count], n) => h('span', { style: `flex:${count};background:${COLOURS[mood(state)] ?? TINTS[n % TINTS.length]}` })));
      facts.replaceChildren(...sorted.flatMap(([state, count]) => [h('dt', {}, h('a', { href: `#/actors?kind=${encodeURIComponent(kind)}&state=${encodeURIComponent(state)}` }, state)), h('dd', {}, count)]));
      rate.replaceChildren(spark(rates, `${kind}: ${rates.at(-1).toFixed(1)} commits a second`), h('span', { class: 'quiet' }, `${rates.at(-1).toFixed(1)} commits/s`));
    },
  };
}

function showEngine(section, { load, seq, viewers }, rates) {
  const card = (title, figure, ...more) => h('article', { class: 'card' }, h('h2', {}, title), h('div', { class: 'figure' }, figure), ...more);
  const facts = (...pairs) => h('dl', { class: 'facts' }, ...pairs.flatMap(([name, value]) => [h('dt', {}, name), h('dd', {}, value)]));
  section.replaceChildren(
    card('Commits a second', load.commitsPerSecond.toFixed(1), spark(rates, 'commits a second over the last half minute'), facts(['last commit', seq])),
    card('Until durable, median', duration(load.latencyP50Ms), facts(['99 of 100 within', duration(load.latencyP99Ms)])),
    card('Effects under way', String(load.effects), facts(['timers armed', load.timers])),
    card('Actors in memory', String(load.live), facts(['viewers of this page', viewers])),
  );
}
