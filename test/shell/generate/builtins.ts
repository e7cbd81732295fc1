// Built-in commands as scripts use them: printf, read, getopts, eval, traps, options, declarations and the rest.
import { arithmetic, index } from './arithmetic.js';
import { many, maybe, one, rule, t, weighted, words, type Scope, type Text } from './grammar.js';
import { pattern } from './patterns.js';
import { posixCorner } from './posix.js';
import { someWords, word, wordList } from './words.js';

const shallow = (scope: Scope): Text => word({ ...scope, depth: 0 });

const posixFormats = one('%s', '%d', '%5s|', '%-5s|', '%05d', '%x', '%o', '%c', '%%', '\\n', '%.2s', '%b', '%i', '%u', '%X', '%+d', '%*d', '\\t', '\\101', '%#x', '% d', '%.3d', '%5.2f', '%e', '%g', 'a', '%#o', '\\\\', '%-*s|', '%.*s');
const bashFormats = one('%q', '%q ', '%(%Y)T', '%5q', '\\x41', '\\u00e9', '%Q', '%z', '%ld', '\\e', '%s%s', '%-10q|', '%.1q', '%5b|');
const printf = rule((scope) => {
  const format = scope.bash ? one(posixFormats, posixFormats, posixFormats, bashFormats) : posixFormats;
  const argument = one('7', '-7', '0x1f', '010', "'a'", '"\'a"', '"$s"', '"a b"', "'a\\tb'", '', 'x', '12x', '"$e"', '9223372036854775808', '1.5', "'\\0101'", "'\\c'", "'*'", "'é'", '+3', '" 5"', shallow(scope));
  const plain = t`printf ${one('', '', '-- ')}'${many(format, 1, 3, ' ')}\\n' ${many(argument, 0, 4, ' ')}`;
  return scope.bash ? weighted([6, plain], [1, t`printf -v ${words('x arr[2] m[k] 1x')} '${format}' ${argument}; p $? "$x" "\${arr[2]}" "\${m[k]}"`]) : plain;
});

const echo = rule((scope) => t`echo ${scope.bash ? one('', '-n ', '-e ', '-E ', '-en ', '-ne ', '-nE ', '-x ', '-- ', '-e -n ') : one('', '-n ', '-e ', '-n -n ')}${many(one("'a\\tb'", "'a\\nb'", "'\\c' x", "'\\0101'", "'\\101'", "'\\x41'", "'\\e'", "'\\\\'", '"$s"', '$w', "'a\\'", "'\\u00e9'", '-n', "'\\0'", "'\\q'", "'\\07'", "'a\\cb'"), 0, 3, ' ')}; echo "|"`);

const read = rule((scope) => {
  const names = one('x', 'x y', 'x y z', '', 'x x');
  const input = one("'a b c d'", "'  a   b  '", "'a:b::c:'", "'a\\ b c'", "'a\\\\\\nb'", '"$w"', "''", "' '", "'a\\tb\\nc'", '"$q"', "':a : b:'", "'::'", "'a b '", "'\\\\\\\\x'", "'é ü'", "'a\\\\'");
  const ifs = one('', '', 'IFS=: ', 'IFS= ', "IFS=' :' ", 'IFS=x ', "IFS='\\' ", 'IFS=" "');
  const after = one('; p $? "$x" "$y" "$z"', '; p $? "$REPLY" "$x"', ' && p "$x"; read z; p "$z"');
  const posix = t`printf ${one('', '', "'%b\\n' ")}${input} | { ${ifs.map((made) => (made === 'IFS=" "' ? 'IFS=" " ' : made))}read ${words('-r -r -r')} ${names}${after}; }`;
  const plain = t`printf '%b\\n' ${input} | { ${ifs.map((made) => (made === 'IFS=" "' ? 'IFS=" " ' : made))}read ${names}${after}; }`;
  if (!scope.bash) return one(posix, plain);
  const options = words('-a -n2 -N3 -d: -ra -n1 -d -n0 -N9 -rn3 -t1 -u0 -s -e');
  return one(posix, plain, t`printf ${input} | { ${maybe('IFS=: ')}read ${options.map((o) => (o === '-d' ? "-d ''" : o))} ${one('x', 'x y', 'arr')}; p $? "$x" "$y" "\${arr[@]}" "$REPLY"; }`, t`mapfile ${words('-t -n2 -s1 -O1 -td: -d: -tn1 -c1')} arr < a.txt; declare -p arr`, t`printf ${input} | { mapfile ${words('-t -d: -td:')}; p "\${MAPFILE[@]}"; }`);
});

