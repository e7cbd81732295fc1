// How differences are shown: normal, unified, context, ed script, side by side.
import type { Change } from './compare.js';

export interface DiffFile {
  /** What the header shows: name, tab, time; or the label. */
  header: string;
  lines: readonly string[];
  /** Whether the last line ends with a line end. */
  terminated: boolean;
}

const NO_NEWLINE = '\\ No newline at end of file\n';

function shown(file: DiffFile, at: number, prefix: string): string {
  const last = at === file.lines.length - 1 && !file.terminated;
  return `${prefix}${file.lines[at]!}\n${last ? NO_NEWLINE : ''}`;
}

function all(file: DiffFile, from: number, count: number, prefix: string): string {
  let text = '';
  for (let i = from; i < from + count; i++) text += shown(file, i, prefix);
  return text;
}

/** `3,5`, or `3` for one line; of no lines the one before. */
function range(start: number, count: number): string {
  return count <= 1 ? String(start + count) : `${start + 1},${start + count}`;
}

export function normalDiff(a: DiffFile, b: DiffFile, changes: readonly Change[]): string {
  return changes.map(({ oldStart, oldCount, newStart, newCount }) => {
    const letter = oldCount === 0 ? 'a' : newCount === 0 ? 'd' : 'c';
    const middle = letter === 'c' ? '---\n' : '';
    return `${range(oldStart, oldCount)}${letter}${range(newStart, newCount)}\n${all(a, oldStart, oldCount, '< ')}${middle}${all(b, newStart, newCount, '> ')}`;
  }).join('');
}

/** Changes that lie so close that their context touches are shown as one. */
function hunks(changes: readonly Change[], context: number): Change[][] {
  const groups: Change[][] = [];
  for (const change of changes) {
    const last = groups.at(-1)?.at(-1);
    if (last && change.oldStart - (last.oldStart + last.oldCount) <= 2 * context) groups.at(-1)!.push(change);
    else groups.push([change]);
  }
  return groups;
}

interface Extent {
  oldFrom: number;
  oldTo: number;
  newFrom: number;
  newTo: number;
}

function extent(group: readonly Change[], a: DiffFile, context: number): Extent {
  const [first, last] = [group[0]!, group.at(-1)!];
  const before = Math.min(context, first.oldStart);
  const after = Math.min(context, a.lines.length - last.oldStart - last.oldCount);
  return { oldFrom: first.oldStart - before, oldTo: last.oldStart + last.oldCount + after, newFrom: first.newStart - before, newTo: last.newStart + last.newCount + after };
}

/** The nearest line before a hunk that looks like a function's heading (-p). */
function heading(a: DiffFile, before: number, pattern: RegExp | undefined, most = 40): string {
  if (!pattern) return '';
  for (let i = before - 1; i >= 0; i--) if (pattern.test(a.lines[i]!)) return ` ${a.lines[i]!.slice(0, most).trimEnd()}`;
  return '';
}

export function unifiedDiff(a: DiffFile, b: DiffFile, changes: readonly Change[], context: number, pattern?: RegExp, headingMost?: number): string {
  let text = `--- ${a.header}\n+++ ${b.header}\n`;
  const position = (from: number, to: number): string => (to - from === 1 ? String(from + 1) : `${to === from ? from : from + 1},${to - from}`);
  for (const group of hunks(changes, context)) {
    const { oldFrom, oldTo, newFrom, newTo } = extent(group, a, context);
    text += `@@ -${position(oldFrom, oldTo)} +${position(newFrom, newTo)} @@${heading(a, oldFrom, pattern, headingMost)}\n`;
    let at = oldFrom;
    for (const { oldStart, oldCount, newStart, newCount } of group) {
      text += all(a, at, oldStart - at, ' ') + all(a, oldStart, oldCount, '-') + all(b, newStart, newCount, '+');
      at = oldStart + oldCount;
    }
    text += all(a, at, oldTo - at, ' ');
  }
  return text;
}

