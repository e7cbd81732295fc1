// Finds the subscripts among the parts of a word that will be read once more, as a name or as arithmetic: `[[ -v a[$k] ]]`, `[[ a[$k] -eq 1 ]]`.
import type { Word, WordPart } from './ast.js';
import { makeWord, NO_MARKS } from './word.js';

/** The word with its subscripts as parts of their own, outside quotes and in them. */
export function withSubscriptParts(word: Word): Word {
  return word.source.includes('[') ? makeWord(markSubscripts(word.parts, word), word.source, word.line, NO_MARKS) : word;
}

function markSubscripts(parts: readonly WordPart[], word: Word): WordPart[] {
  const out: WordPart[] = [];
  let rest = parts;
  for (;;) {
    const open = bracketIn(rest, 1);
    const close = open && bracketIn(open.after, 0);
    if (!close || close.before.length === 0) break;
    out.push(...open.before.map((part) => markQuoted(part, word)), { type: 'literal', text: '[' });
    out.push({ type: 'subscript', word: makeWord(close.before.map(withoutProcess), word.source, word.line, NO_MARKS) }, { type: 'literal', text: ']' });
    rest = close.after;
  }
  return [...out, ...rest.map((part) => markQuoted(part, word))];
}

/** In a subscript `<(…)` is a comparison. */
function withoutProcess(part: WordPart): WordPart {
  return part.type === 'process' ? { type: 'literal', text: `${part.direction}(${part.source})` } : part;
}

function markQuoted(part: WordPart, word: Word): WordPart {
  return part.type === 'double' ? { ...part, parts: markSubscripts(part.parts, word) } : part;
}

/** Splits parts at the first literal `[` (`opens` 1), or at the `]` that closes one (0). */
function bracketIn(parts: readonly WordPart[], opens: 0 | 1): { before: WordPart[]; after: WordPart[] } | undefined {
  let depth = 0;
  for (const [at, part] of parts.entries()) {
    if (part.type !== 'literal') continue;
    for (let i = 0; i < part.text.length; i++) {
      if (part.text[i] === '[') depth++;
      else if (part.text[i] === ']' && opens === 0) depth--;
      if (depth !== (opens === 1 ? 1 : -1)) continue;
      const before = part.text.slice(0, i);
      const after = part.text.slice(i + 1);
      return { before: [...parts.slice(0, at), ...literal(before)], after: [...literal(after), ...parts.slice(at + 1)] };
    }
  }
  return undefined;
}

function literal(text: string): WordPart[] {
  return text === '' ? [] : [{ type: 'literal', text }];
}
