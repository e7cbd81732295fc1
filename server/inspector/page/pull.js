// A pull's progress, a bar for each layer, while it lasts.
import { bytes, h, json } from './dom.js';

const EVERY_MS = 250;

/** Puts the bars into `element`; returns the way to stop. */
export function pullProgress(element, path) {
  const list = h('div', { class: 'column' });
  element.replaceChildren(h('section', { class: 'card' }, h('h2', {}, 'Progress'), list));
  const ask = async () => {
    const lines = await json(`${path}/progress`).catch(() => undefined);
    // It is over: what was last said stays.
    if (!lines) return clearInterval(timer);
    list.replaceChildren(...lines.map(({ id = '', status, progressDetail: { current, total } = {} }) => h('label', {}, `${id} ${status}${current === undefined ? '' : ` ${bytes(current)} of ${total === undefined ? '?' : bytes(total)}`}`, current !== undefined && h('progress', { value: current, max: total ?? current }))));
    return undefined;
  };
  const timer = setInterval(ask, EVERY_MS);
  void ask();
  return () => clearInterval(timer);
}
