// What names a variable or an element of an array: `x`, `a[i]`.

import { closingBracket } from '../syntax/arithmetic.js';

/** Where a name leads once namerefs are followed: a variable, or one element of an array. */
export interface Reference {
  name: string;
  /** The text between the brackets when the nameref names an element. */
  subscript: string | undefined;
}

const NAME = /^[A-Za-z_][A-Za-z0-9_]*$/;
const REFERENCE = /^([A-Za-z_][A-Za-z0-9_]*)\[(.+)\]$/s;
const BRACKETS_OR_QUOTES = /[[\]"'`\\]/;

export function isName(text: string): boolean {
  return NAME.test(text);
}

/** `a[1]` -> name and subscript text; undefined when it is neither a name nor an element. */
export function parseReference(text: string): Reference | undefined {
  if (NAME.test(text)) return { name: text, subscript: undefined };
  const reference = wholeReference(text);
  return reference && isSubscript(reference.subscript!) ? reference : undefined;
}

/** The same, where a subscript is all up to the last bracket, whatever it holds. */
export function wholeReference(text: string): Reference | undefined {
  const match = REFERENCE.exec(text);
  return match ? { name: match[1]!, subscript: match[2] } : undefined;
}

/** Whether the bracket that closes a subscript is the one behind this text. */
export function isSubscript(text: string): boolean {
  return text !== '' && (!BRACKETS_OR_QUOTES.test(text) || closingBracket(`[${text}]`, 0) === text.length + 1);
}
