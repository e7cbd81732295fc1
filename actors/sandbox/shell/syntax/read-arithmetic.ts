// Reads arithmetic text where it stands in a script, and parses it in advance where its expansions allow it.
import type { ArithmeticText, Expression, Parameter, Subscript, WordPart } from './ast.js';
import { closingBracket, parseExpression } from './arithmetic.js';
import { ShellSyntaxError } from './errors.js';
import { readAnsi, readParts } from './read-parts.js';
import type { Reader } from './reader.js';
import { makeWord, NO_MARKS, partsBlock } from './word.js';

const RUN = /[^()[\]$`"'\\:;}?]+/y;

/** What single quotes hide from whoever looks for the end. */
const HIDDEN = /^'[^'$]*["`()][^'$]*'$/;

const SUBSCRIPTS_MAX = 1000;

/** What ends arithmetic text: `)` `]` outside their own pairs, `;` of `for ((`, `:` (outside `? :`) or `}` of `${x:a:b}`, '' for nothing. */
export type ArithmeticEnd = ')' | ']' | ';' | ':' | '}' | '';

/** Reads up to `close` (not taken) or the end of the text. Expansions are those of double quotes, and the quotes themselves vanish, but for dash. */
export function readArithmetic(reader: Reader, close: ArithmeticEnd): ArithmeticText {
  const start = reader.pos;
  const line = reader.lineAt(start);
  const parts: WordPart[] = [];
  let text = '';
  let round = 0;
  let square = 0;
  let questions = 0;
  let quote = -1;
  /** Where the single quotes met last end, which pair up. */
  let singleEnd = -1;
  const quotes = reader.settings.dialect !== 'dash';
  const seal = (): void => {
    if (text !== '') parts.push({ type: 'literal', text });
    text = '';
  };
  for (;;) {
    text += reader.match(RUN) ?? '';
    const char = reader.text[reader.pos];
    if (char === undefined) {
      if (quote >= 0) reader.endedInside('"', quote);
      break;
    }
    if (quote < 0 && round === 0 && square === 0 && ends(char, close, questions)) break;
    if (char === '$' && quote < 0 && reader.features.bash && reader.text[reader.pos + 1] === '"') {
      reader.pos++;
      continue;
    }
    if (char === '$' && quote < 0 && reader.features.bash && reader.text[reader.pos + 1] === "'") {
      // No number, whatever it says: single quotes stay.
      text += `'${readAnsi(reader).text}'`;
      continue;
    }
    if (char === '$' || char === '`') {
      // bash takes even the mark of `$?` for one of `? :` when it looks for the colon of `${x:a:b}`.
      if (close === ':' && reader.text.startsWith('$?', reader.pos)) questions++;
      const part = reader.grammar.expansion(reader, true);
      if (part !== undefined) {
        seal();
        parts.push(part);
        continue;
      }
    } else if (char === '\\' && reader.pos + 1 < reader.text.length) {
      const next = reader.text[reader.pos + 1]!;
      reader.pos += 2;
      if (next !== '\n') text += '$`"\\'.includes(next) ? next : `\\${next}`;
      continue;
    }
    if (char === '[' && reader.features.bash) {
      const end = closingBracket(reader.text, reader.pos, close);
      const inside = reader.text.slice(reader.pos + 1, end);
      if (end > 0 && inside !== '') {
        text += '[';
        seal();
        parts.push({ type: 'subscript', word: parseSubscript(reader, inside, line).word });
        text = ']';
        reader.pos = end + 1;
        continue;
      }
    }
    if (char === "'" && quote < 0 && reader.features.bash) {
      const single = reader.pos < singleEnd ? '' : reader.text.slice(reader.pos, reader.text.indexOf("'", reader.pos + 1) + 1);
      singleEnd = Math.max(singleEnd, reader.pos + single.length);
      if (HIDDEN.test(single)) {
        text += single;
        reader.pos += single.length;
        continue;
      }
    }
    if (char === '"' && quotes) quote = quote < 0 ? reader.pos : -1;
    else if (quote >= 0) text += char;
    else if (char === '(') round++;
    else if (char === ')') round--;
    else if (char === '[') square++;
    else if (char === ']' && square > 0) square--;
    else if (char === '?') questions++;
    else if (char === ':') questions--;
    if ((char !== '"' || !quotes) && quote < 0) text += char;
    reader.pos++;
  }
  seal();
  return arithmeticText(reader, parts, reader.text.slice(start, reader.pos), line);
}

function ends(char: string, close: ArithmeticEnd, questions: number): boolean {
  if (close === ':') return char === '}' || (char === ':' && questions <= 0);
  if (close === ';') return char === ';' || char === ')';
  return char === close;
}

function arithmeticText(reader: Reader, parts: readonly WordPart[], source: string, line: number): ArithmeticText {
  const dollars: Parameter[] = [];
  const blocking = partsBlock(parts);
  const expression = blocking || source.includes('`') ? undefined : parseEarly(reader, source, line, dollars);
  return { parts, source, line, blocking, expression, dollars: expression === undefined ? [] : dollars };
}

/**
 * Undefined when the text cannot be parsed without expanding it first, or is wrong: then running it says what is wrong. Within subscripts
 * anything may expand, and what it expands to is part of the key, brackets and quotes too.
 */
function parseEarly(reader: Reader, source: string, line: number, dollars: Parameter[]): Expression | undefined {
  try {
    const expression = parseExpression(source, {
      dialect: reader.settings.dialect,
      subscript: (text) => withinArithmetic(parseSubscript(reader, text, line)),
      dollar: (text, pos) => {
        const inner = reader.inner(text, line);
        inner.pos = pos;
        const part = inner.grammar.expansion(inner, true);
        if (part?.type !== 'parameter' || part.index !== undefined || part.operation !== undefined || part.indirect) return undefined;
        dollars.push(part);
        return { slot: dollars.length - 1, end: inner.pos };
      },
    });
    return expression.type === 'comma' && expression.right.type === 'unreadable' ? undefined : expression;
  } catch (error) {
    if (error instanceof ShellSyntaxError) return undefined;
    throw error;
  }
}

/** A subscript in the arithmetic of a script: what it expands to is an index, and no subscripts of its own. */
function withinArithmetic(subscript: Subscript): Subscript {
  const { arithmetic, word } = subscript;
  return word.literal === undefined ? { ...subscript, arithmetic: { ...arithmetic, parts: [{ type: 'subscript', word }] } } : subscript;
}

/** The text between `[` and `]` in both of its readings. */
export function parseSubscript(reader: Reader, text: string, line: number): Subscript {
  // Each text is parsed once: both readings of a subscript read the subscripts in it, which would double at each level.
  const known = reader.subscripts.get(text);
  if (known !== undefined) return known;
  const subscript = readSubscript(reader, text, line);
  if (reader.subscripts.size >= SUBSCRIPTS_MAX) reader.subscripts.clear();
  reader.subscripts.set(text, subscript);
  return subscript;
}

/** A key like `'q"'` is no arithmetic: that it is none shows when it is evaluated, which the keys of associative arrays never are. */
function subscriptArithmetic(reader: Reader, text: string, line: number): ArithmeticText {
  try {
    return readArithmetic(reader.inner(text, line), '');
  } catch (error) {
    if (!(error instanceof ShellSyntaxError)) throw error;
    return { parts: [{ type: 'literal', text }], source: text, line, blocking: false, expression: undefined, dollars: [] };
  }
}

function readSubscript(reader: Reader, text: string, line: number): Subscript {
  const words = reader.inner(text, line);
  const parts = readParts(words, { stops: '', extglob: false, groups: false, processes: false });
  const word = makeWord(parts, text, line, NO_MARKS);
  return {
    all: text === '@' ? '@' : text === '*' ? '*' : undefined,
    word,
    arithmetic: subscriptArithmetic(reader, text, line),
  };
}
