// sed's s command: the new text of a pattern space.
import type { CompiledRegex } from '../../regex/posix-regex.js';
import type { ReplacementPart, Substitution } from './script.js';

/** The text after substitution; undefined when nothing matched. */
export function substitute(text: string, regex: CompiledRegex, { parts, plain, global, nth }: Substitution): string | undefined {
  if (plain !== undefined && regex.literal !== undefined && regex.literal !== '' && nth === 1) {
    const at = text.indexOf(regex.literal);
    if (at < 0) return undefined;
    if (global) return text.replaceAll(regex.literal, () => plain);
    return text.slice(0, at) + plain + text.slice(at + regex.literal.length);
  }
  let out = '';
  let at = 0;
  let copied = 0;
  let count = 0;
  let previousEnd = -1;
  let changed = false;
  while (at <= text.length) {
    const match = regex.exec(text, at);
    if (!match) break;
    const start = match.index;
    const end = start + match[0].length;
    // Nothing, right behind a match, is no match of its own.
    const counts = end > start || start !== previousEnd;
    if (counts && ++count >= nth) {
      out += text.slice(copied, start) + (plain ?? replacement(match, parts));
      copied = end;
      changed = true;
      if (!global) break;
    }
    previousEnd = end;
    at = end > start ? end : end + (text.codePointAt(end)! > 0xffff ? 2 : 1);
  }
  return changed ? out + text.slice(copied) : undefined;
}

function replacement(match: RegExpExecArray, parts: readonly ReplacementPart[]): string {
  let out = '';
  let mode: 'U' | 'L' | 'E' = 'E';
  let once: 'u' | 'l' | undefined;
  for (const part of parts) {
    if (part.kind === 'case') {
      if (part.letter === 'u' || part.letter === 'l') once = part.letter;
      else {
        mode = part.letter;
        once = undefined;
      }
      continue;
    }
    let piece = part.kind === 'text' ? part.text : (match[part.group] ?? '');
    if (piece === '') continue;
    if (mode !== 'E') piece = mode === 'U' ? piece.toUpperCase() : piece.toLowerCase();
    if (once !== undefined) {
      const first = String.fromCodePoint(piece.codePointAt(0)!);
      piece = (once === 'u' ? first.toUpperCase() : first.toLowerCase()) + piece.slice(first.length);
      once = undefined;
    }
    out += piece;
  }
  return out;
}
