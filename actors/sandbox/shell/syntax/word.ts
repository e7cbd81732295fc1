// Puts parts together into a Word and marks on it what can be known before running: literal, blocking, glob, braces, tildes.
import type { ArithmeticText, Assignment, Literal, Parameter, Subscript, Word, WordPart } from './ast.js';

const GLOB = /[*?[]|[@!+]\(/;
const BRACES = /\{[^]*(?:,|\.\.)[^]*\}/;

/** Stands for a part that is not literal when the literal parts are looked at together. */
export const OPAQUE = '\0';

export interface WordMarks {
  /** Whether tildes are active: at the start (`word`), and also after `:` (`assignment`). */
  readonly tildes: 'word' | 'assignment' | 'none';
  /** Whether braces expand in this place of this dialect. */
  readonly braces: boolean;
  readonly assignment?: Assignment | undefined;
}

export const NO_MARKS: WordMarks = { tildes: 'none', braces: false };

/** A word of `parts`, with its marks. */
export function makeWord(parts: readonly WordPart[], source: string, line: number, marks: WordMarks): Word {
  const braces = marks.braces && hasBraces(parts);
  const marked = braces || marks.tildes === 'none' ? parts : markTildes(parts, marks.tildes);
  const glob = marked.some((part) => part.type === 'literal' && GLOB.test(part.text));
  return {
    parts: marked,
    source,
    line,
    literal: braces || glob ? undefined : literalText(marked),
    blocking: partsBlock(marked),
    glob,
    braces,
    assignment: marks.assignment,
  };
}

/** The text of parts that hold no expansion, else undefined; also when there are none, for no part is no field. */
export function literalText(parts: readonly WordPart[]): string | undefined {
  if (parts.length === 0) return undefined;
  let text = '';
  for (const part of parts) {
    if (part.type === 'literal' || part.type === 'quoted') text += part.text;
    else if (part.type === 'double' && !part.translated) {
      const inner = part.parts.length === 0 ? '' : literalText(part.parts);
      if (inner === undefined) return undefined;
      text += inner;
    } else return undefined;
  }
  return text;
}

/** The literal text with every other part as one OPAQUE character. */
export function skeleton(parts: readonly WordPart[]): string {
  return parts.map((part) => (part.type === 'literal' ? part.text : OPAQUE)).join('');
}

function hasBraces(parts: readonly WordPart[]): boolean {
  return parts.some((part) => part.type === 'literal' && part.text.includes('{')) && BRACES.test(skeleton(parts));
}

export function partsBlock(parts: readonly WordPart[]): boolean {
  return parts.some((part) => {
    switch (part.type) {
      case 'command':
      case 'process':
        return true;
      case 'double':
        return partsBlock(part.parts);
      case 'arithmetic':
        return part.text.blocking;
      case 'subscript':
        return part.word.blocking;
      case 'parameter':
        return parameterBlocks(part);
      default:
        return false;
    }
  });
}

function parameterBlocks({ index, operation }: Parameter): boolean {
  if (index !== undefined && subscriptBlocks(index)) return true;
  switch (operation?.type) {
    case 'default':
    case 'assign':
    case 'error':
    case 'alternate':
      return operation.word.blocking;
    case 'trim':
      return operation.pattern.blocking;
    case 'slice':
      return blocks(operation.offset) || blocks(operation.length);
    case 'replace':
      return blocks(operation.pattern) || blocks(operation.replacement);
    case 'case':
      return blocks(operation.pattern);
    default:
      return false;
  }
}

function subscriptBlocks(subscript: Subscript): boolean {
  return subscript.word.blocking;
}

function blocks(text: Word | ArithmeticText | undefined): boolean {
  return text?.blocking ?? false;
}

/** Where tildes are active: at the start; in assignments also after `:`, which ends a prefix there as in the operand of `${x:-~:…}`. */
export type TildePlace = 'word' | 'assignment' | 'operand';

/** Splits off active tilde prefixes: all of a prefix must be unquoted and literal, up to `/` (or `:`) or the end. */
export function markTildes(parts: readonly WordPart[], place: TildePlace): readonly WordPart[] {
  const inside = place === 'assignment' ? parts.map(markOperand) : parts;
  if (!inside.some((part) => part.type === 'literal' && part.text.includes('~'))) return inside;
  const out: WordPart[] = [];
  let atStart = true;
  inside.forEach((part, i) => {
    if (part.type === 'literal') out.push(...splitTildes(part, atStart, place, i === inside.length - 1));
    else out.push(part);
    atStart = place === 'assignment' && part.type === 'literal' && part.text.endsWith(':');
  });
  return out;
}

/** The operand of `${x:-…}` on the right side of an assignment belongs to that side. */
function markOperand(part: WordPart): WordPart {
  if (part.type !== 'parameter' || part.operation === undefined || !('word' in part.operation) || !part.operation.word.source.includes('~')) return part;
  const { word } = part.operation;
  return { ...part, operation: { ...part.operation, word: makeWord(word.parts, word.source, word.line, { tildes: 'assignment', braces: false }) } };
}

function splitTildes({ text }: Literal, atStart: boolean, place: TildePlace, isLast: boolean): WordPart[] {
  const out: WordPart[] = [];
  const goesOn = place === 'assignment';
  let plainFrom = 0;
  let at = atStart ? 0 : goesOn ? afterColon(text, 0) : -1;
  while (at >= 0 && at < text.length) {
    if (text[at] === '~') {
      let end = at + 1;
      while (end < text.length && text[end] !== '/' && !(place !== 'word' && text[end] === ':')) end++;
      if (end < text.length || isLast) {
        if (at > plainFrom) out.push({ type: 'literal', text: text.slice(plainFrom, at) });
        out.push({ type: 'tilde', user: text.slice(at + 1, end) });
        plainFrom = end;
      }
    }
    at = goesOn ? afterColon(text, at) : -1;
  }
  if (plainFrom < text.length) out.push({ type: 'literal', text: text.slice(plainFrom) });
  return out;
}

function afterColon(text: string, from: number): number {
  const colon = text.indexOf(':', from);
  return colon < 0 ? -1 : colon + 1;
}
