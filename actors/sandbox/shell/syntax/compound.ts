// Reads compound commands: ( ) { } if for while until case select function (( )) [[ ]].
import { SPECIAL_BUILTINS } from '../execute/special-builtins.js';
import type { ArithmeticCommand, Case, CaseClause, Command, FunctionDefinition, Group, If, List, Redirect, Subshell, While, Word } from './ast.js';
import type { CommandReader } from './command-reader.js';
import { readConditional } from './conditional.js';
import { readFor } from './loops.js';
import { tryArithmetic } from './read-expansion.js';
import { plainText, type Token } from './token.js';
import { makeWord, NO_MARKS } from './word.js';

const ALWAYS = new Set(['{', 'if', 'for', 'while', 'until', 'case']);

/** Bash takes nearly any word as the name of a function, dash only these. */
const NAME = /^[A-Za-z_][A-Za-z0-9_]*$/;

const NONE: readonly Redirect[] = [];

/** Whether a command that begins with this token is a compound one (or a definition by the word `function`). */
export function beginsCompound(commands: CommandReader, token: Token): boolean {
  if (token.kind === 'operator') return token.text === '(';
  const text = plainText(token);
  if (text === undefined) return false;
  const { bash, familiar, tests } = commands.reader.features;
  return ALWAYS.has(text) || (bash && text === 'select') || (tests && text === '[[') || (familiar && text === 'function');
}

/** At a token of which `beginsCompound` holds; redirections are the caller's. */
export function readCompound(commands: CommandReader): Command {
  const token = commands.peek();
  const line = commands.reader.lineAt(token.start);
  if (token.kind === 'operator') return readParenthesis(commands, token, line);
  switch (plainText(token)) {
    case '{':
      return readGroup(commands, line);
    case 'if':
      return readIf(commands, line);
    case 'while':
    case 'until':
      return readWhile(commands, line);
    case 'case':
      return readCase(commands, line);
    case 'function':
      return readFunction(commands, line);
    case '[[':
      commands.take();
      return { type: 'conditional', test: readConditional(commands), line, redirects: NONE };
    default:
      return readFor(commands, line);
  }
}

function readParenthesis(commands: CommandReader, token: Token, line: number): Subshell | ArithmeticCommand {
  const { reader } = commands;
  if (reader.features.bash && reader.text[token.end] === '(') {
    commands.backTo(token.end + 1);
    const text = tryArithmetic(reader);
    if (text !== undefined) return { type: 'arithmetic', text, line, redirects: NONE };
    commands.backTo(token.start);
    commands.peek();
  }
  commands.take();
  const body = commands.list(() => commands.isOperator(')'), false, ')');
  const closingLine = reader.lineAt(commands.peek().start);
  commands.take();
  return { type: 'subshell', body, line, closingLine, redirects: NONE };
}

function readGroup(commands: CommandReader, line: number): Group {
  commands.take();
  const body = commands.list(() => commands.isReserved('}'), false, '}');
  commands.take();
  return { type: 'group', body, line, redirects: NONE };
}

function readIf(commands: CommandReader, line: number): If {
  const arms: { test: List; body: List }[] = [];
  let otherwise: List | undefined;
  do {
    commands.take();
    const test = commands.list(() => commands.isReserved('then'), false, 'then');
    commands.take();
    const body = commands.list(() => commands.isReserved('elif', 'else', 'fi'), false, 'fi');
    arms.push({ test, body });
  } while (commands.isReserved('elif'));
  if (commands.isReserved('else')) {
    commands.take();
    otherwise = commands.list(() => commands.isReserved('fi'), false, 'fi');
  }
  commands.expectReserved('fi');
  return { type: 'if', arms, otherwise, line, redirects: NONE };
}

function readWhile(commands: CommandReader, line: number): While {
  const until = commands.isReserved('until');
  commands.take();
  const test = commands.list(() => commands.isReserved('do'), false, 'do');
  commands.take();
  const body = commands.list(() => commands.isReserved('done'), false, 'done');
  commands.take();
  return { type: 'while', until, test, body, line, redirects: NONE };
}

function readCase(commands: CommandReader, line: number): Case {
  commands.take();
  const word = expectWord(commands);
  while (commands.peek('keyword').kind === 'newline') commands.take();
  if (plainText(commands.peek('keyword')) !== 'in') commands.unexpected('in');
  commands.take();
  const clauses: CaseClause[] = [];
  for (;;) {
    while (commands.peek('plain').kind === 'newline') commands.take();
    if (plainText(commands.peek('plain')) === 'esac') break;
    clauses.push(readClause(commands));
  }
  commands.take();
  return { type: 'case', word, clauses, line, redirects: NONE };
}

function readClause(commands: CommandReader): CaseClause {
  if (commands.isOperator('(', 'plain')) commands.take();
  const patterns: Word[] = [expectPattern(commands)];
  while (commands.isOperator('|', 'plain')) {
    commands.take();
    patterns.push(expectPattern(commands));
  }
  if (!commands.isOperator(')', 'plain')) commands.unexpected(')');
  commands.take();
  const body = commands.list(() => commands.isReserved('esac') || clauseEnd(commands.peek()) !== undefined, true, ';;');
  const end = clauseEnd(commands.peek());
  if (end !== undefined) commands.take();
  return { patterns, body, end: end ?? ';;' };
}

/** dash: whatever stands here, it is what follows that is wrong. */
function expectPattern(commands: CommandReader): Word {
  const token = commands.peek('plain');
  if (token.kind === 'word' || !commands.reader.features.terse) return expectWord(commands);
  commands.take();
  return makeWord([], '', commands.reader.lineAt(token.start), NO_MARKS);
}

function clauseEnd(token: Token): CaseClause['end'] | undefined {
  if (token.kind !== 'operator') return undefined;
  return token.text === ';;' || token.text === ';&' || token.text === ';;&' ? token.text : undefined;
}

/** Takes one word, in which neither aliases nor assignments are looked for. */
export function expectWord(commands: CommandReader): Word {
  const token = commands.peek('plain');
  if (token.kind !== 'word') commands.unexpected();
  commands.take();
  return token.word;
}

function readFunction(commands: CommandReader, line: number): FunctionDefinition {
  commands.take();
  const name = expectWord(commands).source;
  if (commands.isOperator('(')) {
    const { start, end } = commands.peek();
    // `function f ((…))` has an arithmetic command, `function f ( … )` may have a subshell as its body.
    if (/[ \t]*\)/y.test(commands.reader.text.slice(end, end + 80))) {
      commands.take();
      commands.expectOperator(')');
    } else commands.backTo(start);
  }
  return { type: 'function', name, body: readBody(commands), keyword: true, line, redirects: NONE };
}

/** After `name`, at `(`. */
export function readDefinition(commands: CommandReader, word: Word, line: number): FunctionDefinition {
  const { reader } = commands;
  commands.take();
  if (reader.features.terse) {
    // No word is reserved here.
    const { kind, end } = commands.peek('argument');
    if (kind === 'word') reader.fail('Syntax error: word unexpected (expecting ")")', end);
  }
  commands.expectOperator(')');
  if (reader.features.terse && (!NAME.test(word.source) || SPECIAL_BUILTINS[reader.settings.dialect].has(word.source))) reader.fail('Syntax error: Bad function name');
  return { type: 'function', name: word.source, body: readBody(commands), keyword: false, line, redirects: NONE };
}

function readBody(commands: CommandReader): Command {
  commands.skipNewlines();
  if (!commands.reader.features.terse && !beginsCompound(commands, commands.peek())) commands.unexpected();
  return commands.command();
}
