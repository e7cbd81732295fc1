// How patch writes down hunks that it could not apply: as unified or as context diff.
import type { FilePatch, Hunk } from './parse.js';

type Line = Hunk['lines'][number];

function shown(mark: string, text: string): string {
  return mark + (text.endsWith('\n') ? text : `${text}\n\\ No newline at end of file\n`);
}

function without(lines: readonly Line[], kind: '+' | '-'): Line[] {
  return lines.filter((line) => line.kind !== kind);
}

function unifiedHunk({ oldStart, newStart, lines, heading }: Hunk): string {
  const range = (start: number, size: number): string => (size === 1 ? String(start) : `${start},${size}`);
  const numbers = `-${range(oldStart, without(lines, '+').length)} +${range(newStart, without(lines, '-').length)}`;
  return `@@ ${numbers} @@${heading === '' ? '' : ` ${heading}`}\n${lines.map(({ kind, text }) => shown(kind, text)).join('')}`;
}

/** Which lines are of a run that has both removed and added ones. */
function changedLines(lines: readonly Line[]): Set<Line> {
  const changed = new Set<Line>();
  for (let at = 0; at < lines.length; ) {
    let end = at;
    while (end < lines.length && lines[end]!.kind !== ' ') end++;
    const run = lines.slice(at, end);
    if (run.some(({ kind }) => kind === '-') && run.some(({ kind }) => kind === '+')) for (const line of run) changed.add(line);
    at = end + 1;
  }
  return changed;
}

function contextHunk({ oldStart, newStart, lines, heading }: Hunk): string {
  const changed = changedLines(lines);
  const range = (start: number, count: number): string => (count <= 1 ? String(start) : `${start},${start + count - 1}`);
  const side = (kind: '+' | '-'): string => (lines.some((line) => line.kind !== ' ' && line.kind !== kind)
    ? without(lines, kind).map((line) => shown(`${line.kind === ' ' ? ' ' : changed.has(line) ? '!' : line.kind} `, line.text)).join('') : '');
  const [old, fresh] = [without(lines, '+').length, without(lines, '-').length];
  return `${'*'.repeat(15)}${heading === '' ? '' : ` ${heading}`}\n*** ${range(oldStart, old)} ****\n${side('+')}--- ${range(newStart, fresh)} ----\n${side('-')}`;
}

/** A reject file's text: the patch's own headers, then the hunks. */
export function rejectText({ headers, indexName }: FilePatch, target: string, hunks: readonly Hunk[], format: 'unified' | 'context'): string {
  const [old, fresh] = headers ?? [target, target];
  const index = indexName === undefined ? '' : `Index: ${indexName}\n`;
  return format === 'context'
    ? `${index}*** ${old}\n--- ${fresh}\n${hunks.map(contextHunk).join('')}`
    : `${index}--- ${old}\n+++ ${fresh}\n${hunks.map(unifiedHunk).join('')}`;
}
