// A container's own views: live log, use of the machine, a terminal, files. Each begins when its tab is opened.
import { bytes, h, json, spark } from './dom.js';
import { fileBrowser } from './files.js';

const LINES_MAX = 5000;
const SAMPLES = 60;

/** Puts the tabs into `element`; returns the way to stop what runs in them. */
export function containerTabs(element, { id }) {
  const panel = h('div', { role: 'tabpanel', 'aria-label': 'Log' });
  let stop = () => {};
  const open = (name, view) => {
    stop();
    for (const tab of tabs) {
      tab.setAttribute('aria-selected', String(tab.textContent === name));
      tab.tabIndex = tab.textContent === name ? 0 : -1;
    }
    panel.setAttribute('aria-label', name);
    panel.replaceChildren();
    stop = view(panel, id);
  };
  const views = [['Log', logView], ['Stats', statsView], ['Terminal', terminalView], ['Files', fileBrowser]];
  const tabs = views.map(([name, view]) => h('button', { type: 'button', role: 'tab', 'aria-selected': 'false', onclick: () => open(name, view) }, name));
  const list = h('div', { class: 'bar', role: 'tablist', 'aria-label': 'Container', onkeydown: (event) => {
    const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    if (step === undefined) return;
    const next = tabs[(tabs.indexOf(document.activeElement) + step + tabs.length) % tabs.length];
    next.focus();
    next.click();
  } }, ...tabs);
  element.replaceChildren(h('section', { class: 'card' }, h('h2', {}, 'Container'), list, panel));
  open(...views[0]);
  return () => stop();
}

/** Reads a body piece by piece until the abort; what went wrong is shown where the view is. */
async function read(path, panel, abort, take) {
  try {
    const response = await fetch(path, { signal: abort.signal });
    if (!response.ok) throw new Error((await response.json()).message);
    const reader = response.body.getReader();
    for (let piece = await reader.read(); !piece.done; piece = await reader.read()) take(piece.value, response);
  } catch (error) {
    if (!abort.signal.aborted) panel.append(h('p', { class: 'error', role: 'alert' }, error.message));
  }
}

function logView(panel, id) {
  const abort = new AbortController();
  const log = h('pre', { class: 'log scroll', tabindex: '0', role: 'log', 'aria-label': 'Output' });
  panel.append(log);
  const decoders = { 1: new TextDecoder(), 2: new TextDecoder() };
  let rest = new Uint8Array();
  const add = (stream, data) => {
    const isAtEnd = log.scrollTop + log.clientHeight > log.scrollHeight - 20;
    log.append(h('span', stream === 2 ? { class: 'err' } : {}, decoders[stream].decode(data, { stream: true })));
    while (log.childElementCount > LINES_MAX) log.firstElementChild.remove();
    if (isAtEnd) log.scrollTop = log.scrollHeight;
  };
  void read(`/docker/containers/${id}/logs?follow=1&stdout=1&stderr=1&tail=1000`, panel, abort, (data, response) => {
    if (!(response.headers.get('content-type') ?? '').includes('multiplexed')) return add(1, data);
    // Frames of 8 bytes and a body: https://docs.docker.com/reference/api/engine/version/v1.50/#tag/Container/operation/ContainerAttach
    rest = Uint8Array.from([...rest, ...data]);
    for (;;) {
      if (rest.length < 8) return undefined;
      const size = new DataView(rest.buffer, rest.byteOffset).getUint32(4);
      if (rest.length < 8 + size) return undefined;
      add(rest[0] === 2 ? 2 : 1, rest.subarray(8, 8 + size));
      rest = rest.slice(8 + size);
    }
  });
  return () => abort.abort();
}

function statsView(panel, id) {
  const abort = new AbortController();
  const [cpu, memory, processes] = [[], [], []];
  const decoder = new TextDecoder();
  let text = '';
  const show = () => panel.replaceChildren(
    h('h3', {}, `CPU ${cpu.at(-1).toFixed(1)} %`), spark(cpu, 'CPU use, per cent'),
    h('h3', {}, `Memory ${bytes(memory.at(-1))}`), spark(memory, 'memory use'),
    h('h3', {}, `Processes ${processes.at(-1)}`), spark(processes, 'processes'));
  void read(`/docker/containers/${id}/stats`, panel, abort, (data) => {
    text += decoder.decode(data, { stream: true });
    const lines = text.split('\n');
    text = lines.pop();
    for (const line of lines.filter((one) => one !== '')) {
      const { cpu_stats: now, precpu_stats: before, memory_stats: { usage = 0 } = {}, pids_stats: { current = 0 } = {} } = JSON.parse(line);
      const host = (now.system_cpu_usage ?? 0) - (before.system_cpu_usage ?? 0);
      cpu.push(host > 0 && before.system_cpu_usage ? ((now.cpu_usage.total_usage - before.cpu_usage.total_usage) / host) * (now.online_cpus ?? 1) * 100 : 0);
      memory.push(usage);
      processes.push(current);
      for (const values of [cpu, memory, processes]) if (values.length > SAMPLES) values.shift();
      show();
    }
  });
  return () => abort.abort();
}

let library;
/** The terminal is a script of its own, loaded with the first one. */
function loadTerminal() {
  const script = (src) => new Promise((resolve, reject) => document.head.append(h('script', { src, onload: resolve, onerror: () => reject(new Error(`${src} could not be loaded`)) })));
  document.head.append(h('link', { rel: 'stylesheet', href: '/vendor/xterm.css' }));
  return script('/vendor/xterm.js').then(() => script('/vendor/addon-fit.js'));
}

function terminalView(panel, id) {
  let leave = () => {};
  let isOver = false;
  const notice = h('p', { class: 'notice', role: 'status' });
  const start = async () => {
    const { canWrite } = await json('/census');
    if (!canWrite) return notice.replaceChildren('This inspector only looks. A server started with --inspect-write opens terminals here.');
    await (library ??= loadTerminal());
    if (isOver) return undefined;
    const frame = h('div', { class: 'terminal' });
    panel.append(frame);
    const terminal = new globalThis.Terminal({ fontSize: 13, screenReaderMode: true });
    const fit = new globalThis.FitAddon.FitAddon();
    terminal.loadAddon(fit);
    terminal.open(frame);
    fit.fit();
    const socket = new WebSocket(`${location.protocol === 'https:' ? 'wss' : 'ws'}://${location.host}/actors/${id}/terminal`);
    socket.binaryType = 'arraybuffer';
    const tellSize = () => socket.readyState === WebSocket.OPEN && socket.send(JSON.stringify({ rows: terminal.rows, columns: terminal.cols }));
    const watcher = new ResizeObserver(() => fit.fit());
    watcher.observe(frame);
    terminal.onResize(tellSize);
    terminal.onData((data) => socket.readyState === WebSocket.OPEN && socket.send(new TextEncoder().encode(data)));
    socket.onopen = tellSize;
    socket.onmessage = ({ data }) => {
      if (typeof data !== 'string') return terminal.write(new Uint8Array(data));
      const { exitCode, error } = JSON.parse(data);
      notice.textContent = error ?? `ended with exit code ${exitCode}`;
      return undefined;
    };
    socket.onclose = () => { notice.textContent ||= 'the connection was closed'; };
    terminal.focus();
    leave = () => {
      watcher.disconnect();
      socket.close();
      terminal.dispose();
    };
    return undefined;
  };
  panel.append(notice);
  start().catch((error) => { notice.textContent = error.message; });
  return () => {
    isOver = true;
    leave();
  };
}
