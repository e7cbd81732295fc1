// strftime(3) with GNU date's flags, widths and extra conversions.
import { numericZone, utcMs, type Zone } from './zone.js';

export const DAYS = ['Sunday', 'Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday'] as const;
export const MONTHS = [
  'January', 'February', 'March', 'April', 'May', 'June', 'July', 'August', 'September', 'October', 'November', 'December',
] as const;
const DAY_MS = 86_400_000;
/** After 400 years the calendar begins again, on the same day of the week; JavaScript's dates end long before file times do. */
const CYCLE_YEARS = 400;
const CYCLE_MS = 146_097 * DAY_MS;
const DATE_MAX_MS = 8.64e15;

/** A moment in a zone, taken apart. `month` 0–11, `yearDay` 0–365. */
interface Fields {
  epochMs: number;
  /** The moment that the zone is asked about. */
  zoneMs: number;
  year: number;
  month: number;
  day: number;
  hour: number;
  minute: number;
  second: number;
  weekDay: number;
  yearDay: number;
  zone: Zone;
}

function fieldsOf(epochMs: number, zone: Zone): Fields {
  const zoneMs = Math.abs(epochMs) < DATE_MAX_MS - CYCLE_MS ? epochMs : epochMs - Math.floor(epochMs / CYCLE_MS) * CYCLE_MS;
  const localMs = Math.floor(epochMs) + zone.offsetSeconds(zoneMs) * 1000;
  const cycles = Math.floor(localMs / CYCLE_MS);
  const date = new Date(localMs - cycles * CYCLE_MS);
  const year = date.getUTCFullYear();
  return {
    epochMs, zoneMs, year: year + cycles * CYCLE_YEARS, month: date.getUTCMonth(), day: date.getUTCDate(), hour: date.getUTCHours(), minute: date.getUTCMinutes(),
    second: date.getUTCSeconds(), weekDay: date.getUTCDay(), yearDay: Math.floor((date.getTime() - utcMs(year, 0, 1)) / DAY_MS), zone,
  };
}

/** ISO 8601 week and its year. */
function isoWeek(fields: Fields): { year: number; week: number } {
  const monday = (fields.weekDay + 6) % 7;
  const skippedYears = Math.floor(fields.year / CYCLE_YEARS - 5) * CYCLE_YEARS;
  const thursday = new Date(utcMs(fields.year - skippedYears, fields.month, fields.day) + (3 - monday) * DAY_MS);
  const year = thursday.getUTCFullYear();
  return { year: year + skippedYears, week: 1 + Math.floor((thursday.getTime() - utcMs(year, 0, 1)) / DAY_MS / 7) };
}

/** Nine digits of the second's fraction; ms with a fraction hold no more than about a microsecond. */
function nanoseconds(epochMs: number): string {
  const whole = Math.floor(epochMs / 1000);
  const micro = Math.min(999_999, Math.floor((epochMs - whole * 1000) * 1000 + 0.001));
  return String(micro).padStart(6, '0').padEnd(9, '0');
}

type Value = { text: string } | { number: number; width: number; pad: string };

const number = (value: number, width: number, pad = '0'): Value => ({ number: value, width, pad });
const text = (value: string): Value => ({ text: value });

