// Lists of positions as `cut -f 1,3-5,7-` writes them.
import { usageError } from '../programs/stdio.js';
import { quoteName } from './common/quote.js';

/** Sorted, merged, 1-based and inclusive; Infinity for an open end. */
export type Ranges = readonly (readonly [number, number])[];

/** `what` is `field` or `byte/character`, as GNU's complaints name it. */
export function parseRanges(argv: readonly string[], list: string, what: 'field' | 'byte/character'): Ranges {
  const refuse = (message: string): Error => usageError(argv, message);
  const ranges: [number, number][] = [];
  for (const part of list.split(/[, \t]/)) {
    const match = /^(\d*)(-?)(\d*)$/.exec(part);
    const positions = what === 'field' ? 'fields' : 'byte/character positions';
    if (part === '') throw refuse(`${positions} are numbered from 1`);
    if (!match) throw refuse(`invalid ${what === 'field' ? 'field value' : 'byte/character position'} ${quoteName(part.replace(/^\d*-?\d*(?=[^\d-])/, ''))}`);
    if (part === '-') throw refuse('invalid range with no endpoint: -');
    const large = [match[1]!, match[3]!].find((digits) => Number(digits) > Number.MAX_SAFE_INTEGER);
    if (large !== undefined) throw refuse(`${what === 'field' ? 'field number' : 'byte/character offset'} ${quoteName(large)} is too large`);
    const low = match[1] === '' ? 1 : Number(match[1]);
    const high = match[2] === '' ? low : match[3] === '' ? Infinity : Number(match[3]);
    if (low === 0) throw refuse(`${positions} are numbered from 1`);
    if (high < low) throw refuse('invalid decreasing range');
    ranges.push([low, high]);
  }
  ranges.sort((a, b) => a[0] - b[0]);
  const merged: [number, number][] = [];
  for (const range of ranges) {
    const last = merged.at(-1);
    if (last && range[0] <= last[1]) last[1] = Math.max(last[1], range[1]);
    else merged.push(range);
  }
  return merged;
}

/** What the ranges leave out. */
export function complementRanges(ranges: Ranges): Ranges {
  const gaps: [number, number][] = [];
  let next = 1;
  for (const [low, high] of ranges) {
    if (low > next) gaps.push([next, low - 1]);
    next = high + 1;
  }
  if (next !== Infinity) gaps.push([next, Infinity]);
  return gaps;
}
