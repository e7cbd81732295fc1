// Dates as busybox reads them: a list of formats, `@seconds`, and digits as `touch -t` has them.
import type { Process } from '../../../kernel/process.js';
import { isBusybox } from '../../../programs/flavour.js';
import { fromWall, parseDate } from './parse.js';
import { utcMs, type Zone } from './zone.js';

const MONTHS = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec'];
const TIME = '(?<hour>\\d{1,2}):(?<minute>\\d{1,2})(?::(?<second>\\d{1,2}))?';
const ISO_DATE = '(?<year>\\d{4})-(?<month>\\d{1,2})-(?<day>\\d{1,2})';
/** libbb/time.c's, as strptime(3) reads them: a blank stands for any white space, or none. */
const FORMATS = [
  TIME,
  `(?<month>\\d{1,2})\\.(?<day>\\d{1,2})-${TIME}`,
  `(?<year>\\d{4})\\.(?<month>\\d{1,2})\\.(?<day>\\d{1,2})-${TIME}`,
  `(?<name>[a-z]{3,9})\\s*(?<day>\\d{1,2})\\s*${TIME}\\s*(?<year>\\d{4})`,
  `${ISO_DATE}\\s*${TIME}\\s*(?<zone>z|[-+]\\d\\d(?::?\\d\\d)?)?`,
  `${ISO_DATE}(?:\\s*(?<hour>\\d{1,2}))?`,
].map((format) => new RegExp(`^\\s*${format}$`, 'i'));
/** `[[[[[YY]YY]MM]DD]hh]mm[.ss]` */
const DIGITS = /^(?:(?:(?:(?<year>\d{4}|\d\d)?(?<month>\d\d))?(?<day>\d\d))?(?<hour>\d\d))?(?<minute>\d\d)(?:\.(?<second>\d{1,2}))?$/;

function zoneMinutes(text: string): number {
  if (/^z$/i.test(text)) return 0;
  const [, sign, hours, minutes = '0'] = /^([-+])(\d\d):?(\d\d)?$/.exec(text)!;
  return (sign === '-' ? -1 : 1) * (Number(hours) * 60 + Number(minutes));
}

/** A year of two digits is the nearest one. */
function fullYear(text: string, now: number): number {
  if (text.length > 2) return Number(text);
  const year = Math.floor(now / 100) * 100 + Number(text);
  return year < now - 50 ? year + 100 : year > now + 50 ? year - 100 : year;
}

/** The reader of dates that a command of this flavour has. */
export function dateReader(process: Process): typeof parseDate {
  return isBusybox(process) ? parseBusyboxDate : parseDate;
}

/** ms since the epoch, or undefined when it is no date; what is not said is today's, at midnight. */
function parseBusyboxDate(text: string, baseMs: number, zone: Zone): number | undefined {
  if (text.startsWith('@')) return /^@-?\d+$/.test(text) ? Number(text.slice(1)) * 1000 : undefined;
  const { groups } = [...FORMATS, DIGITS].map((format) => format.exec(text)).find((match) => match !== null) ?? {};
  if (!groups) return undefined;
  const today = new Date(Math.floor(baseMs) + zone.offsetSeconds(baseMs) * 1000);
  const year = groups.year === undefined ? today.getUTCFullYear() : fullYear(groups.year, today.getUTCFullYear());
  const named = groups.name === undefined ? undefined : MONTHS.indexOf(groups.name.slice(0, 3).toLowerCase());
  const month = named ?? (groups.month === undefined ? today.getUTCMonth() : Number(groups.month) - 1);
  const day = Number(groups.day ?? today.getUTCDate());
  const [hour, minute, second] = [groups.hour, groups.minute, groups.second].map((part) => Number(part ?? 0)) as [number, number, number];
  if (month < 0 || month > 11 || day < 1 || day > 31 || hour > 23 || minute > 59 || second > 60) return undefined;
  const wall = utcMs(year, month, day, hour, minute, second);
  return groups.zone === undefined ? fromWall(wall, zone) : wall - zoneMinutes(groups.zone) * 60_000;
}
