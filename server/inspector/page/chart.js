// A machine's chart in the page: drawn by the server once, the active states lit here, the last edge flashed.

const sources = new Map();

/** The SVG of a kind, a copy for this view; undefined where none was drawn. */
export async function loadChart(kind) {
  if (!sources.has(kind)) sources.set(kind, fetch(`/machines/${encodeURIComponent(kind)}.svg`).then((response) => (response.ok ? response.text() : undefined)));
  const text = await sources.get(kind);
  if (text === undefined) return undefined;
  return document.importNode(new DOMParser().parseFromString(text, 'image/svg+xml').documentElement, true);
}

/** `{running: {process: 'paused'}}` -> running, running.process, running.process.paused. */
export function activePaths(value, prefix = '') {
  if (typeof value === 'string') return [prefix + value];
  return Object.entries(value ?? {}).flatMap(([name, inner]) => [prefix + name, ...activePaths(inner, `${prefix}${name}.`)]);
}

export function light(svg, value) {
  const active = new Set(activePaths(value));
  for (const state of svg.querySelectorAll('.state')) state.classList.toggle('active', active.has(state.dataset.state) && state.dataset.state !== '');
}

/** Marks the edge that the event took; with several that fit, those whose ends are both right. */
export function flash(svg, event, before, after) {
  for (const edge of svg.querySelectorAll('.edge.flash')) edge.classList.remove('flash');
  const [from, to] = [new Set(activePaths(before)), new Set(activePaths(after))];
  for (const edge of svg.querySelectorAll('.edge')) {
    const { from: source, to: target, events } = edge.dataset;
    if (events.split(' ').includes(event) && (source === '' || from.has(source)) && to.has(target)) edge.classList.add('flash');
  }
}
