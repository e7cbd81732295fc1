// How bash prints commands, and what it traces: each script gives the same output and exit code as with the host's bash.
import { besideBash } from './beside-bash.js';

const SCRIPTS: Readonly<Record<string, string>> = {
  'set -x: a value is told before it is assigned, and expanded once': `exec 2>&1
set -x
k=1; k=$((k+1)); k=$((k++)) true; x=$((k++)) printenv x; arr=(1 $((k++))); arr+=(a)
x+=3 true; declare -i n; n+=4; y=$(echo hi)$(echo ho); y=\`echo z\` echo $y
f() { :; }; x=(1 2) f; a[0]=3 f; b=1 f >/dev/null; b=$(echo 1) f < /dev/null; m=(["a b"]=c) f
readonly q=1; q=2 f; q=2 true; echo $?; x=1 exec 3>&1; x=1 declare z=2; x=1 export zz=3
x=1 command echo hi; x=1 builtin echo hi; x=1 /bin/echo hi; x=1 nosuch; x=1 eval 'echo $x'
q=3
echo not reached
`,
  'set -x: arithmetic is expanded, quoted patterns are escaped, negations are shown': `exec 2>&1
set -x
e=5; (( e > $e, "1" )); (( k++ )); for ((i=$e; i<6; i++)); do :; done; let x=$e+1
[[ ! a == 'b c' && ! ( a == b ) ]]; [[ ! ! -n x ]]; [[ a =~ "a.b"c ]]; [[ "a b" > 'a c' ]]; [[ a != \\* ]]; [[ -v x || ! -z "" ]]; [[ é == "é" ]]
x=(a $'b\\n' $"c" [5]="d"); declare -a y=($'q r'); x[1]=$'\\t'
select i; do break; done <<< 1
select i in a 'b c'; do echo $i; break; done <<< 2
`,
  'functions as they are printed': `f() { local a=$1 b; echo $'a\\nb' $"x" 'it'; arr=($'x\\ty' \\
  [2]="z w" $(<f) ); [[ ! ! a == b ]]; cat <(sort <f) > >(cat >out) >& out 2>&1 >&2 >&$fd 3>&$fd <&$fd 4<&$fd <&- 5>&- >&3- {v}>&1 {v}<&- &> out &>> out >| x <> y; }
declare -f f
g() { echo \${x:-$(<f)} "\${y/$(<a)/$( <b )}" $(if a; then b; fi; for i in 1 2; do x; y; done) $((1+$(echo a;echo b))) \`echo a;echo b\` <(a;b) $( (a); b) $(a
b) $(cat <<E
doc
E
); }
declare -f g
export -f f
env | sed -n '/^BASH_FUNC_f/,/^}/p'
export -n f
export -f g
env | sed -n '/^BASH_FUNC_g/,/^}/p'
h() { { echo a; echo b; }; ( c; d ); if e; then { f; }; fi; }
declare -f h; type h
`,
  'BASH_COMMAND of compound commands': `set -E
trap 'echo "[$BASH_COMMAND]"' DEBUG ERR
( if true; then echo a; fi; { :; false; } )
x=$(for i in 1; do echo $i; echo x; done)
(case a in a) false ;; esac; f() { a; b; }; exit 2)
echo $(case a in a) echo x;; esac; echo "$(<nosuch)") 2>/dev/null
`,
  'jobs show commands over lines': `(if true; then sleep 1; fi; echo a; { :; }) >/dev/null &
for i in 1 2; do sleep 1; done &
{ sleep 1; echo x; } | cat >/dev/null &
while :; do sleep 1; break; done > out &
jobs
kill %1 %2 %3 %4
wait
`,
  'the line of an ERR trap': `set -o pipefail -E
trap 'echo "fail at $LINENO: $BASH_COMMAND"' ERR
build() {
  (
    exit 4
  )
  for i in 1; do
    false |
      cat
  done
}
build
if true; then
  false |
    true
fi
`,
  'where a redirection of a compound command fails': `exec 2>&1
{
  echo
} > /nosuch/x
f() {
  for i in 1
  do
    echo
  done < nosuch
  ( echo
  ) >&9
}
f
( echo a ) {fd}>&1; echo "[$fd]"; ( echo b ) > \${x:=out}; echo "[$x]"
set -e; (echo y) > /nosuch/y; echo not
`,
  'operands are not looked at where there is nothing to work on': `exec 2>&1
e= none=()
set --
: \${u/x/$(echo a >&2)} \${u#$(echo b >&2)} \${u^$(echo c >&2)} \${u//$(echo d >&2)}
: \${e/x/$(echo a >&2)} \${e#$(echo b >&2)} \${e^$(echo c >&2)}
: \${none[@]/x/$(echo a >&2)} \${none[@]#$(echo b >&2)} "\${none[*]^$(echo c >&2)}" \${@/x/$(echo d >&2)}
r=s s=scalar arr=(a b) ra='arr[@]'
printf '<%s>' "\${!r:-d}\${arr[*]//a/x}" "\${!ra}\${arr[*]//a/x}" "\${!ra:-d}x\${arr[*]}"
`,
  'conditionals that cannot be read': `exec 2>&1
for s in '[[ a == ( ]]' '[[ a =~ b) ]]' '[[ a -eq ]]' '[[ a =~ ( ]]' '[[ -f ( ]]' '[[ -f ]]' '[[ ( a ]]' '[[ a b ]]' '[[ ; ]]' '[[ a == b c ]]' '[[ a && ]]' '[[ ! ]]' '[[ ]]' '[[ a =~ "b ]]' '[[ a' '[[ -f' '[[ a == ;'; do
  bash -c "eval '$s'; echo \\$?"
  bash -c "$s
echo not reached"
done
`,
  'set lists arrays': `a=(1 $'x\\ny' "q\\"r") b=() m=x; declare -A h=([k y]=$'\\t') e; declare -a u
set | grep -E '^(a|b|m|h|e|u)='
`,
  'keys of associative arrays as they are listed, in the order of the table that they are in': `declare -A h=([a=b]=1 [@]=2 ['*']=3 ['x y']=4 [a:b]=5 [%]=6 [a~b]=7 ['~']=8 ['#']=9 ['a#']=1 ['^']=2 [é]=3 ['{a}']=4 ['a,b']=5 ['!']=6 [a+b]=7 [-]=8)
echo "\${h[@]@A}"; echo "\${h[@]@K}"; declare -p h
x=1; declare -A x=(["two words"]=v [k]='*'); declare -p x
y=2; declare -A y; y[two words]=v; y[k]=2; y[one]=1; declare -p y; y=([k]=1 ["two words"]=2); declare -p y
unset y; declare -A y; y=([k]=1 ["two words"]=2 [one]=3); declare -p y
f() { local -A x=([k]=1 ["two words"]=2 [one]=3); declare -p x; }; f
`,
  'exit within a DEBUG trap: the EXIT trap does not spring it again': `trap 'echo exit $?; echo end' EXIT
trap 'echo debug; exit 9' DEBUG
echo not reached
`,
  'bash -c: where the output of an EXIT trap goes': `for s in '{ false; }' '{ (exit 4) & wait $!; }' '{ exit 3; }' 'for i in 1; do false; done' 'if true; then exit 2; fi'; do
  bash -c "set -e; trap 'echo X' EXIT; $s > out"; echo $?; cat out
  echo "set -e; trap 'echo X' EXIT; $s > out" > s.sh; bash s.sh; echo $?; cat out
done
`,
};

besideBash(SCRIPTS);
