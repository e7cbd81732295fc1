// The commonest words, `$x`, `"$x"` and `$((…))` alone: their value is all there is, and nothing has to be collected.
import type { Shell } from '../shell.js';
import type { DoubleQuoted, Parameter, Word } from '../syntax/ast.js';
import { endingPosix } from './arithmetic.js';
import { plainValue } from './lookup.js';

const DEFAULT_SEPARATORS = ' \t\n';
/** Text in which nothing splits at the usual IFS and nothing globs. */
const ORDINARY = /^[\w./:,=%+-]+$/;

/** The one field that a word is; undefined where it takes more to know. */
export function onlyField(shell: Shell, { parts: [part, more], braces }: Word): string | undefined {
  if (part === undefined || more !== undefined || braces) return undefined;
  if (part.type === 'double') return quoted(shell, part);
  if (part.type !== 'parameter') return undefined;
  const value = plain(shell, part);
  return value !== undefined && ORDINARY.test(value) && shell.separators === DEFAULT_SEPARATORS ? value : undefined;
}

/** The same where nothing is split: the right side of most assignments. */
export function onlyText(shell: Shell, { parts: [part, more] }: Word): string | undefined {
  if (part === undefined || more !== undefined) return undefined;
  if (part.type === 'arithmetic') return String(endingPosix(() => shell.expansion.arithmetic(part.text)));
  return part.type === 'parameter' ? plain(shell, part) : part.type === 'double' ? quoted(shell, part) : undefined;
}

function quoted(shell: Shell, { parts: [part, more], translated }: DoubleQuoted): string | undefined {
  return part?.type === 'parameter' && more === undefined && !translated ? plain(shell, part) : undefined;
}

/** The value of a parameter with nothing done to it; undefined when it is unset, or a list. */
function plain(shell: Shell, { name, operation, index, indirect }: Parameter): string | undefined {
  return operation === undefined && index === undefined && !indirect ? plainValue(shell, name) : undefined;
}
