// Reads what `$` and backquotes begin: parameters, command and arithmetic substitution.
import type { ArithmeticSubstitution, ArithmeticText, CommandSubstitution, List, Parameter, WordPart } from './ast.js';
import { readArithmetic } from './read-arithmetic.js';
import { ShellSyntaxError } from './errors.js';
import { readBraced } from './read-parameter.js';
import { substituted } from './substituted.js';
import type { Reader } from './reader.js';

const NAME = /[A-Za-z_][A-Za-z0-9_]*/y;
/** The beginning of an expansion with a line continuation in it. */
const BROKEN = /\$(?:\{[#!]?[A-Za-z0-9_]*[-:=?+#%/^,]{0,2}|\({0,2}|[A-Za-z0-9_]*)\\\n/y;
const CLOSED_LATE = /\)\\\n/y;
const SPECIAL = /[@*#?$!\-0-9]/y;

const EMPTY: List = { type: 'list', items: [], line: 0, redirects: [] };

/** At `$` or a backquote. Undefined when the `$` means itself; then nothing is consumed. */
export function readExpansion(reader: Reader, quoted: boolean): WordPart | undefined {
  if (reader.text[reader.pos] === '`') return readBackquoted(reader, quoted);
  const start = reader.pos;
  reader.join(BROKEN);
  const next = start + 1;
  const char = reader.text[next];
  if (char === '(') return readParenthesis(reader, start, next);
  if (char === '[' && reader.features.bash) return readBracket(reader, start);
  if (char === '{') {
    reader.pos = next + 1;
    return readBraced(reader, start, quoted);
  }
  reader.pos = next;
  const name = reader.match(NAME) ?? reader.match(SPECIAL);
  if (name === undefined) {
    reader.pos = start;
    return undefined;
  }
  return plainParameter(name, reader.text.slice(start, reader.pos));
}

function plainParameter(name: string, source: string): Parameter {
  return { type: 'parameter', name, braced: false, indirect: false, index: undefined, operation: undefined, source };
}

/** `$((…))` if it ends so, else `$(…)`: `$((a); b)` is a subshell in a substitution. */
function readParenthesis(reader: Reader, start: number, open: number): ArithmeticSubstitution | CommandSubstitution {
  const line = reader.lineAt(start);
  if (reader.text[open + 1] === '(') {
    reader.pos = open + 2;
    const text = tryArithmetic(reader);
    if (text !== undefined) return { type: 'arithmetic', text, bracket: false };
  }
  reader.pos = open + 1;
  const script = substituted(reader);
  return { type: 'command', script, source: reader.text.slice(open + 1, reader.pos - 1), backquote: false, failure: undefined, line };
}

/** Reads `…))` and takes the parentheses; undefined when the text is not closed by two. */
export function tryArithmetic(reader: Reader): ArithmeticText | undefined {
  const start = reader.pos;
  if (!reader.arithmeticAt.has(start)) {
    const text = readDoubleClosed(reader, start);
    reader.arithmeticAt.set(start, text && { text, end: reader.pos });
  }
  const known = reader.arithmeticAt.get(start);
  if (known !== undefined) reader.pos = known.end;
  return known?.text;
}

function readDoubleClosed(reader: Reader, start: number): ArithmeticText | undefined {
  const text = readArithmetic(reader, ')');
  if (reader.text[reader.pos] === undefined) {
    if (reader.features.terse && reader.final) reader.fail("Syntax error: Missing '))'", reader.text.length);
    reader.endedInside(')', start);
  }
  reader.join(CLOSED_LATE);
  if (reader.text[reader.pos + 1] === undefined && !reader.final) reader.endedInside(')', start);
  if (reader.text[reader.pos + 1] !== ')') {
    if (reader.features.terse) reader.fail("Syntax error: Missing '))'", reader.text.length);
    return undefined;
  }
  reader.pos += 2;
  return text;
}

/** `$[…]`, the old form of `$((…))`. */
function readBracket(reader: Reader, start: number): ArithmeticSubstitution {
  reader.pos = start + 2;
  const text = readArithmetic(reader, ']');
  if (reader.text[reader.pos] !== ']') reader.endedInside(']', start);
  reader.pos++;
  return { type: 'arithmetic', text, bracket: true };
}

/** `` `…` ``: backslashes before `` ` $ \ `` (and `"` in double quotes) go away first, then the text is a script of its own. */
export function readBackquoted(reader: Reader, quoted: boolean): CommandSubstitution {
  const start = reader.pos;
  const line = reader.lineAt(start);
  let text = '';
  let at = start + 1;
  for (;;) {
    const char = reader.text[at];
    if (char === '`') break;
    if (char === undefined) {
      if (reader.features.terse && reader.final) reader.fail('Syntax error: EOF in backquote substitution', at);
      reader.endedInside('`', start);
    }
    const next = reader.text[at + 1];
    if (char === '\\' && next === '\n') {
      at += 2;
    } else if (char === '\\' && next !== undefined && ('`$\\'.includes(next) || (quoted && next === '"'))) {
      text += next;
      at += 2;
    } else {
      text += char;
      at++;
    }
  }
  reader.pos = at + 1;
  try {
    return { type: 'command', script: reader.grammar.script(reader.inner(text, reader.settings.backquoteLine?.() ?? line)), backquote: true, failure: undefined, line };
  } catch (error) {
    if (error instanceof ShellSyntaxError && !reader.features.terse) return { type: 'command', script: EMPTY, backquote: true, failure: error.failure, line };
    throw error;
  }
}
