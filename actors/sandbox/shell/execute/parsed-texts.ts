// Lines that were parsed before: loops eval the same text and traps run the same commands again and again.
import type { Shell } from '../shell.js';
import type { List } from '../syntax/ast.js';

const LINE_MAX = 1000;
const LINES_MAX = 500;
const parsed = new Map<string, List>();

/** All that the parsing of a line depends on; undefined for what is not kept (several lines may change what comes after them) or is to be shown. */
export function parsedKey(shell: Shell, text: string, line: number): string | undefined {
  if (text.length > LINE_MAX || text.includes('\n') || shell.aliases.size > 0 || shell.options.verbose) return undefined;
  return `${shell.dialect} ${shell.options.extglob} ${line} ${text}`;
}

export function findParsed(key: string): List | undefined {
  return parsed.get(key);
}

export function keepParsed(key: string, list: List): void {
  if (parsed.size >= LINES_MAX) parsed.clear();
  parsed.set(key, list);
}
