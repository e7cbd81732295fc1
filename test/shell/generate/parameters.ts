// Parameter expansions: every operator over scalars, positional parameters, arrays and associative arrays, as their context quotes them.
import { index } from './arithmetic.js';
import { deeper, maybe, one, rule, t, weighted, words, type Scope, type Text } from './grammar.js';
import { pattern } from './patterns.js';

const scalars = words('s e n f q w star c u s w c');
const specials = words('1 2 3 4 @ * # @ * 9 10');
const elements = words('arr[@] arr[*] arr[0] arr[1] arr[-1] arr[9] sparse[@] sparse[2] m[k] m[@] none[@] none[*] arr[n-6] m[$e] m["a"] s[0] s[@]');

const name = rule(({ bash }) => (bash ? weighted([4, scalars], [3, specials], [5, elements]) : weighted([4, scalars], [3, specials])));
const assignable = ({ bash }: Scope): Text => (bash ? words('u e v s arr[7] m[z] none[1]') : words('u e v s'));

/** The word of `${x:-word}`, quoted as its context is. */
const operandIn = (quoted: boolean) => rule((scope: Scope): Text => {
  const common = one('d', "a'b'", '$n', '"$w"', '$w', '$@', '"$@"', 'a b', '', '~', '\\$', '"a b"', '${e:-x}', '$*', '*',  '\\}', '"}"', "'}'", 'é', '\\a', '`echo x`', '$(echo "y  z")', ' a ', '"$*"', '\\"', 'a"b"c');
  return quoted || scope.depth <= 0 ? common : one(common, scope.rules.word(deeper(scope)));
});
const operand = operandIn(false);
const operandQuoted = operandIn(true);

const simple = weighted([6, words('$s $e $n $f $q $w $star $c $u $1 $2 $# $? $@ $* $@ $* $3')], [1, one('${1}', '${n}0', '${s}')]);

/** An expansion; `quoted` says that it stands within double quotes. */
export function parameter(scope: Scope, quoted: boolean): Text {
  return quoted ? inQuotes(scope) : bare(scope);
}
const bare = rule((scope) => expansion(scope, operand(scope)));
const inQuotes = rule((scope) => expansion(scope, operandQuoted(scope)));

/** dash 0.5.12 loses all of `$@` and `$*` in `##` and `%%`: it stops at the marks that it puts between them. */
const trimmed = (scope: Scope): Text => (scope.bash ? name(scope) : weighted([4, scalars], [2, words('1 2 3 4 #')]));

function expansion(scope: Scope, value: Text): Text {
  const matched = pattern(scope);
  const of = name(scope);
  const posix = weighted(
    [6, simple], [4, t`\${${of}${words(':- - :+ + :- :+')}${value}}`], [1, t`\${${assignable(scope)}${words(':= =')}${value}}`], [4, t`\${${trimmed(scope)}${words('# ## % %%')}${matched}}`],
    [1, t`\${${of}}`], [1, t`\${#${of}}`],
  );
  if (!scope.bash) return posix;
  const bashOnly = weighted(
    [3, t`\${${of}:${maybe(' ')}${index(scope)}}`], [3, t`\${${of}: ${index(scope)}:${index(scope)}}`],
    [4, t`\${${of}${words('/ // /# /% / //')}${matched}/${value.map((made) => made.replaceAll('"$@"', '"$1"'))}}`], [1, t`\${${of}//${matched}}`],
    [2, t`\${${of}${words('^ ^^ , ,,')}${maybe(matched)}}`], [3, t`\${${of}@${words('Q E P A a U u L K k Q')}}`],
    [2, one('${!r}', '${!ra}', '${!r:-d}', '${!r%o*}', '${!arr[@]}', '${!sparse[*]}', '${!m[@]}', '${!num@}', '${!num*}', '${!re}', '${!2}', '${!u-x}', '${!r@Q}', '${!ra/o/0}', '${#arr[1]}', '${!none[@]}')],
  );
  return weighted([5, posix], [5, bashOnly]);
}