export function contextDiff(a: DiffFile, b: DiffFile, changes: readonly Change[], context: number, pattern?: RegExp): string {
  let text = `*** ${a.header}\n--- ${b.header}\n`;
  const position = (from: number, to: number): string => (to - from <= 1 ? String(to) : `${from + 1},${to}`);
  for (const group of hunks(changes, context)) {
    const { oldFrom, oldTo, newFrom, newTo } = extent(group, a, context);
    text += `***************${heading(a, oldFrom, pattern)}\n*** ${position(oldFrom, oldTo)} ****\n`;
    if (group.some(({ oldCount }) => oldCount > 0)) {
      let at = oldFrom;
      for (const { oldStart, oldCount, newCount } of group) {
        text += all(a, at, oldStart - at, '  ') + all(a, oldStart, oldCount, newCount > 0 ? '! ' : '- ');
        at = oldStart + oldCount;
      }
      text += all(a, at, oldTo - at, '  ');
    }
    text += `--- ${position(newFrom, newTo)} ----\n`;
    if (!group.some(({ newCount }) => newCount > 0)) continue;
    let at = newFrom;
    for (const { newStart, newCount, oldCount } of group) {
      text += all(b, at, newStart - at, '  ') + all(b, newStart, newCount, oldCount > 0 ? '! ' : '+ ');
      at = newStart + newCount;
    }
    text += all(b, at, newTo - at, '  ');
  }
  return text;
}

/** Commands for ed, last change first. */
export function edDiff(b: DiffFile, changes: readonly Change[]): string {
  return [...changes].reverse().map(({ oldStart, oldCount, newStart, newCount }) => {
    const letter = oldCount === 0 ? 'a' : newCount === 0 ? 'd' : 'c';
    if (newCount === 0) return `${range(oldStart, oldCount)}d\n`;
    return `${range(oldStart, oldCount)}${letter}\n${b.lines.slice(newStart, newStart + newCount).map((line) => `${line}\n`).join('')}.\n`;
  }).join('');
}

const TAB = 8, GUTTER = 3;

/** Tabs as far as they go, then blanks. */
function blanks(from: number, to: number): string {
  let text = '';
  let column = from;
  for (let stop = (Math.floor(column / TAB) + 1) * TAB; stop <= to; stop += TAB) {
    text += '\t';
    column = stop;
  }
  return text + ' '.repeat(Math.max(0, to - column));
}

/** Two columns; `|`, `<` and `>` mark what differs. */
export function sideBySide(a: DiffFile, b: DiffFile, changes: readonly Change[], width: number, suppressCommon: boolean): string {
  const offset = Math.floor((width + TAB + GUTTER) / (2 * TAB)) * TAB;
  const half = Math.max(0, Math.min(offset - GUTTER, width - offset));
  const line = (left: string | undefined, mark: string, right: string | undefined): string => {
    let text = (left ?? '').slice(0, half);
    let column = text.length;
    if (mark !== ' ') {
      const at = Math.floor((half + offset - 1) / 2);
      text += blanks(column, at) + mark;
      column = at + 1;
    }
    return `${text}${right === undefined || right === '' ? '' : blanks(column, offset) + right.slice(0, half)}\n`;
  };
  let text = '';
  let [i, j] = [0, 0];
  for (const { oldStart, oldCount, newStart, newCount } of [...changes, { oldStart: a.lines.length, oldCount: 0, newStart: b.lines.length, newCount: 0 }]) {
    for (; i < oldStart; i++, j++) if (!suppressCommon) text += line(a.lines[i], ' ', b.lines[j]);
    for (let k = 0; k < Math.max(oldCount, newCount); k++) {
      text += line(k < oldCount ? a.lines[oldStart + k] : undefined, k >= oldCount ? '>' : k >= newCount ? '<' : '|', k < newCount ? b.lines[newStart + k] : undefined);
    }
    [i, j] = [oldStart + oldCount, newStart + newCount];
  }
  return text;
}
