// Commands: simple ones and built-ins, pipelines and lists, every compound command.
import { arithmetic, countedLoop, index, letArguments } from './arithmetic.js';
import { builtin } from './builtins.js';
import { condition, conditional } from './conditions.js';
import { deeper, many, maybe, one, rule, t, weighted, words, type Scope, type Text } from './grammar.js';
import { casePattern } from './patterns.js';
import { hereDocument, redirection } from './redirections.js';
import { someWords, word, wordList } from './words.js';

/** Shows its arguments: how many, and each between angle brackets. */
const show = rule((scope) => t`p ${wordList(scope)}`);

const assignment: (scope: Scope) => Text = rule((scope) => {
  const value = word(scope);
  const posix = one(t`${words('s e n q w u x')}=${value}`, t`x=${value} y=${value}`, 'n=7', t`x=${value}${value}`, 's=', t`n=$((${arithmetic(scope)}))`);
  if (!scope.bash) return posix;
  return weighted([4, posix], [1, t`${words('s e n arr u i num x')}+=${value}`], [2, t`arr=(${wordList(scope)})`], [1, t`arr+=(${wordList(scope)})`], [2, t`${words('arr num')}[${index(scope)}]=${value}`], [1, t`sparse=([${index(scope)}]=${value} ${value} [${words('1 7 2')}]=${value})`],
    [1, t`m[${one('k', 'a', '"a b"', '$s', '$n')}]=${value}`], [1, t`m=([${one('k', '"a b"', '$s')}]=${value})`], [1, t`arr[${index(scope)}]+=${value}`], [1, t`none=() none+=(${value})`]);
});

/** Shows what an assignment made. */
const shown = rule((scope) => t`${assignment(scope)}; ${scope.bash ? one('p "$s" "$x" "$y" "$u"', 'p "${arr[@]}"', 'declare -p arr sparse', 'declare -p m', 'p "${#arr[@]}" "${!arr[@]}"', 'declare -p n i num x') : one('p "$s" "$x" "$y" "$u"', 'p $x', 'p "$n" "$e"')}`);

const simple: (scope: Scope) => Text = rule((scope) => weighted(
  [8, show(scope)], [4, shown(scope)], [5, builtin(scope)], [2, t`echo ${wordList(scope)}`], [1, t`${assignment(scope)} ${one('p "$x" "$s"', 'printenv x', 'eval \'p "$x"\'', ':', 'env | grep "^x="', 'f 1')}`],
  [1, one('cat a.txt', 'cat nosuch', 'ls dir', 'nosuchcommand', './run.sh a "b c"', './a.txt', 'dir', './dir', 'sort a.txt', '""', '$u', '$e', '/nosuch/x', 'wc -l <a.txt', '(exit 7)', 'true', 'false', ':', '! true', '! false', 'f a b', 'f', 'run.sh', 'cat a.txt nosuch')],
));

const list = rule((scope) => many(statement(scope), 1, 3, '; '));

const branches = rule((scope) => many(t`${maybe('(')}${many(casePattern(scope), 1, 2, '|')}) ${list(scope)} ${scope.bash ? words(';; ;; ;; ;& ;;&') : ';;'}`, 0, 3, ' '));

