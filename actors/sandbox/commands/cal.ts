// cal: the calendar of a month or a year (util-linux, bsdmainutils, busybox).
import type { Main } from '../kernel/program.js';
import { parseOptions, plainCommand, UsageError } from '../programs/stdio.js';
import { MONTHS } from './common/dates/format.js';
import { nowMs } from './common/dates/now.js';
import { zoneOf } from './common/dates/zone.js';

const WEEK = 7;
/** The days that Britain skipped. */
const REFORM = { year: 1752, month: 8, first: 3, last: 13 };

const isLeap = (year: number): boolean => (year <= REFORM.year ? year % 4 === 0 : year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0));
const monthDays = (year: number, month: number): number => [31, isLeap(year) ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31][month]!;

/** Days since 1 January of year 1, a Saturday. */
function dayNumber(year: number, month: number, day: number): number {
  let days = (year - 1) * 365 + Math.floor((year - 1) / 4);
  if (year > REFORM.year + 1) days -= Math.floor((year - 1) / 100) - Math.floor(REFORM.year / 100) - (Math.floor((year - 1) / 400) - Math.floor(REFORM.year / 400));
  for (let at = 0; at < month; at++) days += monthDays(year, at);
  days += day - 1;
  const isAfter = year > REFORM.year || (year === REFORM.year && (month > REFORM.month || (month === REFORM.month && day > REFORM.last)));
  return isAfter ? days - (REFORM.last - REFORM.first + 1) : days;
}

const weekday = (year: number, month: number, day: number): number => (dayNumber(year, month, day) + 6) % WEEK;

/** Six lines of days; `wide` for days of the year. */
function monthLines(year: number, month: number, monday: boolean, wide: boolean): string[] {
  const width = wide ? 3 : 2;
  const blank = ' '.repeat(width);
  const cells: string[] = [];
  for (let day = 1; day <= monthDays(year, month); day++) {
    if (year === REFORM.year && month === REFORM.month && day >= REFORM.first && day <= REFORM.last) continue;
    if (cells.length === 0) cells.push(...Array.from({ length: (weekday(year, month, day) + (monday ? 6 : 0)) % WEEK }, () => blank));
    const shown = wide ? dayNumber(year, month, day) - dayNumber(year, 0, 1) + 1 : day;
    cells.push(String(shown).padStart(width));
  }
  const lines: string[] = [];
  for (let row = 0; row < 6; row++) lines.push(Array.from({ length: WEEK }, (_, i) => cells[row * WEEK + i] ?? blank).join(' '));
  return lines;
}

function heading(monday: boolean, wide: boolean): string {
  const names = ['Su', 'Mo', 'Tu', 'We', 'Th', 'Fr', 'Sa'];
  return (monday ? [...names.slice(1), names[0]!] : names).map((name) => name.padStart(wide ? 3 : 2)).join(' ');
}

function center(text: string, width: number): string {
  const left = Math.floor((width - text.length) / 2);
  return ' '.repeat(Math.max(0, left)) + text;
}

export const cal: Main = plainCommand((process, output) => {
  const options = parseOptions(process.argv, 'jmyhs13', { julian: 'no', monday: 'no', sunday: 'no', year: 'no', one: 'no' });
  const now = new Date(nowMs() + zoneOf(process).offsetSeconds(nowMs()) * 1000);
  const [first, second] = options.operands;
  if (options.operands.length > 2) throw new UsageError('bad usage');
  const given = second ?? first;
  const year = given === undefined ? now.getUTCFullYear() : Number(given);
  if (!(Number.isInteger(year) && year >= 1 && year <= 9999)) throw new UsageError(`year \`${given!}' not in range 1..9999`);
  const named = MONTHS.findIndex((name) => second !== undefined && /^[a-z]{3,}$/i.test(first!) && name.toLowerCase().startsWith(first!.toLowerCase()));
  const month = second === undefined ? now.getUTCMonth() : named >= 0 ? named : Number(first) - 1;
  if (!(month >= 0 && month < 12)) throw new UsageError(`${first!} is neither a month number (1..12) nor a name`);
  const wide = options.has('j', 'julian');
  const monday = options.has('m', 'monday');
  const width = wide ? 27 : 20;
  if (given === undefined || second !== undefined) {
    const lines = [center(`${MONTHS[month]!} ${year}`, width), heading(monday, wide), ...monthLines(year, month, monday, wide)];
    if (!options.has('y', 'year')) {
      output.print(lines.map((line) => `${line.trimEnd()}\n`).join(''));
      return 0;
    }
  }
  const columns = wide ? 2 : 3;
  const gap = '  ';
  output.print(`${center(String(year), width * columns + gap.length * (columns - 1))}\n\n`);
  for (let at = 0; at < 12; at += columns) {
    const months = Array.from({ length: columns }, (_, i) => at + i);
    const row = (pieces: string[]): string => `${pieces.map((piece) => piece.padEnd(width)).join(gap).trimEnd()}\n`;
    output.print(row(months.map((each) => center(MONTHS[each]!, width))) + row(months.map(() => heading(monday, wide))));
    const bodies = months.map((each) => monthLines(year, each, monday, wide));
    for (let line = 0; line < 6; line++) output.print(row(bodies.map((body) => body[line]!)));
  }
  return 0;
});
