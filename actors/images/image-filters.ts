// The filters of image lists and prunes: checks their names and values, and tells which images pass.
import { Fault } from '../runtime/fault.js';
import type { Image } from './image-records.js';
import type { ImageStore } from './image-store.js';
import { globToRegExp, matchesPattern } from './reference.js';

/** Filters as decoded from the query: name to values, of which one must match. */
export type Filters = Readonly<Record<string, readonly string[]>>;

const LIST_FILTERS = ['dangling', 'label', 'label!', 'before', 'since', 'reference', 'until'];
const PRUNE_FILTERS = ['dangling', 'label', 'label!', 'until'];
const DURATION_UNITS_MS: Readonly<Record<string, number>> = { ns: 1e-6, us: 1e-3, 'µs': 1e-3, ms: 1, s: 1000, m: 60_000, h: 3_600_000 };

/** Throws Fault invalid for a filter that there is none of. */
export function checkFilters(filters: Filters, purpose: 'list' | 'prune'): void {
  const allowed = purpose === 'list' ? LIST_FILTERS : PRUNE_FILTERS;
  for (const name of Object.keys(filters)) if (!allowed.includes(name)) throw new Fault('invalid', `invalid filter '${name}'`);
}

/** A yes/no filter's value, undefined if it is not given. Throws Fault invalid for anything else, or for both at once. */
export function booleanFilter(filters: Filters, name: string): boolean | undefined {
  const values = filters[name];
  if (!values || values.length === 0) return undefined;
  const yes = values.some((value) => value === '1' || value === 'true');
  const no = values.some((value) => value === '0' || value === 'false');
  if (yes === no) throw new Fault('invalid', `invalid filter '${name}=[${values.join(' ')}]'`);
  return yes;
}

/**
 * A moment as Docker's `until` and `since` take it: Unix seconds with fraction, RFC 3339, a local date, or a duration back
 * from now (`10m`, `1h30m`). Returns milliseconds since 1970; throws Fault invalid.
 */
export function parseMoment(text: string, nowMs: number): number {
  if (/^\d+(\.\d+)?$/.test(text)) return Number(text) * 1000;
  if (/^(\d+(\.\d+)?(ns|us|µs|ms|s|m|h))+$/.test(text)) {
    let backMs = 0;
    for (const [, amount, unit] of text.matchAll(/(\d+(?:\.\d+)?)(ns|us|µs|ms|s|m|h)/g)) backMs += Number(amount) * (DURATION_UNITS_MS[unit as string] as number);
    return nowMs - backMs;
  }
  const ms = /^\d{4}-\d\d-\d\d(T.*)?$/.test(text) ? Date.parse(text.includes('T') ? text : `${text}T00:00:00`) : NaN;
  if (Number.isNaN(ms)) throw new Fault('invalid', `failed to parse value as time or duration: ${JSON.stringify(text)}`);
  return ms;
}

/** Labels pass if all of `label` are there (`key` or `key=value`) and none of `label!` is. */
export function matchesLabels(labels: Readonly<Record<string, string>>, filters: Filters): boolean {
  const has = (wanted: string): boolean => {
    const equals = wanted.indexOf('=');
    const key = equals < 0 ? wanted : wanted.slice(0, equals);
    return Object.hasOwn(labels, key) && (equals < 0 || labels[key] === wanted.slice(equals + 1));
  };
  return (filters['label'] ?? []).every(has) && !(filters['label!'] ?? []).some(has);
}

/** Makes the test for a list. Throws Fault invalid or not-found (`before` and `since` name images). */
export function imageFilter(store: ImageStore, filters: Filters, nowMs: number): (image: Image) => boolean {
  checkFilters(filters, 'list');
  const dangling = booleanFilter(filters, 'dangling');
  const before = Math.min(...(filters['before'] ?? []).map((text) => store.resolve(text).createdMs));
  const since = Math.max(...(filters['since'] ?? []).map((text) => store.resolve(text).createdMs));
  const until = Math.min(...(filters['until'] ?? []).map((text) => parseMoment(text, nowMs)));
  const patterns = (filters['reference'] ?? []).map(globToRegExp);
  return (image) => {
    if (image.createdMs >= before || image.createdMs <= since || image.createdMs > until) return false;
    if (!matchesLabels(image.config.config?.Labels ?? {}, filters)) return false;
    const references = store.references(image.id);
    if (dangling !== undefined && dangling !== references.every((reference) => reference.tag === undefined)) return false;
    return patterns.length === 0 || references.some((reference) => patterns.some((pattern) => matchesPattern(reference, pattern)));
  };
}
