// Dates as people write them: GNU's "date input formats" (https://www.gnu.org/software/coreutils/manual/html_node/Date-input-formats.html).
import { DAYS, MONTHS } from './format.js';
import { fixedZone, parseZone, UTC, utcMs, type Zone } from './zone.js';

const UNITS: Readonly<Record<string, keyof Relative>> = {
  year: 'years', month: 'months', fortnight: 'fortnights', week: 'weeks', day: 'days', hour: 'hours', minute: 'minutes', min: 'minutes',
  second: 'seconds', sec: 'seconds',
};
const ORDINALS: Readonly<Record<string, number>> = {
  last: -1, this: 0, next: 1, first: 1, third: 3, fourth: 4, fifth: 5, sixth: 6, seventh: 7, eighth: 8, ninth: 9, tenth: 10, eleventh: 11, twelfth: 12,
};
/** Hours east of Greenwich. */
const ZONES: Readonly<Record<string, number>> = {
  utc: 0, ut: 0, gmt: 0, z: 0, wet: 0, west: 1, bst: 1, cet: 1, cest: 2, met: 1, mest: 2, eet: 2, eest: 3, msk: 3, msd: 4, ist: 5.5, jst: 9, sgt: 8,
  est: -5, edt: -4, cst: -6, cdt: -5, mst: -7, mdt: -6, pst: -8, pdt: -7, akst: -9, akdt: -8, hst: -10, nzst: 12, nzdt: 13,
  // The military's: a letter each, J left out.
  ...Object.fromEntries([...'abcdefghiklm'].map((letter, i) => [letter, i + 1])), ...Object.fromEntries([...'nopqrstuvwxy'].map((letter, i) => [letter, -1 - i])),
};

interface Relative {
  years: number;
  months: number;
  fortnights: number;
  weeks: number;
  days: number;
  hours: number;
  minutes: number;
  seconds: number;
}

interface Clock {
  hour: number;
  minute: number;
  second: number;
}

/** What the words have said so far. */
class Reading {
  date: { year: number | undefined; month: number; day: number } | undefined;
  time: Clock | undefined;
  zone: Zone | undefined;
  weekDay: { day: number; ordinal: number } | undefined;
  epochMs: number | undefined;
  relative: Relative = { years: 0, months: 0, fortnights: 0, weeks: 0, days: 0, hours: 0, minutes: 0, seconds: 0 };
}

type Rule = [RegExp, (match: RegExpExecArray, reading: Reading) => boolean | void];

const name = (names: readonly string[], word: string): number => names.findIndex((full) => full.toLowerCase().startsWith(word.slice(0, 3)) && (word.length <= 3 || full.toLowerCase().startsWith(word) || word === 'sept' || /^(tues|wednes|thur|thurs)$/.test(word)));

function year(digits: string): number {
  const value = Number(digits);
  return digits.length > 2 ? value : value < 69 ? 2000 + value : 1900 + value;
}

function setDate(reading: Reading, y: number | undefined, month: number, day: number): boolean {
  if (reading.date || month < 1 || month > 12 || day < 1 || day > 31) return false;
  reading.date = { year: y, month, day };
  return true;
}

function setTime(reading: Reading, hour: number, minute: number, second: number, half?: string): boolean {
  let hours = hour;
  if (half !== undefined) {
    if (hour < 1 || hour > 12) return false;
    hours = (hour % 12) + (half.startsWith('p') ? 12 : 0);
  }
  if (reading.time || hours > 23 || minute > 59 || second >= 60) return false;
  reading.time = { hour: hours, minute, second };
  return true;
}

function setOffset(reading: Reading, sign: string, hours: string, minutes: string | undefined): boolean {
  if (Number(hours) > 24) return false;
  const total = Number(hours) * 3600 + Number(minutes ?? 0) * 60;
  reading.zone = fixedZone(sign === '-' ? -total : total);
  return true;
}

const MONTH = '(jan|feb|mar|apr|may|jun|jul|aug|sep|sept|oct|nov|dec|january|february|march|april|june|july|august|september|october|november|december)\\b\\.?';
const monthNumber = (word: string): number => name(MONTHS, word) + 1;
const UNIT = '(year|month|fortnight|week|day|hour|minute|min|second|sec)s?\\b';

