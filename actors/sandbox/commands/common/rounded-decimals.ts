// Decimal texts of numbers rounded as C does: what lies exactly between two texts goes to the even digit, where JavaScript goes up.

/** Decimals beyond those asked for: in a number that lies exactly between two texts they are a 5 and zeros. */
const BEYOND = 30;
const DIGITS_MAX = 100;
const HALF = new RegExp(`^50{${BEYOND - 1}}$`);

/** The text cut off where it is half of its last digit, and that digit is even. */
function halfDown(longer: string): string | undefined {
  const kept = longer.slice(0, -BEYOND).replace(/\.$/, '');
  return HALF.test(longer.slice(-BEYOND)) && /[02468]$/.test(kept) ? kept : undefined;
}

/** `%.3f`; of what JavaScript writes with an exponent all digits. */
export function fixed(value: number, digits: number): string {
  const asked = Math.min(digits, DIGITS_MAX);
  if (Math.abs(value) >= 1e21) return `${BigInt(value)}${digits > 0 ? `.${'0'.repeat(digits)}` : ''}`;
  return (asked + BEYOND > DIGITS_MAX ? undefined : halfDown(value.toFixed(asked + BEYOND))) ?? value.toFixed(asked);
}

/** `%.3e`, the exponent with two digits or more. */
export function exponential(value: number, digits: number): string {
  const asked = Math.min(digits, DIGITS_MAX);
  const text = value.toExponential(asked);
  const [mantissa = '', power = ''] = asked + BEYOND > DIGITS_MAX ? [] : value.toExponential(asked + BEYOND).split('e');
  const kept = halfDown(mantissa);
  return (kept === undefined ? text : `${kept}e${power}`).replace(/e([-+])(\d)$/, 'e$10$2');
}
