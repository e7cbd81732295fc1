// How changes are shown: --raw, --name-status, --stat, --summary, patches (https://git-scm.com/docs/git-diff).
import type { Options } from '../../programs/stdio.js';
import { compareLines } from '../diff/compare.js';
import { bytesOf, type FileChange, type Side } from './sides.js';
import { fullStat, type LineCount, numStat, shortStat } from './diff-stat.js';
import { isBinary, PATCH, type PatchSettings, patchText, quoted } from './patch-text.js';
import { GitFailure, type Repository } from './repository.js';

/** Options that say what is shown of changes; `diff`, `log`, `show`, `diff-tree` share them. */
export const CHANGE_OPTIONS = {
  patch: 'no', 'no-patch': 'no', raw: 'no', 'patch-with-raw': 'no', 'patch-with-stat': 'no', 'name-only': 'no', 'name-status': 'no', stat: 'optional', numstat: 'no', shortstat: 'no', summary: 'no', 'compact-summary': 'no', unified: 'required', 'no-renames': 'no', 'find-renames': 'optional', 'find-copies': 'optional',
  'diff-filter': 'required', 'no-color': 'no', color: 'optional', 'no-ext-diff': 'no', 'ext-diff': 'no', 'no-textconv': 'no', textconv: 'no', 'ignore-submodules': 'optional', submodule: 'optional', 'no-prefix': 'no', 'src-prefix': 'required', 'dst-prefix': 'required', 'full-index': 'no', binary: 'no', text: 'no', 'ignore-all-space': 'no',
  'ignore-space-change': 'no', 'ignore-space-at-eol': 'no', 'ignore-cr-at-eol': 'no', 'ignore-blank-lines': 'no', minimal: 'no', patience: 'no', histogram: 'no', 'diff-algorithm': 'required', 'function-context': 'no', 'inter-hunk-context': 'required', 'word-diff': 'optional', 'exit-code': 'no', quiet: 'no', null: 'no', abbrev: 'optional', relative: 'optional', 'indent-heuristic': 'no', 'no-indent-heuristic': 'no',
} as const;
export const CHANGE_LETTERS = 'puswbazRM::C::U:D';

export interface Style {
  readonly raw: boolean;
  readonly names: 'name-only' | 'name-status' | undefined;
  readonly stat: boolean;
  /** Columns of the diffstat, where not the usual ones. */
  readonly statWidth?: number;
  readonly numstat: boolean;
  readonly shortstat: boolean;
  readonly summary: boolean;
  readonly patch: boolean;
  readonly isNull: boolean;
  readonly patchSettings: PatchSettings;
  readonly renames: { likeness: number; copies: boolean } | undefined;
  /** Letters of --diff-filter; capitals let through, small ones leave out. */
  readonly filter: string;
}

function percent(text: string | undefined): number {
  if (text === undefined || text === '') return 50;
  const digits = Number.parseInt(text, 10);
  return text.endsWith('%') ? digits : Math.floor(Number(`0.${text}`) * 100);
}

/** `asked` is what is shown where no option says. */
export function readStyle(given: Options, asked: Partial<Pick<Style, 'patch' | 'raw'>>, findsRenames: boolean): Style {
  const isPatch = given.has('p', 'u', 'patch', 'U', 'unified', 'patch-with-raw', 'patch-with-stat', 'binary');
  const others = given.has('raw', 'name-only', 'name-status', 'stat', 'numstat', 'shortstat', 'summary', 'compact-summary', 'patch-with-raw');
  const copies = given.has('C', 'find-copies');
  const key = ((): PatchSettings['key'] => {
    if (given.has('w', 'ignore-all-space')) return (line) => line.replaceAll(/\s+/g, '');
    if (given.has('b', 'ignore-space-change')) return (line) => line.replaceAll(/\s+/g, ' ').trimEnd();
    if (given.has('ignore-space-at-eol')) return (line) => line.trimEnd();
    return given.has('ignore-cr-at-eol') ? (line) => line.replace(/\r$/, '') : PATCH.key;
  })();
  return {
    raw: given.has('raw', 'patch-with-raw') || (asked.raw === true && !isPatch && !others), names: given.has('name-only') ? 'name-only' : given.has('name-status') ? 'name-status' : undefined,
    stat: given.has('stat', 'patch-with-stat', 'compact-summary'), numstat: given.has('numstat'), shortstat: given.has('shortstat'), summary: given.has('summary'),
    patch: !given.has('s', 'no-patch', 'quiet') && (isPatch || (asked.patch === true && !others)), isNull: given.has('z', 'null'),
    patchSettings: {
      context: Number(given.value('U', 'unified') ?? PATCH.context), key, prefixes: given.has('no-prefix') ? ['', ''] : [given.value('src-prefix') ?? 'a/', given.value('dst-prefix') ?? 'b/'],
      idLength: given.has('full-index', 'binary') ? 40 : Number(given.value('abbrev')) || PATCH.idLength, isText: given.has('a', 'text'),
    },
    renames: !given.has('no-renames') && (findsRenames || copies || given.has('M', 'find-renames')) ? { likeness: percent(copies ? given.value('C', 'find-copies') : given.value('M', 'find-renames')), copies } : undefined,
    filter: given.value('diff-filter') ?? '',
  };
}

/** Whether anything is to be shown at all. */
export function shows({ raw, names, stat, numstat, shortstat, summary, patch }: Style): boolean {
  return raw || names !== undefined || stat || numstat || shortstat || summary || patch;
}

