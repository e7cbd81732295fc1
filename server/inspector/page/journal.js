// Every commit as it happens, newest first, with a pause.
import { feed } from './feed.js';
import { clock, h, pill, shortId } from './dom.js';

const KEPT = 500;

export function journalView() {
  const body = h('tbody');
  const lines = [];
  let isPaused = false;
  let missed = 0;
  let frame = 0;
  const notice = h('span', { class: 'notice', role: 'status' });
  const pause = h('button', { type: 'button', 'aria-pressed': 'false', onclick: () => {
    isPaused = !isPaused;
    pause.setAttribute('aria-pressed', String(isPaused));
    if (!isPaused) draw();
  } }, 'Pause');
  const draw = () => {
    frame = 0;
    if (isPaused) return;
    body.replaceChildren(...lines.slice(-KEPT).toReversed().map(line));
    notice.textContent = missed > 0 ? `${missed} times the page was too slow and the server skipped commits` : '';
  };
  const stop = feed.on('commits', (message) => {
    if (message.type === 'snapshot' && message.reason === 'dropped') missed++;
    if (message.type === 'commits') {
      lines.push(...message.commits);
      if (lines.length > 4 * KEPT) lines.splice(0, lines.length - KEPT);
    }
    if (frame === 0) frame = requestAnimationFrame(draw);
  });
  const head = h('thead', {}, h('tr', {}, ...['time', 'kind', 'actor', 'event', 'from', 'to', 'effects'].map((name) => h('th', { scope: 'col' }, name))));
  return {
    title: 'Journal',
    element: h('div', {}, h('h1', {}, 'Journal'), h('div', { class: 'bar' }, pause, notice), h('div', { class: 'scroll window', tabindex: '0', role: 'region', 'aria-label': 'Commits' }, h('table', {}, head, body))),
    leave() {
      cancelAnimationFrame(frame);
      stop();
    },
  };
}

function line({ at, kind, id, name, event, from, to, effects, gone }) {
  return h('tr', {}, h('td', { class: 'mono' }, clock(at)), h('td', {}, kind), h('td', {}, gone ? name || shortId(id) : h('a', { href: `#/actor/${encodeURIComponent(id)}` }, name || shortId(id))), h('td', { class: 'mono' }, event), h('td', {}, from ?? '(birth)'), h('td', {}, pill(to)), h('td', {}, effects.join(' ')));
}
