// jq's functions over dates: seconds since the epoch, and `[year, month, day, hours, minutes, seconds, weekday, day of the year]`.
import { DAYS, formatDate, MONTHS } from '../common/dates/format.js';
import { fixedZone, utcMs } from '../common/dates/zone.js';
import { isArray, isNumber, JqError, type Value } from './value.js';
import type { Vm } from './vm.js';

const DAY_MS = 86_400_000;

function dayOfYear(year: number, month: number, day: number): number {
  return Math.floor((utcMs(year, month, day) - utcMs(year, 0, 1)) / DAY_MS);
}

/** Broken-down time of a count of seconds, moved by a zone's offset. */
function broken(seconds: number, offsetSeconds: number): Value {
  const whole = Math.floor(seconds);
  const date = new Date((whole + offsetSeconds) * 1000);
  if (Number.isNaN(date.getTime())) throw new JqError('error converting number of seconds since epoch to datetime');
  const [year, month, day] = [date.getUTCFullYear(), date.getUTCMonth(), date.getUTCDate()];
  return [year, month, day, date.getUTCHours(), date.getUTCMinutes(), date.getUTCSeconds() + (seconds - whole), date.getUTCDay(), dayOfYear(year, month, day)];
}

function fields(value: Value, message: string): number[] {
  if (!isArray(value) || value.length < 6 || !value.every(isNumber)) throw new JqError(message);
  return value as number[];
}

function epochOf(parts: readonly number[]): number {
  const [year, month, day, hours, minutes, seconds] = parts.map(Math.trunc) as [number, number, number, number, number, number];
  const ms = utcMs(year, month, day, hours, minutes, seconds);
  if (Number.isNaN(ms)) throw new JqError('invalid gmtime representation');
  return ms / 1000;
}

function makeTime(input: Value): number {
  if (!isArray(input)) throw new JqError('mktime requires array inputs');
  return epochOf(fields(input, 'mktime requires parsed datetime inputs'));
}

/** `strftime` of a number or of broken-down time. */
function format(input: Value, pattern: Value, name: string, zoneAt: (seconds: number) => { offsetSeconds: number; name: string }): string {
  if (!isNumber(input) && !isArray(input)) throw new JqError(`${name}/1 requires parsed datetime inputs`);
  if (typeof pattern !== 'string') throw new JqError(`${name}/1 requires a string format`);
  // Broken-down time is the wall's already.
  const wall = isNumber(input) ? Math.floor(input) : epochOf(fields(input, `${name}/1 requires parsed datetime inputs`));
  const zone = zoneAt(wall);
  return formatDate(pattern, (isNumber(input) ? wall : wall - zone.offsetSeconds) * 1000, fixedZone(zone.offsetSeconds, zone.name));
}

interface Parsed {
  year: number;
  month: number;
  day: number;
  hours: number;
  minutes: number;
  seconds: number;
  weekday: number | undefined;
  dayOfYear: number | undefined;
  hasDate: boolean;
  isAfternoon: boolean | undefined;
  epoch: number | undefined;
}

const NUMERIC: Readonly<Record<string, [number, (parsed: Parsed, value: number) => void]>> = {
  Y: [4, (p, v) => { p.year = v; p.hasDate = true; }],
  C: [2, (p, v) => { p.year = v * 100 + (p.year % 100); p.hasDate = true; }],
  y: [2, (p, v) => { p.year = v < 69 ? 2000 + v : 1900 + v; p.hasDate = true; }],
  m: [2, (p, v) => { p.month = v - 1; p.hasDate = true; }],
  d: [2, (p, v) => { p.day = v; p.hasDate = true; }],
  e: [2, (p, v) => { p.day = v; p.hasDate = true; }],
  H: [2, (p, v) => { p.hours = v; }],
  k: [2, (p, v) => { p.hours = v; }],
  I: [2, (p, v) => { p.hours = v % 12; }],
  l: [2, (p, v) => { p.hours = v % 12; }],
  M: [2, (p, v) => { p.minutes = v; }],
  S: [2, (p, v) => { p.seconds = v; }],
  j: [3, (p, v) => { p.dayOfYear = v - 1; }],
  w: [1, (p, v) => { p.weekday = v; }],
  u: [1, (p, v) => { p.weekday = v % 7; }],
  s: [20, (p, v) => { p.epoch = v; }],
};
const RANGES: Readonly<Record<string, [number, number]>> = { m: [1, 12], d: [1, 31], e: [1, 31], H: [0, 23], k: [0, 23], I: [1, 12], l: [1, 12], M: [0, 59], S: [0, 61], j: [1, 366], w: [0, 6], u: [1, 7] };
const COMPOUND: Readonly<Record<string, string>> = { T: '%H:%M:%S', R: '%H:%M', D: '%m/%d/%y', F: '%Y-%m-%d', c: '%a %b %e %H:%M:%S %Y', x: '%m/%d/%y', X: '%H:%M:%S', r: '%I:%M:%S %p' };