const CONVERSIONS: Readonly<Record<string, (f: Fields) => Value>> = {
  a: (f) => text(DAYS[f.weekDay]!.slice(0, 3)),
  A: (f) => text(DAYS[f.weekDay]!),
  b: (f) => text(MONTHS[f.month]!.slice(0, 3)),
  h: (f) => text(MONTHS[f.month]!.slice(0, 3)),
  B: (f) => text(MONTHS[f.month]!),
  c: (f) => text(format('%a %b %e %H:%M:%S %Y', f)),
  C: (f) => number(Math.floor(f.year / 100), 2),
  d: (f) => number(f.day, 2),
  D: (f) => text(format('%m/%d/%y', f)),
  e: (f) => number(f.day, 2, ' '),
  F: (f) => text(`${f.year > 9999 ? '+' : ''}${format('%Y-%m-%d', f)}`),
  g: (f) => number(isoWeek(f).year % 100, 2),
  G: (f) => number(isoWeek(f).year, 4),
  H: (f) => number(f.hour, 2),
  I: (f) => number(f.hour % 12 || 12, 2),
  j: (f) => number(f.yearDay + 1, 3),
  k: (f) => number(f.hour, 2, ' '),
  l: (f) => number(f.hour % 12 || 12, 2, ' '),
  m: (f) => number(f.month + 1, 2),
  M: (f) => number(f.minute, 2),
  n: () => text('\n'),
  p: (f) => text(f.hour < 12 ? 'AM' : 'PM'),
  P: (f) => text(f.hour < 12 ? 'am' : 'pm'),
  q: (f) => number(Math.floor(f.month / 3) + 1, 1),
  r: (f) => text(format('%I:%M:%S %p', f)),
  R: (f) => text(format('%H:%M', f)),
  s: (f) => number(Math.floor(f.epochMs / 1000), 1),
  S: (f) => number(f.second, 2),
  t: () => text('\t'),
  T: (f) => text(format('%H:%M:%S', f)),
  u: (f) => number(f.weekDay || 7, 1),
  U: (f) => number(Math.floor((f.yearDay + 7 - f.weekDay) / 7), 2),
  V: (f) => number(isoWeek(f).week, 2),
  w: (f) => number(f.weekDay, 1),
  W: (f) => number(Math.floor((f.yearDay + 7 - ((f.weekDay + 6) % 7)) / 7), 2),
  x: (f) => text(format('%m/%d/%y', f)),
  X: (f) => text(format('%H:%M:%S', f)),
  y: (f) => number(((f.year % 100) + 100) % 100, 2),
  Y: (f) => number(f.year, 4),
  Z: (f) => text(f.zone.abbreviation(f.zoneMs)),
  '%': () => text('%'),
};

/** Formats a moment (ms since the epoch, fraction allowed). Unknown conversions stand for themselves, as in glibc. */
export function formatDate(pattern: string, epochMs: number, zone: Zone): string {
  return format(pattern, fieldsOf(epochMs, zone));
}

function format(pattern: string, fields: Fields): string {
  return pattern.replace(/%([-_0^#+]*)(\d*)([EO]?)(:{0,3}z|[A-Za-z%])/g, (all: string, flags: string, width: string, _modifier: string, conversion: string) => {
    const wanted = width === '' ? 0 : Math.min(Number(width), 1024);
    if (conversion === 'N') return fraction(nanoseconds(fields.epochMs), flags, wanted);
    if (conversion.endsWith('z')) return zoneText(conversion.length - 1, fields, flags, wanted);
    if (!Object.hasOwn(CONVERSIONS, conversion)) return all;
    return padded(CONVERSIONS[conversion]!(fields), flags, wanted, conversion);
  });
}

function fraction(digits: string, flags: string, width: number): string {
  const shown = width === 0 ? digits : width <= 9 ? digits.slice(0, width) : digits.padEnd(width, '0');
  if (flags.includes('_')) return shown.replace(/(?<=.)0+$/, (zeros) => ' '.repeat(zeros.length));
  return flags.includes('-') && width > 0 ? shown.replace(/(?<=.)0+$/, '') : shown;
}

function zoneText(colons: number, fields: Fields, flags: string, width: number): string {
  const offset = fields.zone.offsetSeconds(fields.zoneMs);
  let result = numericZone(offset, colons === 0 ? '' : ':');
  const seconds = Math.abs(offset) % 60;
  if (colons === 2) result += `:${String(seconds).padStart(2, '0')}`;
  if (colons === 3) result = seconds !== 0 ? `${result}:${String(seconds).padStart(2, '0')}` : result.replace(/:00$/, '');
  if (flags.includes('-')) return result.replace(/^([-+])0/, '$1');
  if (flags.includes('_')) return result.replace(/^([-+])0/, ' $1').padStart(width);
  return width > result.length ? result[0]! + result.slice(1).padStart(width - 1, '0') : result;
}

function padded(value: Value, flags: string, width: number, conversion: string): string {
  let pad = 'text' in value ? ' ' : value.pad;
  if (flags.includes('_')) pad = ' ';
  else if (flags.includes('0') || flags.includes('+')) pad = '0';
  const isBare = flags.includes('-');
  if ('text' in value) {
    let result = value.text;
    if (flags.includes('^')) result = result.toUpperCase();
    else if (flags.includes('#')) result = /^[pZ]$/.test(conversion) ? result.toLowerCase() : result.toUpperCase();
    return isBare ? result : result.padStart(width, pad);
  }
  const digits = String(Math.abs(value.number));
  const sign = value.number < 0 ? '-' : '';
  if (isBare) return sign + digits;
  const size = Math.max(width, value.width) - sign.length;
  return pad === ' ' ? (sign + digits).padStart(size + sign.length) : sign + digits.padStart(size, '0');
}
