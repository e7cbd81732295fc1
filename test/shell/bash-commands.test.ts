// Reading and running commands where bash does what few would expect: the same here as in the host's bash.
import { besideBash } from './beside-bash.js';

besideBash({
  'aliases in a row, and over continued lines': `exec 2>&1
shopt -s expand_aliases
alias FOR1='for '
alias FOR2='FOR1 '
alias eye1='i '
alias eye2='eye1 '
alias IN='in '
alias onetwo='$one "2" '
alias e_='echo '
alias one='ONE '
alias two='TWO '
alias three='THREE'
alias outer='inner '
alias inner='echo'
alias w=word
one=1
FOR2 eye2 IN onetwo 3; do echo $i; done
e_ one \\
  two one \\
  two three two \\
  one
outer w w; inner w; outer outer w
e_ w;w
echo x w
alias sudo='command '; alias ll='echo ll'; sudo ll x
`,
  'what PS4 cannot expand is told of': `exec 2>&1
x=1
for p in '+\${x' '+oops $(( 1 / 0 )) ' '+\${nosuch?msg} ' '+"a ' "+'a " '+$LINENO ' '+$((1+)) ' '+$' '+\\' '' '+\\u '; do
  bash -c 'x=1; PS4=$1; set -x; echo one; echo status=$?; false; [[ a == a ]]; : ; true' b "$p"
  echo "$p $?"
done
PS4='+$nosuch '
set -ux
echo a
: b
`,
  'subshells are not in the loops around them': `exec 2>&1
for i in 1 2; do
  ( if true; then continue; fi; echo "not" ); echo $?
  ( break; echo nb ); ( for j in 1; do
  break 2; echo no
done; echo after )
  { continue; echo no; } | cat
  x=$(continue; echo sub); echo "$x"
  { break; echo bg; } & wait
done
set -o posix
break
echo $?
`,
  'functions have no local copies of what is read-only for all': `exec 2>&1
f() { local x=local; readonly x; echo $x; eval 'x=bar'; echo status=$?; x=baz; echo no; }
x=global; f; echo $x
g() { readonly y; local x=1 y=$(( x )); echo y=$y $?; local -r z=1; local z=2; echo $? $z; h; }
h() { local z=3; echo $? $z; z=4; echo $z; }
g; echo y=$y
readonly R=1
k() { local R; echo $? $R; local R=2; echo $? $R; declare R=3; echo $? $R;  declare -g R=3; echo $? $R; local -r R; echo $?; local -a R; echo $?; local -x R; echo $?;}
k
eval 'R=2; echo same'; echo $?; eval 'R=2
`,
  'what is read-only, assigned in every way': `exec 2>&1
readonly R=1
for R in 1 2; do echo $R; done; echo $?
read R <<<x; echo $?
((R=5)); echo $?
((R++)); echo $?
: $((R=2)); echo $?
unset R; echo $?
R+=2; echo $?
declare R=3; echo $?
export R=4; echo $?
: \${R:=4}; [[ a =~ (a) ]]; readonly U
: \${U:=4}; echo $?
echo \${U=3}; echo $?
for ((R=1;R<3;R++)); do echo x; done; echo $?
[[ R -eq 1 ]]; echo $?
readonly -a RA=(1 2); RA[0]=3; echo $?
RA=(1); echo $?
unset 'RA[0]'; echo $?
read -a RA <<<x; echo $?
RA+=(3); echo $?
f() { RA[1]=2; echo nf; }; f; echo $?
if R=3; then echo t; else echo f; fi; echo $?
R=3 || echo or; echo $?
{ R=3; echo in; }; echo $?
echo $(R=3; echo in); echo $?
R=3 | cat; echo $?
! R=3; echo $?
while R=3; do echo l; done; echo $?
`,
  'jobs that a signal ended, told of by wait': `for s in HUP TERM KILL PIPE USR1; do
echo "== $s"
sleep 5 & kill -$s $!; wait $! 2>err; echo $?; sed 's/: *[0-9]* / /2' err
(sleep 5; exit 1) & kill -$s $!; wait -n 2>err; echo $?; sed 's/: *[0-9]* / /2' err
f() { sleep 5; }; f & kill -$s $!; wait $! 2>err;  sed 's/: *[0-9]* / /2' err
sleep 5 & kill -$s %1; wait %1 2>err; echo $?; jobs;  sed 's/: *[0-9]* / /2' err
done
bash -c 'sleep 5 & kill -9 $!; sleep 0.1; echo after; wait; echo x' 2>err
grep -c Killed err
`,
  'interactive, though no terminal is there': `bash -i -c 'set -u; echo before; echo $x; echo after
echo line2; nosuch; alias a=1; a; shopt expand_aliases' 2>err; echo $?; sed 's/group ([-0-9]*)/group/' err
bash -c 'echo $-; set -u; echo before; echo $x; echo after
echo line2' 2>/dev/null; echo $?
echo 'echo rc' >rc
echo 'echo in script $0 $@' >sc
bash --rcfile rc -i sc a b 2>/dev/null
bash --rcfile rc -ic 'echo c' 2>/dev/null
bash --rcfile rc sc
bash --rcfile rc --norc -i sc 2>/dev/null
echo 'echo stdin; exit 3' | bash --rcfile rc -i 2>/dev/null
echo $?
bash --rcfile
echo $?
bash --help
bash --version | head -1
PS1='> ' bash --norc -i </dev/null 2>&1 | tail -1
`,
  'posix: special built-ins': `for c in 'set -o invalid' 'set -Z' 'set +o nosuch' 'export 1x=2' 'export -Z' 'readonly 1x' 'readonly -z' 'unset -z' 'unset 1x' 'unset -v 1x' 'shift 99' 'shift x' 'trap foo NOSUCH' 'trap -z' '. /nosuch' '. ' 'eval "("' 'eval -z' 'break x' 'continue' 'return' 'return x' 'exit x' 'exec -z' 'exec /nosuch' ': >/nosuch/x' 'readonly r=1; r=2' 'readonly r=1; unset r' 'readonly r=1; export r=3' 'readonly r=1; r=3 :' 'readonly r=1; r=3 export y' 'shopt -s nosuch' 'command set -Z' 'command export 1x' 'f() { return x; }; f' 'for 1x in a; do :; done' 'source' 'trap' 'export -p x' 'unset -f nosuch' 'readonly -f nosuch' 'export -f nosuch' 'eval false' '. ./x' 'break 0' 'for i in 1; do break x; done' 'for i in 1; do break 1 2; done' 'set -e -o' 'shift -1' 'alias 1=2' 'unset -n x y z' 'umask 9' 'read 1x </dev/null' 'local x' 'cd /nosuch' 'getopts' 'declare -Z' 'type -Z'; do
echo "== $c: $(bash -c "set -o posix; $c || true; echo same \\$?
echo next \\$?" 2>/dev/null | tr '\\n' ' ') $(bash --posix -c "$c
echo next \\$?" 2>/dev/null | tr '\\n' ' ')"; done
for c in ':' 'eval true' 'export x=1' 'readonly x=1' 'exec' 'set a' 'shift 0' 'unset q' '. /dev/null' 'times' 'trap' 'break' 'true' 'declare x=1' 'command :' 'command eval true' 'f' 'eval "foo=2"' 'export foo' 'readonly foo' 'unset foo' 'eval "unset foo"'; do bash -c "set -o posix; f() { :; }; foo=bar $c >/dev/null; echo \\"$c: \\$foo \\$(printenv foo)\\"; declare -p foo" 2>&1; done
bash -c 'set -o posix; eval() { echo x; }; echo no'; echo $?
bash -c 'set -o posix; (eval() { echo x; }); echo $?; f() { export() { :; }; }; f; echo no' ; echo $?
bash -c 'export() { echo y; }; set -o posix; export x=1; echo $x' 
`,
  'posix: what special built-ins leave of assignments before them': `exec 2>&1
set -o posix
shadow() {
  x=42
  x=tmp unset x
  echo x=$x
  x=42
  x=tmp eval 'unset x'
  echo x=$x
  declare -p x
}
shadow
x=1; x=2 unset x; echo "<$x>"; x=1; x=2 eval 'echo $x; unset x; echo $x'; echo "<$x>"
f() { local x=5; x=6 unset x; echo "[$x]"; x=7; echo $x; }; f; echo "$x"
g() { x=6 eval 'x=8'; echo "[$x]"; }; x=0; g; echo $x
h() { local x=5; x=6 eval 'x=8; unset x'; echo "[$x]"; }; h; echo $x
`,
  'errexit within ERR traps': `err() { echo err status $?; false; ( exit 2 ); echo err 2; }
trap err ERR
false
echo B
set -e
false
echo not reached
`,
  'a local variable takes the place of the assignment before the call': `unlocal() { unset -v "$1"; }
f() { local v; echo "\${v-none}"; v=local; unlocal v; echo "\${v-none}"; }
v=global
v=temporary f
g() { f; }
v=temporary g
h() { local v=local; unset v; echo "\${v-none}"; unlocal v; echo "\${v-none}"; }
v=temporary h
v=one eval 'v=two eval "echo \\$v; unlocal v; echo \\$v; unlocal v; echo \\$v"'
echo $v
`,
});
