// git's dates: how --date shows them (https://git-scm.com/docs/git-log#Documentation/git-log.txt---dateltformatgt), and those that people give.
import { formatDate } from '../common/dates/format.js';
import { nowMs } from '../common/dates/now.js';
import { parseDate } from '../common/dates/parse.js';
import { fixedZone, type Zone } from '../common/dates/zone.js';

/** A moment as commits hold it: seconds, and the minutes west of Greenwich. */
export interface Stamp {
  readonly timestamp: number;
  readonly timezoneOffset: number;
}

/** `+0200`. */
export function offsetText(minutesWest: number): string {
  const east = -minutesWest;
  const size = Math.abs(east);
  return `${east < 0 ? '-' : '+'}${String(Math.floor(size / 60)).padStart(2, '0')}${String(size % 60).padStart(2, '0')}`;
}

/** `3 days ago`, with git's thresholds. */
function relative(seconds: number): string {
  if (seconds < 0) return 'in the future';
  const say = (count: number, unit: string): string => `${count} ${unit}${count === 1 ? '' : 's'}`;
  if (seconds < 90) return `${say(seconds, 'second')} ago`;
  const minutes = Math.floor((seconds + 30) / 60);
  if (minutes < 90) return `${say(minutes, 'minute')} ago`;
  const hours = Math.floor((minutes + 30) / 60);
  if (hours < 36) return `${say(hours, 'hour')} ago`;
  const days = Math.floor((hours + 12) / 24);
  if (days < 14) return `${say(days, 'day')} ago`;
  if (days < 70) return `${say(Math.floor((days + 3) / 7), 'week')} ago`;
  if (days < 365) return `${say(Math.floor((days + 15) / 30), 'month')} ago`;
  if (days < 1825) {
    const months = Math.floor((days * 12 * 2 + 365) / (365 * 2));
    const [years, rest] = [Math.floor(months / 12), months % 12];
    return `${say(years, 'year')}${rest > 0 ? `, ${say(rest, 'month')}` : ''} ago`;
  }
  return `${say(Math.floor((days + 183) / 365), 'year')} ago`;
}

const PATTERNS: Readonly<Record<string, string>> = {
  default: '%a %b %-d %H:%M:%S %Y %z', rfc: '%a, %-d %b %Y %H:%M:%S %z', rfc2822: '%a, %-d %b %Y %H:%M:%S %z', short: '%Y-%m-%d', iso: '%Y-%m-%d %H:%M:%S %z', iso8601: '%Y-%m-%d %H:%M:%S %z', raw: '%s %z', unix: '%s',
};
/** What the local variants leave out. */
const LOCAL: Readonly<Record<string, string>> = { ...PATTERNS, default: '%a %b %-d %H:%M:%S %Y' };

/** A date as `--date=mode` wants it; `local` is the container's own time zone. */
export function dateText({ timestamp, timezoneOffset }: Stamp, mode: string, local: Zone): string {
  if (mode === 'relative') return relative(Math.floor(nowMs() / 1000) - timestamp);
  const own = fixedZone(-timezoneOffset * 60);
  const ms = timestamp * 1000;
  const [, name, isLocal, pattern] = /^([a-z0-9]+(?:-strict)?)(-local)?(?::(.*))?$/s.exec(mode) ?? [];
  if (name === 'format') return formatDate(pattern ?? '', ms, isLocal ? local : own);
  const zone = isLocal !== undefined || name === 'local' ? local : own;
  if (name === 'iso-strict' || name === 'iso8601-strict') return formatDate('%Y-%m-%dT%H:%M:%S%:z', ms, zone);
  const patterns = isLocal !== undefined || name === 'local' ? LOCAL : PATTERNS;
  return formatDate(patterns[name === 'local' ? 'default' : name!] ?? PATTERNS.default!, ms, zone);
}

/** Seconds of a date that somebody gives (`2 weeks ago`, `2024-01-31`, `@1700000000 +0200`); undefined where it says nothing. */
export function givenDate(text: string, zone: Zone): Stamp | undefined {
  const [, seconds, sign, hours, minutes] = /^@?(\d{5,})(?: ([+-])(\d\d)(\d\d))?$/.exec(text) ?? [];
  if (seconds !== undefined) return { timestamp: Number(seconds), timezoneOffset: (sign === '+' ? -1 : 1) * (Number(hours ?? 0) * 60 + Number(minutes ?? 0)) || 0 };
  const ms = parseDate(text.replaceAll(/(\d)T(\d)/g, '$1 $2').replaceAll(/\.(?=[a-z])/gi, ' '), nowMs(), zone);
  if (ms === undefined) return undefined;
  const [, eastSign, eastHours, eastMinutes] = /([+-])(\d\d):?(\d\d)$/.exec(text) ?? [];
  const east = eastSign === undefined ? (text.endsWith('Z') ? 0 : zone.offsetSeconds(ms) / 60) : (eastSign === '+' ? 1 : -1) * (Number(eastHours) * 60 + Number(eastMinutes));
  return { timestamp: Math.floor(ms / 1000), timezoneOffset: -east || 0 };
}