const getopts = t`OPTIND=1; while getopts ${one('ab:c', ':ab:c', 'a:', ':', "'b'", '"a:-"')} o ${one('-a -b x y', '-ab', '-abx -- -c', '-d', '-b', '-c -a x -b', '--', '-', '-acbz q', '-a - -b', '"$@"', '')} 2>/dev/null; do p "$o" "$OPTARG" $OPTIND; done; p $? "$o" $OPTIND`;

const set = rule(({ bash }) => {
  const flags = bash ? words('-e -u -f -C -x +e +u +f -eu -o +o -a -n -v -b -h +h -k -E -T -B +B -P') : words('-e -u -f -C -x +e +u +f -eu -a -v');
  const safe = flags.map((flag) => (flag === '-n' || flag === '-o' || flag === '+o' || flag === '-k' ? '-e' : flag));
  const long = bash ? words('pipefail errexit nounset noglob noclobber posix nosuch xtrace braceexpand allexport functrace errtrace') : words('errexit nounset noglob noclobber nosuch xtrace allexport');
  return one(t`set ${safe}`, t`set ${words('-o +o')} ${long}`, 'p "$-"', 'set -- a "b c" ""', 'set --', 'set a -b', 'set -- "$@" x', 'shift', 'shift 2', 'shift 9', 'shift 0', 'shift -1', 'shift x', 'set - a b', 'set -f; set -- *; set +f');
});

const shopt = t`shopt ${words('-s -u -q -s')} ${words('nullglob dotglob extglob globstar nocaseglob nocasematch failglob lastpipe inherit_errexit expand_aliases nosuch xpg_echo patsub_replacement globasciiranges sourcepath assoc_expand_once localvar_inherit')}${maybe(' nullglob')}`;

const traps = rule(({ bash }) => {
  const posix = one("trap 'echo exit $?' EXIT", "trap 'echo usr1' USR1; kill -USR1 %SELF; echo after", "trap '' TERM; kill -TERM %SELF; echo alive", "(trap 'echo sub' EXIT; exit 3)", 'trap', "trap 'echo one' USR1; trap", "trap 'echo t' 15; trap; trap - TERM; trap", "trap 'echo bye; exit 4' EXIT; (exit 2)", '(kill -TERM %SELF; echo not) ; echo after', 'sh -c \'kill -9 $$\'; echo $?', "trap 'echo int' INT; kill -s INT %SELF", 'trap - EXIT', "trap 'exit 9' EXIT", "g() { trap 'echo gx' EXIT; echo in; }; g; echo out", "trap 'echo hup' HUP; (kill -HUP %SELF); echo $?", 'kill -0 $$; echo $?', 'trap "" NOSUCH', "trap 'false' USR2; kill -USR2 %SELF; echo $?", "trap 'return 3' USR1; g() { kill -USR1 %SELF; echo not; }; g; echo $?");
  // A signal for the (sub)shell that sends it: one for `$$` would reach the parent of a subshell at any moment.
  return (bash ? one(posix, posix, "trap 'echo err $?' ERR", "trap 'echo err $? $LINENO' ERR", "trap 'echo dbg $BASH_COMMAND' DEBUG", "trap 'echo ret $?' RETURN", 'trap - ERR DEBUG RETURN', 'trap -p', 'set -E', 'set -T', "trap 'echo err' ERR; f() { false; echo in; }; f", "trap 'echo dbg' DEBUG; trap - DEBUG", "f() { trap 'echo r' RETURN; return 3; }; f", 'trap -l | sed -n 1p', 'trap -p EXIT') : posix).map((made) => made.replaceAll('%SELF', '$(exec sh -c "echo \\$PPID")'));
});

