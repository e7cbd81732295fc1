// What bash keeps of a word that it has read: `$'…'` is decoded by then and stands in plain single quotes, `$"…"` in plain double ones.
import { decodeAnsi } from './ansi.js';

/** Outside double quotes: escapes, quotes, and where `$'…'` or double quotes begin. */
const PIECE = /\\[^]|'[^']*'|\$'((?:\\[^]|[^'\\])*)'|\$?"/g;
/** To the end of double quotes. */
const DOUBLE = /(?:\\[^]|[^"\\])*"?/y;

/** The text of a word as bash prints it. */
export function withPlainQuotes(source: string): string {
  if (!/\$['"]|\\\n/.test(source)) return source;
  let out = '';
  let at = 0;
  for (;;) {
    PIECE.lastIndex = at;
    const found = PIECE.exec(source);
    if (found === null) return out + source.slice(at);
    out += source.slice(at, found.index);
    at = PIECE.lastIndex;
    const [piece, ansi] = found;
    if (ansi !== undefined) out += `'${decodeAnsi(ansi).replaceAll("'", "'\\''")}'`;
    else if (piece.endsWith('"') && !piece.startsWith("'") && piece !== '\\"') {
      DOUBLE.lastIndex = at;
      out += `"${DOUBLE.exec(source)![0].replaceAll('\\\n', '')}`;
      at = DOUBLE.lastIndex;
    } else if (piece !== '\\\n') out += piece;
  }
}
