// Functions in the environment, names of functions, and assignments in front of commands: each script gives the same output and exit code as with the host's bash.
import { besideBash } from './beside-bash.js';

besideBash({
  'what the environment brings is taken for functions alone': String.raw`exec 2>&1
for text in '() { echo one; } ; echo MORE' '() { echo one; } & ' '() (echo one)' '() { echo one; ' '() { echo "$LINENO"; } </etc/passwd' '() { echo one; }
echo MORE' '() {
 echo one; ;; '; do
  env -i SHLVL=2 BASH_FUNC_fn%%="$text" bash -c 'fn; echo $?'
done
env -i SHLVL=2 BASH_FUNC_/bin/fn%%='() { echo path; }' bash -c /bin/fn
env -i SHLVL=2 BASH_FUNC_f-n%%='() { echo dash; }' bash -c f-n
env -i SHLVL=2 BASH_FUNC_f-n%%='() { echo dash; }' bash --posix -c f-n
env -i SHLVL=2 'BASH_FUNC_ fn %%=() { echo blanks; }' bash -c fn
env -i SHLVL=2 'BASH_FUNC_a b%%=() { echo blank; }' bash -c :
`,
  'how a function looks there': String.raw`fn() { a; b && c || d; if x; then y; elif z; then w; fi; while :; do a & b; done; for i in 1 2; do { e; }; done; case a in b | c) d ;; esac; inner() { g; }; } > /dev/null
export -f fn
env | sed -n '/BASH_FUNC/,/^}/p'
fn() (a; b)
env | sed -n '/BASH_FUNC/,/^}/p'
fn() { echo "$1 in"; }
bash -c 'fn child; declare -F'
`,
  'names that cannot be exported': String.raw`exec 2>&1
function a=b { echo equals; }
function /bin/nothing { echo path; }
export -f a=b; echo $?
export -f /bin/nothing; echo $?
export -f nosuch a=1 a+=1; echo $?
/bin/nothing
readonly -f a=b; echo $?
`,
  'names that a function cannot have': String.raw`exec 2>&1
'q'() { :; }
echo $?
function q\q { :; }
echo $?
set -o posix
function a-b { :; }
echo not reached
`,
  'an assignment in front of export and readonly stays': String.raw`x=1 export x; declare -p x
y=2 readonly y; declare -p y
f() { z=3 export z; }; f; declare -p z
g() { local w=0; w=3 export w; declare -p w; }; w=9; g; declare -p w
h() { export v; }; v=1 h; declare -p v
i() { :; }; u=1 i; declare -p u 2>&1
`,
  'posix: one in front of a special built-in stays, beyond the function that it is in': String.raw`set -o posix
f() { a=3 return 4; }
a=7 f; echo $? $a
g() { local b=1; b=2 :; echo $b; }
g; declare -p b 2>&1
c=5 g; declare -p c 2>&1
`,
  'what is added in front of a command is added as the variable is': String.raw`declare -i n=2
n+=5 env | grep ^n=
n=1+1 env | grep ^n=
declare -u U=a
U+=b env | grep ^U
U=b env | grep ^U
declare -a l=(1 2)
l+=3 env | grep ^l=
declare -p n U l
`,
  'the line that is shown is the one before aliases': String.raw`exec 2>&1
shopt -s expand_aliases
alias one='echo )' some='if true; fi; echo' sub='echo $( date )'
eval one
eval 'echo a
echo b; some x; echo c'
eval 'sub)'
eval 'sub ; one | cat'
`,
  'where a text that ends in a backslash ends': String.raw`exec 2>&1
eval 'if a; then b\'
eval '{ a >\'
bash -c '{ a\'
bash -c 'echo $(a\'
bash -c 'echo a\'
`,
  'here-documents of one line are sixteen at most': String.raw`documents() { local i text=cat; for ((i = 0; i < $1; i++)); do text+=' <<E'; done; echo "$text"; for ((i = 0; i < $1; i++)); do echo "$i"; echo E; done; echo echo after; }
documents 16 > a; bash a; echo $?
documents 17 > b; bash b 2>&1; echo $?
`,
  'a copy of bash is bash, by any name': String.raw`cp /bin/bash other; ./other -c 'declare -a a=(x); echo ${"$"}{a[0]}'
cp /bin/bash sh; ./sh -c 'shopt -o posix'
ln -s /bin/bash link; ./link -c '[[ a == a ]] && echo linked'
`,
  'posix: what cannot be indirect': String.raw`for p in '!?' '!#'; do bash --posix -c "echo \${"$"}{$p}; echo no" 2> /dev/null; echo $?; done
bash --posix -c ': & wait; x=${"$"}{!?}; echo \$?'
`,
});
