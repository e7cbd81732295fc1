// The terminal view of actors as a pure thing: what a key or a message makes of it, and the lines it shows.
import { eventLabel, valueLabel } from '../../machines/explore.js';
import type { ActorDetail } from '../inspector/actors.js';
import type { ActorRow } from '../inspector/rows.js';

export interface View {
  readonly rows: ReadonlyMap<string, ActorRow>;
  readonly filter: string;
  /** The filter is being typed. */
  readonly isTyping: boolean;
  /** Id of the row under the cursor; the view follows it wherever its row goes. */
  readonly cursor: string | undefined;
  /** The newest change stays under the cursor. */
  readonly follows: boolean;
  readonly detail: ActorDetail | undefined;
  /** First line shown of the detail. */
  readonly scroll: number;
  readonly message: string;
}

/** What the terminal is to do beside drawing. */
export type Wish = { readonly type: 'quit' } | { readonly type: 'open'; readonly id: string };

export const emptyView: View = { rows: new Map(), filter: '', isTyping: false, cursor: undefined, follows: false, detail: undefined, scroll: 0, message: '' };

export const shortId = (id: string): string => (/^[0-9a-f]{64}$/.test(id) ? id.slice(0, 12) : id);

/** Newest change first; the filter looks at kind, name, id and state. */
export function listed({ rows, filter }: View): ActorRow[] {
  const words = filter.split(' ').filter((word) => word !== '');
  return [...rows.values()]
    .filter(({ kind, name, id, state }) => words.every((word) => kind === word || name.includes(word) || id.startsWith(word) || state.includes(word)))
    .toSorted((a, b) => b.at - a.at || (a.id < b.id ? -1 : 1));
}

/** A message of the feed's topic `rows`. */
export function told(view: View, message: { type: string; rows?: readonly ActorRow[]; gone?: readonly string[] }): View {
  const rows = message.type === 'snapshot' ? new Map<string, ActorRow>() : new Map(view.rows);
  for (const row of message.rows ?? []) rows.set(row.id, row);
  for (const id of message.gone ?? []) rows.delete(id);
  const next = { ...view, rows };
  return view.follows ? { ...next, cursor: listed(next)[0]?.id } : next;
}

/** A key by its name, as a terminal sends it. */
export function pressed(view: View, key: string): { view: View; wish?: Wish } {
  if (key === '\u0003') return { view, wish: { type: 'quit' } };
  if (view.isTyping) return { view: typed(view, key) };
  if (view.detail) return { view: scrolled(view, key), ...(key === 'q' ? { wish: { type: 'quit' } } : {}) };
  switch (key) {
    case 'q':
      return { view, wish: { type: 'quit' } };
    case '/':
      return { view: { ...view, isTyping: true } };
    case '\u001b':
      return { view: { ...view, filter: '' } };
    case 'f':
      return { view: told({ ...view, follows: !view.follows }, { type: 'rows' }) };
    case 'j': case '\u001b[B':
      return { view: moved(view, 1) };
    case 'k': case '\u001b[A':
      return { view: moved(view, -1) };
    case '\u001b[6~':
      return { view: moved(view, 10) };
    case '\u001b[5~':
      return { view: moved(view, -10) };
    case '\r': {
      const id = view.cursor ?? listed(view)[0]?.id;
      return { view, ...(id === undefined ? {} : { wish: { type: 'open', id } }) };
    }
    default:
      return { view };
  }
}

function typed(view: View, key: string): View {
  if (key === '\r') return { ...view, isTyping: false };
  if (key === '\u001b') return { ...view, isTyping: false, filter: '' };
  if (key === '\u007f' || key === '\b') return { ...view, filter: view.filter.slice(0, -1) };
  return /^[\x20-\x7e]+$/.test(key) ? { ...view, filter: view.filter + key } : view;
}

function scrolled(view: View, key: string): View {
  const steps: Readonly<Record<string, number>> = { j: 1, '\u001b[B': 1, k: -1, '\u001b[A': -1, '\u001b[6~': 10, '\u001b[5~': -10 };
  if (key === '\u001b' || key === '\u007f' || key === 'h') return { ...view, detail: undefined, scroll: 0 };
  return { ...view, scroll: Math.max(0, view.scroll + (steps[key] ?? 0)) };
}

