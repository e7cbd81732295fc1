// complete, compgen and compopt, beside the host's bash.
import { besideBash } from './beside-bash.js';

besideBash({
  'specifications made, listed and used': `exec 2>&1
complete -W "a b" -o nospace -F f x; complete -C cmd -G "*.c" -S s -P p -X "!x" y; complete -D -F d; complete -E -W e; complete -I -W i
complete; complete -p x nosuch; echo $?; complete -z; complete -A foo x; complete -o foo x; compgen -A foo; compgen -o foo
complete -abcdefgjksuv -A signal -A shopt z; complete -p z; complete -r y nosuch; echo $?; complete -p y
compopt; echo $?; compopt -o nospace x; complete -p x; compopt x; compopt -o foo x; compopt -o nospace nosuch; compopt +o nospace x; complete -p x
complete nospec; echo $?; complete -W; echo $?
compgen -A signal | head -3; compgen -A setopt | head -2; compgen -A shopt | head -2; compgen -k | head -3
v="one two"; compgen -W "abc abd x" ab; compgen -W '$v "three four" \\$y $(echo five)' ; compgen -W "abc abd" -P "<" -S ">" a; compgen -X "*d" -W "abc abd" a; compgen -X '!&c' -W "abc abd" ab
mkdir d; touch d/f1 d/f2 d/.h; mkdir d/sub; compgen -f d/ | sort; compgen -d d/ ; compgen -G "d/f*" | sort; compgen -f d/f1; compgen -f nosuch; echo $?
f() { COMPREPLY=("$1" "$2" "$3" "$COMP_CWORD" "$COMP_LINE"); compopt -o nospace; echo in $?; }; compgen -F f wo; compgen -C "echo x" wo
g() { echo g; return 124; }; compgen -F g x; echo $?; compgen -F nosuchf x; echo $?; echo "\${COMPREPLY-unset} \${COMP_LINE-unset}"
compgen -A function; compgen -v BASH_VERS; compgen -A enabled ex; enable -n exit; compgen -A disabled; alias q=r; compgen -a; compgen -u roo; compgen -g roo; compgen; echo $?; compgen -e HOM
IFS=:; compgen -W "a b:c d:e" ; compgen -W 'a:b' -- -x; compgen -W '-x -y' -- -x; IFS=' '; compgen -W '-x -y' -- -x
complete -r; complete; echo $?
`,
});
