// What dash does where bash does otherwise: each script gives the same output and exit code as with the host's dash.
import test from 'ava';
import { hostHas, runHost, runOurs } from '../commands-text/differential.js';
import { besideShell } from './beside-bash.js';

besideShell(['dash'], {
  'test: an operator at the end is a text': '[ x -o ]; echo $?\n[ x -a ]; echo $?\n[ -n ]; echo $?\n[ -a b ]; echo $?\n[ ! ]; echo $?\n[ "(" ]; echo $?\n[ ")" ]; echo $?\n[ -f = -f ]; echo $?\n[ ! = ! ]; echo $?\n[ ! ! ! x ]; echo $?\n[ ! ! x ]; echo $?\n[ "(" = ")" ]; echo $?\n[ "(" x ")" ]; echo $?\n[ "(" -a ")" ]; echo $?\ntest; echo $?\n',
  'test: what it does not know': 'exec 2>&1\n[ a == a ]; echo $?\n[ -v x ]; echo $?\n[ -o errexit ]; echo $?\n[ a b c d e ]; echo $?\n[ a = b c ]; echo $?\n[ 1x -eq 1 ]; echo $?\n[ 99999999999999999999 -gt 1 ]; echo $?\n[ a\n[ x = ]\necho $?\n',
  'test: and, or, not, parentheses': 'for a in "" x; do for b in "" x; do [ "$a" -a "$b" -o ! "$a" ]; echo $?; [ ! "$a" -a "$b" ]; echo $?; [ "(" "$a" -o "$b" ")" -a "$b" ]; echo $?; [ "$a" = "$b" -o "$b" = x ]; echo $?; done; done\n[ -z "" -a -n x -a 3 -lt 5 ]; echo $?\n[ "(" a ]; echo $?\n',
  'type and command -v: what a name means': 'PATH=/bin\ntype cd : local echo nosuch -t; echo $?\nf() { :; }\nalias ll="ls -l"\nalias f2="it\'s"\ntype f ll; command -V f; command -v ll f2 if; command -V nosuch; echo $?\ncommand -v nosuch; echo $?\ntype if\n',
  'a program once looked up is a tracked alias': 'mkdir one two; printf "echo two\\n" > two/tool; chmod +x two/tool\nPATH="one:two:$PATH"\ntype tool; type tool; tool\nprintf "echo one\\n" > one/tool; chmod +x one/tool\ntool; hash -r; tool\nrm one/tool; tool; echo $?\n',
  'an error of a special built-in ends the shell': '(set -Z; echo no); echo $?\n(shift 3; echo no); echo $?\n(export 1x; echo no); echo $?\n(readonly x=1; x=2; echo no); echo $?\n(unset -q; echo no); echo $?\n(trap -p; echo no); echo $?\n(break 0; echo no); echo $?\n(return x; echo no); echo $?\n(exit 2147483648; echo no); echo $?\n(: > /none/x; echo no); echo $?\n(export -n PATH; echo no); echo $?\n',
  'behind command, and of others, only the command': 'command set -Z; echo $?\ncommand shift 3; echo $?\ncommand export 1x; echo $?\ncommand : > /none/x; echo $?\ncommand eval \'echo ${x?no}\'; echo $?\numask 9; echo $?\nread; echo $?\ncd -Z; echo $?\nwait %3; echo $?\nkill -Q 1; echo $?\n',
  'assignments before a special built-in stay': 'f() { a=1 local b=2; echo $a $b; }; f; echo "$a" "$b"\nx=1 readonly y=2; echo $x $y\nz=3 :; echo $z\nenv | grep -c "^z="\n(v=4 exec sh -c \'echo $v\')\n',
  'what the words have become decides whether an argument assigns': 'w="a b"\ne=export; $e x=$w; echo "$x"\nc=command; $c readonly y=$w; echo "$y"\ncommand -p export z=$w; echo "$z"\nalias q=$w; alias q\nf() { command local l=1; echo "<$l>"; }; f\n',
  'unset in a function, and under an assignment of its call': 'u() { unset x; }\ng() { local x=2; u; echo "<$x>"; }\nx=1; g; echo $x\nh() { unset x; echo "<${x-unset}>"; x=5; }\nx=3 h; echo $x\n',
  'a read-only variable before a command ends the shell': 'readonly r=1\n(r=2 true; echo no); echo $?\n(r=2 :; echo no); echo $?\n(r=2 /bin/true; echo no); echo $?\n',
  'assignments alone redirect first': 'x=$(echo err >&2) 2>f; cat f\ny=1 > /none/x; echo $? "<$y>"\n(z=${nosuch?gone} > made) 2>/dev/null; ls made\n',
  'getopts notes aside where it is': 'set -- -ab c -d; while getopts ab:d o; do echo "$o $OPTARG $OPTIND"; done; echo $OPTIND\nset -- -d; getopts d o; echo $o $OPTIND\nf() { getopts x o; echo $o $OPTIND; }; f -x; f -x; getopts d o; echo $? $o\nOPTIND=1; getopts :a: o -a; echo $o $OPTARG\nOPTIND=1; getopts a o -b; echo $o "<$OPTARG>" $OPTIND\ngetopts a 1x -a; echo $?\nOPTIND=no\necho not\n',
  'umask by clauses': 'for m in u=rwx,g=r,o= a-x =rw g=u u+s o+X go-w,u+x +x-w; do umask 022; umask $m; echo "$m $? $(umask) $(umask -S)"; done\numask u+t; echo $?\numask 08; echo $?\numask -p; echo $?\numask 77 7; umask\n',
  'traps by number and name': 'trap "echo a" HUP 2 EXIT; trap; trap 1; trap - 2; trap\ntrap "echo b" SIGHUP; echo $?\ntrap "" RTMIN+1; trap "" 35; trap\ntrap ERR; echo $?\ntrap - ; echo $?\nfalse\n',
  'kill': 'kill -l | head -3; kill -l 130 9; kill -l 0; echo $?; kill -l TERM; echo $?\nkill -n 9 $$; echo $?\nkill 99999; echo $?\nkill -s NONE 1; echo $?\nkill; echo $?\nsleep 9 & kill %1; echo $?; kill $!; wait $!; echo $?\n',
  'set': 'set -euC; echo $-; set +e; set +o nounset; echo $-; set - a; echo $-; set -- ; echo $#\nset +; set + a b; echo $*\nset -x + y 2>/dev/null; set -; echo $*\nset -o pipefail\necho no\n',
  'descriptors have one digit': 'echo a 1>&9; echo $?\necho b 12>f; cat f\n: 7>&7; echo $?\n(echo c >&12; echo no); echo $?\n(exec 3>&1; echo d >&3-; echo no); echo $?\n(echo e > f$((1 / 0)); echo no); echo $?\n{ (echo g; echo h >&2) 2>&-; }; echo $?\n',
  'return outside of functions ends the script': 'echo a\nreturn 3\necho b\n',
  'what is sourced': 'mkdir d; . ./d; echo $?\n(. ./nosuch; echo no); echo $?\neval -- echo x; echo $?\n',
});

(hostHas('dash') ? test : test.skip)('negative control: a difference is seen', async (t) => {
  const script = '[ a == a ]; echo $?\n';
  t.not((await runOurs({ argv: ['bash'], stdin: script })).stdout, runHost({ argv: ['dash'], stdin: script }).stdout);
});