function moved(view: View, by: number): View {
  const all = listed(view);
  const at = all.findIndex(({ id }) => id === view.cursor);
  const next = all[Math.max(0, Math.min(all.length - 1, at < 0 ? 0 : at + by))];
  return { ...view, follows: false, cursor: next?.id };
}

/** Lines of a screen, each cut to its width; `inverse` is the one under the cursor. */
export interface Screen {
  readonly lines: readonly string[];
  readonly inverse: number;
}

export function drawn(view: View, rows: number, columns: number, now: number): Screen {
  const { lines, inverse } = view.detail ? { lines: detailLines(view.detail, now).slice(view.scroll), inverse: -1 } : tableLines(view, rows - 1, now);
  const foot = view.detail ? 'arrows scroll · Esc back · q quit' : view.isTyping ? `filter: ${view.filter}_` : `${view.message}${view.filter === '' ? '' : `filter: ${view.filter} · `}${view.follows ? 'following · ' : ''}arrows move · Enter opens · / filters · f follows · q quits`;
  const body = lines.slice(0, rows - 1);
  return { lines: [...body, ...Array.from({ length: rows - 1 - body.length }, () => ''), foot].map((line) => printable(line).slice(0, columns)), inverse };
}

/** Names and contexts come from containers: what would move the cursor or ring a bell is shown, not done. */
function printable(text: string): string {
  return text.replace(/[\u0000-\u001f\u007f-\u009f]/g, (character) => `\\x${character.charCodeAt(0).toString(16).padStart(2, '0')}`);
}

const WIDTHS = [10, 22, 14, 26, 8, 14] as const;

function tableLines(view: View, rows: number, now: number): Screen {
  const all = listed(view);
  const at = Math.max(0, all.findIndex(({ id }) => id === view.cursor));
  const room = rows - 1;
  const first = Math.max(0, Math.min(at - Math.floor(room / 2), all.length - room));
  const line = (cells: readonly string[]): string => cells.map((cell, n) => cell.slice(0, (WIDTHS[n] ?? 30) - 1).padEnd(WIDTHS[n] ?? 0)).join('');
  const table = all.slice(first, first + room).map(({ kind, name, id, state, since, event, seq }) => line([kind, name, shortId(id), state, age(since, now), event, String(seq)]));
  return { lines: [line(['KIND', 'NAME', 'ID', 'STATE', 'SINCE', 'EVENT', 'EVENTS']), ...table], inverse: all.length === 0 ? -1 : at - first + 1 };
}

function detailLines({ kind, name, id, state, context, journal, effects, timers, links }: ActorDetail, now: number): string[] {
  const changed = new Set(journal.at(-1)?.changed);
  return [
    `${kind} ${name} ${id}`, `state   ${state}`, '',
    ...Object.entries(context).map(([key, value]) => `${changed.has(key) ? '*' : ' '} ${key}: ${JSON.stringify(value)}`), '',
    ...effects.map(({ op, attempt, error }) => `effect  ${op}, attempt ${attempt}${error === undefined ? '' : `, ${error}`}`),
    ...timers.map(({ id: timer, at }) => `timer   ${eventLabel({ type: timer })} in ${((at - now) / 1000).toFixed(1)} s`),
    ...links.map(({ relation, name: other }) => `${relation.padEnd(8)}${other}`), '',
    ...journal.toReversed().map(({ seq, at, event, to, effects: asked }) => `${String(seq).padStart(4)}  ${new Date(at).toISOString().slice(11, 23)}  ${event.type.padEnd(16)} ${to.padEnd(26)} ${asked.join(' ')}`),
  ];
}

function age(ms: number, now: number): string {
  const seconds = Math.max(0, (now - ms) / 1000);
  return ms === 0 ? '' : seconds < 90 ? `${Math.floor(seconds)}s` : seconds < 5400 ? `${Math.round(seconds / 60)}m` : `${Math.round(seconds / 3600)}h`;
}

/** One commit on a line, for those who follow without a screen. */
export function commitText({ at, kind, id, name, event, before, value }: { at: number; kind: string; id: string; name: string; event: string; before: unknown; value: unknown }): string {
  return printable(`${new Date(at).toISOString()}  ${kind} ${name === '' ? shortId(id) : name}: ${event}  ${before === undefined ? '' : `${valueLabel(before)} -> `}${valueLabel(value)}`);
}