const declarations = rule((scope) => {
  const value = shallow(scope);
  const posix = one(t`export x=${value}; sh -c 'echo "$x"'`, t`readonly v${words('1 2')}=${value}; v1=z; p "$v1"`, 'unset s; p "${s-unset}"', 'unset -v n', 'unset -f f; f', 'unset nosuch', 'readonly n; n=3; echo not', 'export -p | grep " x="', 'unset 1x', t`export ${words('s n 1x a-b')}`, 'readonly | grep " v1"', 'x=1; unset x; p ${x+set}', 'unset f', 'f() { local a=1 b; p "$a" "${b-unset}"; }; f; p "${a-unset}"', 'f() { local s; s=in; p "$s"; }; f; p "$s"');
  if (!scope.bash) return posix;
  const assigned = one(t`x=${value}`, t`x=(${value} ${value})`, 'x', t`x[1]=${value}`, t`x+=${value}`, 'x=1+2', 'x=aBc', 'x=()', 'x=([k]=1)', 'x=([3]=a b)', 'x="(1 2)"');
  return one(posix, t`declare ${words('-a -A -i -l -u -r -x -g -ai -ix -p -n -t +x -c -lu')} ${assigned}; p $? "$x"; declare -p x`, t`declare ${words('-i -a -l -u')} x; x=${one(value, 'aBc', '1+1', 'n', '(1 2)')}; x+=${one('1', 'B', '(3)')}; declare -p x`, t`declare -p ${words('s arr sparse m n nosuch none x r neg')}`, 'declare -f f', 'declare -F f g', 'typeset -p s',
    t`unset ${one('arr[1]', '"arr[1]"', "'m[k]'", 'arr', 'm', "'arr[-1]'", "'sparse[9]'", "'arr[@]'", '-n r', "'s[0]'", "'m[x]'", "'arr[n]'")}; declare -p arr m`, t`declare -n v=${words('s arr arr[1] m[k] u v n')}; p "$v" "\${!v}"; v=x; declare -p s arr u`, 'declare -r x=1; x=2; echo $?', 'declare -i x; x=n+1; x+=2; p $x', 'local x', t`declare -A x=([${value}]=${value}); declare -p x`, t`declare -a x=([${index(scope)}]=${value}); declare -p x`, 'export -f f; bash -c "f x"', 'readonly arr; arr[0]=x; echo $?', 'export -n s', 'declare +i n; n=1+1; p $n', 'readonly -a x=(1 2); x+=(3); p "${x[@]}"', 'unset -n r', 'declare -gA x=([a]=1); p "${x[@]}"');
});

