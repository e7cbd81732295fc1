// Reads `NAME = value` in its kinds, with the words that may stand before it.
import { referenceEnd } from './words.js';

export type Operator = '=' | ':=' | '?=' | '+=' | '!=';

export interface Assignment {
  kind: 'set' | 'define' | 'undefine';
  /** Not expanded yet. */
  name: string;
  /** Of `define` where none is written: '='. */
  operator: Operator;
  value: string;
  exported: boolean | undefined;
  isOverride: boolean;
  isPrivate: boolean;
}

const OPERATORS: Readonly<Record<string, Operator>> = { ':': ':=', '?': '?=', '+': '+=', '!': '!=' };

/** `NAME op value`; undefined where the text is something else. */
export function parseDefinition(text: string): { name: string; operator: Operator; value: string } | undefined {
  const start = text.length - text.trimStart().length;
  let hasBlank = false;
  let end = -1;
  for (let at = start; at < text.length; ) {
    let character = text[at++]!;
    if (character === '#') return undefined;
    if (character === ' ' || character === '\t') {
      if (end < 0) end = at - 1;
      hasBlank = true;
      while (text[at] === ' ' || text[at] === '\t') at++;
      if (at >= text.length || text[at] === '#') return undefined;
      character = text[at++]!;
    }
    const found = (operator: Operator, size: number): { name: string; operator: Operator; value: string } => ({
      name: text.slice(start, hasBlank ? end : at - 1), operator, value: text.slice(at + size).trimStart(),
    });
    if (character === '=') return found('=', 0);
    if (text[at] === '=' && Object.hasOwn(OPERATORS, character)) return found(OPERATORS[character]!, 1);
    if (character === ':') return text.startsWith(':=', at) ? found(':=', 2) : undefined;
    if (hasBlank) return undefined;
    if (character !== '$') continue;
    if (text[at] === '(' || text[at] === '{') at = referenceEnd(text, at) + 1;
    else at++;
  }
  return undefined;
}

const MODIFIER = /^(export|override|private|define|undefine)(?=[ \t]|$)[ \t]*/;

/** An assignment with its modifiers; of a target's variable neither `define` nor `undefine` is one. */
export function parseAssignment(text: string, ofTarget = false): Assignment | undefined {
  let rest = text.trimStart();
  const seen = { exported: undefined as boolean | undefined, isOverride: false, isPrivate: false };
  for (;;) {
    const definition = parseDefinition(rest);
    if (definition !== undefined) return { kind: 'set', ...definition, ...seen };
    const modifier = MODIFIER.exec(rest);
    if (modifier === null) return undefined;
    rest = rest.slice(modifier[0].length);
    if (rest === '') return modifier[1] === 'define' && !ofTarget ? { kind: 'define', name: '', operator: '=', value: '', ...seen } : undefined;
    if (modifier[1] === 'export') seen.exported = true;
    else if (modifier[1] === 'override') seen.isOverride = true;
    else if (modifier[1] === 'private') seen.isPrivate = true;
    else if (ofTarget) return undefined;
    else if (modifier[1] === 'undefine') return { kind: 'undefine', name: rest.trim(), operator: '=', value: '', ...seen };
    else return { kind: 'define', ...defined(rest), ...seen };
  }
}

/** What follows `define`. */
function defined(rest: string): { name: string; operator: Operator; value: string } {
  return parseDefinition(rest) ?? { name: rest.trim(), operator: '=', value: '' };
}
