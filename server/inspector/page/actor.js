// One actor: its chart with the active states lit, context, journal to travel in, what is still to happen, and for containers their own views.
import { feed } from './feed.js';
import { clock, duration, h, json, mood, pill, setText, shortId } from './dom.js';
import { flash, light, loadChart } from './chart.js';
import { containerTabs } from './container.js';
import { eventForm } from './event-form.js';
import { pullProgress } from './pull.js';
import { tree } from './tree.js';

/** How long after a commit the rest of the actor is asked for, so that a burst asks once. */
const REFRESH_MS = 60;

export function actorView(id) {
  const path = `/actors/${encodeURIComponent(id)}`;
  const parts = skeleton(id);
  let detail;
  let svg;
  /** The event looked back at; undefined: now. */
  let at;
  let timer = 0;
  let closed = false;
  let leaveTabs = () => {};

  const show = (value, state) => {
    setText(parts.state, state);
    parts.state.className = `pill ${mood(state)}`;
    parts.element.dataset.state = state;
    if (svg) light(svg, value);
  };
  const travel = async (seq) => {
    at = seq;
    const moment = await json(`${path}/at/${seq}`);
    if (closed || at !== seq) return;
    show(moment.value, moment.state);
    if (svg) flash(svg, moment.event.type, moment.from, moment.value);
    parts.context.replaceChildren(tree(moment.context, moment.was));
    setText(parts.when, `after event ${seq}, ${moment.event.type}, ${clock(moment.at)}`);
    parts.live.setAttribute('aria-pressed', 'false');
    markLine(parts.journal, seq);
  };
  const now = () => {
    at = undefined;
    parts.live.setAttribute('aria-pressed', 'true');
    setText(parts.when, 'now');
    void refresh();
  };
  const refresh = async () => {
    clearTimeout(timer);
    timer = 0;
    try {
      detail = await json(path);
    } catch (error) {
      return closed || gone(parts, error);
    }
    if (closed) return;
    await fill();
  };
  const later = () => { timer ||= setTimeout(refresh, REFRESH_MS); };
  const fill = async () => {
    const last = detail.journal.at(-1);
    setText(parts.title, detail.name || shortId(detail.id));
    setText(parts.kind, detail.kind);
    if (!svg) {
      svg = await loadChart(detail.kind);
      if (closed) return;
      if (svg) parts.chart.replaceChildren(svg);
      leaveTabs = detail.kind === 'container' ? containerTabs(parts.tabs, detail) : detail.kind === 'imagePull' ? pullProgress(parts.tabs, path) : () => {};
      void eventForm(parts.events, path, refresh);
    }
    showJournal(parts.journal, detail.journal, travel);
    parts.range.min = String(detail.journal[0]?.seq ?? 0);
    parts.range.max = String(last?.seq ?? 0);
    showPending(parts, detail);
    if (at !== undefined) return;
    parts.range.value = parts.range.max;
    show(detail.value, detail.state);
    const moment = last ? await json(`${path}/at/${last.seq}`).catch(() => undefined) : undefined;
    if (!closed && at === undefined) parts.context.replaceChildren(tree(detail.context, moment?.was));
  };
  const stop = feed.on(`actor/${id}`, (message) => {
    for (const commit of message.commits ?? []) {
      if (at === undefined) {
        show(commit.value, commit.to);
        if (svg) flash(svg, commit.event, commit.before, commit.value);
      }
      if (commit.gone) gone(parts, new Error('this actor has come to its end'));
    }
    later();
  });
  parts.range.addEventListener('input', () => void travel(Number(parts.range.value)));
  parts.live.addEventListener('click', now);
  const countdown = setInterval(() => detail && showTimers(parts.timers, detail.timers), 500);
  return {
    title: shortId(id),
    element: parts.element,
    leave() {
      closed = true;
      clearTimeout(timer);
      clearInterval(countdown);
      leaveTabs();
      stop();
    },
  };
}

