// The table of all actors: filtered, sorted, drawn only where it is looked at, each row true to the last commit.
import { feed } from './feed.js';
import { ago, clock, h, mood, setText, shortId } from './dom.js';

const ROW_HEIGHT = 31;
const SPARE = 10;
/** How often order and filter are worked out anew; the states of rows in sight change at once. */
const ORDER_MS = 250;
const COLUMNS = [
  ['kind', 'kind'], ['name', 'name'], ['id', 'id'], ['state', 'state'], ['since', 'in it for'], ['event', 'last event'], ['at', 'at'], ['seq', 'events'],
];
const rows = new Map();

export function actorsView(query) {
  const filter = { kind: query.get('kind') ?? '', state: query.get('state') ?? '', text: query.get('text') ?? '', label: query.get('label') ?? '', age: query.get('age') ?? '' };
  const sort = { by: query.get('sort') ?? 'at', down: query.get('down') !== '0' };
  let shown = [];
  let stale = true;
  let orderedAt = 0;
  let frame = 0;
  const drawn = new Map();
  const body = h('tbody');
  const count = h('span', { class: 'quiet', role: 'status' });
  const scroll = h('div', { class: 'scroll window', tabindex: '0', role: 'region', 'aria-label': 'Actors', onscroll: () => ask() }, h('table', { 'aria-rowcount': -1 }, heads(sort, () => { stale = true; orderedAt = 0; remember(filter, sort); ask(); }), body));
  scroll.addEventListener('keydown', (event) => walk(event, body));

  const ask = () => { frame ||= requestAnimationFrame(draw); };
  const order = () => {
    shown = [...rows.values()].filter((row) => fits(row, filter));
    const sign = sort.down ? -1 : 1;
    shown.sort((a, b) => (a[sort.by] < b[sort.by] ? -sign : a[sort.by] > b[sort.by] ? sign : a.id < b.id ? -1 : 1));
    stale = false;
    orderedAt = performance.now();
    setText(count, `${shown.length} of ${rows.size} actors`);
  };
  const draw = () => {
    frame = 0;
    const wait = ORDER_MS - (performance.now() - orderedAt);
    if (stale && wait <= 0) order();
    else if (stale) setTimeout(ask, wait);
    const first = Math.max(0, Math.floor(scroll.scrollTop / ROW_HEIGHT) - SPARE);
    const last = Math.min(shown.length, Math.ceil((scroll.scrollTop + scroll.clientHeight) / ROW_HEIGHT) + SPARE);
    const now = Date.now();
    const wanted = shown.slice(first, last).map(({ id }, n) => {
      // A row that has gone meanwhile stays until the next ordering, as it was last.
      const row = rows.get(id) ?? shown[first + n];
      let entry = drawn.get(id);
      if (!entry) drawn.set(id, (entry = drawRow(row)));
      entry.show(row, now, first + n + 2);
      return entry.element;
    });
    const spacer = (height) => h('tr', { class: 'spacer', 'aria-hidden': 'true' }, h('td', { colspan: '8', style: `height:${height}px` }));
    const focus = document.activeElement?.closest?.('tr')?.dataset.id;
    body.replaceChildren(spacer(first * ROW_HEIGHT), ...wanted, spacer((shown.length - last) * ROW_HEIGHT));
    if (focus !== undefined) drawn.get(focus)?.element.querySelector('a')?.focus({ preventScroll: true });
    if (drawn.size > 400) for (const [id, { element }] of drawn) if (!element.isConnected) drawn.delete(id);
  };
  const stop = feed.on('rows', (message) => {
    if (message.type === 'snapshot') rows.clear();
    if (message.type !== 'rows') return;
    for (const row of message.rows) rows.set(row.id, row);
    for (const id of message.gone) rows.delete(id);
    stale = true;
    ask();
  });
  const tick = setInterval(ask, 1000);
  stale = rows.size > 0;
  ask();
  return {
    title: 'Actors',
    element: h('div', {}, h('h1', {}, 'Actors'), filterBar(filter, () => { stale = true; orderedAt = 0; scroll.scrollTop = 0; remember(filter, sort); ask(); }, count), scroll),
    leave() {
      stop();
      clearInterval(tick);
      cancelAnimationFrame(frame);
      rows.clear();
    },
  };
}

