// How far an error reaches in bash: a word, a command, a line, a text or the shell; each script gives the same output and exit code as with the host's.
import { besideBash } from './beside-bash.js';

/** A text that ends within something, after a command that failed: what its shell ends with. */
const CUT = ['echo "', "echo 'a", 'echo `a', 'echo ${a', 'echo $((1+', '((1', '[[ a', 'a[1', 'x=$(a "', 'for ((i=1', 'cat <<"E', 'echo $(', 'echo <(a', 'if true; then', 'arr=( a', 'arr=( "a', "echo \\$'a"];

besideBash({
  'the end of the text within something keeps the status': CUT.map((text) => `cat > s <<'EOS'\n(exit 3)\n${text}\nEOS\nbash s 2>/dev/null; echo $?\nbash -c "$(cat s)" 2>/dev/null; echo $?\nbash s <<<"" 2>/dev/null; echo $?\n`).join(''),
  'and eval fails with its own': '(exit 3)\neval \'echo "\'; echo $?\neval "arr=( a"; echo $?\neval "echo \\$("; echo $?\n',
  'a substitution that cannot be read': 'for o in +e -e; do bash $o -c "x=\\$( | cat ); echo no"; echo $?; bash $o -c "eval \'x=\\$( | cat )\'; echo no"; echo $?; bash $o -c "(eval \'x=\\$( | cat )\'; echo no); echo \\$?"; echo $?; done\n',
  'a redirection that cannot be expanded': 'a=(one "two 2")\ncat <<< "$((a[1]))"; echo cat $?\n: > $((1/0)); echo no\necho line $?\nwhile read -r x; do :; done <<< "$((a[1]))"; echo no\n{ :; } > $((1/0)); echo no\nf() { :; }\nf > $((1/0)); echo no\n> $((1/0)); echo no\ncat <<E; echo after\n$((1/0))\nE\n',
  'what the redirections of a program assign is its own': 'declare -A m=()\ncat <<A\n${m[z]:=d} ${q:=e} $((n=5))\nA\necho "${#m[@]} ${q-unset} ${n-unset}"\ncat < ${r:=/dev/null}; echo ${r-unset}\n: < ${r:=/dev/null}; echo ${r-unset}\nset -- a b\ncat <<< "${@:1:$((k=1))}"; echo ${k-unset}\n',
  'arithmetic is done up to where it is wrong': 'a=(one "two 2")\necho $((x=5, a[1])); echo no\necho $x\necho $((x=6, y z)); echo no\necho $x\nlet x=9 "y=8 9"; echo $? $x $y\necho $((x++ 1))\necho $x\necho $(((y=4) + ))\necho $y\nbash -uc \'echo $((0 + nosuch nosuch)); echo no\necho no\'; echo $?\n((z=3 ? ))\necho ${z-unset}\n((z=3) 4)\necho ${z-unset}\n',
  'a subscript that cannot be ends the shell with errexit': 'bash -ec \'declare -A x=([""]=a); echo no\'; echo $?\nbash -ec \'x=([-2]=a b); echo no\'; echo $?\nbash -c \'x=([-2]=a b); declare -p x\'; echo $?\n',
  'a variable is looked up when what follows has been read': 'set -u\nm=1; echo $((x.y)); echo no\necho $((x 08)); echo no\necho $((m=4, m .)); echo no\necho $m\necho $((m++ .)); echo no\necho $m\n',
  'posix: an expansion that cannot be ends the shell': 'for t in "echo \\$((1/0))" "x=\\$((1/0))" "echo \\${a b}" ": < \\$((1/0))" "eval \'echo \\$((1/0))\'" "cat < \\$((1/0))" "a[1/0]=2" "((1/0))" "echo \\${s:1/0}" "a[0]=1 :" "a[0]=1 true"; do bash -o posix -c "$t; echo no\necho next"; echo "$t $?"; echo "$t; echo no\necho next" > s; bash -o posix s; echo $?; done\n',
  'an error in a text gives up its command, and the next one runs': 'eval \'echo $((1+)); echo no\n echo yes $?\'; echo after $?\necho \'echo ${a b}; echo no\necho yes\' > s; . ./s; echo after $?\nf() { eval "echo \\$((1+)); echo no"; echo in $?; }; f\ntrap \'echo $((1+)); echo no\' USR1; kill -USR1 $$; echo alive\n',
  'nounset in commands that a shell was forked for': 'bash -uc \'(echo $nosuch); echo $?\necho $nosuch & wait $!; echo $?\n{ echo $nosuch; } & wait $!; echo $?\nf() { echo $nosuch; }; f | cat; echo ${PIPESTATUS[@]}\nx=$(echo $nosuch); echo $?\'\n',
  'errexit, and what cannot be read': "bash -c 'set -e; x=$([[ ! $s =~ ( ]] && echo); echo no'; echo $?\nprintf 'set -e\\nx=$([[ a =~ ( ]] && echo); echo no\\n' > s; bash s; echo $?\nprintf 'set -e\\na[1#0]=a; echo no\\necho \"\\n' > s; bash s; echo $?\n",
  'the status that wait -n told is told again': '(exit 3) & wait -n; echo $?; wait $!; echo $?\n',
  'select where nothing can be read': 'exec 2>&1\nselect x in a b; do echo "got $x"; done <&-; echo "$? $x"\nselect x in a; do echo "got $x"; done < /; echo $?\n',
  'what arithmetic complains of': `exec 2>&1\nfor e in '1 / 0' '2 ** -1' '2 ** -1 + 3' '(a) = 1' '(a)++' '1 +' 'a b' '1 ? 2' '5 (1)'; do x=$e; (( x )); echo $?; ( : $(( $e )) ); let "$e"; [[ $e -eq 1 ]]; echo $?; done\na=3; echo $(( -(a) )) $(( (a) + +1 ))\n`,
  'select at the end of its input': "select i in a b; do echo $i; done <<< ''; echo $?\nselect i in a; do echo; done < /dev/null; echo $?\n",
  'nounset: what is no array has no elements to count': 's=x; a=(1); for t in "s[@]" "s[0]" "a[@]" "a[5]" "none[@]" s; do (set -u; eval "echo \\${#$t}") 2>/dev/null; echo "$t $?"; done\n',
  '$? after a substitution is its status': 'false; echo $(<nosuch) "$?"\necho $(exit 4) $? $(exit 5)$?\nx=$(exit 3)$?; echo $x $?\n',
  'printf: the end of all output is no failure': "printf '%05d %5b|\\n' x '\\c'; echo $?\nprintf '%s %*d\\n' 7 9223372036854775808\n",
});
