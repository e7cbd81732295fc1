// Lists of positions as `cut -f 1,3-5,7-` writes them.
import { usageError } from '../programs/stdio.js';
import { quoteName } from './common/quote.js';

/** Sorted, merged, 1-based and inclusive; Infinity for an open end. */
export type Ranges = readonly (readonly [number, number])[];

const KINDS = {
  field: { numbered: 'fields', value: 'field value', number: 'field number', range: 'field range' },
  'byte/character': { numbered: 'byte/character positions', value: 'byte/character position', number: 'byte/character offset', range: 'byte or character range' },
} as const;

/** `what` is how GNU's complaints name it. */
export function parseRanges(argv: readonly string[], list: string, what: keyof typeof KINDS): Ranges {
  const refuse = (message: string): Error => usageError(argv, message);
  const kind = KINDS[what];
  const position = (digits: string): number => {
    if (Number(digits) > Number.MAX_SAFE_INTEGER) throw refuse(`${kind.number} ${quoteName(digits)} is too large`);
    return Number(digits);
  };
  const ranges: [number, number][] = [];
  for (const [at, part] of list.split(/[, \t]/).entries()) {
    const [matched, first, dash, last] = /^(\d*)(-?)(\d*)/.exec(part)!;
    const low = position(first!);
    if (first !== '' && low === 0) throw refuse(`${kind.numbered} are numbered from 1`);
    if (part[matched.length] === '-') throw refuse(`invalid ${kind.range}`);
    if (matched.length < part.length) throw refuse(`invalid ${kind.value} ${quoteName(list.split(/(?<=[, \t])/).slice(at).join('').slice(matched.length))}`);
    if (part === '-') throw refuse('invalid range with no endpoint: -');
    if (part === '') throw refuse(`${kind.numbered} are numbered from 1`);
    const range: [number, number] = dash === '' ? [low, low] : [low || 1, last === '' ? Infinity : position(last!)];
    if (range[1] < range[0]) throw refuse('invalid decreasing range');
    ranges.push(range);
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