function skeleton(id) {
  const parts = {
    title: h('span', {}, shortId(id)), kind: h('span', { class: 'quiet' }), state: h('span', { class: 'pill', id: 'state' }),
    chart: h('div', { class: 'chart', tabindex: '0', role: 'region', 'aria-label': 'Statechart' }), context: h('div'), journal: h('tbody'), effects: h('div'), timers: h('div'), links: h('div'), events: h('div'), tabs: h('div'), problem: h('p', { class: 'error', role: 'alert' }),
    range: h('input', { type: 'range', 'aria-label': 'Event to look back at' }), live: h('button', { type: 'button', 'aria-pressed': 'true' }, 'Live'), when: h('span', { class: 'quiet', role: 'status' }, 'now'),
  };
  const card = (title, ...children) => h('section', { class: 'card' }, h('h2', {}, title), ...children);
  const head = h('thead', {}, h('tr', {}, ...['', 'time', 'event', 'from', 'to', 'after', 'effects', 'changed'].map((name) => h('th', { scope: 'col' }, name))));
  const full = h('button', { type: 'button', 'aria-pressed': 'false', onclick: () => full.setAttribute('aria-pressed', String(parts.chart.classList.toggle('full'))) }, 'Full size');
  parts.element = h('div', { 'data-actor': id },
    h('h1', {}, parts.kind, ' ', parts.title, ' ', parts.state), h('p', { class: 'mono quiet' }, id), parts.problem,
    h('div', { class: 'actor' },
      h('div', { class: 'column' }, card('Statechart', h('div', { class: 'bar' }, full), parts.chart), card('Journal', h('div', { class: 'travel' }, parts.range, parts.live, parts.when), h('div', { class: 'scroll', tabindex: '0', role: 'region', 'aria-label': 'Journal' }, h('table', {}, head, parts.journal))), parts.tabs),
      h('div', { class: 'column' }, card('Context', parts.context), card('Effects without an answer', parts.effects), card('Timers', parts.timers), card('Belongs to', parts.links), card('Send an event', parts.events))));
  return parts;
}

function gone(parts, error) {
  setText(parts.problem, error.message);
}

function showJournal(body, journal, travel) {
  body.replaceChildren(...journal.toReversed().map(({ seq, at, event, from, to, afterMs, effects, changed }) => h('tr', { 'data-seq': String(seq) },
    h('td', {}, h('button', { type: 'button', 'aria-label': `Look back at event ${seq}`, onclick: () => void travel(seq) }, String(seq))), h('td', { class: 'mono' }, clock(at)),
    h('td', { class: 'mono', title: JSON.stringify(event) }, event.type), h('td', {}, from ?? ''), h('td', {}, pill(to)), h('td', {}, afterMs > 0 ? duration(afterMs) : ''), h('td', {}, effects.join(' ')), h('td', { class: 'mono' }, changed.join(' ')))));
}

function markLine(body, seq) {
  for (const row of body.children) row.setAttribute('aria-current', String(row.dataset.seq === String(seq)));
}

function showPending(parts, { effects, timers, links }) {
  const none = () => h('p', { class: 'notice' }, 'none');
  parts.effects.replaceChildren(effects.length === 0 ? none() : h('ul', { class: 'tree mono' }, ...effects.map(({ op, key, attempt, error, nextAt }) => h('li', {}, `${op} (${key.split('!').slice(1).join('.')}), attempt ${attempt}`, error && h('div', { class: 'error' }, `${error}${nextAt ? `, again at ${clock(nextAt)}` : ''}`)))));
  showTimers(parts.timers, timers);
  parts.links.replaceChildren(links.length === 0 ? none() : h('ul', { class: 'tree' }, ...links.map(({ relation, name, id }) => h('li', {}, h('span', { class: 'quiet' }, `${relation} `), id ? h('a', { href: `#/actor/${encodeURIComponent(id)}` }, name) : name))));
}

function showTimers(element, timers) {
  const text = (left) => (left > 0 ? `in ${duration(left)}` : 'due');
  element.replaceChildren(timers.length === 0 ? h('p', { class: 'notice' }, 'none') : h('ul', { class: 'tree mono' }, ...timers.map(({ id, at }) => h('li', {}, `${id.replace(/^xstate\.after\.([^.]+).*/, 'after $1')} ${text(at - Date.now())}`))));
}
