// Long numbers over several lines, each broken one ending in a backslash.

/** The text with breaks; `lineLength` counts the backslash, 0 is without end. */
export function wrap(text: string, column: number, lineLength: number): { out: string; column: number } {
  let out = '';
  let at = column;
  for (const letter of text) {
    if (letter === '\n') at = 0;
    else if (lineLength > 0 && ++at > lineLength - 2) {
      out += '\\\n';
      at = 1;
    }
    out += letter;
  }
  return { out, column: at };
}
