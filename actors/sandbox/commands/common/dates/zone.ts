// Time zones: TZ's names and rules, /etc/localtime; offsets and abbreviations at a moment (tzset(3)).
import { Errno } from '../../../kernel/errno.js';
import type { Process } from '../../../kernel/process.js';
import { decode } from '../../../kernel/text.js';

/** Where local time is. Offsets are seconds east of Greenwich. */
export interface Zone {
  offsetSeconds(epochMs: number): number;
  abbreviation(epochMs: number): string;
}

export const UTC: Zone = { offsetSeconds: () => 0, abbreviation: () => 'UTC' };

export function fixedZone(offsetSeconds: number, abbreviation = ''): Zone {
  return { offsetSeconds: () => offsetSeconds, abbreviation: () => abbreviation };
}

/** The zone of a process: its TZ, else the machine's. */
export function zoneOf(process: Process, tz: string | undefined = process.env.get('TZ')): Zone {
  if (tz !== undefined) return parseZone(tz);
  try {
    const [, name] = /zoneinfo\/(.+)$/.exec(process.files.readlink('/etc/localtime')) ?? [];
    if (name !== undefined) return parseZone(name);
  } catch (error) {
    if (!(error instanceof Errno)) throw error;
  }
  try {
    return parseZone(decode(process.files.readFile('/etc/timezone')).trim());
  } catch (error) {
    if (!(error instanceof Errno)) throw error;
    return UTC;
  }
}

/** As the C library: what is no zone is UTC. */
export function parseZone(tz: string): Zone {
  const name = tz.replace(/^:/, '');
  if (name === '' || name === 'UTC' || name === 'UTC0') return UTC;
  const rule = posixZone(name);
  if (rule && !/^(EST5EDT|CST6CDT|MST7MDT|PST8PDT)$/.test(name)) return rule;
  try {
    return namedZone(name);
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    // Like glibc: an unknown name is UTC under that name's letters.
    return fixedZone(0, /^[A-Za-z]{3,}/.exec(name)?.[0] ?? 'UTC');
  }
}

const JANUARY_MS = Date.UTC(2024, 0, 15);
const JULY_MS = Date.UTC(2024, 6, 15);
const named = new Map<string, Zone>();

function namedZone(name: string): Zone {
  const known = named.get(name);
  if (known) return known;
  const clock = new Intl.DateTimeFormat('en-US', {
    timeZone: name, hourCycle: 'h23', year: 'numeric', month: 'numeric', day: 'numeric', hour: 'numeric', minute: 'numeric', second: 'numeric', era: 'short',
  });
  const labels = ['en-US', 'en-GB', 'en-AU'].map((locale) => new Intl.DateTimeFormat(locale, { timeZone: name, timeZoneName: 'short' }));
  const offsetSeconds = (epochMs: number): number => {
    const whole = Math.floor(epochMs / 1000) * 1000;
    const parts: Record<string, string> = {};
    for (const { type, value } of clock.formatToParts(whole)) parts[type] = value;
    const year = parts['era'] === 'BC' ? 1 - Number(parts['year']) : Number(parts['year']);
    return (utcMs(year, Number(parts['month']) - 1, Number(parts['day']), Number(parts['hour']), Number(parts['minute']), Number(parts['second'])) - whole) / 1000;
  };
  const zone: Zone = {
    offsetSeconds,
    abbreviation(epochMs) {
      // ICU knows few abbreviations before 1970; the same offset in recent years has the same name.
      const recent = [JANUARY_MS, JULY_MS].filter((ms) => offsetSeconds(ms) === offsetSeconds(epochMs));
      for (const ms of [epochMs, ...recent]) {
        for (const label of labels) {
          const text = label.formatToParts(ms).find(({ type }) => type === 'timeZoneName')?.value ?? '';
          if (/^[A-Z]{2,5}$/.test(text)) return text;
        }
      }
      return numericZone(offsetSeconds(epochMs), '').replace(/00$/, '');
    },
  };
  named.set(name, zone);
  return zone;
}

/** `+0130`, with the separator `+01:30`. */
export function numericZone(offsetSeconds: number, separator: string): string {
  const minutes = Math.floor(Math.abs(offsetSeconds) / 60);
  return `${offsetSeconds < 0 ? '-' : '+'}${String(Math.floor(minutes / 60)).padStart(2, '0')}${separator}${String(minutes % 60).padStart(2, '0')}`;
}

/** Date.UTC without its idea of two-digit years; fields may overflow. */
export function utcMs(year: number, month: number, day: number, hour = 0, minute = 0, second = 0): number {
  const date = new Date(0);
  date.setUTCFullYear(year, month, day);
  date.setUTCHours(hour, minute, second, 0);
  return date.getTime();
}

const POSIX = /^([A-Za-z]{3,}|<[-+A-Za-z0-9]+>)([-+]?\d{1,2}(?::\d\d(?::\d\d)?)?)(?:([A-Za-z]{3,}|<[-+A-Za-z0-9]+>)([-+]?\d{1,2}(?::\d\d(?::\d\d)?)?)?(?:,(M[^,]+),(M[^,]+))?)?$/;

function secondsOf(text: string): number {
  const [hours = 0, minutes = 0, seconds = 0] = text.replace(/^[-+]/, '').split(':').map(Number);
  return (text.startsWith('-') ? -1 : 1) * (hours * 3600 + minutes * 60 + seconds);
}

/** `CET-1CEST,M3.5.0,M10.5.0/3` (https://pubs.opengroup.org/onlinepubs/9699919799/basedefs/V1_chap08.html, TZ). */
function posixZone(text: string): Zone | undefined {
  const [, standard, offset, daylight, daylightOffset, begins = 'M3.2.0', ends = 'M11.1.0'] = POSIX.exec(text) ?? [];
  if (standard === undefined) return undefined;
  const plain = (name: string): string => name.replace(/[<>]/g, '');
  const base = -secondsOf(offset!);
  if (daylight === undefined) return fixedZone(base, plain(standard));
  const summer = daylightOffset === undefined ? base + 3600 : -secondsOf(daylightOffset);
  const isSummer = (epochMs: number): boolean => {
    const year = new Date(epochMs + base * 1000).getUTCFullYear();
    const begin = ruleMs(begins, year) - base * 1000;
    const end = ruleMs(ends, year) - summer * 1000;
    return begin < end ? epochMs >= begin && epochMs < end : epochMs >= begin || epochMs < end;
  };
  return {
    offsetSeconds: (epochMs) => (isSummer(epochMs) ? summer : base),
    abbreviation: (epochMs) => plain(isSummer(epochMs) ? daylight : standard),
  };
}

/** `Mm.w.d/time`: the w-th weekday d of a month, 5 = the last; local wall time as if UTC. */
function ruleMs(rule: string, year: number): number {
  const [, month = '1', week = '1', day = '0', time = '2'] = /^M(\d+)\.(\d)\.(\d)(?:\/([-+:\d]+))?$/.exec(rule) ?? [];
  const first = new Date(utcMs(year, Number(month) - 1, 1)).getUTCDay();
  const length = new Date(utcMs(year, Number(month), 0)).getUTCDate();
  let date = 1 + ((Number(day) - first + 7) % 7) + 7 * (Number(week) - 1);
  while (date > length) date -= 7;
  return utcMs(year, Number(month) - 1, date) + secondsOf(time) * 1000;
}
