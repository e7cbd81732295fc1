// An option's argument that is one of a few words, as gnulib's argmatch reads and refuses it.
import { usageError } from '../../programs/stdio.js';
import { quoteName } from './quote.js';

/**
 * The word meant: itself, or any unambiguous beginning. Each entry of `valid` is a word, or words that mean the same (the first is
 * answered). Throws UsageError with the list of what is valid.
 */
export function choose<T extends string>(argv: readonly string[], option: string, value: string, valid: readonly (T | readonly [T, ...string[]])[], exitCode = 1): T {
  const groups = valid.map((entry) => (typeof entry === 'string' ? [entry] : entry) as readonly [T, ...string[]]);
  const exact = groups.find((group) => group.includes(value));
  if (exact !== undefined) return exact[0];
  const begun = value === '' ? groups : groups.filter((group) => group.some((word) => word.startsWith(value)));
  if (begun.length === 1) return begun[0]![0];
  const list = groups.map((group) => `\n  - ${group.map((word) => `'${word}'`).join(', ')}`).join('');
  throw usageError(argv, `${begun.length > 1 ? 'ambiguous' : 'invalid'} argument ${quoteName(value)} for '${option}'\nValid arguments are:${list}`, exitCode);
}
