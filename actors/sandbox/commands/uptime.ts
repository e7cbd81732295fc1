// uptime and free: how long the machine runs, how much memory it has (procps).
import type { Process } from '../kernel/process.js';
import type { Main } from '../kernel/program.js';
import { decode, parseOptions, plainCommand } from '../programs/stdio.js';
import { formatDate } from './common/dates/format.js';
import { zoneOf } from './common/dates/zone.js';
import { memory } from './common/system.js';

const MINUTE_MS = 60_000;
const PERIODS = [['week', 7 * 24 * 60], ['day', 24 * 60], ['hour', 60], ['minute', 1]] as const;

/** `up 2 hours, 1 minute`. */
function inWords(minutes: number): string {
  let left = minutes;
  const parts: string[] = [];
  for (const [name, size] of PERIODS) {
    const count = Math.floor(left / size);
    left -= count * size;
    if (count > 0 || (name === 'minute' && parts.length === 0)) parts.push(`${count} ${name}${count === 1 ? '' : 's'}`);
  }
  return `up ${parts.join(', ')}`;
}

/** ` 12:00:00 up 5 min,  0 user,  load average: …`. */
export function uptimeLine(process: Process): string {
  const now = Date.now();
  const minutes = Math.floor((now - process.kernel.bootedAtMs) / MINUTE_MS);
  const loads = decode(process.files.readFile('/proc/loadavg')).split(' ').slice(0, 3).join(', ');
  const days = Math.floor(minutes / 1440);
  const hours = Math.floor(minutes / 60) % 24;
  const clock = hours > 0 ? `${String(hours).padStart(2)}:${String(minutes % 60).padStart(2, '0')}` : `${minutes % 60} min`;
  // Nobody logs in to a container.
  return ` ${formatDate('%H:%M:%S', now, zoneOf(process))} up ${days > 0 ? `${days} day${days === 1 ? '' : 's'}, ` : ''}${clock},  0 user,  load average: ${loads}\n`;
}

export const uptime: Main = plainCommand((process, output) => {
  const options = parseOptions(process.argv, 'ps', { pretty: 'no', since: 'no' });
  const { bootedAtMs } = process.kernel;
  const zone = zoneOf(process);
  const minutes = Math.floor((Date.now() - bootedAtMs) / MINUTE_MS);
  if (options.has('p', 'pretty')) {
    output.print(`${inWords(minutes)}\n`);
  } else if (options.has('s', 'since')) {
    output.print(`${formatDate('%Y-%m-%d %H:%M:%S', bootedAtMs, zone)}\n`);
  } else {
    output.print(uptimeLine(process));
  }
  return 0;
});

const UNITS: Readonly<Record<string, number>> = { b: 1, k: 1024, m: 1024 ** 2, g: 1024 ** 3, bytes: 1, kibi: 1024, mebi: 1024 ** 2, gibi: 1024 ** 3, tebi: 1024 ** 4, kilo: 1000, mega: 1e6, giga: 1e9, tera: 1e12 };

/** `8.6Mi`, `23Gi`. */
function human(bytes: number, base: number): string {
  let value = bytes;
  let power = 0;
  while (value >= base && power < 5) {
    value /= base;
    power++;
  }
  if (power === 0) return `${bytes}B`;
  const unit = `${'KMGTP'[power - 1]!}${base === 1024 ? 'i' : ''}`;
  return `${value < 9.95 ? value.toFixed(1) : Math.floor(value)}${unit}`;
}

export const free: Main = plainCommand((process, output) => {
  const options = parseOptions(process.argv, 'bghkmtw', { ...Object.fromEntries(Object.keys(UNITS).filter((name) => name.length > 1).map((name) => [name, 'no' as const])), human: 'no', si: 'no', total: 'no', wide: 'no' });
  const base = options.has('si') ? 1000 : 1024;
  const chosen = [...options.given.keys()].findLast((name) => Object.hasOwn(UNITS, name)) ?? 'k';
  const unit = options.has('si') && chosen.length === 1 ? 1000 ** 'bkmg'.indexOf(chosen) : UNITS[chosen]!;
  const show = (bytes: number): string => (options.has('h', 'human') ? human(bytes, base) : String(Math.floor(bytes / unit)));
  const { totalBytes, freeBytes } = memory(process);
  const used = totalBytes - freeBytes;
  const wide = options.has('w', 'wide');
  const titles = ['total', 'used', 'free', 'shared', ...(wide ? ['buffers', 'cache'] : ['buff/cache']), 'available'];
  const line = (name: string, values: readonly number[]): string => `${name.padEnd(8)}${values.map((value) => show(value).padStart(12)).join('')}\n`;
  output.print(`        ${titles.map((title) => title.padStart(12)).join('')}\n`);
  output.print(line('Mem:', [totalBytes, used, freeBytes, 0, ...(wide ? [0, 0] : [0]), freeBytes]));
  output.print(line('Swap:', [0, 0, 0]));
  if (options.has('t', 'total')) output.print(line('Total:', [totalBytes, used, freeBytes]));
  return 0;
});
