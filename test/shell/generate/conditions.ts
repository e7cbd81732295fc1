// Conditions: `[ ]` and `[[ ]]` with all their operators.
import { arithmetic } from './arithmetic.js';
import { deeper, one, rule, t, weighted, words, type Scope, type Text } from './grammar.js';
import { pattern, regex } from './patterns.js';
import { word } from './words.js';

const files = words('a.txt nosuch dir . link run.sh dir/sub .hidden broken empty /dev/null');
const unary = words('-n -z -f -d -e -r -w -x -s -h -L -n -z -b -c -p -S -u -g -k');

export const bracket: (scope: Scope) => Text = rule((scope) => {
  const inner = scope.depth > 0 ? deeper(scope) : scope;
  // What looks like an operator makes long tests ambiguous; each shell has its own reading then, so only bash gets them.
  const value = scope.bash ? one('"$s"', '"$e"', '$n', 'a', '""', word(inner), '"$w"', '-n', '!', '=', '(', '1') : one('"$s"', '"$e"', '$n', 'a', '""', word(inner), '"$w"', '1');
  const simple = weighted(
    [3, t`${unary} ${one(value, files)}`], [3, t`${value} ${words('= != = \\< \\>')} ${value}`], [3, t`${one('$n', '1', '"$i"', '7', '-3', 'x', "' 7 '", '"$e"', '010', value)} ${words('-eq -ne -lt -le -gt -ge')} ${words('7 0 $n "$neg" -1 08 +7')}`],
    [1, t`${files} ${words('-nt -ot -ef')} ${files}`], [1, value], [1, one('', '!', '-n', '! -n', '-t 0', 'a b', 'a b c d', '( a )', '-o a', '! a = b', '( a = a )', '! ( a )', '"(" ")"', '-a', '( ! )')],
    ...(scope.bash ? [[1, t`-v ${words('s u arr arr[0] arr[9] m[k] m[x] n arr[@] none e')}`], [1, t`${value} == ${value}`], [1, one('-o errexit', '-o noglob', '-R r', '-a a.txt', '-N a.txt', '-O a.txt', '-G .')],
      // dash looks beyond its arguments there, and now and then crashes.
      [1, one('a -a', 'x -o')]] as const : []),
  );
  if (scope.depth <= 0) return simple;
  const rest = bracket(inner);
  return weighted([6, simple], [1, t`! ${rest}`], [1, t`${rest} ${words('-a -o')} ${rest}`], [1, t`\\( ${rest} \\)`]);
});

export const conditional: (scope: Scope) => Text = rule((scope) => {
  const inner = scope.depth > 0 ? deeper(scope) : scope;
  const value = one('$s', '"$s"', '$e', '$n', 'a', '""', '$w', '$star', word({ ...inner, depth: 0 }), '$arr', '${arr[@]}', "'a b'", '$f');
  const simple = weighted(
    [2, t`${unary} ${one(value, files)}`], [4, t`${value} ${words('== != = ==')} ${one(pattern(scope), value)}`], [2, t`${value} ${words('< >')} ${value}`], [4, t`${value} =~ ${one(regex, regex, '"$s"', '$re', '${re}x?', '(', '$e', '[')}`],
    [2, t`${one('n', '$n', '"$n"', '1', 'i', 'num[1]', "'1+1'")} ${words('-eq -ne -lt -le -gt -ge')} ${one('7', 'neg', '"$e"', 'n+1', '2#11', 'u', "'n - 1'", '010')}`],
    [1, t`${files} ${words('-nt -ot -ef')} ${files}`], [1, value], [1, t`-v ${words('s u arr arr[0] arr[9] m[k] m[x] n arr[@] none m["a"]')}`], [1, t`-o ${words('errexit noglob nosuch')}`],
    [1, t`${arithmetic({ ...scope, depth: 0 })} -eq ${arithmetic({ ...scope, depth: 0 })}`],
  );
  if (scope.depth <= 0) return simple;
  const rest = conditional(inner);
  return weighted([6, simple], [1, t`! ${rest}`], [2, t`${rest} ${words('&& ||')} ${rest}`], [1, t`( ${rest} )`]);
});

export const condition = rule((scope) => {
  const posix = one(t`[ ${bracket(scope)} ]`, t`test ${bracket({ ...scope, depth: 0 })}`, 'true', 'false', '(exit 3)');
  return scope.bash ? weighted([2, posix], [3, t`[[ ${conditional(scope)} ]]`], [1, t`((${arithmetic(scope)}))`]) : posix;
});
