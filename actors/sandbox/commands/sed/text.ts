// The parts of sed's commands that are text: delimited pieces, escapes, regular expressions, replacements.
import { type ReplacementPart, SedScriptError } from './script.js';

const CONTROL: Readonly<Record<string, string>> = { a: '\x07', f: '\f', n: '\n', r: '\r', t: '\t', v: '\v' };

/** `\cX`, `\dNNN`, `\oNNN`, `\xHH` at `at` (the backslash): the character and where it ends. Behind `\c` a backslash is written twice. */
export function codeEscape(text: string, at: number): { character: string; end: number } | undefined {
  const rest = text.slice(at, at + 5);
  const control = /^\\c(\\?)([^])/.exec(rest);
  if (control) {
    const [whole, backslash, character] = control;
    if (backslash !== '' && character !== '\\') throw new SedScriptError('recursive escaping after \\c not allowed');
    return { character: String.fromCharCode(character!.toUpperCase().charCodeAt(0) ^ 64), end: at + whole.length };
  }
  for (const [pattern, radix] of [[/^\\d(\d{1,3})/, 10], [/^\\o([0-7]{1,3})/, 8], [/^\\x([0-9a-fA-F]{1,2})/, 16]] as const) {
    const match = pattern.exec(rest);
    if (match) return { character: byteCharacter(parseInt(match[1]!, radix) & 255), end: at + match[0].length };
  }
  return undefined;
}

/** A byte above ASCII stays that byte. */
function byteCharacter(byte: number): string {
  return String.fromCharCode(byte < 128 ? byte : 0xdc00 + byte);
}

/** Where the bracket expression that begins at `at` ends (its `]`); undefined when it does not. */
function bracketEnd(text: string, at: number): number | undefined {
  let i = at + 1;
  if (text[i] === '^') i++;
  if (text[i] === ']') i++;
  for (; i < text.length && text[i] !== '\n'; i++) {
    if (text[i] === ']') return i;
    const kind = text[i] === '[' ? text[i + 1] : undefined;
    if (kind !== ':' && kind !== '.' && kind !== '=') continue;
    const end = text.indexOf(`${kind}]`, i + 2);
    if (end < 0) return undefined;
    i = end + 1;
  }
  return undefined;
}

/** A piece up to a delimiter that is neither escaped nor in a bracket expression; undefined when it is not ended. */
export function delimited(text: string, from: number, delimiter: string, isRegex: boolean): { piece: string; end: number } | undefined {
  let piece = '';
  for (let at = from; at < text.length; at++) {
    const character = text[at]!;
    if (character === delimiter) return { piece, end: at + 1 };
    if (character === '\\') {
      const escaped = text[++at];
      if (escaped === undefined) return undefined;
      if (escaped === delimiter && isRegex) piece += /[.*[\]^$+?(){}|]/.test(delimiter) ? specialDelimiter(delimiter) : delimiter;
      else if (escaped === delimiter) piece += delimiter === '&' ? '\\&' : delimiter;
      else if (isRegex && escaped === '\n') piece += '\n';
      else piece += `\\${escaped}`;
    } else if (character === '[' && isRegex) {
      const close = bracketEnd(text, at);
      if (close === undefined) return undefined;
      piece += text.slice(at, close + 1);
      at = close;
    } else if (character === '\n' && isRegex) {
      return undefined;
    } else {
      piece += character;
    }
  }
  return undefined;
}

/** An escaped delimiter stands for itself, whatever it means in an expression. */
function specialDelimiter(delimiter: string): string {
  return delimiter === '^' ? '\\^' : `[${delimiter}]`;
}

/** What GNU's expressions have beyond POSIX's, behind a backslash. */
const GNU_OPERATORS = { basic: /[wWsSbB<>'`+?|]/, extended: /[wWsSbB<>'`]/ } as const;

/** Turns sed's own escapes in an expression (`\n`, `\t`, `\x41`) into characters; of a `posix` one those outside of brackets, and GNU's operators into plain characters. */
export function regexText(text: string, { posix, extended } = { posix: false, extended: false }): string {
  const plain = posix ? GNU_OPERATORS[extended ? 'extended' : 'basic'] : undefined;
  let out = '';
  let inBracket = false;
  for (let at = 0; at < text.length; at++) {
    const character = text[at]!;
    if (inBracket && character === ']') inBracket = false;
    else if (!inBracket && character === '[') {
      inBracket = true;
      const first = /^\[\^?\]?/.exec(text.slice(at))![0];
      out += first;
      at += first.length - 1;
      continue;
    } else if (inBracket && character === '[' && /[:.=]/.test(text[at + 1] ?? '')) {
      const end = text.indexOf(`${text[at + 1]!}]`, at + 2);
      if (end > 0) {
        out += text.slice(at, end + 2);
        at = end + 1;
        continue;
      }
    } else if (character === '\\') {
      const isPlain = inBracket && posix;
      const code = isPlain ? undefined : codeEscape(text, at);
      const escaped = text[at + 1] ?? '';
      if (code) {
        out += !inBracket && /[.*[\]\\^$+?(){}|/]/.test(code.character) ? `\\${code.character}` : code.character;
        at = code.end - 1;
        continue;
      }
      if (!isPlain && Object.hasOwn(CONTROL, escaped)) out += CONTROL[escaped]!;
      else if (!inBracket && plain?.test(escaped) === true) out += escaped;
      else if (inBracket) {
        out += character;
        continue;
      } else out += character + escaped;
      at++;
      continue;
    }
    out += character;
  }
  return out;
}

/** Parses the right side of `s`; POSIX knows no switches of case. */
export function parseReplacement(text: string, posix = false): ReplacementPart[] {
  const parts: ReplacementPart[] = [];
  let literal = '';
  const flush = (): void => {
    if (literal !== '') parts.push({ kind: 'text', text: literal });
    literal = '';
  };
  for (let at = 0; at < text.length; at++) {
    const character = text[at]!;
    if (character === '&') {
      flush();
      parts.push({ kind: 'group', group: 0 });
      continue;
    }
    if (character !== '\\' || at + 1 >= text.length) {
      literal += character;
      continue;
    }
    const escaped = text[at + 1]!;
    const code = codeEscape(text, at);
    if (code) {
      literal += code.character;
      at = code.end - 1;
      continue;
    }
    at++;
    if (escaped >= '0' && escaped <= '9') {
      flush();
      parts.push({ kind: 'group', group: Number(escaped) });
    } else if (!posix && 'ULEul'.includes(escaped)) {
      flush();
      parts.push({ kind: 'case', letter: escaped as 'U' });
    } else if (escaped === 'c') {
      // With nothing behind it the backslash is left.
      literal += '\\';
    } else {
      literal += CONTROL[escaped] ?? escaped;
    }
  }
  flush();
  return parts;
}

/** The text of a, i and c, and y's characters: backslashes taken away, sed's escapes turned. */
export function plainText(text: string): string {
  let out = '';
  for (let at = 0; at < text.length; at++) {
    if (text[at] !== '\\') {
      out += text[at]!;
      continue;
    }
    const code = codeEscape(text, at);
    const escaped = text[at + 1] ?? '';
    // With nothing behind it `\c` is two characters.
    out += code?.character ?? CONTROL[escaped] ?? (escaped === 'c' ? '\\c' : escaped);
    at = (code?.end ?? at + 2) - 1;
  }
  return out;
}
