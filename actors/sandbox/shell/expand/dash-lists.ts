// `$@` and `$*` in dash's `${…}`: they are one text, whose parts NULs separate where fields are made of it.
import { bytesOf } from '../patterns.js';
import type { Shell } from '../shell.js';
import { joinBytes } from '../syntax/ansi.js';
import type { Parameter } from '../syntax/ast.js';
import type { Value } from './lookup.js';
import { compilePattern, trim } from './operations.js';

/** Whether `:-` and its kin take it for null: what separates the parts counts, and is not there where they are joined by an empty IFS. */
export function isNullList(shell: Shell, { operation }: Parameter, { list, star }: Value, quoted: boolean, isText: boolean): boolean {
  const joins = isText || operation?.type === 'alternate' || (quoted && star);
  return list!.join(joins ? shell.separators.slice(0, 1) : '\0') === '';
}

/** A pattern meets the first part from its beginning, or the end of one part, of which what follows goes along. */
export function trimParts(parts: readonly string[], pattern: string, side: 'prefix' | 'suffix', greedy: boolean): string[] {
  const compiled = compilePattern(pattern, { bytes: true, dashSets: true });
  const cut = (text: string): string => joinBytes(trim(bytesOf(text), compiled, side, greedy));
  const [first = '', ...rest] = parts;
  const takesNothing = compiled.test('');
  if (side === 'prefix') return greedy && compiled.test(bytesOf(first)) ? [''] : [cut(first), ...rest];
  if (greedy) return takesNothing || cut(first) !== first ? [cut(first)] : [...parts];
  for (let at = takesNothing ? -1 : parts.length - 1; at >= 0; at--) {
    const shorter = cut(parts[at]!);
    if (shorter !== parts[at]) return [...parts.slice(0, at), shorter];
  }
  return [...parts];
}
