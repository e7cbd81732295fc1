// `${x@Q}` and its relatives.
import { ExpansionError } from '../flow.js';
import { quoteArgument, quoteKey, quoteValue } from '../quote.js';
import type { Shell } from '../shell.js';
import { decodeAnsi } from '../syntax/ansi.js';
import type { Parameter } from '../syntax/ast.js';
import type { Value } from './lookup.js';
import { changeCase } from './operations.js';

/** One value; undefined when the parameter is unset and the operator makes nothing of that. */
export function transform(shell: Shell, part: Parameter, value: Value, operator: string): string | undefined {
  const { variable, text } = value;
  if (operator === 'a') return variable ? (value.key === undefined || variable.isArray ? variable.flags : '') : text === undefined ? undefined : '';
  if (operator === 'A' && variable) return declaration(value.name, variable.flags, value.key !== undefined && variable.isArray ? text : variable.text, variable.isSet);
  if (text === undefined) return undefined;
  if (operator === 'K' || operator === 'k') return quoteArgument(text);
  return transformText(shell, part, text, operator);
}

function transformText(shell: Shell, { source }: Parameter, text: string, operator: string): string {
  switch (operator) {
    case 'Q':
      return quoteArgument(text);
    case 'E':
      return decodeAnsi(text);
    case 'P':
      return shell.expansion.prompt(text);
    case 'U':
      return changeCase(text, 'upper', true, undefined);
    case 'L':
      return changeCase(text, 'lower', true, undefined);
    case 'u':
      return changeCase(text, 'upper', false, undefined);
    case 'A':
      return '';
    default:
      throw new ExpansionError(`${source}: bad substitution`, { fatal: true, status: 127 });
  }
}

function declaration(name: string, flags: string, text: string | undefined, isSet: boolean): string {
  if (!isSet || text === undefined) return flags === '' ? '' : `declare -${flags} ${name}`;
  return flags === '' ? `${name}=${quoteArgument(text)}` : `declare -${flags} ${name}=${quoteArgument(text)}`;
}

/** A list (`$@`, `${a[@]}`). */
export function transformList(shell: Shell, part: Parameter, value: Value, operator: string, quoted: boolean): string[] {
  const { variable } = value;
  const values = value.list!;
  if (operator === 'a') return values.map(() => variable?.flags ?? '');
  if (operator === 'A') {
    if (!variable && values.length === 0) return [];
    const parts = variable ? [arrayValue(value.name, variable.keys, values, variable.map !== undefined)] : values.map((text) => quoteArgument(text));
    const head = variable ? ['declare', `-${variable.flags}`] : ['set', '--'];
    if (value.star || !quoted) return [[...head, ...parts].join(' ')];
    // Split at IFS where that has the blanks of the head.
    return /^$| /.test(shell.separators) ? [...head, ...parts] : [`${head.join(' ')} ${parts[0]!}`, ...parts.slice(1)];
  }
  if (operator === 'K' || operator === 'k') {
    if (!variable) return values.map((text) => quoteArgument(text));
    const pairs = variable.keys.map((key, index) => [key, values[index]!] as const);
    if (operator === 'k') return pairs.flat();
    const words = pairs.map(([key, text]) => `${variable.map ? quoteKey(key) : key} ${quoteValue(text)}`);
    const text = `${words.join(' ')}${variable.map && words.length > 0 ? ' ' : ''}`;
    return quoted ? [text] : text.split(' ').filter((word) => word !== '');
  }
  return values.map((text) => transformText(shell, part, text, operator));
}

function arrayValue(name: string, keys: readonly string[], values: readonly string[], isMap: boolean): string {
  const elements = keys.map((key, index) => `[${isMap ? quoteKey(key) : key}]=${quoteValue(values[index]!)}`);
  return `${name}=(${elements.join(' ')}${isMap && elements.length > 0 ? ' ' : ''})`;
}
