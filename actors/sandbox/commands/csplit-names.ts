// The printf-like formats of csplit's file names (`-b %03d.txt`): one number, and text around it.
import { UsageError } from '../programs/stdio.js';

export interface NumberFormat {
  readonly before: string;
  readonly after: string;
  readonly flags: string;
  readonly width: number;
  readonly precision: number;
  readonly radix: 8 | 10 | 16;
  readonly isUpper: boolean;
}

export function numberFormat(text: string): NumberFormat {
  const match = /^((?:[^%]|%%)*)%([-+ #0']*)(\d*)(?:\.(\d*))?(.?)([^]*)$/.exec(text);
  if (!match) throw new UsageError('missing % conversion specification in suffix');
  const [, before, flags, width, precision, letter, after] = match;
  if (letter === '') throw new UsageError('missing conversion specifier in suffix');
  if (!'diuoxX'.includes(letter!)) throw new UsageError(`invalid conversion specifier in suffix: ${letter!}`);
  if (/(?:^|[^%])(?:%%)*%(?:[^%]|$)/.test(after!)) throw new UsageError('too many % conversion specifications in suffix');
  return {
    before: before!.replaceAll('%%', '%'), after: after!.replaceAll('%%', '%'), flags: flags!, width: Number(width), precision: Number(precision ?? 0),
    radix: letter === 'o' ? 8 : /x/i.test(letter!) ? 16 : 10, isUpper: letter === 'X',
  };
}

export function formatNumber({ before, after, flags, width, precision, radix, isUpper }: NumberFormat, number: number): string {
  const mark = !flags.includes('#') || number === 0 ? '' : radix === 8 ? '0' : radix === 16 ? '0x' : '';
  let digits = number.toString(radix).padStart(precision, '0');
  if (flags.includes('0') && !flags.includes('-')) digits = digits.padStart(width - mark.length, '0');
  const text = isUpper ? (mark + digits).toUpperCase() : mark + digits;
  return before + (flags.includes('-') ? text.padEnd(width) : text.padStart(width)) + after;
}