/** Tried in order at each position of the lower-case text. */
const RULES: readonly Rule[] = [
  [/^[\s,]+/, () => true],
  [/^\([^()]*\)/, () => true],
  [/^@(-?\d+(?:[.,]\d+)?)/, (m, r) => void (r.epochMs = Number(m[1]!.replace(',', '.')) * 1000)],
  [/^(\d{4,})-(\d{1,2})-(\d{1,2})(?:t(?=\d))?/, (m, r) => setDate(r, Number(m[1]), Number(m[2]), Number(m[3]))],
  [/^(\d{1,2})-(\d{1,2})-(\d{1,2})(?!\d)/, (m, r) => setDate(r, year(m[1]!), Number(m[2]), Number(m[3]))],
  [/^(\d{4,})\/(\d{1,2})\/(\d{1,2})/, (m, r) => setDate(r, Number(m[1]), Number(m[2]), Number(m[3]))],
  [/^(\d{1,2})\/(\d{1,2})(?:\/(\d{2,}))?/, (m, r) => setDate(r, m[3] === undefined ? undefined : year(m[3]), Number(m[1]), Number(m[2]))],
  [new RegExp(`^(\\d{1,2})[-\\s]*${MONTH}(?:[-\\s,]*(\\d{4,}|\\d\\d(?![:\\d])))?`), (m, r) => setDate(r, m[3] === undefined ? undefined : year(m[3]), monthNumber(m[2]!), Number(m[1]))],
  [new RegExp(`^${MONTH}[-\\s]*(\\d{1,2})(?:st|nd|rd|th)?(?![:\\d])(?:(?:\\s*,\\s*|[-\\s]+)(\\d{4,})(?![:\\d]))?`), (m, r) => setDate(r, m[3] === undefined ? undefined : year(m[3]), monthNumber(m[1]!), Number(m[2]))],
  [/^(\d{1,2}):(\d{1,2})(?::(\d{1,2}(?:[.,]\d+)?))?(?:\s*([ap])\.?m\b\.?)?(?:\s*([-+])(\d{1,2})(?::?(\d\d))?(?!\d))?/, (m, r) =>
    setTime(r, Number(m[1]), Number(m[2]), Number((m[3] ?? '0').replace(',', '.')), m[4]) && (m[5] === undefined || setOffset(r, m[5], m[6]!, m[7]))],
  [/^(\d{1,2})\s*([ap])\.?m\b\.?/, (m, r) => setTime(r, Number(m[1]), 0, 0, m[2])],
  [new RegExp(`^([-+]?\\s*\\d+)(?:\\s*|(?<=\\d))${UNIT}(\\s+ago\\b)?`), (m, r) => relative(r, Number(m[1]!.replace(/\s/g, '')), m[2]!, m[3])],
  [new RegExp(`^(${Object.keys(ORDINALS).join('|')})\\s+${UNIT}(\\s+ago\\b)?`), (m, r) => relative(r, ORDINALS[m[1]!]!, m[2]!, m[3])],
  [new RegExp(`^(?:(${Object.keys(ORDINALS).join('|')})\\s+|([-+]?\\d+)\\s+)?(sun|mon|tue|tues|wed|wednes|thu|thur|thurs|fri|sat|sunday|monday|tuesday|wednesday|thursday|friday|saturday)\\b\\.?`), (m, r) => {
    if (r.weekDay) return false;
    r.weekDay = { day: name(DAYS, m[3]!), ordinal: m[1] !== undefined ? ORDINALS[m[1]]! : Number(m[2] ?? 0) };
    return true;
  }],
  [new RegExp(`^${UNIT}(\\s+ago\\b)?`), (m, r) => relative(r, 1, m[1]!, m[2])],
  [/^(now|today)\b/, () => true],
  [/^tomorrow\b/, (_m, r) => void r.relative.days++],
  [/^yesterday\b/, (_m, r) => void r.relative.days--],
  [/^(?:utc|gmt)([-+])(\d{1,2})(?::?(\d\d))?(?!\d)/, (m, r) => setOffset(r, m[1]!, m[2]!, m[3])],
  [/^([a-z]{1,4})(?![a-z])(\s+dst\b)?/, (m, r) => {
    const hours = ZONES[m[1]!];
    if (hours === undefined || r.zone) return false;
    r.zone = hours === 0 ? UTC : fixedZone((hours + (m[2] === undefined ? 0 : 1)) * 3600, m[1]!.toUpperCase());
    return true;
  }],
  [/^([-+])(\d\d):?(\d\d)\b/, (m, r) => r.time !== undefined && !r.zone && setOffset(r, m[1]!, m[2]!, m[3])],
  [/^(\d+)(\d\d)(\d\d)(?![\d:])/, (m, r) => !r.date && setDate(r, year(m[1]!), Number(m[2]), Number(m[3]))],
  [/^(\d+)(?![\d:])/, bareNumber],
];

function relative(reading: Reading, count: number, unit: string, ago: string | undefined): boolean {
  reading.relative[UNITS[unit]!] += ago === undefined ? count : -count;
  return true;
}

