// Process substitutions, and names that are quoted in braces: each script gives the same output and exit code as with the host's bash.
import { besideBash } from './beside-bash.js';

besideBash({
  'the status of a process substitution is waited for': String.raw`cat <(exit 12); p=$!; wait $p; echo $?; wait $p; echo $?
cat <(exit 3) <(exit 4); wait $!; echo $?
: <(exit 5); p=$!; sleep 0.1; wait; echo $?; wait $p 2> /dev/null; echo $?
: <(sleep 0.2; echo late; exit 6); wait; echo $?
: <(sleep 0.3); jobs; wait -n; echo $?
: > >(exit 7); wait $!; echo $?
for i in 1 2 3; do : <(exit $i); done; wait $!; echo $?
`,
  'those of a loop are closed when it is over': String.raw`ulimit -n 64
for ((i = 0; i < 80; i++)); do while read -r -u 3 x; do echo -n $x; done 3< <(echo .); done
echo
for ((i = 0; i < 80; i++)); do { :; } < <(:) > /nonexistent/x; done 2> /dev/null
echo $?
`,
  "$'…' in the place of a name, within double quotes": 'x=notOK x1=not\nfor t in \'"${$\\\'x1\\\'%t}"\' "\\${\\$\'x1\'%t}" "\\"\\${x#\\${\\$\'x1\'%t}}\\"" "\\"\\${x:+\\${\\$\'x1\'%\\$\'t\'}}\\"" "\\"\\${\'x1\'%\\$\'t\'}\\"" "\\${\'x1\'%\\$\'t\'}"; do eval "echo $t" 2>&1; done\n',
  'here-documents in substitutions may end at the parenthesis': String.raw`exec 2>&1
echo $(cat <<A
in
A)
echo $(cat <<A
in
A )
echo "$(cat <<-A
	in
	A)"
echo ` + '`cat <<A\nin\nA`' + String.raw`
eval 'echo a; cat <<B
B x'
cat <<-'	END'
	tabs
	END
cat <<A
never ended
`,
  'what cannot be read in a here-document shows when it is expanded': String.raw`exec 2>&1
cat <<A
x $(echo 5
A
echo $?
cat <<A
x $(echo "5)
A
echo $?
if false; then cat <<A
x $(
A
fi
echo ` + '"`echo )`" $?' + String.raw`
`,
  'indirection by the positional parameters': '(x=y; a=(y); set -u; (echo ${!x}); (echo ${!a[0]}); (echo ${!*}); echo ${!@}; echo no) 2>&1; echo $?\nx=5\necho ${!*} ${!@} .\nset -- x\necho ${!*} ${!@}\nset -- ""\n(echo ${!*}; echo no) 2>&1\nset a b\n(echo ${!@}; echo no) 2>&1\n',
});
