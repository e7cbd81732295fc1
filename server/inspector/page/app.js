// The page: which view is shown, the feed's state, the theme.
import { feed } from './feed.js';
import { mapView } from './map.js';
import { actorsView } from './actors.js';
import { actorView } from './actor.js';
import { journalView } from './journal.js';
import { h, setText } from './dom.js';

const main = document.getElementById('main');
const state = document.getElementById('feed');
const theme = document.getElementById('theme');
const VIEWS = [
  [/^\/?$/, mapView],
  [/^\/actors$/, actorsView],
  [/^\/journal$/, journalView],
  [/^\/actor\/([^/]+)$/, actorView],
];
let leave = () => {};

function show() {
  const [path, query = ''] = decodeHash();
  leave();
  leave = () => {};
  for (const link of document.querySelectorAll('nav a')) {
    if (link.getAttribute('href') === `#${path === '' ? '/' : path}`) link.setAttribute('aria-current', 'page');
    else link.removeAttribute('aria-current');
  }
  for (const [pattern, view] of VIEWS) {
    const match = pattern.exec(path);
    if (!match) continue;
    const shown = view(...match.slice(1).map(decodeURIComponent), new URLSearchParams(query));
    main.replaceChildren(shown.element);
    leave = shown.leave;
    document.title = `${shown.title} · Sockerless inspector`;
    return;
  }
  main.replaceChildren(h('h1', {}, 'There is no such view'), h('p', {}, h('a', { href: '#/' }, 'To the map')));
}

function decodeHash() {
  const hash = location.hash.replace(/^#/, '');
  return hash === 'main' ? ['/', ''] : hash.split('?');
}

feed.onState = (now) => {
  state.className = `feed ${now}`;
  setText(state, now === 'live' ? 'live' : 'connection lost, trying again');
};
theme.value = localStorage.getItem('theme') ?? '';
const dress = () => {
  if (theme.value === '') delete document.documentElement.dataset.theme;
  else document.documentElement.dataset.theme = theme.value;
};
theme.addEventListener('change', () => {
  localStorage.setItem('theme', theme.value);
  dress();
});
addEventListener('hashchange', () => {
  if (location.hash === '#main') return main.focus();
  show();
  main.focus();
});
dress();
feed.connect();
show();
