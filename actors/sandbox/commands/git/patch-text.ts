// One file's difference as a patch (https://git-scm.com/docs/diff-format#generate_patch_text_with_p).
import { compareLines } from '../diff/compare.js';
import { unifiedDiff } from '../diff/formats.js';
import { bytesOf, type FileChange, type Side } from './sides.js';
import type { Repository } from './repository.js';

export interface PatchSettings {
  /** Lines around a change. */
  readonly context: number;
  /** How lines are told apart: with or without their white space. */
  readonly key: (line: string) => string;
  readonly prefixes: readonly [string, string];
  /** Digits of an object's id. */
  readonly idLength: number;
  /** Everything is text. */
  readonly isText: boolean;
}

export const PATCH: PatchSettings = { context: 3, key: (line) => line, prefixes: ['a/', 'b/'], idLength: 7, isText: false };
/** What git puts behind the `@@` of a hunk: the line above that begins something. */
const HEADING = /^[A-Za-z_$]/;
const HEADING_MAX = 80;

interface Text {
  readonly lines: string[];
  readonly terminated: boolean;
}

function split(bytes: Buffer): Text {
  const text = bytes.toString();
  const all = text.split('\n');
  const terminated = text === '' || text.endsWith('\n');
  if (terminated) all.pop();
  return { lines: all, terminated };
}

/** A name with anything unusual in it is quoted. */
export function quoted(path: string): string {
  if (!/[\x00-\x1f\x7f-\uffff"\\]/.test(path)) return path;
  const escapes: Readonly<Record<number, string>> = { 7: '\\a', 8: '\\b', 9: '\\t', 10: '\\n', 11: '\\v', 12: '\\f', 13: '\\r', 34: '\\"', 92: '\\\\' };
  return `"${[...Buffer.from(path)].map((byte) => escapes[byte] ?? (byte < 32 || byte > 126 ? `\\${byte.toString(8).padStart(3, '0')}` : String.fromCharCode(byte))).join('')}"`;
}

export function isBinary(bytes: Buffer): boolean {
  return bytes.subarray(0, 8000).includes(0);
}

export async function patchText(repository: Repository, change: FileChange, settings: PatchSettings): Promise<string> {
  const { before, after } = change;
  if (change.status === 'U') return `* Unmerged path ${quoted(change.path)}\n`;
  const [left, right] = [quoted(settings.prefixes[0] + change.from), quoted(settings.prefixes[1] + change.path)];
  const mode = (side: Side): string => side.mode.toString(8).padStart(6, '0');
  if (change.status === 'T') {
    return await patchText(repository, { ...change, status: 'D', after: undefined }, settings) + await patchText(repository, { ...change, status: 'A', before: undefined }, settings);
  }
  let text = `diff --git ${left} ${right}\n`;
  if (!before) text += `new file mode ${mode(after!)}\n`;
  else if (!after) text += `deleted file mode ${mode(before)}\n`;
  else if (before.mode !== after.mode) text += `old mode ${mode(before)}\nnew mode ${mode(after)}\n`;
  if (change.likeness !== undefined) {
    const verb = change.status === 'C' ? 'copy' : 'rename';
    text += `similarity index ${change.likeness}%\n${verb} from ${quoted(change.from)}\n${verb} to ${quoted(change.path)}\n`;
  }
  if (before?.oid === after?.oid) return text;
  const id = (side: Side | undefined): string => (side?.oid ?? '').slice(0, settings.idLength).padEnd(settings.idLength, '0');
  const [a, b] = [await bytesOf(repository, before), await bytesOf(repository, after)];
  const index = `index ${id(before)}..${id(after)}${before && after && before.mode === after.mode ? ` ${mode(after)}` : ''}\n`;
  const [from, to] = [before ? left : '/dev/null', after ? right : '/dev/null'];
  if (!settings.isText && (isBinary(a) || isBinary(b))) return `${text}${index}Binary files ${from} and ${to} differ\n`;
  const [old, now] = [split(a), split(b)];
  const keys = (side: Text): string[] => side.lines.map((line, at) => (at === side.lines.length - 1 && !side.terminated ? `${settings.key(line)}\0` : settings.key(line)));
  const changes = compareLines(keys(old), keys(now));
  if (changes.length === 0) return (a.length === 0 && b.length === 0) || before?.mode !== after?.mode ? text + (a.length === 0 && b.length === 0 ? index : '') : '';
  const tab = (name: string): string => (name.includes(' ') && !name.startsWith('"') ? `${name}\t` : name);
  return text + index + unifiedDiff({ header: tab(from), ...old }, { header: tab(to), ...now }, changes, settings.context, HEADING, HEADING_MAX);
}
