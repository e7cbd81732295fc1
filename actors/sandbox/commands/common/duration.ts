// Durations as sleep and timeout take them: `1.5`, `10s`, `2m`, `1h`, `1d`, `infinity`.

const UNITS: Readonly<Record<string, number>> = { '': 1000, s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 };

/** ms; undefined when it is no duration. */
export function parseDuration(text: string): number | undefined {
  if (/^\+?inf(inity)?$/i.test(text)) return Infinity;
  const [, digits, unit] = /^\+?((?:\d+\.?\d*|\.\d+)(?:e[-+]?\d+)?)([smhd]?)$/i.exec(text) ?? [];
  if (digits === undefined) return undefined;
  return Number(digits) * UNITS[unit!.toLowerCase()]!;
}
