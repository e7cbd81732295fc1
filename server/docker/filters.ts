// The `filters` parameter of list calls: JSON as a map of maps (the CLI) or a map of arrays (SDKs).
import { Fault } from '../../actors/runtime/fault.js';

export type Filters = ReadonlyMap<string, readonly string[]>;

/** Parses `filters`; unknown names are Docker's 400 `invalid filter 'x'`, as is anything that is not a map of strings. */
export function parseFilters(text: string, known: readonly string[]): Filters {
  const filters = new Map<string, string[]>();
  if (text === '') return filters;
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw new Fault('invalid', `invalid filter: ${error instanceof Error ? error.message : String(error)}`);
  }
  if (value === null) return filters;
  if (typeof value !== 'object' || Array.isArray(value)) throw new Fault('invalid', 'invalid filter');
  for (const [name, given] of Object.entries(value)) {
    if (!known.includes(name)) throw new Fault('invalid', `invalid filter '${name}'`);
    filters.set(name, valuesOf(given));
  }
  return filters;
}

function valuesOf(given: unknown): string[] {
  if (Array.isArray(given)) {
    if (!given.every((item) => typeof item === 'string')) throw new Fault('invalid', 'invalid filter');
    return given;
  }
  if (typeof given !== 'object' || given === null) throw new Fault('invalid', 'invalid filter');
  return Object.entries(given).filter(([, on]) => on === true).map(([name]) => name);
}

/** A boolean filter; undefined when not given. Docker's words for anything that is not one. */
export function booleanFilter(filters: Filters, name: string): boolean | undefined {
  const values = filters.get(name);
  if (!values || values.length === 0) return undefined;
  const parsed = new Set(values.map((value) => {
    if (['1', 'true', 't', 'T', 'TRUE', 'True'].includes(value)) return true;
    if (['0', 'false', 'f', 'F', 'FALSE', 'False'].includes(value)) return false;
    throw new Fault('invalid', `invalid filter '${name}=${JSON.stringify(values)}'`);
  }));
  return parsed.size === 1 ? [...parsed][0] : undefined;
}

/** `label=key` and `label=key=value`; all must match. */
export function matchesLabels(labels: Readonly<Record<string, string>> | null | undefined, wanted: readonly string[] | undefined): boolean {
  return (wanted ?? []).every((text) => {
    const at = text.indexOf('=');
    const key = at < 0 ? text : text.slice(0, at);
    if (!labels || !Object.hasOwn(labels, key)) return false;
    return at < 0 || labels[key] === text.slice(at + 1);
  });
}

/** `label` and `label!` together. */
export function matchesLabelFilters(labels: Readonly<Record<string, string>> | null | undefined, filters: Filters): boolean {
  const without = filters.get('label!');
  return matchesLabels(labels, filters.get('label')) && !(without && without.length > 0 && matchesLabels(labels, without));
}

/** Substring or regular expression, as Docker's name and id filters match. */
export function matchesPattern(text: string, patterns: readonly string[] | undefined): boolean {
  if (!patterns || patterns.length === 0) return true;
  return patterns.some((pattern) => {
    try {
      return new RegExp(pattern).test(text);
    } catch {
      return text.includes(pattern);
    }
  });
}
