// What dd counts and the lines in which it tells of it.

export interface Counts {
  inFull: number;
  inPartial: number;
  outFull: number;
  outPartial: number;
  truncated: number;
  bytes: number;
}

const UNITS = 'KMGTPE';

/** To the nearest, halves to the even digit, as gnulib's human_readable rounds. */
function nearest(value: number): number {
  const floor = Math.floor(value);
  const rest = value - floor;
  return rest > 0.5 || (rest === 0.5 && floor % 2 === 1) ? floor + 1 : floor;
}

/** `1.5 MB`, `1.5 MiB`; below the first unit a plain number, unless `scaled` (rates always have a prefix). */
function human(amount: number, base: 1000 | 1024, scaled = false): string {
  if (amount < base && !scaled) return `${amount} B`;
  let value = amount / base;
  let power = 0;
  while (value >= base && power < UNITS.length - 1) {
    value /= base;
    power++;
  }
  const tenths = nearest(value * 10);
  let digits = tenths < (scaled ? 1000 : 100) ? `${Math.floor(tenths / 10)}.${tenths % 10}` : String(nearest(value));
  if (digits === String(base) && power < UNITS.length - 1) {
    digits = '1.0';
    power++;
  }
  const unit = UNITS[power]!;
  return `${digits} ${base === 1024 ? `${unit}iB` : `${unit === 'K' ? 'k' : unit}B`}`;
}

/** printf's %g: six significant digits. */
function general(value: number): string {
  if (value === 0) return '0';
  if (value < 1e-4) return value.toExponential(5).replace(/\.?0+e/, 'e').replace(/e-(\d)$/, 'e-0$1');
  return String(Number(value.toPrecision(6)));
}

/** `512 bytes copied, 0.1 s, 5.1 kB/s`, without newline. */
export function transferLine(bytes: number, seconds: number, isProgress = false): string {
  const noun = bytes === 1 ? 'byte' : 'bytes';
  const sizes = [...(bytes >= 1000 ? [human(bytes, 1000)] : []), ...(bytes >= 1024 ? [human(bytes, 1024)] : [])];
  const rate = seconds > 0 ? human(bytes / seconds, 1000, true) : 'Infinity B';
  return `${bytes} ${noun}${sizes.length > 0 ? ` (${sizes.join(', ')})` : ''} copied, ${isProgress ? seconds.toFixed(0) : general(seconds)} s, ${rate}/s`;
}

/** The lines at the end, or on SIGUSR1. */
export function summary(counts: Counts, seconds: number, status: string): string {
  if (status === 'none') return '';
  const { inFull, inPartial, outFull, outPartial, truncated, bytes } = counts;
  const cut = truncated === 0 ? '' : `${truncated} truncated record${truncated === 1 ? '' : 's'}\n`;
  const transfer = status === 'noxfer' ? '' : `${transferLine(bytes, seconds)}\n`;
  return `${inFull}+${inPartial} records in\n${outFull}+${outPartial} records out\n${cut}${transfer}`;
}
