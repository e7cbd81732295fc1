// Commands in subscripts that come at run time: each script gives the same output and exit code as with the host's bash.
import { besideBash } from './beside-bash.js';

const BEFORE = 'a=(1 2 3); declare -A m=([k]=1 [z]=2)\n';

besideBash({
  'unset': `${BEFORE}unset 'a[$(echo 1)]' 'm[$(echo k)]'; echo $?; declare -p a m\nunset 'a[$(exit 1)]'; echo $?; declare -p a\n`,
  'read, printf -v, wait -p': `${BEFORE}read 'a[$(echo 5)]' 'm[$(echo q r)]' <<< 'x y'; printf -v 'm[\`echo w\`]' %s hi; declare -p a m\n(exit 3) & wait -p 'a[$(echo 9)]' $!; echo $? \${a[9]:+set}\n`,
  'references that built-ins are given whole': `exec 2>&1; declare -A m=([x]=1); k=']'
for r in "m[$k]" 'm[x' 'm[x]y' 'm[]' '1m' ''; do sleep 0 & wait -n -p "$r"; echo $?; sleep 0 & wait -p "$r" $!; echo $?; read "$r" <<< 1; echo $?; printf -v "$r" 1; echo $?; done; declare -p m`,
  'let, (( )), $(( )), [[ ]] and test': `${BEFORE}let 'a[$(echo 7)]=5+1' 'x=a[$(echo 7)]+1'; echo $? $x\nx='a[$(echo 2; echo ran >&2)]'; exec 2>&1; echo $((x)); ((y=x)); echo $y; [[ $x -eq 3 ]]; echo $?; test "$x" -eq 0 2>/dev/null; echo $?\n[[ -v a[$(echo 9)] ]]; echo $?; test -v 'a[$(echo 2)]'; echo $?\n`,
  'declare, namerefs, indirection': `${BEFORE}declare 'a[$(echo 8)]=w' 'm[$(echo p)]=v'; declare -p a m\ndeclare -n r='a[$(echo 1)]'; echo $r; r=new; x='a[$(echo 1)]'; echo \${!x}; declare -p a\n`,
  'what is no name stays text': `${BEFORE}echo 'a[$(echo no >&2)]'; printf 'a[$(echo no)]\\n'; read -p 'a[$(echo no >&2)]' x <<< y; echo $x\n`,
  'the byte 1 in the subscripts of a list': "exec 2>&1\nb=([$'1\\0012']=5); declare -p b\nb=([$'x\\001y\\177z']=5); echo same line\necho $(($'1\\0012'))\n",
  'a key that is data runs nothing, wherever it is used': `exec 2>&1; declare -A a=([x]=1); k='$(echo ran >&2; echo x)'; q="'\`echo ran\`"
(( a[$k]++ )); (( a["$k"] += 2 )); (( a[$k] = \${y:-3} )); (( a[$q] = 4 )); x=$(( a[$k] + $(echo 1) )); echo $x
[[ a[$k] -eq 3 ]]; echo $?; [[ "a[$k]" -eq 3 ]]; echo $?; [[ -v a[$k] ]]; echo $?; [[ -v "a[$q]" ]]; echo $?; [[ -v a['$k'] ]]; echo $?
for ((a[$k]=0; a[$k]<2; a[$k]++)); do :; done; declare -p a
unset a["$k"]; unset -v a["$q"] 'a[y]'; declare -p a; unset a[$k]; echo $?; let 'a[$k]=5'; test -v 'a[$k]'; echo $?; unset 'a[$k]'; declare -p a
s=abcdefgh; a[$k]=2; echo \${s:a[$k]:a[$k]}`,
  'a key in the text that a key is taken from': `exec 2>&1; declare -A a; k=']'; (( a[$k]=7 )); unset a[$k]; read "a[$k]" <<< x; printf -v "a[$k]" x; declare "a[$k]=x"; declare -p a
k='x],b[$(echo ran >&2)'; (( a[$k]++ )); (( 'a[$k]'++ )); declare -p a; i='0],b[1'; (( b[$i]++ ))
echo next; declare -p b; [[ -v a[$k] ]]; echo $?`,
  'an index that is none gives the whole line up': `exec 2>&1; a=(1 2)
(( a[1 +] )); echo same line
let 'a[1 +]=3'; echo same line
[[ a[1+] -eq 1 ]] || echo same line
declare 'a[1 +]=2'; echo same line
for ((a[1+]=1; 0; 0)); do :; done; echo same line
echo next $?; (( a[ ]=4 )); declare -p a`,
  'keys * and @ are keys': `declare -A m=([*]=3 [x]=4); echo $((m[*])) $((m[@])); k='*'; echo $((m[$k] + $(echo 1))); test -v 'm[@]'; echo $?; [[ -v m[*] ]]; echo $?
unset 'm[@]'; declare -p m; unset 'm[*]'; declare -p m; a=(1 2); unset 'a[@]'; declare -p a; a=(1 2); BASH_COMPAT=5.1; unset 'a[@]'; declare -p a 2>/dev/null; echo $?`,
  'assoc_expand_once: what built-ins are given are keys': `shopt -s assoc_expand_once; declare -A a=([x]=1); let 'a["q"]=5'; k='$x]'; (( a[$k]=1 )); (( a[$k]=$(echo 2) )); printf -v 'a[$y]' 5; read 'a[$(echo x >&2)]' <<< 1
test -v 'a["q"]'; echo $?; [[ -v a[$k] ]]; echo $?; declare -p a; unset 'a[$y]'; declare -p a`,
});
