// Sizes as people write them: `10K`, `1MB`, `4.2G` (coreutils' "Block size").

const POWERS = 'KMGTPEZY';

/** What `b` is to the commands that count in it. */
export const BLOCKS: Readonly<Record<string, number>> = { b: 512 };

/** 1024 for K, KiB; 1000 for KB; other suffixes as `extra` says; undefined when it is no size. Fractions are refused. */
export function parseSize(text: string, extra: Readonly<Record<string, number>> = {}): number | undefined {
  const [, digits, suffix] = /^(\d+)(\D*)$/.exec(text) ?? [];
  if (digits === undefined) return undefined;
  const factor = suffixFactor(suffix!, extra);
  return factor === undefined ? undefined : Number(digits) * factor;
}

/** The factor of a suffix alone. */
export function suffixFactor(suffix: string, extra: Readonly<Record<string, number>> = {}): number | undefined {
  if (suffix === '') return 1;
  if (Object.hasOwn(extra, suffix)) return extra[suffix]!;
  const [, letter, rest] = /^([kKmMgGtTPEZY])(iB|B|)$/.exec(suffix) ?? [];
  if (letter === undefined) return undefined;
  return (rest === 'B' ? 1000 : 1024) ** (POWERS.indexOf(letter.toUpperCase()) + 1);
}

/** `1.5K` as `ls -h`, `du -h`: at most three digits, rounded up. */
export function humanSize(value: number, base = 1024): string {
  if (value < base) return String(Math.ceil(value));
  let power = 0;
  let scaled = value;
  while (scaled >= base && power < POWERS.length) {
    scaled /= base;
    power++;
  }
  for (;;) {
    const letter = base === 1000 && power === 1 ? 'k' : POWERS[power - 1]!;
    if (scaled < 10) {
      const tenths = Math.ceil(scaled * 10 - 1e-9);
      if (tenths < 100) return `${Math.floor(tenths / 10)}.${tenths % 10}${letter}`;
    }
    const whole = Math.ceil(scaled - 1e-9);
    if (whole < base || power >= POWERS.length) return `${whole}${letter}`;
    scaled = whole / base;
    power++;
  }
}

/** A block size option of ls, du, df: how to show a number of bytes. */
export interface BlockSize {
  show(sizeBytes: number): string;
  /** What df writes over the column (`1K`, `1M`); absent for human sizes. */
  label: string | undefined;
}

export const HUMAN: BlockSize = { show: (sizeBytes) => humanSize(sizeBytes), label: undefined };
export const HUMAN_SI: BlockSize = { show: (sizeBytes) => humanSize(sizeBytes, 1000), label: undefined };

/** Blocks of `sizeBytes`, rounded up. */
export function blocksOf(sizeBytes: number, suffix = ''): BlockSize {
  const power = [1, 1024, 1024 ** 2, 1024 ** 3, 1024 ** 4].indexOf(sizeBytes);
  const label = power > 0 ? `1${POWERS[power - 1]!}` : sizeBytes === 1 ? '1B' : sizeBytes % 1024 === 0 ? `${sizeBytes / 1024}K` : `${sizeBytes}B`;
  return { show: (value) => `${Math.ceil(value / sizeBytes)}${suffix}`, label };
}

/** The argument of `--block-size`: `1K`, `M` (numbers get the suffix then), `human-readable`, `si`. */
export function parseBlockSize(text: string): BlockSize | undefined {
  if (text === 'human-readable') return HUMAN;
  if (text === 'si') return HUMAN_SI;
  const bare = /^[A-Za-z]/.test(text);
  const size = parseSize(bare ? `1${text}` : text);
  return size === undefined || size === 0 ? undefined : blocksOf(size, bare ? text : '');
}
