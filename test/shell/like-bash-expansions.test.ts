// Expansions at their edges: each script gives the same output and exit code as with the host's bash.
import { besideBash } from './beside-bash.js';

besideBash({
  'changed $* beside $@ in the same quotes': 'set -- x "y z" "" w\na=(1 "2 3" 4)\nfor i in "" : ; do IFS=${i:-$\' \\t\\n\'}; printf "<%s>" "${*#*}$@"; echo; printf "<%s>" "$@${*:1}"; echo; printf "<%s>" "$*$@" "${*%x}""$@"; echo; printf "<%s>" "${a[*]:1} ${a[@]}"; echo; done\n',
  'slices that reach nowhere': 's="hello world"\necho "<${s[@]: 9:0}>" "<${s[@]:2:-2}>" "<${s[@]: -2:1}>"\nset -- a b c d\necho "${@: 5:-4}"; echo no\necho "<${@: 6:-4}>"; echo yes\na=(1 2 3)\necho "<${a[@]: 3:-4}>"; echo yes\necho "${a[@]: 2:-4}"; echo no\n',
  'empty texts and empty matches': 'shopt -s extglob\ne= x=abc\necho "<${e/?(a)/d}>" "<${e/*(a)/d}>" "<${e/*/d}>" "<${e/#?(a)/d}>" "<${e/#/d}>" "<${x/?(z)/d}>" "<${x//*(z)/d}>" "<${x/%?(z)/d}>"\na=("" b); printf "<%s>" "${a[@]/@(|b)/x}" "${a[@]/*/x}"; echo\n',
  'tildes in patterns and replacements within quotes': 's=hello HOME=/h\necho "${s/*/~}" "${s/h/~/x}" "${s/h/\\~}" "${s/h/"~"}" "${u:-~}"\nx="~/a"; echo "${x/~/h}" "${HOME#~}" "${HOME/~/x}"\n',
  'braces within ${ } and beside it': 's=hello\necho ${s:-{a,b}{1,2}} ${s:-{a,b}x{1,2}} x${s:+{a,b}}{c,d} ${s/h/{}{1,2}} {${s:-{a,b}},c} "${s:-{a,b}}"{1,2}\n',
  'elements whose braces expand': 's="a b"\nshopt -s failglob\nx=([1]={$s,*} [2]={"$s",c}); declare -p x\n',
  'nounset and elements': 'set -u\na=(1); declare -A m=([k]=1)\necho $((a[5])) $((m[z])) $((++a[7])) $((m[q]++)) $((a[9]+=2))\necho $((nosuch[1])); echo no\n',
  'characters that are none: read takes what follows a first byte': "read -r x <<< $'\\xe9'; echo $?\nprintf '\\xc3\\nb\\n' | { read x; read y; printf '%s|%s' \"$x\" \"$y\" | od -c; }\nprintf 'a\\xc3:b\\n' | { read -d: x; echo $?; }\nprintf 'a\\xc3\\n' | { LC_ALL=C read x; echo $?; }\nprintf 'é ü' | { read -rn3 x; echo \"$x\"; }\nprintf 'éü' | { read -N1 x; echo \"$x\"; }\n",
  'a file as the last command of a substitution': 'echo content > f\nx=$(echo a\n< f); echo "$x"\nx=$(echo a; < f); echo "$x"\nx=$(echo a; <f; echo b); echo "$x"\ncat <(echo a; <f)\n',
  'BASH_SUBSHELL': 'echo $BASH_SUBSHELL | cat\n{ echo $BASH_SUBSHELL; } | cat\n(echo $BASH_SUBSHELL) | cat\necho $BASH_SUBSHELL & wait\nf() { echo $BASH_SUBSHELL; }\nf | cat\nf & wait\necho $BASH_SUBSHELL | cat & wait\necho $(echo $BASH_SUBSHELL) $(f | cat) $( (f) )\neval "echo \\$BASH_SUBSHELL" | cat\n',
  'local variables are exported where those that they hide are': 'export x=1\nf() { local x; declare -p x; }; f\nf() { local -a x; declare -p x; }; f\ng() { local -x v=a; h; }; h() { local v=b; declare -p v; }; g\n',
  'moments too far away': "TZ=UTC printf '%(%Y)T %(%F)T\\n' 9223372036854775807 86400\n",
  'indexes of 64 bits': 'a=([9223372036854775807]=x)\na[9223372036854775806]=y; echo "${a[@]}" "${!a[@]}" "${a[-1]}"\na+=(z); echo "${!a[@]}"\nb=([9223372036854775805]=x y z w); declare -p b\nc[9223372036854775808]=1; echo $?\nc[9007199254740993]=q; declare -p c; unset "c[9007199254740993]"; declare -p c\necho ${a[9223372036854775808]-none} $((a[9223372036854775806]=5)) ${a[9223372036854775806]}\n',
  'unset of all elements': 'a=(1 2); declare -A m=([k]=1 [@]=2); unset "a[@]" "m[@]"; declare -p a m\ns=x; unset "s[@]"; declare -p s\nf() { local b=(4); unset "b[*]"; declare -p b; }; f\n',
  'words of compgen': 'IFS=\ncompgen -W "ab ac b" a\nIFS=:\ncompgen -W "ab:ac b:a\'c d\'" a\nunset IFS\nx=aq; compgen -W \'$x $(echo az) a"b c" a\\ e\' a; compgen -W "ab ac" x; echo $?\n',
  'quotes within arithmetic hide its end': 'x=$(( p \'"\' && p ; p  )); echo no\n(( \'"\' )); echo $?\necho $(( \'`\' )); echo no\ndeclare -A m=(["a b"]=3); echo $((m[\'a b\']))\n',
  'lists as declarations, whatever IFS is': `a=(one "two 2"); set -- a b; declare -A m=([k]=1 [z]=2)\nfor i in : " " ""; do IFS=$i; printf "<%s>" "\${a[@]@A}" "\${@@A}"; echo; done\nunset IFS; echo "\${m[@]:0:0}" "\${m[@]:0:1}"\nc=abc; echo "\${c^?(a)}"\n`,
  'nothing as a command': 'g() { echo "<${@@A}>" "<${*@A}>"; }; g; g a\n',
  'folders have a size': 'mkdir d\n[[ -s d ]]; echo $?\n[ -s . ]; echo $?\n',
});
