// date: prints or reads dates (https://www.gnu.org/software/coreutils/date).
import type { Main } from '../kernel/program.js';
import type { Process } from '../kernel/process.js';
import { O_RDONLY } from '../kernel/open-file.js';
import type { Task } from '../kernel/wait.js';
import { command, complain, decode, LineReader, type Options, type Output, parseOptions, reason, UsageError, usageError } from '../programs/stdio.js';
import { dateReader } from './common/dates/busybox.js';
import { formatDate } from './common/dates/format.js';
import { nowMs } from './common/dates/now.js';
import { fromWall } from './common/dates/parse.js';
import { UTC, utcMs, type Zone, zoneOf } from './common/dates/zone.js';
import { choose } from './common/choice.js';
import { quoteName } from './common/quote.js';

const LONG = {
  date: 'required', debug: 'no', file: 'required', 'iso-8601': 'optional', reference: 'required', resolution: 'no', 'rfc-2822': 'no',
  'rfc-3339': 'required', 'rfc-email': 'no', set: 'required', universal: 'no', utc: 'no', uct: 'no',
} as const;

const ISO: Readonly<Record<string, string>> = {
  '': '%Y-%m-%d', date: '%Y-%m-%d', hours: '%Y-%m-%dT%H%:z', minutes: '%Y-%m-%dT%H:%M%:z', seconds: '%Y-%m-%dT%H:%M:%S%:z', ns: '%Y-%m-%dT%H:%M:%S,%N%:z',
};
const RFC_3339: Readonly<Record<string, string>> = { date: '%Y-%m-%d', seconds: '%Y-%m-%d %H:%M:%S%:z', ns: '%Y-%m-%d %H:%M:%S.%N%:z' };

const ISO_WORDS = ['hours', 'minutes', 'date', 'seconds', 'ns'] as const;
const RFC_3339_WORDS = ['date', 'seconds', 'ns'] as const;

function patternOf(argv: readonly string[], options: Options, formats: readonly string[]): string {
  const iso = options.value('I', 'iso-8601');
  const rfc = options.value('rfc-3339');
  const kinds = [iso !== undefined, rfc !== undefined, options.has('R', 'rfc-email', 'rfc-2822'), formats.length > 0].filter(Boolean);
  if (kinds.length > 1) throw new UsageError('multiple output formats specified');
  if (formats.length > 0) return formats[0]!.slice(1);
  if (iso !== undefined) return ISO[iso === '' ? '' : choose(argv, '--iso-8601', iso, ISO_WORDS)]!;
  if (rfc !== undefined) return RFC_3339[choose(argv, '--rfc-3339', rfc, RFC_3339_WORDS)]!;
  return options.has('R', 'rfc-email', 'rfc-2822') ? '%a, %d %b %Y %H:%M:%S %z' : '%a %b %e %H:%M:%S %Z %Y';
}

/** `-u -d` without `+` for a format that the locale C gives: weekday, month, day, time, zone, year. */
function* printFile(process: Process, output: Output, path: string, pattern: string, zone: Zone): Task<number> {
  let fd: number;
  try {
    fd = path === '-' ? 0 : process.open(path, O_RDONLY);
  } catch (error) {
    throw new UsageError(`${path}: ${reason(error)}`);
  }
  const lines = new LineReader(process, fd);
  const read = dateReader(process);
  let status = 0;
  for (let line = yield* lines.next(); line !== undefined; line = yield* lines.next()) {
    const ms = read(decode(line), nowMs(), zone);
    if (ms === undefined) {
      yield* complain(process, `invalid date ${quoteName(decode(line))}`);
      status = 1;
    } else {
      output.print(`${formatDate(pattern, ms, zone)}\n`);
    }
  }
  return status;
}

/** The old way to set the clock: MMDDhhmm[[CC]YY][.ss]. */
export function parsePosixTime(text: string, zone: Zone, yearFirst = false): number | undefined {
  const [, digits, seconds = '0'] = /^(\d{8}|\d{10}|\d{12})(?:\.(\d\d))?$/.exec(text) ?? [];
  if (digits === undefined) return undefined;
  const yearDigits = digits.length - 8;
  const yearText = yearFirst ? digits.slice(0, yearDigits) : digits.slice(8);
  const rest = yearFirst ? digits.slice(yearDigits) : digits.slice(0, 8);
  const [month, day, hour, minute] = [0, 2, 4, 6].map((at) => Number(rest.slice(at, at + 2))) as [number, number, number, number];
  const now = new Date(Date.now());
  const year = yearText === '' ? now.getUTCFullYear() : yearText.length === 4 ? Number(yearText) : Number(yearText) + (Number(yearText) < 69 ? 2000 : 1900);
  if (month < 1 || month > 12 || day < 1 || day > 31 || hour > 23 || minute > 59 || Number(seconds) > 60) return undefined;
  return fromWall(utcMs(year, month - 1, day, hour, minute, Number(seconds)), zone);
}

function momentOf(process: Process, options: Options, zone: Zone): number {
  const given = options.value('d', 'date') ?? options.value('s', 'set');
  const reference = options.value('r', 'reference');
  if (reference !== undefined) {
    try {
      // busybox and BSD take seconds here; a file of that name comes first.
      if (/^\d+$/.test(reference) && !process.files.exists(reference)) return Number(reference) * 1000;
      return process.files.stat(reference).mtimeMs;
    } catch (error) {
      throw new UsageError(`${reference}: ${reason(error)}`);
    }
  }
  if (given === undefined) return nowMs();
  const ms = dateReader(process)(given, nowMs(), zone);
  if (ms === undefined) throw new UsageError(`invalid date ${quoteName(given)}`);
  return ms;
}

export const date: Main = command(function* (process, output) {
  const options = parseOptions(process.argv, 'd:f:I::r:Rs:u', LONG);
  const zone = options.has('u', 'utc', 'universal', 'uct') ? UTC : zoneOf(process);
  const formats = options.operands.filter((operand) => operand.startsWith('+'));
  const [other, more] = options.operands.filter((operand) => !operand.startsWith('+'));
  if (more !== undefined || formats.length > 1) throw usageError(process.argv, `extra operand ${quoteName(more ?? formats[1]!)}`);
  const sources = [['d', 'date'], ['f', 'file'], ['r', 'reference'], ['resolution']].filter((names) => options.has(...names));
  if (sources.length > 1) throw usageError(process.argv, 'the options to specify dates for printing are mutually exclusive');
  const pattern = options.has('resolution') ? '' : patternOf(process.argv, options, formats);
  if (options.has('resolution')) {
    output.print('0.000000001\n');
    return 0;
  }
  const file = options.value('f', 'file');
  if (file !== undefined) return yield* printFile(process, output, file, pattern, zone);
  if (other !== undefined && formats.length > 0) throw usageError(process.argv, `extra operand ${quoteName(options.operands[1]!)}`);
  if (other !== undefined && options.has('d', 'date', 'r', 'reference')) {
    throw usageError(process.argv, `the argument ${quoteName(other)} lacks a leading '+';\nwhen using an option to specify date(s), any non-option\nargument must be a format string beginning with '+'`);
  }
  let ms = momentOf(process, options, zone);
  if (other !== undefined) {
    const posix = parsePosixTime(other, zone);
    if (posix === undefined) throw new UsageError(`invalid date ${quoteName(other)}`);
    ms = posix;
  }
  output.print(`${formatDate(pattern, ms, zone)}\n`);
  if (other === undefined && !options.has('s', 'set')) return 0;
  // A container has no CAP_SYS_TIME: the clock is the host's.
  yield* complain(process, 'cannot set date: Operation not permitted');
  return 1;
});
