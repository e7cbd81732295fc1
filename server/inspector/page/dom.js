// Elements from data: text stays text whatever is in it, so nothing that an actor is called can become markup.

/** @param {string} tag @param {Record<string, unknown>} [attributes] @param {...(Node|string|number|undefined|null|false)} children */
export function h(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value === undefined || value === null || value === false) continue;
    if (name.startsWith('on')) element.addEventListener(name.slice(2), value);
    else if (name in element && typeof value !== 'string') element[name] = value;
    else element.setAttribute(name, value === true ? '' : String(value));
  }
  element.append(...children.filter((child) => child !== undefined && child !== null && child !== false).map((child) => (child instanceof Node ? child : String(child))));
  return element;
}

/** Writes only what differs, so that a screen reader and a selection are left alone. */
export function setText(element, text) {
  if (element.textContent !== text) element.textContent = text;
}

export async function json(path, options) {
  const response = await fetch(path, options);
  const value = await response.json().catch(() => ({}));
  if (!response.ok) throw new Error(value.message ?? `${response.status} ${response.statusText}`);
  return value;
}

export const shortId = (id) => (/^[0-9a-f]{64}$/.test(id) ? id.slice(0, 12) : id);

/** `3 s`, `5 min`, `2 h`: how long something has been so. */
export function ago(ms, now = Date.now()) {
  if (!ms) return '';
  const seconds = Math.max(0, (now - ms) / 1000);
  if (seconds < 90) return `${Math.floor(seconds)} s`;
  if (seconds < 5400) return `${Math.round(seconds / 60)} min`;
  return seconds < 172800 ? `${Math.round(seconds / 3600)} h` : `${Math.round(seconds / 86400)} d`;
}

export const clock = (ms) => (ms ? new Date(ms).toISOString().slice(11, 23) : '');
export const bytes = (count) => (count < 1024 ? `${count} B` : count < 1 << 20 ? `${(count / 1024).toFixed(1)} KiB` : `${(count / (1 << 20)).toFixed(1)} MiB`);
export const duration = (ms) => (ms < 1 ? `${(ms * 1000).toFixed(0)} µs` : ms < 1000 ? `${ms.toFixed(1)} ms` : ms < 60000 ? `${(ms / 1000).toFixed(1)} s` : ago(Date.now() - ms));

const GOOD = /^(?:running|pulled|available|active|in use|ready)/;
const BAD = /^(?:dead|failed|removing)|unhealthy/;
const WARN = /^(?:starting|stopping|restarting|pulling|creating)|paused/;
export const mood = (state) => (BAD.test(state) ? 'bad' : WARN.test(state) ? 'warn' : GOOD.test(state) ? 'good' : '');

export function pill(state) {
  return h('span', { class: `pill ${mood(state)}` }, state);
}

/** A line through values, the newest at the right. */
export function spark(values, label, highest = Math.max(1, ...values)) {
  const svg = document.createElementNS('http://www.w3.org/2000/svg', 'svg');
  svg.setAttribute('class', 'spark');
  svg.setAttribute('viewBox', '0 0 100 30');
  svg.setAttribute('preserveAspectRatio', 'none');
  svg.setAttribute('role', 'img');
  svg.setAttribute('aria-label', label);
  const line = document.createElementNS('http://www.w3.org/2000/svg', 'polyline');
  line.setAttribute('points', values.map((value, n) => `${(n / Math.max(1, values.length - 1)) * 100},${29 - (value / highest) * 27}`).join(' '));
  svg.append(line);
  return svg;
}
