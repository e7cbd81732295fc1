// Commands in subscripts that come at run time: each script gives the same output and exit code as with the host's bash.
import { besideBash } from './beside-bash.js';

const BEFORE = 'a=(1 2 3); declare -A m=([k]=1 [z]=2)\n';

besideBash({
  'unset': `${BEFORE}unset 'a[$(echo 1)]' 'm[$(echo k)]'; echo $?; declare -p a m\nunset 'a[$(exit 1)]'; echo $?; declare -p a\n`,
  'read, printf -v, wait -p': `${BEFORE}read 'a[$(echo 5)]' 'm[$(echo q r)]' <<< 'x y'; printf -v 'm[\`echo w\`]' %s hi; declare -p a m\n(exit 3) & wait -p 'a[$(echo 9)]' $!; echo $? \${a[9]:+set}\n`,
  'let, (( )), $(( )), [[ ]] and test': `${BEFORE}let 'a[$(echo 7)]=5+1' 'x=a[$(echo 7)]+1'; echo $? $x\nx='a[$(echo 2; echo ran >&2)]'; exec 2>&1; echo $((x)); ((y=x)); echo $y; [[ $x -eq 3 ]]; echo $?; test "$x" -eq 0 2>/dev/null; echo $?\n[[ -v a[$(echo 9)] ]]; echo $?; test -v 'a[$(echo 2)]'; echo $?\n`,
  'declare, namerefs, indirection': `${BEFORE}declare 'a[$(echo 8)]=w' 'm[$(echo p)]=v'; declare -p a m\ndeclare -n r='a[$(echo 1)]'; echo $r; r=new; x='a[$(echo 1)]'; echo \${!x}; declare -p a\n`,
  'what is no name stays text': `${BEFORE}echo 'a[$(echo no >&2)]'; printf 'a[$(echo no)]\\n'; read -p 'a[$(echo no >&2)]' x <<< y; echo $x\n`,
  'the byte 1 in the subscripts of a list': "exec 2>&1\nb=([$'1\\0012']=5); declare -p b\nb=([$'x\\001y\\177z']=5); echo same line\necho $(($'1\\0012'))\n",
});
