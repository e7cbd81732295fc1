// diff's own formats for lines and groups of them: --line-format, --old-group-format and their kin, -D (ifdef), and RCS (-n).
import type { Options } from '../../programs/stdio.js';
import type { Change } from './compare.js';
import type { DiffFile } from './formats.js';

const LINES = ['old', 'new', 'unchanged'] as const;
type Line = (typeof LINES)[number];
type Group = Line | 'changed';

export interface MergeFormats {
  readonly lines: Readonly<Record<Line, string>>;
  readonly groups: Readonly<Record<Group, string>>;
}

/** What the options ask for; undefined where none of them is given. */
export function mergeFormats(options: Options): MergeFormats | undefined {
  const name = options.value('D', 'ifdef');
  const names = ['line-format', ...LINES.map((kind) => `${kind}-line-format`), ...[...LINES, 'changed'].map((kind) => `${kind}-group-format`)];
  if (name === undefined && !options.has(...names)) return undefined;
  const line = (kind: Line): string => options.value(`${kind}-line-format`) ?? options.value('line-format') ?? '%L';
  const group = (kind: Group, otherwise: string, ifdef: string): string => options.value(`${kind}-group-format`) ?? (name === undefined ? otherwise : ifdef);
  // Where nothing is said of added or removed lines, they are changes.
  const change = options.value('changed-group-format');
  const old = group('old', change ?? '%<', `#ifndef ${name}\n%<#endif /* ! ${name} */\n`);
  const fresh = group('new', change ?? '%>', `#ifdef ${name}\n%>#endif /* ${name} */\n`);
  return {
    lines: { old: line('old'), new: line('new'), unchanged: line('unchanged') },
    groups: { old, new: fresh, unchanged: group('unchanged', '%=', '%='), changed: group('changed', old + fresh, `#ifndef ${name}\n%<#else /* ${name} */\n%>#endif /* ${name} */\n`) },
  };
}

/** `%c'X'` and `%%`, which lines and groups have in common. */
function plain(directive: string): string | undefined {
  if (directive === '%%') return '%';
  const quoted = /^%c'(?:\\([0-7]{1,3})|(.))'$/s.exec(directive);
  return quoted ? (quoted[2] ?? String.fromCharCode(parseInt(quoted[1]!, 8))) : undefined;
}

const NUMBER = /^%(-?)('?)(0?)(\d*)(?:\.(\d+))?([doxX])([a-zA-Z])$/;

/** `%5dn` and the like. */
function formattedNumber([, left, , zero, width, precision, radix]: RegExpExecArray, value: number): string {
  const text = value.toString(radix === 'd' ? 10 : radix === 'o' ? 8 : 16).padStart(Number(precision ?? 0), '0');
  const shown = radix === 'X' ? text.toUpperCase() : text;
  return left === '-' ? shown.padEnd(Number(width)) : shown.padStart(Number(width), zero === '0' ? '0' : ' ');
}

const DIRECTIVE = /%(?:c'(?:\\[0-7]{1,3}|.)'|-?'?0?\d*(?:\.\d+)?[doxX][a-zA-Z]|[^])/gs;

function lineText(format: string, { lines, terminated }: DiffFile, at: number): string {
  const isOpen = at === lines.length - 1 && !terminated;
  return format.replace(DIRECTIVE, (directive) => {
    if (directive === '%L') return lines[at]! + (isOpen ? '' : '\n');
    if (directive === '%l') return lines[at]!;
    const number = NUMBER.exec(directive);
    return number?.[7] === 'n' ? formattedNumber(number, at + 1) : (plain(directive) ?? directive);
  });
}

function groupText({ lines, groups }: MergeFormats, kind: Group, a: DiffFile, b: DiffFile, { oldStart, oldCount, newStart, newCount }: Change): string {
  const all = (file: DiffFile, format: string, start: number, count: number): string => Array.from({ length: count }, (_, i) => lineText(format, file, start + i)).join('');
  // Upper case tells of the new file, lower case of the old one.
  const numbers: Readonly<Record<string, number>> = {
    e: oldStart, f: oldStart + 1, l: oldStart + oldCount, m: oldStart + oldCount + 1, n: oldCount,
    E: newStart, F: newStart + 1, L: newStart + newCount, M: newStart + newCount + 1, N: newCount,
  };
  return groups[kind].replace(DIRECTIVE, (directive) => {
    if (directive === '%<') return all(a, lines.old, oldStart, oldCount);
    if (directive === '%>') return all(b, lines.new, newStart, newCount);
    if (directive === '%=') return all(a, lines.unchanged, oldStart, oldCount);
    const number = NUMBER.exec(directive);
    return number && Object.hasOwn(numbers, number[7]!) ? formattedNumber(number, numbers[number[7]!]!) : (plain(directive) ?? directive);
  });
}

/** Both files as one, group by group. */
export function mergedDiff(a: DiffFile, b: DiffFile, changes: readonly Change[], formats: MergeFormats): string {
  let text = '';
  let [oldAt, newAt] = [0, 0];
  const same = (until: number): void => {
    const count = until - oldAt;
    if (count > 0) text += groupText(formats, 'unchanged', a, b, { oldStart: oldAt, oldCount: count, newStart: newAt, newCount: count });
  };
  for (const change of changes) {
    same(change.oldStart);
    text += groupText(formats, change.oldCount === 0 ? 'new' : change.newCount === 0 ? 'old' : 'changed', a, b, change);
    [oldAt, newAt] = [change.oldStart + change.oldCount, change.newStart + change.newCount];
  }
  same(a.lines.length);
  return text;
}

/** RCS: lines to delete, and lines to add behind a line, all counted in the old file. */
export function rcsDiff(b: DiffFile, changes: readonly Change[]): string {
  return changes.map(({ oldStart, oldCount, newStart, newCount }) => {
    const added = b.lines.slice(newStart, newStart + newCount).map((line, i) => (newStart + i === b.lines.length - 1 && !b.terminated ? line : `${line}\n`)).join('');
    return `${oldCount > 0 ? `d${oldStart + 1} ${oldCount}\n` : ''}${newCount > 0 ? `a${oldStart + oldCount} ${newCount}\n${added}` : ''}`;
  }).join('');
}