function remember(filter, sort) {
  const query = new URLSearchParams({ ...Object.fromEntries(Object.entries(filter).filter(([, value]) => value !== '')), sort: sort.by, down: sort.down ? '1' : '0' });
  history.replaceState(null, '', `#/actors?${query}`);
}

function fits({ kind, state, id, name, at, labels = {} }, filter) {
  if (filter.kind !== '' && kind !== filter.kind) return false;
  if (filter.state !== '' && !state.includes(filter.state)) return false;
  if (filter.text !== '' && !id.startsWith(filter.text) && !name.includes(filter.text)) return false;
  if (filter.age !== '' && Date.now() - at > Number(filter.age) * 1000) return false;
  if (filter.label === '') return true;
  const [key, ...value] = filter.label.split('=');
  return Object.hasOwn(labels, key) && (value.length === 0 || labels[key] === value.join('='));
}

function filterBar(filter, changed, count) {
  const set = (name) => ({ target }) => { filter[name] = target.value.trim(); changed(); };
  const field = (name, label, size) => h('label', {}, `${label} `, h('input', { value: filter[name], size: String(size), name, oninput: set(name) }));
  const ages = [['', 'any time'], ['10', '10 s'], ['60', '1 min'], ['600', '10 min'], ['3600', '1 h']];
  const age = h('select', { name: 'age', onchange: set('age') }, ...ages.map(([value, text]) => h('option', { value, selected: value === filter.age }, text)));
  return h('div', { class: 'bar', role: 'search' }, field('text', 'Name or id', 18), field('kind', 'Kind', 9), field('state', 'State', 12), field('label', 'Label', 14), h('label', {}, 'Changed within ', age), h('span', { class: 'grow' }), count);
}

function heads(sort, changed) {
  const row = h('tr');
  for (const [by, label] of COLUMNS) {
    const head = h('th', { scope: 'col' });
    head.append(h('button', { type: 'button', onclick: () => {
      sort.down = sort.by === by ? !sort.down : false;
      sort.by = by;
      mark();
      changed();
    } }, label));
    head.dataset.by = by;
    row.append(head);
  }
  const mark = () => {
    for (const head of row.children) head.setAttribute('aria-sort', head.dataset.by !== sort.by ? 'none' : sort.down ? 'descending' : 'ascending');
  };
  mark();
  return h('thead', {}, row);
}

function drawRow({ id }) {
  const link = h('a', { href: `#/actor/${encodeURIComponent(id)}` });
  const state = h('span', { class: 'pill' });
  const cells = { kind: h('td'), name: h('td', {}, link), id: h('td', { class: 'mono' }, shortId(id)), state: h('td', {}, state), since: h('td'), event: h('td', { class: 'mono' }), at: h('td', { class: 'mono' }), seq: h('td') };
  const element = h('tr', { 'data-id': id }, ...Object.values(cells));
  return {
    element,
    show(row, now, index) {
      element.setAttribute('aria-rowindex', String(index));
      element.dataset.state = row.state;
      setText(cells.kind, row.kind);
      setText(link, row.name || shortId(id));
      setText(state, row.state);
      state.className = `pill ${mood(row.state)}`;
      setText(cells.since, ago(row.since, now));
      setText(cells.event, row.event);
      setText(cells.at, clock(row.at));
      setText(cells.seq, String(row.seq));
    },
  };
}

/** Up and down go from row to row. */
function walk(event, body) {
  const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  if (step === undefined) return;
  const links = [...body.querySelectorAll('tr[data-id] a')];
  const at = links.indexOf(document.activeElement);
  const next = at < 0 ? links[0] : links[at + step];
  if (!next) return;
  event.preventDefault();
  next.focus();
  next.scrollIntoView({ block: 'nearest' });
}
