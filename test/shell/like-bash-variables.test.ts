// Variables between scopes, environments and declarations: each script gives the same output and exit code as with the host's bash.
import { besideBash } from './beside-bash.js';

besideBash({
  'redirections do not see the assignments in front of their command': String.raw`f() { cat; }
V=out
V=in cat <<< "1 $V $(echo $V)"; V=in f <<< "2 $V"; V=in read x <<< "3 $V $(echo $V)"; echo $x
V=in f < <(echo 4 $V); V=in read x < <(echo 5 $V); echo $x; V=in eval 'read x' < <(echo 6 $V); echo $x
V=in read x <<E
7 $V $(echo $V)
E
echo $x
export V
V=in read x < <(env | grep ^V); echo $x
g() { V=in read x <<< "8 $V"; echo $x $V; }; V=call g
V=in f > /nonexistent/x 2> /dev/null; echo $? $V
`,
  'what an assignment in front of declare leaves': String.raw`exec 2>&1
a=1 declare -r a; declare -p a
b=1 declare -x b=5; declare -p b
c=1 declare -i c; declare -p c
f() { d=1 declare -x d; declare -p d; e=1 declare -r e; declare -p e; g=1 declare g; declare -p g; h=1 declare -gx h; }; f; declare -p d e g h
`,
  'what a local variable hides is passed on': String.raw`export V1=abc V2=def V3=ghi
f() { local V1 V2; local -i V3; env | grep ^V | sort; g() { local V2=; local +x V1; declare -p V1 V2; env | grep ^V | sort; }; g; }
f
h() { local V1=x; local +x V1; declare -p V1; env | grep ^V1; unset V1; env | grep ^V1; }; h
i() { local v=x; unset v; declare -p v; v=5; declare -p v; }; v=t i
i
`,
  'names in the environment that are no variables': String.raw`env 'a.b=1' 'v[0]=2' bash -c 'env | grep -F -e a.b -e "v[0]" | sort; declare -p a.b' 2>&1
`,
  'set -k': String.raw`exec 2>&1
set -k
echo a b=1 c; env q=2 | grep ^q=; n=; $n w=3 e=4; echo $w $e; export z=1 | wc -l | grep -c .; echo "x=1" x\=2 3x=4
f() { echo "$# $1 $v"; }; f 1 v=2 3
set +k
echo a b=1
`,
  'IGNOREEOF and the option': String.raw`set -o ignoreeof; echo $IGNOREEOF; shopt -o ignoreeof; set +o ignoreeof; declare -p IGNOREEOF 2>&1
IGNOREEOF=3; shopt -o ignoreeof; unset IGNOREEOF; shopt -o ignoreeof
f() { local -; set -o ignoreeof; }; f; shopt -o ignoreeof; declare -p IGNOREEOF 2>&1
g() { local -; set +o ignoreeof; }; set -o ignoreeof; IGNOREEOF=2; g; shopt -o ignoreeof; echo $IGNOREEOF
`,
  'lists that cannot be assigned by declare': String.raw`exec 2>&1
a=(1)
declare -A a=([x]=y); echo same line
f() { a=(1); declare -gA a=([x]=y); echo in $?; local -A b; local -a b=(1); local b=7; readonly b; local b=(1 2); echo no; }; f; echo no
g() { declare -gA a=([x]=y); echo in $?; }; g
eval 'declare -A a=([x]=y)'
readonly R=1
declare R=(1 2); echo same line
h() { local R=(1 2); echo in $?; local -a R=(1); local R=5; echo in $?; }; h; echo $?
declare -a x='(1 2)' R='(3)'; echo $?
export R=(1); echo same line
declare -i i='1 2'; echo same line
`,
  'the order of a variable that has become an associative array': 'for k in 1 2; do foo=x; [ $k = 2 ] && unset foo; declare -A foo=([zero]=zero [one]=one [two]=2 [three]=3); declare -p foo; foo=([a]=1 [zero]=2 [one]=3 [two]=4); echo "${!foo[@]}"; unset foo; done\n',
});
