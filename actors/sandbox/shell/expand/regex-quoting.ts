// The right side of `=~`: what was quoted stands for itself, by a backslash before it, or between brackets as it is.

/** Stands before each quoted character until all of the expression is known; no text of a shell has it. */
const MARK = '\uffff';
const SPECIAL = /[\\^$.*+?()[\]{}|]/;

/** Marks quoted text. */
export function markQuoted(text: string): string {
  return text.replace(/[^]/gu, `${MARK}$&`);
}

/** The expression for marked text. */
export function quotedRegex(marked: string): string {
  if (!marked.includes(MARK)) return marked;
  let out = '';
  for (let at = 0; at < marked.length; ) {
    if (marked[at] === MARK) {
      const char = marked[at + 1] ?? '';
      out += SPECIAL.test(char) ? `\\${char}` : char;
      at += 2;
    } else if (marked[at] === '\\') {
      out += marked.slice(at, at + 2);
      at += 2;
    } else if (marked[at] === '[') {
      const end = bracketEnd(marked, at);
      out += marked.slice(at, end).replaceAll(MARK, '');
      at = end;
    } else {
      out += marked[at++];
    }
  }
  return out;
}

/** Where a bracket expression ends; one that is not closed is one character. */
function bracketEnd(text: string, start: number): number {
  const plain = (at: number): number => (text[at] === MARK ? at + 1 : at);
  let at = start + 1;
  if (text[at] === '^') at++;
  if (text[plain(at)] === ']') at = plain(at) + 1;
  while (at < text.length) {
    const here = plain(at);
    const kind = text[plain(here + 1)];
    if (text[here] === ']') return here + 1;
    const close = text[here] === '[' && kind !== undefined && ':=.'.includes(kind) ? text.replaceAll(MARK, '\0').indexOf(`${kind}]`, here + 2) : -1;
    at = close < 0 ? here + 1 : close + 2;
  }
  return start + 1;
}
