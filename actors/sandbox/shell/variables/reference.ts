// What names a variable or an element of an array: `x`, `a[i]`.

/** Where a name leads once namerefs are followed: a variable, or one element of an array. */
export interface Reference {
  name: string;
  /** The text between the brackets when the nameref names an element. */
  subscript: string | undefined;
}

const NAME = /^[A-Za-z_][A-Za-z0-9_]*$/;
const REFERENCE = /^([A-Za-z_][A-Za-z0-9_]*)\[(.+)\]$/s;

export function isName(text: string): boolean {
  return NAME.test(text);
}

/** `a[1]` -> name and subscript text; undefined when it is neither a name nor an element. */
export function parseReference(text: string): Reference | undefined {
  if (NAME.test(text)) return { name: text, subscript: undefined };
  const match = REFERENCE.exec(text);
  return match ? { name: match[1]!, subscript: match[2] } : undefined;
}
