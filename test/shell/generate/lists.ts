// Programs about arrays, attributes and references: made in one of many ways, changed, and shown in full.
import { arithmetic } from './arithmetic.js';
import { many, maybe, one, rule, t, weighted, words, type Text } from './grammar.js';
import { pattern } from './patterns.js';

const names = words('a b a');
const keys = words('0 1 2 3 -1 -2 7 i i+1 n k');
const mapKeys = one('k', 'one', "'two words'", '"$s"', '$n', "'x]y'", '"q\\"r"', "'*'", '@', '0', "'a=b'");
const values = one('v', "'x y'", '""', '"$s"', '$w', '{p,q}', '*.txt', '$(echo "c  d")', "$'t\\tb'", '\\*', '1+2', 'aBc', '"${a[@]}"', '${a[*]}', '~', "'it'\\''s'", 'é', '"${b[@]:1}"', '$((i+1))');

const made = rule((scope): Text => weighted(
  [4, t`${names}=(${many(values, 0, 4, ' ')})`], [2, t`${names}=([${keys}]=${values} ${values} [${keys}]=${values})`], [2, t`${names}+=(${many(values, 1, 3, ' ')})`], [3, t`${names}[${keys}]=${values}`], [1, t`${names}[${keys}]+=${values}`], [1, t`${names}=${values}`], [1, t`${names}+=${values}`],
  [2, t`h[${mapKeys}]=${values}`], [1, t`h=([${mapKeys}]=${values} [${mapKeys}]=${values})`], [1, t`h+=([${mapKeys}]=${values})`], [1, t`h[${mapKeys}]+=${values}`],
  [2, t`unset ${one("'a[1]'", 'a[0]', "'a[-1]'", "'b[i]'", "'h[k]'", '"h[\'two words\']"', 'a', 'h', "'b[@]'", "'a[9]'")}`], [1, t`read -ra ${names} <<< ${values}`], [1, t`mapfile ${one('', '-t ')}${names} < a.txt`], [1, t`(( ${names}[${keys}] ${words('+= = *= ++')} ${one('2', '3', 'i')} ))`.map((text) => text.replace(/\+\+ \w+/, '++'))], [1, t`printf -v '${names}[${keys}]' %s ${values}`], [1, t`IFS=${one(':', ', ', '')} ${one('read -ra a <<< "x:y z,w"', ':')}`], [1, t`${names}=("\${${names}[@]${one(':1', ':0:2', '/o/0', '#?', '%?', '^^', ': -2')}}")`],
  [1, t`n=$((${arithmetic({ ...scope, depth: 1 })}))`],
));

const attribute = one(
  t`declare ${words('-i -l -u -a -r -x -t -ia -c -au')} ${words('x y')}=${values}; x+=${one('1', 'B', '" z"')}; declare -p x y`, t`declare -A x=([${mapKeys}]=${values} [${mapKeys}]=${values}); declare -p x`, t`declare -n ref=${words('a b h a[1] x')}; ref=${values}; declare -p ref a; p "$ref" "\${!ref}"`, 'f() { local -n r=$1; r+=(new); r[0]=${#r[@]}; }; f a; f b; declare -p a b', t`f() { local ${words('-a -A -i -r -u')} a=${values}; declare -p a; local b; p "\${b-unset}" "\${a[@]}"; }; f`, t`readonly a; a${one('=1', '[0]=1', '+=(2)')}; p not`, t`f() { declare -g${maybe('a')} y=${values}; local s=in; unset s; p "\${s-unset}"; }; f; declare -p y`, 'f() { local i=5 s; g() { i=9; p "$i" "${s-none}"; }; g; p "$i"; }; f; p "$i"', t`export x=${values} y; declare -p x y; export -p | grep -E ' [xy]='`, 'declare -i z=i+1; z+=4; z=z*2; p $z; declare -p z', 'declare -u up=abc; up+=def; declare -l up; up+=GHI; p "$up"', 'declare +x x; declare -p x', 'local q=1', 'f() { local -; set -f; echo *.txt; }; f; echo *.txt', "f() { local IFS=:; p $c; }; f; p $c", 'f() { local -p; }; f', 'declare -p -a | grep -E " [ab]="', 'unset -n ref; declare -p ref',
);

const shown = rule((scope): Text => one(
  'declare -p a b h', 'p "${a[@]}"', 'p ${a[@]}', 'p "${a[*]}"', 'p "${!a[@]}" "${#a[@]}"', 'p "${!h[@]}"', 'p "${h[@]}" ${#h[@]}', 'IFS=:; p "${a[*]}" ${a[*]}', t`p "\${${names}[@]:${words('0 1 2 -1 -2 i').map((at) => (at.startsWith('-') ? ` ${at}` : at))}${maybe(words(':0 :1 :2 :-1'))}}"`, t`p "\${${names}[@]${words('# ## % %%')}${pattern({ ...scope, depth: 0 })}}"`, t`p "\${${names}[@]${words('/ // /# /%')}${pattern({ ...scope, depth: 0 })}/${one('<&>', 'X', '', '\\&')}}"`, t`p "\${${names}[@]@${words('Q A K a U u L E k')}}"`, t`p "\${h[@]@${words('Q A K a k')}}"`, t`p "\${${names}[${keys}]${one('', ':-d', '+set', '-un', ':?', '#?', '@Q', ':1:1', '^')}}"`, t`p "\${h[${mapKeys}]${one('', ':-d', '+set', '@Q')}}"`, t`for x in "\${${names}[@]}"; do p "$x"; done`, t`for k in "\${!${names}[@]}"; do p "$k=\${a[k]}"; done`, t`[[ -v ${one('a', 'a[1]', 'h[k]', "'a[-1]'", 'b', 'none[0]')} ]]; p $?`, 'p $(( ${#a[@]} + a[0] ))', 'p "pre${a[@]}post" "${a[@]}${b[@]}"', 'p ${a[@]/%/,} ${a[@]:+x}', 'p "${a[@]^}" "${a[@],,}" "${a[-1]}" "${a: -1}"', 'printf "%s=%s\\n" "${a[@]}"', 'p "${a}" "$a" ${#a}', "sorted=($(printf '%s\\n' \"${a[@]}\" | sort)); p \"${sorted[@]}\"", 'p "${a[@]@A}" "${b@A}"', 'x=a[1]; p "${!x}"; x=a[@]; p "${!x}"', 'p "${!a*}" "${!n@}"',
));

export const listProgram = rule((scope): Text => t`declare -A h=([k]=v)\na=(one 'two 2' '' four) b=(5 [3]=x)\n${many(weighted([4, made(scope)], [2, attribute], [5, shown(scope)], [1, t`${made(scope)}; p $?`]), 3, 8, '\n')}\ndeclare -p a b h\n`);
