// Namerefs of functions that bear the name of what they lead to, and what declares them: each script gives the same output and exit code as with the host's bash.
import { besideBash } from './beside-bash.js';

besideBash({
  'one that leads to its own name means the global variable': `f() { declare -n v=$1; v=inside; }; v=global; f v; echo $v
g() { local -n x=x; x=foo; echo "in $x"; }; x=outer; g; echo $x
h() { typeset -n ref=$1; echo "$ref"; ref=new; }; ref=out; h ref; echo $ref
i() { local -n a=$1; a[0]=X; a+=(Y); echo "\${#a[@]} \${a[1]}"; }; declare -a a=(1); i a; declare -p a
m() { local -n out=out; out=1; printf -v out %s 2; read -r out <<< 3; echo $((out++)); }; m; declare -p out
k() { m2() { local -n o=$1; o=(p q); }; local -n o=$1; m2 o; }; k o; declare -p o
`,
  'circles outside of functions': 'declare -n p=q; declare -n q=p; p=1; echo $? $p; declare -p p q\ndeclare -n self=self; echo $?\n',
  'arrays and what is no name': `declare -n arr=(x); echo $?; a=(1 2); declare -n a=b; echo $?; f() { local -n a=$1; a=5; }; f z; echo $z; declare -p a
declare -n bad=1x; echo $?; declare -n r='a[1]'; r=7; declare -p a r
`,
  'the attribute taken away with a value': 'bar=one; foo=bar; declare -n foo; declare +n foo=other; echo $foo $bar; declare -p foo\ny=42; declare -i x=1; declare -n x=y; echo $x; declare +n x; declare -p x\n',
});
