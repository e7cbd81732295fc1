// git diff --check: blanks where none should be, and marks of conflicts, in lines that were added.
import { compareLines } from '../diff/compare.js';
import { isBinary } from './patch-text.js';
import type { Repository } from './repository.js';
import { bytesOf, type FileChange } from './sides.js';

const MARK = /^(?:<{7}|={7}|>{7}|\|{7})(?:\s|$)/;

function linesOf(bytes: Buffer): string[] {
  const lines = bytes.toString().split('\n');
  if (lines.at(-1) === '') lines.pop();
  return lines;
}

/** How many lines at the end are blank. */
const blankEnd = (lines: readonly string[]): number => lines.length - 1 - lines.findLastIndex((line) => line.trim() !== '');

function faultsOf(line: string): string | undefined {
  const faults = [/[ \t\r]$/.test(line) ? 'trailing whitespace' : '', /^[ \t]* \t/.test(line) ? 'space before tab in indent' : ''].filter((fault) => fault !== '');
  return faults.length === 0 ? undefined : faults.join(', ');
}

/** A line for each, and the line of the file below it. */
export async function whiteSpaceFaults(repository: Repository, changes: readonly FileChange[]): Promise<string> {
  let text = '';
  for (const { path, before, after } of changes) {
    const [old, now] = [await bytesOf(repository, before), await bytesOf(repository, after)];
    if (after === undefined || isBinary(now)) continue;
    const [was, lines] = [linesOf(old), linesOf(now)];
    const isAdded = new Set<number>();
    for (const { newStart, newCount } of compareLines(was, lines)) for (let i = 0; i < newCount; i++) isAdded.add(newStart + i);
    for (const [at, line] of lines.entries()) {
      if (!isAdded.has(at)) continue;
      if (MARK.test(line)) text += `${path}:${at + 1}: leftover conflict marker\n`;
      const faults = faultsOf(line);
      if (faults !== undefined) text += `${path}:${at + 1}: ${faults}.\n+${line}\n`;
    }
    const blank = blankEnd(lines);
    if (blank > blankEnd(was) && isAdded.has(lines.length - 1)) text += `${path}:${lines.length - blank + 1}: new blank line at EOF.\n`;
  }
  return text;
}
