// strftime(3) in the C locale, for printf's `%(…)T` and prompts.
import { UTC, type Zone } from '../commands/common/dates/zone.js';

const DAYS = ['Sunday', 'Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday'];
const MONTHS = ['January', 'February', 'March', 'April', 'May', 'June', 'July', 'August', 'September', 'October', 'November', 'December'];

interface Fields {
  year: number; month: number; day: number; hour: number; minute: number; second: number; weekday: number; yearday: number; offsetMinutes: number; zone: string;
}

/** As far as a Date reaches, less a day for the zones. */
const MOMENT_MS_MAX = 8.64e15 - 86_400_000;

/** Broken-down time; like localtime(3) it has none for moments too far away, which then count as the epoch. */
function fieldsOf(moment: number, zone: Zone): Fields {
  const ms = Math.abs(moment) < MOMENT_MS_MAX ? moment : 0;
  const offsetMinutes = Math.round(zone.offsetSeconds(ms) / 60);
  const shifted = new Date(ms + offsetMinutes * 60_000);
  const start = Date.UTC(shifted.getUTCFullYear(), 0, 1);
  return {
    year: shifted.getUTCFullYear(), month: shifted.getUTCMonth(), day: shifted.getUTCDate(), hour: shifted.getUTCHours(), minute: shifted.getUTCMinutes(),
    second: shifted.getUTCSeconds(), weekday: shifted.getUTCDay(), yearday: Math.floor((shifted.getTime() - start) / 86_400_000), offsetMinutes, zone: zone.abbreviation(ms),
  };
}

const two = (value: number): string => String(value).padStart(2, '0');

/** Formats a moment; unknown letters stay as they are. */
export function strftime(format: string, ms: number, zone: Zone = UTC): string {
  const f = fieldsOf(ms, zone);
  const hour12 = f.hour % 12 === 0 ? 12 : f.hour % 12;
  const offset = `${f.offsetMinutes < 0 ? '-' : '+'}${two(Math.floor(Math.abs(f.offsetMinutes) / 60))}${two(Math.abs(f.offsetMinutes) % 60)}`;
  const values: Readonly<Record<string, () => string>> = {
    a: () => DAYS[f.weekday]!.slice(0, 3), A: () => DAYS[f.weekday]!, b: () => MONTHS[f.month]!.slice(0, 3), h: () => MONTHS[f.month]!.slice(0, 3), B: () => MONTHS[f.month]!,
    c: () => strftime('%a %b %e %H:%M:%S %Y', ms, zone), C: () => two(Math.floor(f.year / 100)), d: () => two(f.day), D: () => strftime('%m/%d/%y', ms, zone),
    e: () => String(f.day).padStart(2), F: () => strftime('%Y-%m-%d', ms, zone), H: () => two(f.hour), I: () => two(hour12), j: () => String(f.yearday + 1).padStart(3, '0'),
    k: () => String(f.hour).padStart(2), l: () => String(hour12).padStart(2), m: () => two(f.month + 1), M: () => two(f.minute), n: () => '\n', N: () => String(Math.floor((ms % 1000) * 1e6)).padStart(9, '0'),
    p: () => (f.hour < 12 ? 'AM' : 'PM'), r: () => strftime('%I:%M:%S %p', ms, zone), R: () => strftime('%H:%M', ms, zone), s: () => String(Math.floor(ms / 1000)), S: () => two(f.second),
    t: () => '\t', T: () => strftime('%H:%M:%S', ms, zone), u: () => String(f.weekday === 0 ? 7 : f.weekday), w: () => String(f.weekday), x: () => strftime('%m/%d/%y', ms, zone),
    X: () => strftime('%H:%M:%S', ms, zone), y: () => two(f.year % 100), Y: () => String(f.year), z: () => offset, Z: () => f.zone, '%': () => '%',
    U: () => two(Math.floor((f.yearday + 7 - f.weekday) / 7)), W: () => two(Math.floor((f.yearday + 7 - ((f.weekday + 6) % 7)) / 7)),
  };
  return format.replace(/%[-_0]?([A-Za-z%])/g, (whole, letter: string) => values[letter]?.() ?? whole);
}