/** What is left of the text behind the pattern; undefined where it does not match. */
function parse(text: string, pattern: string, parsed: Parsed): string | undefined {
  let rest = text;
  for (let at = 0; at < pattern.length; at++) {
    const letter = pattern[at]!;
    if (/\s/.test(letter)) {
      rest = rest.trimStart();
      continue;
    }
    if (letter !== '%') {
      if (!rest.startsWith(letter)) return undefined;
      rest = rest.slice(1);
      continue;
    }
    let directive = pattern[++at] ?? '%';
    while ('EO-_0^'.includes(directive)) directive = pattern[++at] ?? '%';
    const left = convert(rest, directive, parsed);
    if (left === undefined) return undefined;
    rest = left;
  }
  return rest;
}

function convert(text: string, directive: string, parsed: Parsed): string | undefined {
  if (COMPOUND[directive] !== undefined) return parse(text, COMPOUND[directive], parsed);
  const numeric = NUMERIC[directive];
  if (numeric) {
    const found = new RegExp(`^\\s*([+-]?\\d{1,${numeric[0]}})`).exec(text);
    if (!found) return undefined;
    const value = Number(found[1]);
    const [least, most] = RANGES[directive] ?? [-Infinity, Infinity];
    if (value < least || value > most) return undefined;
    numeric[1](parsed, value);
    return text.slice(found[0].length);
  }
  const name = (names: readonly string[], set: (index: number) => void): string | undefined => {
    const index = names.findIndex((each) => text.toLowerCase().startsWith(each.slice(0, 3).toLowerCase()));
    if (index < 0) return undefined;
    set(index);
    const full = names[index]!;
    return text.slice(text.toLowerCase().startsWith(full.toLowerCase()) ? full.length : 3);
  };
  switch (directive) {
    case 'a':
    case 'A':
      return name(DAYS, (index) => (parsed.weekday = index));
    case 'b':
    case 'B':
    case 'h':
      return name(MONTHS, (index) => {
        parsed.month = index;
        parsed.hasDate = true;
      });
    case 'p': {
      const half = /^[ap]m/i.exec(text)?.[0].toLowerCase();
      if (half === undefined) return undefined;
      parsed.isAfternoon = half === 'pm';
      return text.slice(2);
    }
    case 'z': {
      const zone = /^\s*(?:Z|[+-]\d{2}(?::?\d{2})?)/.exec(text);
      return zone ? text.slice(zone[0].length) : undefined;
    }
    case 'Z':
      return text.replace(/^[A-Za-z]+/, '');
    case 'n':
    case 't':
      return text.trimStart();
    case '%':
      return text.startsWith('%') ? text.slice(1) : undefined;
    default:
      return undefined;
  }
}

function parseTime(input: Value, pattern: Value): Value {
  if (typeof input !== 'string' || typeof pattern !== 'string') throw new JqError('strptime/1 requires string inputs and arguments');
  const parsed: Parsed = { year: 1900, month: 0, day: 0, hours: 0, minutes: 0, seconds: 0, weekday: undefined, dayOfYear: undefined, hasDate: false, isAfternoon: undefined, epoch: undefined };
  const rest = parse(input, pattern, parsed);
  if (rest === undefined || (rest !== '' && !/^\s/.test(rest))) throw new JqError(`date "${input}" does not match format "${pattern}"`);
  let time: Value;
  if (parsed.epoch !== undefined) time = broken(parsed.epoch, 0);
  else {
    let { month, day, dayOfYear: ordinal, weekday } = parsed;
    if (ordinal !== undefined && day === 0) {
      const date = new Date(utcMs(parsed.year, 0, 1 + ordinal));
      month = date.getUTCMonth();
      day = date.getUTCDate();
    }
    if (day !== 0) {
      weekday = new Date(utcMs(parsed.year, month, day)).getUTCDay();
      ordinal = dayOfYear(parsed.year, month, day);
    }
    const hours = parsed.hours + (parsed.isAfternoon === true && parsed.hours < 12 ? 12 : 0);
    time = [parsed.year, month, day, hours, parsed.minutes, parsed.seconds, weekday ?? 8, ordinal ?? 367];
  }
  return rest === '' ? time : [...(time as readonly Value[]), rest];
}

const UTC = (): { offsetSeconds: number; name: string } => ({ offsetSeconds: 0, name: 'UTC' });

function seconds(input: Value, message: string): number {
  if (!isNumber(input)) throw new JqError(message);
  return input;
}

export const dateNatives: Readonly<Record<string, (vm: Vm, input: Value, args: readonly Value[]) => Value>> = {
  'now/0': (vm) => vm.host.nowSeconds,
  'gmtime/0': (_, input) => broken(seconds(input, 'gmtime() requires numeric inputs'), 0),
  'localtime/0': (vm, input) => broken(seconds(input, 'localtime() requires numeric inputs'), vm.host.zone(seconds(input, '')).offsetSeconds),
  'mktime/0': (_, input) => makeTime(input),
  'strptime/1': (_, input, [pattern]) => parseTime(input, pattern!),
  'strftime/1': (_, input, [pattern]) => format(input, pattern!, 'strftime', UTC),
  'strflocaltime/1': (vm, input, [pattern]) => format(input, pattern!, 'strflocaltime', (at) => vm.host.zone(at)),
};
