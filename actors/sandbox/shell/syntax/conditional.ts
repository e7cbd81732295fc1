// Reads the inside of `[[ … ]]` (bash, "Conditional Constructs").
import type { Test, Word, WordPart } from './ast.js';
import type { CommandReader } from './command-reader.js';
import { ShellSyntaxError } from './errors.js';
import { withSubscriptParts } from './mark-subscripts.js';
import { type Place, readParts } from './read-parts.js';
import type { Reader } from './reader.js';
import { plainText, type Token, tokenText } from './token.js';
import { makeWord } from './word.js';

const UNARY = /^-[abcdefghknoprstuvwxzGLNORS]$/;
const ARITHMETIC = new Set(['-eq', '-ne', '-lt', '-le', '-gt', '-ge']);
const BINARY = new Set(['=', '==', '!=', '=~', ...ARITHMETIC, '-nt', '-ot', '-ef']);
const BLANKS = /(?:[ \t]|\\\n)+/y;

const PATTERN: Place = { stops: ' \t\n;&|<>()', extglob: true, groups: false, processes: true };
/** In a regular expression `|` is ordinary, and so is everything between parentheses. */
const REGEX: Place = { stops: ' \t\n;&<>()', extglob: false, groups: true, processes: false };

/** After `[[`; takes the `]]`. */
export function readConditional(commands: CommandReader): Test {
  const start = commands.reader.pos;
  const test = readOr(commands, start);
  const token = peek(commands, start);
  if (plainText(token) !== ']]') {
    const which = token.kind === 'word' ? '' : `: unexpected token \`${text(commands)}'`;
    throw failure(commands.reader.lineAt(start), `syntax error in conditional expression${which}`);
  }
  commands.take();
  return test;
}

function peek(commands: CommandReader, start: number): Token {
  const token = commands.peek('plain');
  if (token.kind === 'end') {
    const { reader } = commands;
    throw new ShellSyntaxError({ line: reader.lineAt(start), message: "unexpected EOF while looking for `]]'", sourceLine: undefined, keepsStatus: true }, true);
  }
  return token;
}

function skipNewlines(commands: CommandReader, start: number): void {
  while (peek(commands, start).kind === 'newline') commands.take();
}

function isOperator(commands: CommandReader, start: number, text: string): boolean {
  const token = peek(commands, start);
  return token.kind === 'operator' && token.text === text;
}

function fail(commands: CommandReader, token: Token, message: string): never {
  throw failure(commands.reader.lineAt(token.start), message);
}

function failure(line: number, message: string): ShellSyntaxError {
  return new ShellSyntaxError({ line, message, sourceLine: undefined, keepsStatus: true });
}

function readOr(commands: CommandReader, start: number): Test {
  let left = readAnd(commands, start);
  while (isOperator(commands, start, '||')) {
    commands.take();
    left = { type: 'or', left, right: readAnd(commands, start) };
  }
  return left;
}

function readAnd(commands: CommandReader, start: number): Test {
  let left = readTerm(commands, start);
  while (isOperator(commands, start, '&&')) {
    commands.take();
    left = { type: 'and', left, right: readTerm(commands, start) };
  }
  return left;
}

function readTerm(commands: CommandReader, start: number): Test {
  commands.reader.enter();
  skipNewlines(commands, start);
  const term = readBareTerm(commands, start);
  if (peek(commands, start).kind === 'newline') skipNewlines(commands, start);
  commands.reader.leave();
  return term;
}

