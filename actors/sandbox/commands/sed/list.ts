// sed's l command: a line with everything invisible spelled out.
import { encode } from '../../kernel/text.js';

const ESCAPES: Readonly<Record<number, string>> = { 7: '\\a', 8: '\\b', 9: '\\t', 10: '\\n', 11: '\\v', 12: '\\f', 13: '\\r', 92: '\\\\' };

/** Folded with `\` at `length` columns (0: never), `$` at its end. */
export function listed(text: string, length: number): string {
  let out = '';
  let column = 0;
  for (const byte of encode(text)) {
    const piece = ESCAPES[byte] ?? (byte >= 32 && byte < 127 ? String.fromCharCode(byte) : `\\${byte.toString(8).padStart(3, '0')}`);
    if (length > 0 && column + piece.length > length - 1) {
      out += '\\\n';
      column = 0;
    }
    out += piece;
    column += piece.length;
  }
  return `${out}$`;
}