export function filtered(changes: readonly FileChange[], { filter }: Style): FileChange[] {
  if (/[^ACDMRTUXBa-z*]/.test(filter)) throw new GitFailure(`unknown change class '${/[^ACDMRTUXBa-z*]/.exec(filter)![0]}' in --diff-filter=${filter}`, 129);
  const [wanted, unwanted] = [filter.replaceAll(/[^A-Z]/g, ''), filter.replaceAll(/[^a-z]/g, '').toUpperCase()];
  return changes.filter(({ status }) => (wanted === '' || wanted.includes(status)) && !unwanted.includes(status));
}

/** Everything that the style asks for, in git's order. */
export async function changeText(repository: Repository, changes: readonly FileChange[], style: Style): Promise<string> {
  const end = style.isNull ? '\0' : '\n';
  const gap = style.isNull ? '\0' : '\t';
  const name = (path: string): string => (style.isNull ? path : quoted(path));
  const letter = ({ status, likeness }: FileChange): string => status + (likeness === undefined ? '' : String(likeness).padStart(3, '0'));
  const both = (change: FileChange): string => (change.likeness === undefined ? name(change.path) : `${name(change.from)}${gap}${name(change.path)}`);
  let text = '';
  if (style.raw) for (const change of changes) text += `:${rawSides(change, style.patchSettings.idLength)} ${letter(change)}${gap}${both(change)}${end}`;
  if (style.names === 'name-only') for (const change of changes) text += `${name(change.path)}${end}`;
  if (style.names === 'name-status') for (const change of changes) text += `${letter(change)}${gap}${both(change)}${end}`;
  if (style.stat || style.numstat || style.shortstat) {
    const counted: LineCount[] = [];
    for (const change of changes) counted.push(await lineCount(repository, change, style));
    if (style.numstat) text += style.isNull ? counted.map(({ added, deleted }, at) => `${added ?? '-'}\t${deleted ?? '-'}\t${changes[at]!.likeness === undefined ? '' : '\0'}${both(changes[at]!)}\0`).join('') : numStat(counted);
    if (style.stat) text += fullStat(counted, 0, style.statWidth);
    if (style.shortstat) text += shortStat(counted);
  }
  if (style.summary) text += summary(changes);
  if (!style.patch) return text;
  const patches: string[] = [];
  for (const change of changes) patches.push(await patchText(repository, change, style.patchSettings));
  return text + (text !== '' && patches.length > 0 ? end : '') + patches.join('');
}

function rawSides({ before, after }: FileChange, idLength: number): string {
  const mode = (side: Side | undefined): string => (side?.mode ?? 0).toString(8).padStart(6, '0');
  const id = (side: Side | undefined): string => (side === undefined || side.bytes !== undefined ? '0'.repeat(idLength) : side.oid.slice(0, idLength));
  return `${mode(before)} ${mode(after)} ${id(before)} ${id(after)}`;
}

/** `{old => new}/name`, the way a rename is told in one name. */
function renamed(from: string, to: string): string {
  if (from === to) return quoted(to);
  let start = 0;
  for (let at = 0; at < Math.min(from.length, to.length) && from[at] === to[at]; at++) if (from[at] === '/') start = at + 1;
  let tail = 0;
  for (let back = 1; back <= Math.min(from.length, to.length) - start + (start > 0 ? 1 : 0) && from.at(-back) === to.at(-back); back++) if (from.at(-back) === '/') tail = back;
  if (start === 0 && tail === 0) return `${quoted(from)} => ${quoted(to)}`;
  const middle = (path: string): string => path.slice(start, Math.max(start, path.length - tail));
  return `${to.slice(0, start)}{${middle(from)} => ${middle(to)}}${to.slice(to.length - tail)}`;
}

async function lineCount(repository: Repository, change: FileChange, { patchSettings }: Style): Promise<LineCount> {
  const path = renamed(change.from, change.path);
  const [a, b] = [await bytesOf(repository, change.before), await bytesOf(repository, change.after)];
  if (isBinary(a) || isBinary(b)) return { path, added: undefined, deleted: undefined, sizes: [a.length, b.length] };
  const keys = (bytes: Buffer): string[] => {
    const lines = bytes.toString().split('\n').map((line) => patchSettings.key(line));
    const last = lines.pop()!;
    return last === '' ? lines : [...lines, `${last}\0`];
  };
  const found = compareLines(keys(a), keys(b));
  return { path, added: found.reduce((sum, { newCount }) => sum + newCount, 0), deleted: found.reduce((sum, { oldCount }) => sum + oldCount, 0), sizes: [a.length, b.length] };
}

/** ` create mode 100644 x`, ` rename a => b (90%)`. */
export function summary(changes: readonly FileChange[]): string {
  return changes.map(({ status, path, from, before, after, likeness }) => {
    const mode = (side: Side): string => side.mode.toString(8).padStart(6, '0');
    const modes = before && after && before.mode !== after.mode ? ` mode change ${mode(before)} => ${mode(after)}` : '';
    if (status === 'A') return ` create mode ${mode(after!)} ${quoted(path)}\n`;
    if (status === 'D') return ` delete mode ${mode(before!)} ${quoted(path)}\n`;
    if (likeness !== undefined) return ` ${status === 'C' ? 'copy' : 'rename'} ${renamed(from, path)} (${likeness}%)\n${modes === '' ? '' : `${modes}\n`}`;
    return modes === '' ? '' : `${modes} ${quoted(path)}\n`;
  }).join('');
}

/** What `commit`, `merge` and `cherry-pick` say of what they did. */
export async function shortSummary(repository: Repository, changes: readonly FileChange[]): Promise<string> {
  const counted: LineCount[] = [];
  for (const change of changes) counted.push(await lineCount(repository, change, { patchSettings: PATCH } as Style));
  return shortStat(counted) + summary(changes);
}
