// Parses text that is not a script: arithmetic after expansion, prompts, subscripts given at run time.
import type { ArithmeticText, Dialect, Subscript, Word } from './ast.js';
import { parseExpression } from './arithmetic.js';
import { documentWord } from './documents.js';
import { GRAMMAR } from './grammar.js';
import { parseSubscript as parseSubscriptText, readArithmetic } from './read-arithmetic.js';
import { Reader } from './reader.js';

function readerOver(text: string, dialect: Dialect): Reader {
  return new Reader(text, true, { dialect }, GRAMMAR);
}

/** Text as a here-document's would be (prompts, `${x@P}`, `PS4`): only `$`, backquotes and backslashes are special. */
export function parseDocument(text: string, dialect: Dialect): Word {
  return documentWord(readerOver(text, dialect), text, false, 1);
}

/** Text after expansion, ready to evaluate: `expression` is set. */
export function parseArithmetic(source: string, dialect: Dialect): ArithmeticText {
  const reader = readerOver(source, dialect);
  const expression = parseExpression(source, { dialect, subscript: (inside) => parseSubscriptText(reader, inside, 1) });
  return { parts: [{ type: 'literal', text: source }], source, line: 1, blocking: false, expression, dollars: [] };
}

/** Text in which `$` is still to be expanded before it is evaluated. */
export function parseArithmeticText(source: string, dialect: Dialect): ArithmeticText {
  return readArithmetic(readerOver(source, dialect), '');
}

/** The text between `[` and `]` (`unset 'a[1]'`, `printf -v 'a[1]'`, `[[ -v a[1] ]]`, `read 'a[1]'`). */
export function parseSubscript(text: string, dialect: Dialect): Subscript {
  return parseSubscriptText(readerOver(text, dialect), text, 1);
}
