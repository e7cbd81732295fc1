// GET /events: the durable announcements as Docker's event stream, exact over restarts.
import type { StoredAnnouncement } from '../../actors/runtime/announcement.js';
import type { Call } from './call.js';
import { type Filters, matchesLabels, parseFilters } from './filters.js';
import { parseTimestampNs } from './time.js';

const FILTERS = ['config', 'container', 'daemon', 'event', 'image', 'label', 'network', 'node', 'plugin', 'scope', 'secret', 'service', 'type', 'volume'];

/** Docker's Message; `status`, `id` and `from` are the old spelling for containers and images. */
export function eventJson({ type, action, id, attributes, timeNs }: StoredAnnouncement): Record<string, unknown> {
  const nanoseconds = BigInt(timeNs);
  const old = type === 'container' ? { status: action, id, from: attributes.image } : type === 'image' ? { status: action, id } : {};
  return { ...old, Type: type, Action: action, Actor: { ID: id, Attributes: attributes }, scope: 'local', time: Number(nanoseconds / 1_000_000_000n), timeNano: '@timeNano@' };
}

/** timeNano does not fit a JavaScript number: it is put in as digits. */
function eventText(event: StoredAnnouncement): string {
  return `${JSON.stringify(eventJson(event)).replace('"@timeNano@"', event.timeNs)}\n`;
}

/** The action without what stands behind a colon (`exec_create: sh -c …`). */
function actionName(action: string): string {
  const at = action.indexOf(':');
  return at < 0 ? action : action.slice(0, at);
}

function named(values: readonly string[] | undefined, event: StoredAnnouncement, nameAttribute: string): boolean {
  if (!values) return true;
  const name = event.attributes[nameAttribute] ?? '';
  return values.some((value) => event.id === value || name === value || (value.length >= 4 && event.id.startsWith(value)) || name.split(':')[0] === value);
}

function passes(event: StoredAnnouncement, filters: Filters): boolean {
  const types = filters.get('type');
  if (types && !types.includes(event.type)) return false;
  const actions = filters.get('event');
  if (actions && !actions.includes(event.action) && !actions.includes(actionName(event.action))) return false;
  if (filters.has('label') && !matchesLabels(event.attributes, filters.get('label'))) return false;
  if (filters.has('scope') && !filters.get('scope')!.includes('local')) return false;
  if (filters.has('container') && !(event.type === 'container' && named(filters.get('container'), event, 'name'))) return false;
  if (filters.has('image') && !(event.type === 'image' ? named(filters.get('image'), event, 'name') : named(filters.get('image'), { ...event, id: '' }, 'image'))) return false;
  if (filters.has('volume') && !(event.type === 'volume' && filters.get('volume')!.includes(event.id))) return false;
  if (filters.has('network') && !(event.type === 'network' && named(filters.get('network'), event, 'name'))) return false;
  return true;
}

export async function streamEvents(call: Call): Promise<void> {
  const { daemon, exchange } = call;
  const filters = parseFilters(call.query('filters'), FILTERS);
  const moment = (name: string): bigint | undefined => (call.query(name) === '' ? undefined : parseTimestampNs(call.query(name)));
  const since = moment('since');
  const until = moment('until');
  const stream = call.stream(200, { 'Content-Type': 'application/json' });
  for await (const event of daemon.engine.announcements.follow(since, until, exchange.signal)) {
    if (!passes(event, filters)) continue;
    if (!stream.write(eventText(event))) await stream.drain();
  }
  stream.end();
}
