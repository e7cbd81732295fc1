// Splits awk source into tokens; whether `/` divides or begins an expression is decided by what stands before it.
import { type Location, type Source, syntaxError } from './source.js';

export interface Token {
  type: 'number' | 'string' | 'regex' | 'typed-regex' | 'name' | 'function-name' | 'builtin' | 'keyword' | 'operator' | 'newline' | 'end';
  text: string;
  where: Location;
  /** Where in the text of its source it begins. */
  offset: number;
  /** Whether white space stands before it. */
  spaced: boolean;
}

const KEYWORDS = new Set([
  'BEGIN', 'END', 'BEGINFILE', 'ENDFILE', 'function', 'func', 'if', 'else', 'while', 'for', 'do', 'break', 'continue', 'next', 'nextfile', 'exit',
  'return', 'delete', 'in', 'getline', 'print', 'printf', 'switch', 'case', 'default',
]);

export const BUILTINS = new Set([
  'length', 'substr', 'index', 'split', 'patsplit', 'sub', 'gsub', 'gensub', 'match', 'sprintf', 'sin', 'cos', 'atan2', 'exp', 'log', 'sqrt', 'int', 'rand', 'srand',
  'tolower', 'toupper', 'system', 'close', 'fflush', 'strftime', 'mktime', 'systime', 'and', 'or', 'xor', 'lshift', 'rshift', 'compl', 'strtonum',
  'asort', 'asorti', 'typeof', 'isarray', 'mkbool', 'dcgettext', 'dcngettext', 'bindtextdomain',
]);

const OPERATORS = [
  '**=', '&&', '||', '==', '!=', '<=', '>=', '++', '--', '+=', '-=', '*=', '/=', '%=', '^=', '**', '!~', '>>', '|&',
  '{', '}', '(', ')', '[', ']', ';', ',', '+', '-', '*', '/', '%', '^', '!', '>', '<', '|', '?', ':', '~', '$', '=', '@',
];

const ESCAPES: Readonly<Record<string, string>> = { n: '\n', t: '\t', r: '\r', '\\': '\\', '"': '"', '/': '/', a: '\x07', b: '\b', f: '\f', v: '\v' };

/** The value of a string constant's inside (also of -v and -F values). */
export function unescapeString(text: string): string {
  return text.replace(/\\(?:([0-7]{1,3})|x([0-9a-fA-F]{1,2})|(\r?\n)|([^]))/g, (whole, octal?: string, hex?: string, newline?: string, letter?: string) => {
    if (newline !== undefined) return '';
    const code = octal === undefined ? (hex === undefined ? undefined : parseInt(hex, 16)) : parseInt(octal, 8) & 255;
    if (code !== undefined) return String.fromCharCode(code < 128 ? code : 0xdc00 + code);
    return ESCAPES[letter!] ?? whole;
  });
}

/** Bytes spelled out one by one (`\303\251`) that together are UTF-8 become the character. */
export function joinBytes(text: string): string {
  return text.replace(/[\udc80-\udcff]{2,}/g, (run) => {
    const bytes = Buffer.from([...run].map((unit) => unit.charCodeAt(0) - 0xdc00));
    const decoded = bytes.toString('utf8');
    return decoded.includes('\ufffd') ? run : decoded;
  });
}

export function tokenize(piece: Source): Token[] {
  const tokens: Token[] = [];
  const source = piece.text;
  let where: Location = { source: piece, line: 1 };
  let at = 0;
  let spaced = false;
  const nextLine = (): void => {
    where = { source: piece, line: where.line + 1 };
  };
  const add = (type: Token['type'], text: string): void => {
    tokens.push({ type, text, where, offset: at, spaced });
    spaced = false;
  };
  while (at < source.length) {
    const character = source[at]!;
    if (character === ' ' || character === '\t' || character === '\r') {
      at++;
      spaced = true;
    } else if (character === '\\' && /^\\\r?\n/.test(source.slice(at, at + 3))) {
      at = source.indexOf('\n', at) + 1;
      nextLine();
      spaced = true;
    } else if (character === '#') {
      const end = source.indexOf('\n', at);
      at = end < 0 ? source.length : end;
    } else if (character === '\n') {
      add('newline', '\n');
      nextLine();
      at++;
    } else if (character === '"') {
      const end = closing(source, at + 1, '"');
      if (end < 0) throw syntaxError(where, at, 'unterminated string', 'Unterminated string');
      add('string', joinBytes(unescapeString(source.slice(at + 1, end))));
      at = end + 1;
    } else if ((character === '/' && regexMayFollow(tokens)) || source.startsWith('@/', at)) {
      const start = source.indexOf('/', at) + 1;
      const end = regexEnd(source, start);
      if (end < 0) throw syntaxError(where, at, 'unterminated regexp', 'Unterminated regex');
      add(character === '/' ? 'regex' : 'typed-regex', source.slice(start, end).replace(/\\\r?\n/g, ''));
      at = end + 1;
    } else {
      at += word(where, at, add);
    }
  }
  add('newline', '\n');
  add('end', 'end of file');
  return tokens;
}

/** A number, name or operator; answers with its length. */
function word(where: Location, at: number, add: (type: Token['type'], text: string) => void): number {
  const source = where.source.text;
  const rest = source.slice(at, at + 400);
  const number = /^(?:0[xX][0-9a-fA-F]+|(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?)/.exec(rest);
  if (number) {
    add('number', number[0]);
    return number[0].length;
  }
  const name = /^[A-Za-z_]\w*(?:::[A-Za-z_]\w*)?/.exec(rest)?.[0];
  if (name !== undefined) {
    add(KEYWORDS.has(name) ? 'keyword' : BUILTINS.has(name) ? 'builtin' : source[at + name.length] === '(' ? 'function-name' : 'name', name);
    return name.length;
  }
  const operator = OPERATORS.find((candidate) => rest.startsWith(candidate));
  if (operator === undefined) throw syntaxError(where, at, 'syntax error');
  add('operator', operator === '**' ? '^' : operator === '**=' ? '^=' : operator);
  return operator.length;
}

function closing(source: string, from: number, quote: string): number {
  for (let at = from; at < source.length; at++) {
    if (source[at] === '\\') at += source.startsWith('\r\n', at + 1) ? 2 : 1;
    else if (source[at] === quote) return at;
    else if (source[at] === '\n') return -1;
  }
  return -1;
}

/** A slash in a bracket expression does not end the expression. */
function regexEnd(source: string, from: number): number {
  let bracket = -1;
  for (let at = from; at < source.length && source[at] !== '\n'; at++) {
    const character = source[at];
    if (character === '\\') at += source.startsWith('\r\n', at + 1) ? 2 : 1;
    else if (bracket >= 0) {
      if (character === '[' && source[at + 1] === ':') at = Math.max(at, source.indexOf(':]', at) + 1);
      else if (character === ']' && at > bracket) bracket = -1;
    } else if (character === '[') bracket = at + (source[at + 1] === '^' ? 2 : 1);
    else if (character === '/') return at;
  }
  return closing(source, from, '/');
}

function regexMayFollow(tokens: readonly Token[]): boolean {
  const last = tokens.at(-1);
  if (!last) return true;
  if (last.type === 'operator') {
    if (last.text === '++' || last.text === '--') return !isOperand(tokens.at(-2));
    return ![')', ']'].includes(last.text);
  }
  return !isOperand(last);
}

function isOperand(token: Token | undefined): boolean {
  if (!token) return false;
  return ['number', 'string', 'name', 'builtin', 'regex', 'typed-regex'].includes(token.type) || (token.type === 'operator' && [')', ']'].includes(token.text));
}