const compound: (scope: Scope) => Text = rule((scope) => {
  const inner = deeper(scope);
  const body = list(inner);
  // A counter for each level: an inner loop must not set back an outer one.
  const d = String(scope.depth);
  const test = condition(inner);
  const leave = words(': break continue');
  const posix = weighted(
    [3, t`if ${test}; then ${body}; ${maybe(t`elif ${test}; then ${body}; `)}${maybe(t`else ${body}; `)}fi`],
    [3, t`for i in ${wordList(scope)}; do ${maybe(t`${test} && ${leave}; `)}p "$i"; done`], [1, t`for i in ${someWords(inner)}; do ${body}; ${one('', 'break; ', 'continue; ', 'break 2; ', 'continue 2; ', 'return 3; ')}done`], [1, t`for i; do ${body}; done`], [1, t`for i in 1 2; do for j in a b; do ${test} && ${words('break continue')} ${words('1 2 3')}; p $i $j; done; p $i; done`],
    [2, t`k${d}=0; while [ $k${d} -lt 3 ]; do k${d}=$((k${d}+1)); ${maybe(t`${test} && ${leave}; `)}${body}; done`], [1, t`k${d}=0; until [ $k${d} -ge 2 ] || ${test}; do k${d}=$((k${d}+1)); ${body}; done`],
    [3, t`case ${word(inner)} in ${branches(inner)} esac`], [2, t`( ${body} )`], [2, t`{ ${body}; }`],
    [1, t`while read -r l; do p "$l"; ${maybe(t`${test} && break; `)}done ${one('< a.txt', '<<E\n$s\n  $w\nE\n', '< nosuch')}`],
    [2, t`g() { ${body}; }; g ${wordList(inner)}`], [1, t`g() { ${maybe('local x; ')}local s=${word(inner)}; ${body}; ${one('return', 'return 3', ':', 'return $n', 'return 300')}; }; g ${wordList(inner)}; p $? "$s"`],
    [1, t`g() { [ $1 -le 0 ] && { echo end; return 5; }; p $1; g $(($1-1)); }; g ${words('2 3 0 x')}`], [1, t`g() ( ${body} ); g`],
  );
  if (!scope.bash) return posix;
  return weighted([9, posix], [1, t`${countedLoop}; ${body}; ${maybe(t`${test} && ${leave}; `)}p $i; done`], [1, t`for i in ${someWords(inner)}; { p $i; }`], [1, t`function g ${maybe('()')} { ${body}; }; g ${wordList(inner)}`],
    [1, t`[[ ${conditional(scope)} ]]; p $? "\${BASH_REMATCH[@]}"`], [1, t`(( ${arithmetic(scope)} )); p $? "$i" "$j" "$n"`], [1, t`let ${letArguments(scope)}; p $? "$i" "$n"`],
    [1, t`g() { local -n v=${words('s arr u n m')}; ${one('v=x', 'v+=(y)', 'p "$v"', 'v[2]=z', 'p "${v[@]}"', 'unset v', 'p "${!v}"', 'v+=1')}; ${body}; }; g; declare -p s arr`],
    [1, t`g() { local ${words('-a -A -i -r -u -l -x')} x=${word(inner)}; declare -p x; ${body}; }; g; p "$x"`],
    [1, t`while IFS=${words(': , " " "" ": "')} read ${words('-r -ra -r')} x y; do p "$x" "$y" "\${x[@]}"; done <<< ${word(inner)}`],
    [1, t`select i in a b; do p "$i" "$REPLY"; break; done <<< ${words('1 2 9 x')}`]);
});

const pipeline: (scope: Scope) => Text = rule((scope) => {
  const inner = deeper(scope);
  // Each reads all of its input: whether a writer still meets a reader that is about to leave is a matter of luck.
  const filter = one('cat', 'sort', 'tr a-z A-Z', 'sed -n 1p', 'wc -l', 'while read -r l; do p "$l"; done', 'sed s/l/L/', 'grep -c .', '(cat; exit 3)', '{ cat >/dev/null; false; }', '{ read -r x; p "$x"; cat; }', 'tail -n 1', 'cut -c 1-3');
  const posix = one(t`${simple(inner)} | ${filter}`, t`${simple(inner)} | ${filter} | ${filter}`, t`! ${simple(inner)} | ${filter}`, t`${command(inner)} | ${filter}`);
  return scope.bash ? one(posix, t`${posix}; p "\${PIPESTATUS[@]}"`, t`${simple(inner)} |& ${filter}`) : posix;
});

export const command: (scope: Scope) => Text = rule((scope) => (scope.depth <= 0 ? simple(scope) : weighted(
  [8, simple(scope)], [4, compound(scope)], [2, pipeline(scope)], [2, t`${simple(scope)} ${words('&& ||')} ${simple(scope)}`], [2, t`${one(simple(scope), compound(scope))} ${redirection(scope)}`],
  [1, t`${condition(scope)} && ${simple(scope)} || ${simple(scope)}`],
)));

/** What ends without a newline: parts of one line. */
const statement: (scope: Scope) => Text = rule((scope) => command(scope));

/** A line of a program, most often with the status after it. */
export const line: (scope: Scope) => Text = rule((scope) => weighted(
  [6, t`${command(scope)}; echo "$?"`], [3, command(scope)], [1, t`( ${command(scope)}; echo "$?" )`], [1, t`${command(scope)} &\nwait $!; echo $?`], [1, hereDocument(scope)], [1, t`x=$(${command(scope)}); p "$?" "$x"`],
));