function readBareTerm(commands: CommandReader, start: number): Test {
  const token = peek(commands, start);
  if (isOperator(commands, start, '(')) {
    commands.take();
    const operand = readOr(commands, start);
    if (!isOperator(commands, start, ')')) fail(commands, peek(commands, start), `unexpected token \`${text(commands)}', expected \`)'`);
    commands.take();
    return { type: 'group', operand };
  }
  const plain = plainText(token);
  if (plain === '!') {
    commands.take();
    const operand = readTerm(commands, start);
    return operand.type === 'not' ? operand.operand : { type: 'not', operand };
  }
  if (plain === ']]') return fail(commands, token, '');
  const word = takeOperand(commands, token);
  if (word === undefined) return fail(commands, token, `unexpected token \`${text(commands)}' in conditional command`);
  if (plain !== undefined && UNARY.test(plain)) {
    const next = peek(commands, start);
    const operand = plainText(next) === ']]' ? undefined : takeOperand(commands, next);
    if (operand === undefined) return fail(commands, next, `unexpected argument \`${text(commands)}' to conditional unary operator`);
    return { type: 'unary', operator: plain, operand: plain === '-v' ? withSubscriptParts(operand) : operand };
  }
  return readBinary(commands, start, word);
}

function text(commands: CommandReader): string {
  return tokenText(commands.peek('plain'), commands.reader.text);
}

/** Takes a word; digits before `<` look like a descriptor but are a word here. */
function takeOperand(commands: CommandReader, token: Token): Word | undefined {
  if (token.kind === 'word') {
    commands.take();
    return token.word;
  }
  if (token.kind !== 'descriptor') return undefined;
  commands.take();
  const source = tokenText(token, commands.reader.text);
  return makeWord([{ type: 'literal', text: source }], source, commands.reader.lineAt(token.start), { tildes: 'none', braces: false });
}

function readBinary(commands: CommandReader, start: number, left: Word): Test {
  const token = peek(commands, start);
  if (token.kind === 'operator' && (token.text === '<' || token.text === '>')) {
    commands.take();
    return { type: 'binary', operator: token.text, left, right: expectRight(commands, start) };
  }
  const operator = plainText(token);
  if (operator !== undefined && BINARY.has(operator)) {
    commands.take();
    if (ARITHMETIC.has(operator)) return { type: 'binary', operator, left: withSubscriptParts(left), right: withSubscriptParts(expectRight(commands, start)) };
    if (operator.startsWith('-')) return { type: 'binary', operator, left, right: expectRight(commands, start) };
    return { type: 'binary', operator, left, right: readRight(commands, start, operator === '=~' ? REGEX : PATTERN) };
  }
  if (operator === ']]' || (token.kind === 'operator' && ['&&', '||', ')'].includes(token.text))) return { type: 'word', word: left };
  if (token.kind === 'word') return fail(commands, token, 'conditional binary operator expected');
  return fail(commands, token, `unexpected token \`${text(commands)}', conditional binary operator expected`);
}

function expectRight(commands: CommandReader, start: number): Word {
  const token = peek(commands, start);
  const right = plainText(token) === ']]' ? undefined : takeOperand(commands, token);
  if (right === undefined) return fail(commands, token, `unexpected argument \`${text(commands)}' to conditional binary operator`);
  return right;
}

/** Where its quotes or parentheses are not closed, bash says so, and at the end of the text that there is no argument. */
function readPattern(reader: Reader, place: Place): WordPart[] {
  try {
    return readParts(reader, place);
  } catch (error) {
    if (!(error instanceof ShellSyntaxError) || !error.atEnd || place !== REGEX) throw error;
    throw new ShellSyntaxError({ ...error.failure, second: { line: reader.endLine, message: 'unexpected argument to conditional binary operator' } }, true);
  }
}

/** A pattern or regular expression, read by its own rules. */
function readRight(commands: CommandReader, start: number, place: Place): Word {
  const { reader } = commands;
  commands.lexer.reset();
  reader.match(BLANKS);
  const from = reader.pos;
  const parts = readPattern(reader, place);
  if (reader.pos === from || reader.text.slice(from, reader.pos) === ']]') {
    reader.pos = from;
    return fail(commands, peek(commands, start), `unexpected argument \`${text(commands)}' to conditional binary operator`);
  }
  return makeWord(parts, reader.text.slice(from, reader.pos), reader.lineAt(from), { tildes: 'word', braces: false });
}