/** A number alone: a year once date and time are known, else a time of day. */
function bareNumber(match: RegExpExecArray, reading: Reading): boolean {
  const digits = match[1]!;
  if (reading.date && reading.date.year === undefined && (reading.time || digits.length > 2)) {
    reading.date.year = year(digits);
    return true;
  }
  if (digits.length <= 2) return setTime(reading, Number(digits), 0, 0);
  return digits.length <= 4 && setTime(reading, Number(digits.slice(0, -2)), Number(digits.slice(-2)), 0);
}

/** ms since the epoch, or undefined when it is no date. Words are taken relative to `baseMs`; without a zone of its own it is in `zone`. */
export function parseDate(given: string, baseMs: number, zone: Zone): number | undefined {
  const [prefix = '', quoted] = /^\s*TZ="((?:[^"\\]|\\.)*)"\s*/.exec(given) ?? [];
  const home = quoted === undefined ? zone : parseZone(quoted);
  let text = given.slice(prefix.length).toLowerCase();
  const reading = new Reading();
  while (text !== '') {
    const before = text.length;
    for (const [pattern, act] of RULES) {
      const match = pattern.exec(text);
      if (match === null || match[0] === '') continue;
      if (act(match, reading) === false) continue;
      text = text.slice(match[0].length);
      break;
    }
    if (text.length === before) return undefined;
  }
  // Seconds since the epoch stand alone.
  if (reading.epochMs !== undefined && !/^\s*@\s*[-+]?[\d.,]+\s*$/.test(given.slice(prefix.length))) return undefined;
  const result = given.trim() === '' ? startOfDay(baseMs, home) : resolve(reading, baseMs, home);
  return Number.isFinite(result) ? result : undefined;
}

/** What no words at all mean. */
function startOfDay(baseMs: number, zone: Zone): number {
  const local = new Date(Math.floor(baseMs) + zone.offsetSeconds(baseMs) * 1000);
  return fromWall(utcMs(local.getUTCFullYear(), local.getUTCMonth(), local.getUTCDate()), zone);
}

function resolve(reading: Reading, baseMs: number, home: Zone): number {
  const { relative: by } = reading;
  const seconds = (by.hours * 60 + by.minutes) * 60 + by.seconds;
  if (reading.epochMs !== undefined) return reading.epochMs + ((by.fortnights * 14 + by.weeks * 7 + by.days) * 86_400 + seconds) * 1000;
  const zone = reading.zone ?? home;
  const local = new Date(Math.floor(baseMs) + zone.offsetSeconds(baseMs) * 1000);
  const date = reading.date ?? { year: local.getUTCFullYear(), month: local.getUTCMonth() + 1, day: local.getUTCDate() };
  const keepsTime = !reading.time && !reading.date && !reading.weekDay;
  const time = reading.time ?? (keepsTime ? { hour: local.getUTCHours(), minute: local.getUTCMinutes(), second: local.getUTCSeconds() } : { hour: 0, minute: 0, second: 0 });
  const y = date.year ?? local.getUTCFullYear();
  if (reading.date && new Date(utcMs(y, date.month - 1, date.day)).getUTCDate() !== date.day) return Number.NaN;
  if (reading.time && !isShown(utcMs(y, date.month - 1, date.day, time.hour, time.minute), zone)) return Number.NaN;
  let day = date.day + by.days + by.weeks * 7 + by.fortnights * 14;
  if (reading.weekDay && !reading.date) {
    const today = new Date(utcMs(y + by.years, date.month - 1 + by.months, day)).getUTCDay();
    const { day: wanted, ordinal } = reading.weekDay;
    day += ((wanted - today + 7) % 7) + 7 * (ordinal - (ordinal > 0 && today !== wanted ? 1 : 0));
  }
  const wall = utcMs(y + by.years, date.month - 1 + by.months, day, time.hour, time.minute, Math.floor(time.second));
  const fraction = keepsTime ? baseMs - Math.floor(baseMs / 1000) * 1000 : (time.second % 1) * 1000;
  return fromWall(wall, zone) + fraction + seconds * 1000;
}

/** Whether clocks of a zone ever show it: they leave an hour out when summer begins. */
function isShown(wallMs: number, zone: Zone): boolean {
  const moment = fromWall(wallMs, zone);
  return moment + zone.offsetSeconds(moment) * 1000 === wallMs;
}

/** The moment at which clocks of a zone show `wallMs` (ms as if UTC). */
export function fromWall(wallMs: number, zone: Zone): number {
  const guess = wallMs - zone.offsetSeconds(wallMs) * 1000;
  return wallMs - zone.offsetSeconds(guess) * 1000;
}