const other = rule((scope): Text => {
  const posix = one(
    t`eval ${one("'p \"$s\"'", '"echo $s"', "'x=1; p $x'", '""', "'(exit 4)'", "'echo \"'", "'if'", 'p $w', "'p' '$n'", "'false' || echo or", "'return 3'", "'break'", "'for i in 1 2; do echo $i; done'")}`,
    'cd dir && pwd | sed "s,.*/,,"; cd ..', 'cd nosuch; p $?', 'cd dir/sub; cd - >/dev/null; p "${OLDPWD##*/}"', 'cd; p "$PWD"', '(cd dir; echo *)', 'pwd | sed "s,.*/,,"', 'CDPATH=dir; cd sub; CDPATH=; cd ../..',
    'command -v f', 'command -v cd', 'command -v nosuch', 'command -v cat >/dev/null; p $?', 'command echo x', 'command f x', 'type f', 'type nosuch', 'type cd', 'type if', 'command -V cd', 'umask 027; umask', 'umask -S', 'umask u=rwx,g=rx,o=', 'umask 999', 'umask', 'wait', 'wait 99999; p $?', 'wait %1', '(exit 5) & wait $!; p $?', 'false & wait; p $?', 'exec 3>out; echo x >&3; exec 3>&-; cat out', 'exec 3<a.txt; read x <&3; p "$x"; exec 3<&-; read x <&3; p $?', '(exec cat a.txt; echo not)', '(exec nosuch; echo not); p $?', 'exec 2>/dev/null', '(exec >out; echo hidden); cat out', 'exec nosuch', 'exec cat b.txt',
    'printf "echo sourced \\$1; x=9; return 4; echo not\\n" > lib; . ./lib a; p $? "$x"', '. ./nosuch; p $?', 'printf "echo \\"\\$@\\"\\n" > lib; . ./lib; . ./lib x y', 'exit', 'exit 3', 'exit 256', 'exit -1', 'exit x', 'return', 'return 2', 'break', 'continue', '(exit 300); p $?', 'alias x=echo; x a', "alias y='echo '\ny a\nunalias y", 'alias', 'unalias nosuch', 'alias ll="echo ll"\nalias ll\nll x', 'alias e=\'for i in 1 2; do\'\ne p $i; done', 'times >/dev/null; p $?', 'hash nosuch', 'hash -r', 'kill -l 9', 'kill -l 137', 'kill -s TERM', 'kill -0 99999999', 'kill -l TERM', 'sleep 0.01', 'true; :; p $_'.replace('; p $_', ''), 'p "$0" | sed "s,.*/,,"', 'echo "${PPID:+ppid}"', 'p $LINENO', 'f() { p $LINENO; }; f', 'test', 'let', 'printf', 'printf x y z', 'sh -c \'p() { echo "$#"; }; p "$@"\' a b c', 'sh -c \'echo $0 $1\' a b', 'echo $(sh -c "exit 3") $?', '\\echo x', '"echo" y', "e'c'ho z", 'x=echo; $x y', 'x="echo a b"; $x', "x='echo a;b'; $x", '$(echo echo) q', 'f() { echo new; }; f; unset -f f', 'f() { set -- q; p "$1"; }; f a; p "$1"', 'f() { return; }; false; f; p $?', 'i=0; while :; do i=$((i+1)); [ $i -gt 3 ] && break; done; p $i', 'true && false || echo or', '{ false; } && echo no; p $?', '! { false; }; p $?', 'if (exit 3); then :; else p $?; fi', 'while false; do :; done; p $?', 'case x in y) false;; esac; p $?', 'for i in; do :; done; p $?', 'time -p true 2>/dev/null', 'trap - INT', 'ulimit -c 0', 'x=$(exit 3); p $?', 'x=$(false) y=$(true); p $?', 'x=1 false; p $x', 'x=1 :; p $x', 'x=1 eval \'p $x\'; p "${x-unset}"', 'PATH=; cat a.txt; p $?', 'PATH=/nosuch cat a.txt', 'IFS=:; set -- $c; p "$@" "$*"; p $*', 'IFS=; p $s "$*" $*', 'IFS=ol; p $s; unset IFS; p $s', "IFS=' :'; p $c x$c; x=' a : b '; p $x", 'IFS=x; p a${u-x}b "$*"', 'IFS=\'*\'; p $star "$*"',
  ).filter((made) => scope.bash || !/^time|^let/.test(made));
  if (!scope.bash) return posix;
  return one(posix, posix, 'pushd dir >/dev/null; dirs | wc -w; popd >/dev/null; dirs | wc -l', 'pushd nosuch; p $?', 'popd; p $?', 'dirs -p | wc -l', 'type -t f cd if cat nosuch', 'type -a f', 'type -p cd; p $?', 'command -v if', 'type -f f', 'builtin echo x', 'builtin nosuch', 'enable -n echo; type -t echo; enable echo', 'caller', 'f() { caller 0; p "${FUNCNAME[@]}"; }; f', 'p "${BASH_SOURCE[0]##*/}" "$BASH_SUBSHELL" "$(p $BASH_SUBSHELL)"', 'source ./nosuch', '. nosuch', 'wait -n; p $?', '(exit 3) & wait -n; p $?', 'wait -n 2>/dev/null', 'coproc cat; echo x >&${COPROC[1]}; read -r x <&${COPROC[0]}; p "$x"; exec {COPROC[1]}>&-', 'exec {fd}>out; echo y >&$fd; exec {fd}>&-; cat out', 'hash -t nosuch', 'let', 'let x', 'let "x = 1 / 0"; p $?', 'declare -f g >/dev/null; p $?', 'p "${BASH_VERSINFO[0]}"', 'p ${BASH_VERSION%.*}', 'printf "%s\\n" {a..c}{1..2}', 'echo ${!BASH_VERS*}', 'x=(a b); x=c; declare -p x', 'disown', 'jobs', 'fg; p $?', 'bg %1; p $?', 'suspend', 'logout', 'history | wc -l', 'time true', 'unset BASH_VERSINFO; p $?', 'p $SHLVL', 'bash -c \'p() { :; }; echo $- $0\'', 'bash -uc \'echo $nosuch; echo not\'; p $?', 'bash -ec \'false; echo not\'; p $?', 'bash -o pipefail -c \'false | true\'; p $?', 'bash -c \'echo "$@"\' x y z', 'bash -c "exit 3"; p $?', 'bash nosuch; p $?', "bash -c 'echo ('; p $?", 'echo a >x; bash -n x; p $?', 'set -o | grep -c .', 'shopt | grep -c .', 'cat <(echo a) <(echo b)', 'diff <(echo a) <(echo a); p $?', 'test -v s; p $?', 'p "${#PIPESTATUS[@]}"', '(exit 2) | (exit 3) | true; p "${PIPESTATUS[@]}"', 'mapfile -t x < <(printf "%s\\n" a b); p "${x[@]}"', 'read -r -d "" x < a.txt; p $? "$x"', 'p "${arr[@]/#/x}" "${arr[*]/%/y}"', 'p "${@:2}" "${@: -1}" "${@:0:1}"'.replace(' "${@:0:1}"', ''), 'f() { p "${FUNCNAME[0]}"; g; }; g() { p "${FUNCNAME[*]}" ${#BASH_LINENO[@]}; }; f', 'p "${arr[@]@A}" "${m[@]@K}"', 'printf "%(%s)T" 0; echo', 'printf "%(%F)T\\n" 86400', 'unset "arr[0]"; p "${!arr[@]}"', 'kill -l | sed -n 1p', 'type -at echo | head -n 1', 'help nosuch', 'compgen -A function', 'compgen -v num', 'compgen -W "ab ac b" a', 'complete', 'ulimit -n >/dev/null; p $?', 'echo "$BASH_COMMAND"', 'shopt -p extglob', 'shopt -q nosuch', 'set +o | grep pipefail', 'shopt -o errexit', 'shopt -so nounset', 'p "$SHELLOPTS" | tr : "\\n" | grep -c .', 'p "$BASHOPTS" | grep -c extglob', 'readarray -t x <<< "$s"; p "${x[@]}"');
});

export const builtin = rule((scope): Text => weighted(
  [4, printf(scope)], [2, echo(scope)], [3, read(scope)], [1, getopts], [2, set(scope)], [2, traps(scope)], [3, declarations(scope)], [5, other(scope)],
  ...(scope.bash ? [[1, shopt], [1, t`p \${${words('s f c')}//${pattern(scope)}/[&]}`], [1, t`eval "p ${someWords({ ...scope, depth: 0 }).map((made) => made.replaceAll(/["'`\\]/g, ''))}"`], [1, t`f ${wordList({ ...scope, depth: 0 })}`], [1, t`p $((${arithmetic(scope)}))`]] as const : [[2, t`p $((${arithmetic(scope)}))`], [14, posixCorner(scope)]] as const),
));
