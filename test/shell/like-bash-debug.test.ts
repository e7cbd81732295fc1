// DEBUG traps and what they see of commands: each script gives the same output and exit code as with the host's bash.
import { besideBash } from './beside-bash.js';

besideBash({
  'words as bash keeps them': 'trap \'echo "dbg $BASH_COMMAND"\' DEBUG\necho $"x" $\'a\\tb\' "$x" \'$q\' "a$\'b" \\$\'c d\' ${x-$\'it\\\'s\'} > /dev/null\nx=$\'a b\' y=$"z"\n',
  'of commands that a shell is forked for, in the shell that forks it': 'trap \'echo "dbg $BASH_COMMAND" >&2\' DEBUG\nexec 2>&1\n{ sleep 0.2; echo a; } &\nwait\n(echo c)\n/bin/echo f | cat\nx=$(echo d) y=$(echo e | cat)\n{ echo g; } | cat\ng() { trap \'echo "in $BASH_COMMAND"\' DEBUG; echo h | cat; echo i |& cat; (echo j); }; g\n',
  'ERR traps of subshells at the end of pipelines': 'trap \'echo err $?\' ERR\n! true | (exit 3); echo $?\n! true | (exit 3) | true; echo $?\nif true | (exit 3); then :; fi\n! (exit 3)\ntrue | (exit 3) || true\ntrue | (exit 4)\n',
  'posix: what trap lists': 'set -o posix; trap -l | head -1; trap -p | head -4; trap "echo x" USR1; trap -p | grep -v " -- -"; trap\n',
  'EXIT traps of shells that commands were forked for': "trap 'echo x' EXIT & wait\n{ trap 'echo y' EXIT; } & wait\ntrue && trap 'echo z' EXIT & wait\nfor i in 1; do trap 'echo f' EXIT; done & wait\n(trap 'echo s' EXIT) & wait\nif true; then trap 'echo w' EXIT; fi | cat\nx=$(trap 'echo c' EXIT); echo $x\n",
  'RETURN and ERR traps of a function that returns a failure': "(set -e; f() { trap 'echo r' RETURN; return 3; }; f; echo no); echo $?\nset -eE; trap 'echo E $?' ERR\nf() { return 3; }; f || echo or; f\necho no\n",
  'traced functions': 'set -T\ntrap \'echo "dbg $LINENO $BASH_COMMAND"\' DEBUG\nf() {\n echo g\n}\nf 1 2\nfunction h { echo; }\nh\nf | cat\nset +T\ndeclare -ft f\nf\nh\n',
  'the RETURN trap of a sourced file runs where it was sourced': `echo 'echo in; f2() { echo f2; }; f2; trap' > s.sh\ntrap 'echo R $LINENO \${FUNCNAME[0]}' RETURN\n. ./s.sh\nf() { . ./s.sh; echo after; }\nf\nset -T\nf\nset +T\necho '(exit 3); return 4' > s.sh\n. ./s.sh\ntrap 'echo D $LINENO' DEBUG\n. ./s.sh\n`,
  'BASH_ARGV: the arguments of all calls with extdebug, else those of the script': `echo 'echo \${#BASH_ARGV[@]} "\${BASH_ARGV[0]}" "\${BASH_ARGV[@]}" "\${BASH_ARGC[@]}"' > s.sh\nbash s.sh a "b c" d\nset -- x y\nf() { echo "\${BASH_ARGV[@]}" - "\${BASH_ARGC[@]}"; }\nf 1 2\nshopt -s extdebug\nshopt -o functrace errtrace\nf 1 2\ng() { f "$@" "q r"; . ./s.sh; . ./s.sh k l; }\ng 3 4\n(f 5)\nshopt -u extdebug\nshopt -o functrace errtrace\nf 6\n`,
});
