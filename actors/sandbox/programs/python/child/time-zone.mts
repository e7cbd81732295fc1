// The names of the time zone: Emscripten makes some of its offset, and makes them once.
import type { Exports } from './interpreter.mjs';
import type { Memory } from './memory.mjs';

/** As the zone is called at that time: by American habit, else by European. */
function nameAt(date: Date): string {
  const names = ['en-US', 'en-GB'].map((locale) => new Intl.DateTimeFormat(locale, { timeZoneName: 'short' }).formatToParts(date).find(({ type }) => type === 'timeZoneName')!.value);
  return names.find((name) => !/[+-]/.test(name)) ?? names[0]!;
}

/** Sets C's tzname: the zone's standard name and the one of its summer. */
export function nameTimeZone(exports: Exports, memory: Memory): void {
  const year = new Date().getFullYear();
  const [standard, other] = [new Date(year, 0, 1), new Date(year, 6, 1)].sort((a, b) => b.getTimezoneOffset() - a.getTimezoneOffset()) as [Date, Date];
  [standard, other].forEach((date, index) => {
    const name = Buffer.from(`${nameAt(date)}\0`);
    const address = exports.malloc(name.length) as number;
    memory.put(address, name, name.length);
    memory.setInt(Number(exports.tzname.value) + index * 4, address);
  });
}
