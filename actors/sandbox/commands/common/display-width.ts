// How many columns a character takes on a terminal, as wcwidth(3) says for those that scripts meet.

/** Ranges that take two columns: East Asian wide and full-width, and emoji. */
const WIDE: readonly (readonly [number, number])[] = [
  [0x1100, 0x115f], [0x231a, 0x231b], [0x2329, 0x232a], [0x23e9, 0x23ec], [0x2e80, 0x303e], [0x3041, 0x33ff], [0x3400, 0x4dbf], [0x4e00, 0x9fff], [0xa000, 0xa4cf],
  [0xa960, 0xa97f], [0xac00, 0xd7a3], [0xf900, 0xfaff], [0xfe30, 0xfe6f], [0xff00, 0xff60], [0xffe0, 0xffe6], [0x1f300, 0x1f64f], [0x1f680, 0x1f6ff], [0x1f900, 0x1f9ff], [0x20000, 0x3fffd],
];
const ZERO = /^[\p{Mn}\p{Me}\p{Cf}]$/u;

export function displayWidth(code: number): number {
  if (code < 0x300) return code < 32 || (code >= 127 && code < 160) ? 0 : 1;
  if (WIDE.some(([low, high]) => code >= low && code <= high)) return 2;
  return ZERO.test(String.fromCodePoint(code)) ? 0 : 1;
}
