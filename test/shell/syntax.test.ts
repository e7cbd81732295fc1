// The shell's parser, patterns and braces: what is accepted, what is refused and in which words, and that no text breaks them.
import test from 'ava';
import fc from 'fast-check';
import { expandBraces } from '../../actors/sandbox/shell/braces.js';
import { compilePattern } from '../../actors/sandbox/shell/patterns.js';
import { quoteArgument, quoteBackslash, quoteTrace, quoteValue } from '../../actors/sandbox/shell/quote.js';
import type { Dialect } from '../../actors/sandbox/shell/syntax/ast.js';
import { parseScript, Parser, ShellSyntaxError } from '../../actors/sandbox/shell/syntax/parser.js';

function complaint(script: string, dialect: Dialect = 'bash'): string | undefined {
  try {
    parseScript(script, { dialect });
    return undefined;
  } catch (error) {
    if (error instanceof ShellSyntaxError) return `${error.failure.line}: ${error.failure.message}`;
    throw error;
  }
}

const FRAGMENTS = ['if', 'then', 'fi', 'a', ' ', '\n', ';', '&', '|', '(', ')', '((', '))', '{', '}', '"', "'", '`', '$', '${', '$((', '[[', ']]', '<<E\n', 'E\n', '\\', 'x=(', 'a[1]=', 'case x in', '*', '@('];
const scripts = fc.array(fc.constantFrom(...FRAGMENTS), { maxLength: 30 }).map((parts) => parts.join(''));

test('what bash accepts is accepted', (t) => {
  const accepted = ['((1 + ; ))', 'echo $((a); echo b)', 'cat <<E | wc\n$(x)\nE\n', 'for ((;;)) { :; }', '[[ a =~ (b c|d) ]]', '! ! true', 'f() (( 1 ))', 'case a in (b|c) ;& *) esac'];
  for (const script of accepted) t.is(complaint(script), undefined, script);
});

test('syntax errors are worded as bash words them', (t) => {
  t.is(complaint('echo a\nfi'), "2: syntax error near unexpected token `fi'");
  t.is(complaint('if x; then\n'), '2: syntax error: unexpected end of file');
  t.is(complaint('echo "a\n'), '1: unexpected EOF while looking for matching `"\'');
  t.is(complaint('[[ a b ]]'), '1: conditional binary operator expected');
});

test('syntax errors are worded as dash words them', (t) => {
  t.is(complaint('fi', 'dash'), '1: Syntax error: "fi" unexpected');
  t.is(complaint('x=(1)', 'dash'), '1: Syntax error: "(" unexpected');
  t.is(complaint('a-b() { :; }', 'dash'), '1: Syntax error: Bad function name');
});

test('no text makes the parser hang or throw anything but a syntax error', (t) => {
  fc.assert(fc.property(scripts, fc.constantFrom<Dialect>('bash', 'posix', 'ash', 'dash'), (script, dialect) => {
    complaint(script, dialect);
  }), { seed: 1, numRuns: 2000 });
  t.notThrows(() => complaint('$(('.repeat(2000)));
  t.notThrows(() => complaint('${a['.repeat(2000)));
});

test('text given line by line parses to what it parses to at once', (t) => {
  const script = 'a <<E\n$x\nE\nif b; then\n c "d\ne"\nfi\nf() {\n :\n}\n';
  const parser = new Parser('', { dialect: 'bash' }, false);
  const items: unknown[] = [];
  for (const line of script.split(/(?<=\n)/)) {
    parser.append(line);
    const list = parser.next();
    if (list !== 'incomplete' && list !== 'end') items.push(...list.items);
  }
  t.deepEqual(items, [...parseScript(script, { dialect: 'bash' }).items]);
});

test('braces expand before everything else', (t) => {
  const words = (text: string): readonly (string | undefined)[] => {
    const { command } = parseScript(`echo ${text}`, { dialect: 'bash' }).items[0]!;
    return command.type === 'simple' ? command.words.slice(1).flatMap((word) => expandBraces(word).map(({ literal }) => literal)) : [];
  };
  t.deepEqual(words('a{b,c{1..3}}d'), ['abd', 'ac1d', 'ac2d', 'ac3d']);
  t.deepEqual(words('{01..10..4}'), ['01', '05', '09']);
  t.deepEqual(words('{a}b,c}'), ['a}b', 'c']);
  t.deepEqual(words('"{a,b}"'), ['{a,b}']);
});

test('patterns match as in bash, extended ones in polynomial time', (t) => {
  const extended = (pattern: string): ReturnType<typeof compilePattern> => compilePattern(pattern, { extglob: true });
  t.true(extended('*.@(c|h)').test('a.c'));
  t.false(extended('!(a|b*)').test('bcd'));
  t.is(compilePattern('*/').prefix('a/b/c', false), 2);
  t.is(compilePattern('*/').prefix('a/b/c', true), 4);
  t.is(compilePattern('.*').suffix('a.b.c', false), 3);
  t.false(compilePattern('*', { period: true }).test('.hidden'));
  t.false(extended('+(+(a))b').test('a'.repeat(60)));
  t.false(compilePattern(`${'*a'.repeat(30)}b`).test('a'.repeat(2000)));
});

test('quoting is that of each built-in', (t) => {
  t.deepEqual([quoteArgument("a'b"), quoteValue('a"$b'), quoteBackslash('a b'), quoteTrace('')], ["'a'\\''b'", '"a\\"\\$b"', 'a\\ b', "''"]);
  t.is(quoteBackslash('\udcff'), "$'\\377'");
});

/** How often command words are looked at while a function of so many lines comes in line by line. */
function looks(lines: number): number {
  let count = 0;
  const parser = new Parser('', { dialect: 'bash', alias: () => void count++ }, false);
  const text = ['f() {', ...Array.from({ length: lines }, (_, at) => (at % 4 === 0 ? 'if a; then' : at % 4 === 3 ? 'fi' : `b $(c ${at})`)), '}'];
  for (const [at, line] of text.entries()) {
    parser.append(`${line}\n`);
    const list = parser.next();
    if (at === text.length - 1) expectFunction(list, lines);
    else if (list !== 'incomplete') throw new Error(`complete at line ${at}`);
  }
  return count;
}

function expectFunction(list: ReturnType<Parser['next']>, lines: number): void {
  const definition = typeof list === 'string' ? undefined : list.items[0]?.command;
  const body = definition?.type === 'function' ? definition.body : undefined;
  if (body?.type !== 'group' || body.body.items.length !== lines / 4) throw new Error('not the function');
  const last = body.body.items.at(-1)!.command;
  if (last.line !== lines - 2) throw new Error(`the last command is on line ${last.line}`);
}

test('a long command that comes in line by line is not read anew with each line', (t) => {
  const [few, many] = [looks(40), looks(400)];
  t.true(few > 40);
  t.true(many < few * 12, `${few} looks for 40 lines, ${many} for 400`);
});
