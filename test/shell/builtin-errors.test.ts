// What bash's built-ins say of options, operands and variables that cannot be: words and statuses beside the host's bash.
import { besideBash } from './beside-bash.js';

besideBash({
  'the directory stack: rotated and shortened quietly, listed, set by its variable': `exec 2>&1
cd /; pushd /usr; pushd /tmp; popd -n +2; pushd -n /etc; pushd -n +1; dirs; popd -n; popd -5; popd -n +0
dirs -v -1; dirs -p +1; dirs -0; pushd -n; DIRSTACK[0]=/x; dirs; DIRSTACK[9]=/x; echo $?
dirs x; popd x; pushd a b; pushd -x; dirs -x; pushd +x; dirs +7
pushd /usr; DIRSTACK[1]=/etc; dirs -v +1; echo ~1; dirs -9
`,
  'getopts without operands, and a variable it may not set': `exec 2>&1
getopts; getopts a; getopts -a b c; getopts -- a
readonly x=1; getopts a x -a; echo $?
readonly OPTARG; OPTIND=1; getopts :q y -b; echo $? $y; getopts q y; echo $? \${OPTARG-unset}
`,
  'printf: escapes and conversions that are none, times, how much was printed': `exec 2>&1
printf; printf '%b|' '\\?' "\\\\'" '\\"'; printf '\\?\\"|\\xg|\\u|\\uz|\\U|'; echo; printf '%b' '\\xg' '\\uz'; echo $?
printf '%5%|%q %-5%'; echo; printf '%l'; printf '%-#'; printf '%.3'; printf 'ab%!cd'; echo; printf '%5(ab)Z|x'; echo $?
printf 'a%nb%n%s' v w x; echo $v $w; printf '%n' 1x; printf '%n'; printf -v q '%n' z; echo $z; printf '%n|' ''
TZ=EST5EDT printf '%(%x (f(o)o) %X %Z)T\\n' 1275250155; printf '%-40.50(%a %b %e)T|\\n' 0
`,
  'symbolic masks, test, unset, break, shift, kill, trap': `exec 2>&1
umask u:rwx; umask g=u; umask u=rwx:g=rwx; umask u=rwxz; umask -S u=rwx,g=rx
test -t a; echo $?; [ \\( 1 = 2 ]; test \\( 1 = 2; test 1 = 2 -ne 4; test a b c d
unset /bin/sh; echo $?; unset -v /bin/sh; echo $?
kill -S; kill -INT ""; kill -INT; kill ""; kill x; kill; trap -p -s NOSIG; echo $?; trap -x
shopt -s shift_verbose; shift 5; shift 9; echo $?; readonly VAR; read VAR <<< x; echo $?
for f in 1 2; do break x; done
echo not reached
`,
  'aliases, hashing, options, functions': `exec 2>&1
alias -x; alias -p a; unalias; unalias -x; unalias -a; alias b=c; alias -p
shopt xyz; shopt -s xyz; shopt -o xyz; shopt -s | head -n 2; shopt -u | head -n 2
set +h; hash -p /bin/sh x; hash; hash -r; echo $?
f() { :; }; readonly -f f; declare -f +r f; echo $?; declare -f -a a; echo $?; declare -f -i b; declare -f g="() { :; }"; declare -f f=3; echo $?
`,
  'lengths that are none, parameters that are not set, slices that are no numbers': `exec 2>&1
for e in '\${#:}' '\${#/}' '\${#%}' '\${#+}' '\${#=}' '\${#:%}' '\${HOME:%}' '\${#-} \${#?} \${##} \${#@} \${#*} \${#:-x} \${#%x} \${#+x}'; do bash -c "echo $e; echo no" x; echo $?; done
bash -c 'set -u; echo \${7}' x; bash -c 'set -u; echo $7' x
`,
  'posix mode: assignments before commands, special built-ins behind command': `exec 2>&1
set -o posix
readonly x=1
x=3 nosuch; echo not reached
echo $?
x=3 echo a; echo not reached
command eval "( " || echo 1
command shift 12 || echo 2
command . nosuch; echo $?
. nosuch
echo not reached
`,
  'the restricted shell': `exec 2>&1
set -r
echo \${-//[^r]/}
shopt restricted_shell; shopt -u restricted_shell; shopt restricted_shell
cd /
PATH=/
SHELL=x
/bin/echo a; echo $?; . ./x; echo a > x; echo a >> x; echo a &> x; command -p ls; exec ls; hash -p /bin/sh sh; set +r; set +o restricted
cat < /dev/null; exec 3<&0; echo $?
bash -r -c 'cd /; echo $?' x; bash --restricted -c '/bin/true' x
`,
});
