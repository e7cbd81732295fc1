// Words: literals, the ways to quote, expansions within and without quotes, braces.
import { arithmetic } from './arithmetic.js';
import { deeper, many, maybe, one, rule, t, weighted, words as list, type Scope, type Text } from './grammar.js';
import { parameter } from './parameters.js';
import { glob } from './patterns.js';

const bare = one('a', 'foo', 'b.txt', '1', '-n', 'x=1', 'a-b', 'é', '\\*', '\\$x', 'a\\ b', '~', '~/x', 'a#b', '!', '{}', '%s', '=', '\\\\', 'a:~', '-', '--', '+1', 'x=~', '\\"', "\\'", '{', '}', ']', 'a,b', '\\a', 'in', 'done', '~root', '~nosuchuser', '0', '-e', '\\\n', '\\#', '@', '^', '_', 'A');
const single = one("'a b'", "''", "'$s'", "'*'", "'\"'", "'\\'", "'a\nb'", "'`'", "' '", "'\\n'", "'!'", "'a\tb'", "'#'", "'$(echo no)'");
const ansi = one("$'a\\tb'", "$'\\x41\\102'", "$'it\\'s'", "$'\\u00e9'", "$'\\n'", "$'\\\\'", "$'a\\qb'", "$'\\ca'", "$'\\e'", "$'x\\0y'", "$'\\\"'", "$'\\xe9'", "$'\\1234'", "$'\\U1F600'", "$'$s'", "$'\\'\\''");
const braces = one('{a,b}', '{1..3}', 'x{a,b{c,d}}y', '{3..1}', '{01..03}', '{a..e..2}', '{a}', '{,}', '{-1..1}', '{a,b}{1,2}', '{a,"b c"}', '{$n,x}', '{a,b', '{1..2}{a,b}', '"{a,b}"', '{a\\,b}', '{1..10..4}', '{10..1..3}', '{a..c}', '{,x}y', '{{a,b},c}', '{a,b}}', '${n}{a,b}', '{1..$n}', '{*.txt,x}', '{x..x}', '{001..3}', '{a..1}', '{1..3..0}', '{-5..5..5}', "{a,'b}'}", '{c..a}', '{"a",b}', '{a,,b}', '{$s,b}', '{1..3..-1}', '{,a,}');

const quotedPiece = rule((scope): Text => weighted(
  [4, one('a', ' ', 'x y', "'", '*', '\\$', '\\"', '\\\\', '\\`', '\\a', '\n', '\\\n', '#', '~', '{a,b}', '!', 'é', '(', ';')], [5, parameter(scope, true)],
  ...(scope.depth > 0 ? [[1, commandSubstitution(scope)], [1, t`$((${arithmetic(deeper(scope))}))`]] as const : []),
));

const quoted = rule((scope) => t`"${many(quotedPiece(scope), 0, 3)}"`);

const commandSubstitution = rule((scope): Text => {
  if (scope.depth <= 0) return one('$(echo a b)');
  const inner = scope.rules.command(deeper({ ...scope, depth: Math.min(scope.depth, 2) }));
  const posix = one(t`$(${inner})`, '$(echo "a  b")', '$(printf "a\\n\\n")', '`echo x`', '`echo \\$s`', '$(echo $s; echo "$w")', '$(cat a.txt)', '$( (echo sub) )', '`echo "a  b"`', '$(exit 3)', '`echo \\`echo in\\``', '$(:)', '$(cat <<E\n$s x\nE\n)', '$(case a in a) echo case;; esac)', '$(echo a # note )\n)', '$(printf "%s\\n" "$@")', '"$(echo "$s")"');
  return scope.bash ? one(posix, posix, '$(<a.txt)', '$(< a.txt tr a-z A-Z)', '$(echo ${arr[@]})', '$(<nosuch)') : posix;
});

/** One word as it stands in a command. */
export const word: (scope: Scope) => Text = rule((scope) => {
  const posix = weighted(
    [4, bare], [3, single], [5, quoted(scope)], [5, parameter(scope, false)], [2, glob(scope)],
    ...(scope.depth > 0 ? [[2, commandSubstitution(scope)], [1, t`$((${arithmetic(deeper(scope))}))`], [3, t`${bare}${parameter(scope, false)}${maybe(quoted(scope))}`], [1, t`${quoted(scope)}${single}`]] as const : []),
  );
  return scope.bash ? weighted([12, posix], [1, ansi], [2, braces], [1, t`${list('a x"y" $n')}${braces}${maybe(parameter(scope, false))}`], [1, one('$"x"', '$"$s"', '$""')]) : posix;
});

export const wordList = rule((scope) => many(word(scope), 0, 4, ' '));
export const someWords = rule((scope) => many(word(scope), 1, 4, ' '));
