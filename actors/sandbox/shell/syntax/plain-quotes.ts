// What bash keeps of a word that it has read: `$'…'` is decoded by then and stands in plain single quotes, `$"…"` in plain double ones.
import { decodeAnsi } from './ansi.js';

/** What may hold such quotes or hide them: escapes, quotes, and where double quotes or `$'…'` begin. */
const PIECE = /\\[^]|'[^']*'|\$'((?:\\[^]|[^'\\])*)'|\$"|"/g;

/** The text of a word as bash prints it. */
export function withPlainQuotes(source: string): string {
  if (!source.includes('$\'') && !source.includes('$"')) return source;
  let isDouble = false;
  return source.replace(PIECE, (piece, ansi: string | undefined) => {
    if (piece.startsWith('\\')) return piece;
    if (piece.endsWith('"')) {
      const begins = !isDouble;
      isDouble = begins;
      return begins ? '"' : piece;
    }
    if (ansi === undefined || isDouble) return piece;
    return `'${decodeAnsi(ansi).replaceAll("'", "'\\''")}'`;
  });
}
