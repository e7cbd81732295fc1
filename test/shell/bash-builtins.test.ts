// Built-ins where they do what few would expect: the same here as in the host's bash.
import { besideBash } from './beside-bash.js';

besideBash({
  'unalias wants names, and knows its options': 'exec 2>&1\nunalias\necho $?\nunalias -x\necho $?\nunalias nosuch\necho $?\nalias a=1 b=2\nunalias -a c\necho $?\nalias\n',
  'a terminal is a number': '[ -t invalid ]\necho $?\ntest -t ""\necho $?\ntest -t 5x\necho $?\n[[ -t foo ]]\necho $?\n[ -t ]\necho $?\n',
  'kill -l: what is no signal of the system, and complaints between answers': 'exec 2>&1\nkill -l 0\nkill -l EXIT INT\necho $?\nkill -l ERR DEBUG RETURN\nkill -l 64 65 3\necho $?\nkill -l 300\necho $?\nkill -l 15 TERM SIGKILL 9 137\nkill -l 128 192\n',
  'command -v and -V are content with one of several': 'exec 2>&1\ncommand -v echo nosuch\necho $?\ncommand -v nosuch\necho $?\ncommand -V nosuch echo\necho $?\ntype echo nosuch >/dev/null\necho $?\n',
  'printf: # gives a point, a time has little room, and TZ must be exported': `printf '[%#.0f][%#.0e][%#g][%#.3g][%#.0g][%#x]\\n' 3 3 3 3 3 0
printf '%(%Y%Y%Y%Y%Y%Y%Y%Y%Y%Y%Y%Y%Y%Y%Y%Y%Y%Y%Y%Y%Y%Y%Y%Y%Y%Y%Y%Y%Y%Y%Y)T|' 0 | wc -c
printf '%(%Y%Y%Y%Y%Y%Y%Y%Y%Y%Y%Y%Y%Y%Y%Y%Y%Y%Y%Y%Y%Y%Y%Y%Y%Y%Y%Y%Y%Y%Y%Y%Y)T|' 0 | wc -c
unset TZ
TZ=Asia/Tokyo
printf '%(%H)T\\n' 0
export TZ
printf '%(%H)T\\n' 0
`,
  'umask has four digits': 'exec 2>&1\numask 1000\necho $?\numask 0777\numask\numask 8\necho $?\numask 10000000000000000000000\necho $?\numask 10000\necho $?\numask 1777\necho $?\numask\n',
  'unset of what can be no variable': 'exec 2>&1\nunset %\necho $?\nunset -v %\necho $?\nunset "a b" 1\necho $?\nunset "a["\necho $?\nf-g() { :; }\nunset f-g\nf-g\necho $?\n',
  'set: a lone plus is no option and no parameter': 'set +\necho "$#"\nset a b\nset +\necho $#\nset -f + -u x y\necho "$@ $-"\nset +fu\nset - +\necho "$@"\nset + -\necho "$@"\nset + a\necho "$@"\nset -- +\necho "$@"\nset + + b\necho "$@"\nset - - a\necho "$@"\n',
  'keys that listings must quote': "declare -A m=([k e]=1 [a]=2 ['x\"y']=3 ['@']=4 [a.b]=5 ['$']=6 [~]=7 ['*']=8 [a,b/c:d@e%]=9)\nset | grep ^m=\ndeclare -p m\n",
  'getopts goes no further than the arguments': 'while getopts "hc:" o -h -c foo x; do :; done\necho $OPTIND\nwhile getopts "hc:" o; do :; done\necho $OPTIND\nOPTIND=9\ngetopts a o -a -b\necho $? $OPTIND $o\nOPTIND=2\ngetopts ab o -a -b\necho $? $OPTIND $o\nOPTIND=-3\ngetopts ab o -a\necho $? $OPTIND $o\n',
  'test: parentheses before comparisons': "exec 2>&1\nfor e in '( = )' '0 -eq 0 -a ( = )' '( a )' '( a = a ) -a ( ! a )' '! ( = )' '( ( a ) )' '( = (' 'a -o ( = (' 'a -a ( b = b )' '( != )' 'a -a ( != )' 'a -a ( -n )' 'a -a ( -n a )' '( -a ) -o x' 'x -a ( y'; do test $e\necho \"$e: $?\"; done\n",
  'mapfile: lines end at NULs, and a folder has none': "mkdir d\nmapfile <d\necho $? ${#MAPFILE[@]}\nprintf 'a\\0b\\nc\\0d' | (mapfile; declare -p MAPFILE)\nprintf 'a\\0b\\nc\\0d\\n' | (mapfile -t; declare -p MAPFILE)\nprintf 'a\\nb\\0b\\nc\\0d\\n' | (mapfile -t -d ''; declare -p MAPFILE)\nprintf 'a\\0b\\nc\\n' | (mapfile -n 1; declare -p MAPFILE)\n",
  'programs are remembered where they were found': `exec 2>&1
mkdir bin bin/cat one two
echo 'echo hi' >bin/hello
chmod +x bin/hello
PATH=bin:$PATH
hello
hash
type hello
command -v hello
hash -t hello
PATH=one:two:$PATH
hash
echo 'echo two' >two/my
chmod +x two/my
my
echo 'echo one' >one/my
chmod +x one/my
hash -r
my
rm one/my
my
echo $?
type my
(my)
command my
echo $?
shopt -s checkhash
my
shopt -u checkhash
chmod -x two/my
my
echo $?
hash my
echo $?
hash -d my
hash -t my bin/x
echo $?
`,
  'programs that may not be executed are found, and -p looks where the system has its own': `exec 2>&1
mkdir bin
echo 'echo hi' >bin/hello
chmod +x bin/hello
touch bin/nox here
PATH=$PWD/bin:$PATH
command -p hello
echo $?
hello
command -p hello
echo $?
type -t nox
command -v nox >/dev/null
echo $?
type -a nox
nox |& sed 's/.*bin/bin/'
hash nox
echo $?
command -v ./here
echo $?
type -t ./here
echo $?
command -v bin
echo $?
unset PATH
nosuch
echo $?
`,
});
