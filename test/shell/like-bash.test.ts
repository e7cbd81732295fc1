// What bash does where scripts seldom look: each script gives the same output and exit code as with the host's bash.
import { runHost, runOurs } from '../commands-text/differential.js';
import { besideBash, here } from './beside-bash.js';

const SCRIPTS: Readonly<Record<string, string>> = {
  'a conditional that cannot be read ends the script with the status before it': '(exit 5)\n[[ a b ]]\necho not reached\n',
  'other syntax errors end it with 2': 'echo a\nif ;\necho not reached\n',
  'a name that is none: for': 'for i.j in a b; do echo x; done\necho $?\n',
  'a name that is none: a function': 'f-$(echo x)() { :; }\necho $?\n',
  'too many arguments of continue give the command up': 'for i in 1; do continue 1 2; echo in; done; echo same line\necho next line $?\n',
  'and with errexit the script': 'set -e\nshopt -s failglob\necho *.none\necho not reached\n',
  'a subscript that is no word': 'declare -A m=([k]=2)\nk="it\'s"\nunset "m[$k]"\necho $? ${#m[@]}\n',
  'an index before the beginning': 'a=(1 2)\necho "<${a[-3]}>" $?\necho $((a[-3] + 1))\n((a[-3]++))\necho $? ${a[@]}\n',
  'empty fields of $@ and $* with another IFS': 'IFS=x\nset -- a "" b\nfor i in $@; do echo "<$i>"; done\nset -- $*\necho $#\nIFS=" x"\nset -- a "" b\nset -- $*\necho $#\nIFS="x "\nset -- a "" b\nset -- $*\necho $#\nset -- a ""\nset -- $@\necho $#\n',
  'IFS empty: $* is null where all are': 'IFS=\nset -- "" ""\necho "<${*:-null}>" "<${@:-null}>"\na=("" "")\necho "<${a[*]:-null}>" "<${a[@]:+some}>"\n',
  'listings of declare, export, readonly, local': 'x=1\nreadonly y="a b"\nexport z=3\ndeclare | grep -E "^[xyz]="\nreadonly -p x >/dev/null\necho $?\nf() { local w=1; local -p w; local -p x; echo $?; }\nf 2>/dev/null\ndeclare -p nosuch=1\necho $?\n',
  'declared and never assigned': 'declare s\ndeclare -a a\ndeclare -A m\ndeclare -p s a m\na=()\nm=()\ndeclare -p a m\nreadonly -a r\ndeclare -p r\n',
  'an element cannot be exported': 'export a[1]=2\necho $?\nreadonly b[1]=2\necho $?\n',
  'after builtin and command the words are split': 'x="a b"\nbuiltin export y=$x\ncommand readonly z=$x\nexport w=$x\necho "$y" "$z" "$w"\n',
  'the last argument of a declaration': 'declare s=bar\necho $_\ndeclare a=(1 2)\necho $_\nexport p=1 q=2\necho $_\n',
  'an exported array is not in the environment': 'export V=text\nenv | grep -c ^V=\nV=(a b)\nenv | grep -c ^V=\n',
  'adding in a list that replaces': 'declare -A m=([k]=1)\nm=([k]=2 [k]+=3)\necho ${m[k]}\n',
  'what let takes': 'let x=( 1 + 2 ) "y=x*2"\necho $x $y\n',
  'a descriptor and a file name': 'echo one 1>&out\ncat out\n',
  'indirection through what is not set': '(echo ${!nosuch+x})\necho $?\nr="a[@]"\na=("")\necho "<${!r:-none}>"\n',
  'posix: a read-only variable ends the script': 'set -o posix\nreadonly x=1\nx=2\necho not reached\n',
  'SHELLOPTS is read-only, and inherited when exported': 'SHELLOPTS=x\necho $?\nexport SHELLOPTS\nset -u\nbash -c \'echo $- | grep -c u\'\n',
  'type wants a program': 'touch file\ntype ./file\necho $?\nchmod +x file\ntype ./file\n',
  'BASH_COMMAND in a trap is what ran before it': 'trap "true; echo \\"\\$BASH_COMMAND\\"" EXIT ERR\necho a >/dev/null\nX=1 false\n[[ a == b ]]\n((0))\necho "$BASH_COMMAND"\n(exit 3)\ntrue | false\nexit 4\n',
  'errexit inside of a built-in that a shell was forked for says 1': 'for s in "eval \\"(exit 9); echo no\\"" "eval \\"exit 9\\"" "command eval \\"(exit 9)\\"" "{ eval \\"(exit 9)\\"; }" "(eval \\"(exit 9)\\")" "f"; do bash -c "set -eo pipefail; f() { (exit 9); }; : | $s"; echo $?; done\nbash -c "set -e; eval \\"(exit 9)\\" & wait \\$!"\necho $?\nset -e\n: | eval "false; echo no" || echo $?\n: | { eval "false; echo yes"; } || echo $?\nif : | command eval "false; echo no"; then echo t; else echo f; fi\n! : | eval "false; echo no"\n',
  'a login shell says so': 'bash -l -c "shopt login_shell" | cut -f 2\nbash --login -c "shopt -q login_shell && echo yes"\nbash -c "shopt -q login_shell || echo no"\n',
  'a trap runs while read waits, and reading goes on': 'mkfifo q\nexec 3<>q\ntrap "echo trapped" USR1\n(sleep 0.3; kill -USR1 $$; sleep 0.3; echo late >&3) &\nread -r x <&3\necho "$? $x"\ntrap "echo last; exit 5" TERM\n(sleep 0.3; kill -TERM $$) &\nread -t 60 -r x <&3\necho not reached\n',
  'sh exports where it is and where it was': 'unset OLDPWD\nsh -c "cd /; cd /tmp; env | grep PWD= | sort"\n',
  'return outside of a function, help of nothing': 'return 3\necho $?\nhelp nosuchtopic\necho $?\nhistory -x\necho $?\n',
  'ERR traps of commands that shells were forked for: in the background': 'trap \'echo E $BASH_COMMAND $LINENO\' ERR\nset -E\nfalse & wait $!; echo\nsleep 0 & wait\n{ false; } & wait; echo\n(false) & wait; echo \nf() { false; }; f & wait; echo \ntrue && false & wait; echo\nif true; then false; fi & wait; echo\n[[ a == b ]] & wait; echo\n((0)) & wait; echo\n/bin/false & wait; echo\nexit 3 & wait; echo\n',
  'ERR traps of commands that shells were forked for: in pipelines': 'trap \'echo E $BASH_COMMAND $LINENO >&2\' ERR\nset -E\nexec 2>&1\nfalse | true; echo 1\n{ false; } | true; echo 2\n(false) | true; echo 3\nf() { false; }; f | true; echo 4\n/bin/false | true; echo 5\n[[ a == b ]] | true; echo 6\n((0)) | true; echo 7\ntrue | false; echo 8\ntrue | { false; }; echo 9\ntrue | (false) ; echo 10\ntrue | f; echo 11\neval false | true; echo 12\nif true; then false; fi | true; echo 13\nfor i in 1; do false; done | true; echo 14\ntrue && false | true; echo 15\n',
  'ERR traps with errexit in pipelines': 'set -eE\ntrap \'echo E $BASH_COMMAND $LINENO >&2\' ERR\nexec 2>&1\nfalse | true; echo 1\n{ false; echo no; } | true; echo 2\n(false; echo no) | true; echo 3\nf() { false; echo no; }; f | true; echo 4\ntrue | { false; echo no; } || true; echo 5\nset -o pipefail\nf | true\necho not\n',
  'ERR traps and return, eval, source': 'trap \'echo E $BASH_COMMAND $LINENO\' ERR\nset -E\nf() { return 3; }\nf\nf() { false; return 3; }\nf\nf() { true; return 0; }\nf\nf() { eval \'return 4\'; }\nf\nf() { builtin return 5; }\nf\n. /dev/stdin <<<\'return 6\'\n',
  'ERR traps set and taken away in functions, with errtrace and without': 'trap \'echo E $BASH_COMMAND $LINENO\' ERR\nset -E\nf() { trap \'echo F\' ERR; false; }\nf\necho --\ntrap - ERR\nf\nfalse\n',
  'ERR traps of a function, without errtrace': 'f() { trap \'echo F\' ERR; false; true; }\nf\nfalse\ng() { trap - ERR; }\ng\nfalse\nset -E\ng\nfalse\nf\nfalse\n',
  'ERR traps under !': 'trap \'echo E $LINENO\' ERR\nf() { return 1; }\n! f\n! false\n! eval false\nset -E\n! f\ng() { false; true; }\n! g\n! { false; true; }\n! (false; true)\n',
  'errexit set under ! counts, set before it does not': 'bash -c \'f() { set -e; false; echo in f; }\n! f\necho a $?\'; echo n1 $?\nbash -c \'! { set -e; false; echo in g; }\necho a $?\'; echo n5 $?\nbash -c \'! ( set -e; false; echo in g )\necho a $?\'; echo n6 $?\nbash -c \'set -e\n! { set -e; false; echo in g; }\necho a $?\'; echo n9 $?\nbash -c \'set -e\nf() { set -e; false; echo in f; }\n! f\necho a $?\'; echo n10 $?\nbash -c \'f() { set -e; true; false; echo in f; }\n! f | cat\necho a $?\'; echo n12 $?\nbash -c \'! eval "set -e; false; echo in e"\necho a $?\'; echo n13 $?\nbash -c \'f() { set -e; set +e; set -e; false; echo in f; }\n! f\necho a $?\'; echo n15 $?\nbash -c \'! { set -o errexit; (false; echo x); echo y; }\necho no\'; echo n17 $?\n',
  'nounset in let ends the script': 'set -u\n(let nosuch+1; echo no); echo $?\nlet nosuch+1\necho no\n',
  'jobs of the shell above are told of, not waited for': 'sleep 5 & sleep 5 &\necho "$(jobs)"\njobs | cat\n(jobs)\njobs -p | wc -l\nkill $(jobs -p)\nwait\njobs\n',
  'both ends of a fifo wait for each other': 'mkfifo f; (cat <f) & exec 3>f; echo x >&3; exec 3>&-; wait\necho $?\nrm f\nmkfifo f\n(sleep 0.2; cat < f) &\necho hello > f\nwait\nrm f\nmkfifo f\n{ echo 1; echo 2; } > f & \nwhile read l; do echo got $l; done < f\nwait; echo end\n',
  'LC_ALL=C: characters are bytes': 'enc() { local LC_ALL=C s=$1 i c o=; for ((i = 0; i < ${#s}; i++)); do c=${s:i:1}; case $c in [a-zA-Z0-9.~_-]) o+=$c ;; *) printf -v c \'%%%02X\' "\'$c"; o+=$c ;; esac; done; echo "$o"; }\nenc \'ä b€/ü.😀\'\nx=äö; (LC_ALL=C; echo ${#x} "${x:1:1}" | od -c | head -1; echo "${x: -2}" "${x:2}")\nLANG=C; LC_ALL=; echo ${#x}\nLC_ALL=C.UTF-8; echo ${#x}\ny=(äö b); LC_ALL=C; echo ${#y} ${#y[0]}\nx=äö\necho ${#x}\nLC_ALL=C\necho ${#x}\nLC_ALL=C.UTF-8\necho ${#x}\nf() { local LC_ALL=C; echo ${#x} "${x:0:2}"; }\nf\necho ${#x}\nunset LC_ALL; LC_CTYPE=C; echo ${#x}\nunset LC_CTYPE; LANG=C; echo ${#x}\n',
  'the number of a character, and of a byte that is none': 'printf "%d %d %x\\n" "\'ä" \'"€\' "\'😀"\nprintf \'%d\\n\' $\'\\\'\\xc3\'\nLC_ALL=C\nprintf \'%d %d\\n\' "\'ä" $\'\\\'\\xc3\'\nprintf \'%5s|%-4s|%.1s|\\n\' ä ä äx | od -c\nLC_ALL=C.UTF-8\nprintf \'%5s|%-4s|%.1s|\\n\' ä ä äx | od -c\n',
  'an array declared from text': 'v="a=(1 2)"\ndeclare "$v"\ndeclare -p a\ndeclare -a "b=(1 2 \'3 4\' \\$x [7]=z)"\ndeclare -p b\ndeclare -A "m=([a]=1 [b c]=2)"\ndeclare -p m\ndeclare -a c\ndeclare "c=(4 5)"\ndeclare -p c\nf() { local "d=(1 2)"; declare -p d; local -a "e=(1 2)"; declare -p e; }\nf\nreadonly "r=(1 2)"\ndeclare -p r\nexport "ee=(1 2)"\ndeclare -p ee\ntypeset -a "q=(\\$(echo hi) \\"x y\\")"\ndeclare -p q\ndeclare -a w="(5 6)"\ndeclare -p w\nx="(7 8)"\ndeclare -a w2=$x\ndeclare -p w2\ndeclare -A m2=\'([x]=1)\'\ndeclare -p m2\nunset x\ndeclare -a \'x=(a|b)\'\necho $?\ndeclare -p x\ndeclare -ai \'n=(1+1 2*3)\'\ndeclare -p n\ndeclare -a \'y=($HOME$(exit 3) *)\' ; echo $?\ns=\'([0]="a" [1]="b c")\'\ndeclare -a t="$s"; declare -p t\ndeclare -A u; declare "u=([k]=v)"; declare -p u\nf() { local -A w="([x]=1 [y]=\'2 3\')"; declare -p w; }\nf\nreadonly -a z=\'(1 2)\'; declare -p z\ndeclare -a q=\'()\'; declare -p q\ndeclare -a e=\'(a b) c\'; declare -p e\ndeclare -a +x v=$(echo \'(1 2)\'); declare -p v\ndeclare -a g=(1 2); declare g+="(3)"; declare -p g\n',
  'quotes in subscripts, and empty ones': 'declare -A m\nm[\'q"\']=4\nm["q\'"]=5\nm[a b]=6\nm[\\\']=7\nm[\\"]=8\nm["]"]=9\nm[\']\']=10\nm[$\'\\n\']=11\ndeclare -p m\necho "${m[\'q"\']}" ${m["q\'"]} "${m[a b]}"\nunset m n a\nm[]=5\necho $? next\na[ ]=3\necho $?\ndeclare -A n\nn[]=4\necho $?\necho "${a[]}"\necho $?\n',
  'wait -p forgets what it named': 'wait -n -p v; echo $? ${v-unset}\nv=1\n(exit 3) & wait -p v $!; echo $? $((v==$!))\nv=1; wait -p v; echo ${v-unset}\nwait -n 99999; echo $?\n',
  'set -x: declarations, lists, conditions, and how deep it is': 'exec 2>&1\nset -x\ndeclare -a a=(1 "2 3" [5]=x)\nf() { local -a q=(1 "a b"); local -A w=([x]="y z"); export E="a b"; readonly z=(1 2); }\nf\na[1]=x\na=([3]=z $x "q")\nb=() c=(x)\ndeclare b+=(1 2) y=2\neval \'echo $(echo b)\'\n( echo sub; (echo subsub) )\nx=`echo y`\n[[ ab == a* && "a b" =~ a.b || -f /x && ! -z "" ]]\n[[ $a -eq 1 ]]\necho "$(echo $(echo deep))"\n. /dev/stdin <<< \'echo sourced\'\ntrap \'echo exit\' EXIT\n',
  'programs that cannot write end as theirs do': 'printf "b\\na\\n" > f\nfor c in ls "sort f" "sed p f" "awk 1 f" "expr 1 + 1" env date "seq 3" "wc f"; do $c >&- 2> e; echo "$c $?"; done\nls >&- 2>&1; (env >&-) 2>&1\n',
  'set -x: a PS4 for which commands are run': 'exec 2>&1\nPS4=\'+$(echo t) \'\nset -x\necho a\nx=$(echo b)\nfalse; echo $?\nf() { echo in; }\nf\n[[ a == a ]]\nfor i in 1 2; do :; done\n( echo sub )\nPS4=\'`echo q; exit 3`> \'\necho z\necho $?\n',
  'set -x: export, readonly and other attributes': 'exec 2>&1\nset -x\nexport A=1 B=2 C\nreadonly R=x\nexport -n A\ndeclare -x D=1\ntypeset -i n=1+1\nexport P+=x\ndeclare -a e=()\ndeclare m=([0]=x [1]+=y) k=1 l=(a) o\ndeclare -A h=(a b c d)\nf() { local l=(it\\\'s $\'a\\nb\' "" -x \'*\'); }; f\n',
  'FUNCNAME is that of functions': 'echo \'echo "[${FUNCNAME[*]}]"\' > s.sh\n. ./s.sh\nf() { . ./s.sh; }\nf\nset -u\n(echo ${a[0]##*/}) 2>&1\n',
  'the line of a command whose words have several': 'f() { :; }\necho "$LINENO\n$LINENO\n"\necho $LINENO\nx="\n$LINENO"\necho "$x"\necho a \\\n $LINENO\nexec 2>&1\nnosuch "a\nb"\nnosuch a "b\nc"\na=1 b="x\ny" nosuch2 "z\nw"\nnosuch \\\n a \\\n b\n> "o\nut" nosuch\n! nosuch "\n"\nif nosuch "\n"; then :; fi\nf() {\n  nosuch "\nx"\n}\nf "\na"\nnosuch <<E "q\nr"\ndoc\ndoc\nE\nnosuch <<E\ndoc\ndoc\nE\nnosuch "\n" | :\n: | nosuch "\n"\nfor i in "\n"; do nosuch; done\nnosuch $(\n:\n) b\n[[ a == "\n" ]] || nosuch\ntrap \'echo ERR $LINENO\' ERR\nsh -c "\nexit 3\n"\nfalse "\n"\nf "\n"\n',
  'the status of what ended is told as often as it is asked for': '(exit 2) & b=$!; wait $b; wait $b; echo $?\n{ sleep 0.1; exit 9; } & a=$!; wait $a; wait $a; echo $?\nsleep 0.1; (exit 3) & c=$!; sleep 0.2; wait; wait $c; echo $?\n',
  'caller': 'f() { caller; echo $?; caller 0; echo $?; caller 1; echo $?; caller 2; echo $?; }; g() { f; }; g; caller; echo $?\n',
  'names of commands that could not be seen': 'exec 2>&1\nnosuch\r\n"no\nsuch"\n"a b"\nx=é\n$x\nnosuch$\'\\t\\x01\'\necho $?\n',
};

besideBash(SCRIPTS);

here('negative control: a difference is seen', async (t) => {
  const ours = await runOurs({ argv: ['sh'], stdin: 'echo ${BASH_VERSION:+bash}\n' });
  t.not(ours.stdout, runHost({ argv: ['bash'], stdin: 'echo ${BASH_VERSION:+bash}\n' }).stdout);
});
