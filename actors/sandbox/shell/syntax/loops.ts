// Reads `for name in …`, `for ((…; …; …))` and `select`.
import { ShellSyntaxError } from './errors.js';
import type { ArithmeticFor, ArithmeticText, For, List, Word } from './ast.js';
import type { CommandReader } from './command-reader.js';
import { readArithmetic } from './read-arithmetic.js';
import { plainText } from './token.js';

const BLANKS = /\s+/y;

/** At `for` or `select`. */
export function readFor(commands: CommandReader, line: number): For | ArithmeticFor {
  const type = commands.isReserved('select') ? 'select' : 'for';
  commands.take();
  const token = commands.peek('plain');
  const { reader } = commands;
  if (type === 'for' && reader.features.bash && token.kind === 'operator' && token.text === '(' && reader.text[token.end] === '(') {
    commands.backTo(token.end + 1);
    return readArithmeticFor(commands, line, token.start);
  }
  if (reader.features.terse && !/^[A-Za-z_][A-Za-z0-9_]*$/.test(reader.text.slice(token.start, token.end))) reader.fail('Syntax error: Bad for loop variable', token.end);
  if (token.kind !== 'word') commands.unexpected();
  commands.take();
  const name = token.word.source;
  const words = readWords(commands);
  return { type, name, words, body: readBody(commands), line, redirects: [] };
}

function readWords(commands: CommandReader): readonly Word[] | undefined {
  if (commands.isOperator(';', 'keyword')) {
    commands.take();
    return undefined;
  }
  if (plainText(commands.peek('keyword')) === 'do') return undefined;
  if (plainText(commands.peek('keyword')) !== 'in') commands.skipNewlines();
  if (plainText(commands.peek('keyword')) !== 'in') return undefined;
  commands.take();
  const words: Word[] = [];
  for (let token = commands.peek('argument'); token.kind === 'word'; token = commands.peek('argument')) {
    words.push(token.word);
    commands.take();
  }
  if (commands.peek('argument').kind !== 'newline' && !commands.isOperator(';', 'argument')) commands.unexpected();
  commands.take();
  return words;
}

/** `do … done`, or bash's `{ … }`. */
function readBody(commands: CommandReader): List {
  commands.skipNewlines();
  const close = commands.reader.features.bash && commands.isReserved('{') ? '}' : 'done';
  if (close === 'done') commands.expectReserved('do');
  else commands.take();
  const body = commands.list(() => commands.isReserved(close), false, close);
  commands.take();
  return body;
}

function readArithmeticFor(commands: CommandReader, line: number, start: number): ArithmeticFor {
  const { reader } = commands;
  const open = reader.pos;
  const texts: (ArithmeticText | undefined)[] = [];
  for (;;) {
    reader.match(BLANKS);
    const text = readArithmetic(reader, ';');
    texts.push(text.source.trim() === '' ? undefined : text);
    if (reader.text[reader.pos] === undefined) reader.endedInside(')', open);
    if (reader.text[reader.pos] !== ';') break;
    reader.pos++;
  }
  if (!reader.text.startsWith('))', reader.pos)) commands.unexpected();
  reader.pos += 2;
  if (texts.length !== 3) {
    const problem = texts.length < 3 ? 'syntax error: arithmetic expression required' : "syntax error: `;' unexpected";
    const line = reader.lineAt(start);
    throw new ShellSyntaxError({ line, message: problem, sourceLine: undefined, second: { line, message: `syntax error: \`((${reader.text.slice(open, reader.pos)}'` } });
  }
  if (commands.isOperator(';')) commands.take();
  const body = readBody(commands);
  const [first, test, step] = texts;
  return { type: 'arithmetic-for', start: first, test, step, body, line, redirects: [] };
}
