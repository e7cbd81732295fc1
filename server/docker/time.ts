// Times as Docker reads them: Unix seconds with a fraction, RFC 3339, and durations before now.
import { Fault } from '../../actors/runtime/fault.js';

const UNITS: Readonly<Record<string, number>> = { ns: 1e-6, us: 1e-3, µs: 1e-3, ms: 1, s: 1000, m: 60_000, h: 3_600_000 };
const DURATION = /(\d+(?:\.\d*)?|\.\d+)(ns|us|µs|ms|s|m|h)/g;

/** Go's time.ParseDuration, in ms; undefined when it is none. */
export function parseDuration(text: string): number | undefined {
  if (!/^[+-]?((\d+(\.\d*)?|\.\d+)(ns|us|µs|ms|s|m|h))+$/.test(text)) return undefined;
  let ms = 0;
  for (const [, amount, unit] of text.matchAll(DURATION)) ms += Number(amount) * UNITS[unit!]!;
  return text.startsWith('-') ? -ms : ms;
}

/**
 * A `since`/`until`/filter value to nanoseconds since the epoch: Unix seconds (with up to nine decimals), RFC 3339 (with the parts
 * after the date optional) or a duration before now. Docker's 400 otherwise.
 */
export function parseTimestampNs(text: string, nowMs = Date.now()): bigint {
  const unix = /^(-?\d+)(?:\.(\d{1,9})\d*)?$/.exec(text);
  if (unix) return BigInt(unix[1]!) * 1_000_000_000n + BigInt((unix[2] ?? '').padEnd(9, '0'));
  const duration = parseDuration(text);
  if (duration !== undefined) return BigInt(Math.round((nowMs - duration) * 1e3)) * 1000n;
  const date = /^(\d{4}-\d\d-\d\d)(?:T(\d\d)(?::(\d\d)(?::(\d\d)(?:\.(\d+))?)?)?)?(Z|[+-]\d\d:\d\d)?$/.exec(text);
  const parsed = date && Date.parse(`${date[1]}T${date[2] ?? '00'}:${date[3] ?? '00'}:${date[4] ?? '00'}${date[6] ?? 'Z'}`);
  if (parsed === null || Number.isNaN(parsed)) throw new Fault('invalid', `invalid time: failed to parse value as time or duration: "${text}"`);
  return BigInt(parsed) * 1_000_000n + BigInt((date![5] ?? '').slice(0, 9).padEnd(9, '0'));
}
