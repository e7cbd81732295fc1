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
  'printf: conversions, escapes, what it does not know': 'printf \'%s %b %c|\\n\' \'a\\tb\' \'a\\tb\\0101\\101\\"\' xyz \'\'; printf \'%.3s|%*d|%-*d|%.*s\\n\' abcdef 5 42 5 42 2 xyz\nprintf "%d %d\\n" "\'ä" \'"\'; printf \'\\101\\x41\\u41\\e[0m\\"\\?\\n\'; printf \'%#g %#.0f %#x %#o %e 100%%\\n\' 3 3 255 8 12345.678\nprintf \'%d\\n\' 3x; echo $?\nprintf \'[%q]\' a; echo $?\nprintf \'%ld\' 3; echo $?\nprintf \'a%\'; echo $?\nprintf \'%5%\' ; echo $?\nprintf -v x y; echo $?\nprintf; echo $?\necho \'a\\tb\\"c\\ed\' -n; echo -nn; echo -e x\n',
  'jobs and wait: asked again': '(exit 3) & p=$!; wait $p; echo $?; wait $p; echo $?; wait %%; echo $?\n(exit 4) & wait; jobs; jobs\nwait 99999; echo $?; wait x; echo $?; wait %9; echo $?; wait -n; echo $?\nsleep 9 & sleep 9 & jobs | wc -l; jobs; kill $!; fg; echo $?; bg %9; echo $?; jobs -x; echo $?\n',
  'cd and pwd': 'cd / >/dev/null; cd nosuch/../tmp; echo $?; pwd; cd nosuch; echo $?; cd -; cd \'\'; echo $?; pwd; unset OLDPWD; cd -; echo $?\nCDPATH=/usr:; cd bin; cd /; CDPATH=nosuch:; cd tmp; echo $?; unset HOME; cd; echo $?; pwd -x; echo $?; pwd -P -L; chdir /; pwd\n',
  'alias, unalias and hash': 'alias -- a=b; echo $?; alias zz=1 b=2 \'q=it\'\\\'\'s\'; alias; unalias -- b; alias b; echo $?; unalias nosuch; echo $?; unalias -x; echo $?\nalias f1=\'for \' f2=\'f1 \' v1=\'i \' v2=\'v1 \' in=\'in \'\nf2 v2 in 1 2; do echo $i; done\nalias e_=\'echo \' one=ONE\ne_ \\\n one\nunalias -a; alias; hash nosuch; echo $?; hash -z; echo $?; PATH=/bin; hash cat; hash\n',
  'errexit within conditions': 'printf \'false\\necho in\\n\' > f\n(set -e; . ./f || echo or; echo after); echo $?\n(set -e; eval \'false; echo in\' || echo or; echo after)\n(set -e; if echo $(echo 1; false; echo 2); then echo A; fi)\n(set -e; f() { false; echo in; }; f || echo or; echo after)\n(set -e; { false; echo in; } | cat || echo or; echo after)\n',
  'what bash knows and dash does not': 'echo "<$_>" ${_-none}\necho a > f; echo "<$(<f)>"\ntrap \'echo bye\' EXIT; (trap); echo $(trap); trap | cat\necho $((" 1" + 2))\necho not reached\n',
  'arithmetic of variables': 'a=; b=\' \'; c=\' 7 \'; echo $((a)) $((b)) $((c + 1))\nd=x; echo $((d))\necho no\n',
  'a special built-in cannot be a function': 'echo a\nexport() { :; }\necho b\n',
  'PS4 that cannot be expanded': 'exec 2>/dev/null\nPS4=\'+${x\'\nset -x\necho one\nPS4=\'$((1 / 0)) \'\necho two\n',
  'limits': 'ulimit 1 2; echo $?; ulimit -n x; echo $?; ulimit -Q; echo $?; ulimit -n -f\nread -t 1 x; echo $?; read -p; echo $?\ndash -c \'ulimit -n 0; echo hi > out\'; echo $?; ls\ndash -c \'ulimit -f 1; while echo 0123456789012345678901234567890123456789; do :; done > big\'; echo $?; wc -c < big\n',
  'programs that are not there, and scripts with NULs': 'd=0123456789; for i in 1 2 3 4 5; do d=$d$d; done; ./$d; echo $?\n./f/x; echo $?\nprintf \'echo a\\0b\\n\' > s; dash s\ndash -i -c \'echo $-\' 2>/dev/null\ncommand -p nosuch; echo $?\n',
  '$@ and $* with operations, by IFS': 'show() { printf \'%s:\' $#; [ $# -eq 0 ] || printf \'<%s>\' "$@"; echo; }\nfor ifs in d \'\' : \' :\' o; do for args in "\'\' \'\'" "\'\'" "a \'\'" "\'a b\' c" "" "\'a b\' \'\' \'c:d\' \'\'"; do\nif [ "$ifs" = d ]; then unset IFS; else IFS=$ifs; fi\neval "set -- $args"\nshow ${@:-n} ; show ${*:-n}; show "${@:-n}"; show "${*:-n}"; show ${@:+p}; show ${*:+p}; show "${@:+p}"; show "${*:+p}"; show ${@-n}; show ${*+p}\nshow ${@#a}; show "${@##*}"; show ${*%b}; show "${*%b}"; show ${@%%*}; show "${@%%b*}"; show ${#@} ${#*}\nx=${@:-q}${*:+p}${@#a}; show "$x"\ncat <<X\n$@ $* ${@:-n} ${*:+p} ${@%b}\nX\ndone; done\n',
  'the delimiter of a here-document': 'cat <<${x}\n$((1 + 1))\n${x}\ncat <<`a\n`a\necho b\n(eval \'cat <<$(c)\n$(c)\n\'; echo no); echo $?\n',
  'a second ! is a syntax error': '! true | false; echo $?\n(eval \'! ! true\'); echo $?\n(eval \'true | ! true\'); echo $?\n',
  'lengths of nothing': '(echo "${#+}"; echo no); echo $?\n(echo ${#=}; echo no); echo $?\nset -- a; echo ${#} ${#-1} ${#+x} ${#%1} ${##}\n',
  'redirections go before assignments, for programs too': 'n=$((0 + 08)) env 2>f; echo no\n',
  'a job that was waited for makes room': '(exit 3) & wait $!; true | true; wait %1; echo $?\n(exit 3) & wait $!; echo $(wait %1); /bin/true; wait $!; echo $?\n',
  'what cannot be written': '{ printf x; echo y; } 2>&1 >&- | sed \'s/.*: [0-9]*: //\'\n',
  'the script is read in blocks': 'read x\nread y\necho "<$x>"\ncat\necho c\n',
  'an error of an interactive -c': 'dash -i -c \'echo a; set -u; echo $nosuch; echo no\necho no\' 2>/dev/null; echo $?\n',
  'set -x: assignments and their command in one line': 'exec 2>&1\nset -x\nx=1 y=\'a b\'\nz=1 true\nexport w=2\nfor i in a; do echo $i; done\n> f\n',
  'set -n within a line, set -C, exec of nothing': 'exec 2>&1\ndash -c \'set -n; echo no\'; echo $?\ndash -c \'f() { set -n; echo no; }; f; echo no\'; echo $?\nset -C; echo a > f; echo b > f; echo $?\nexec /none/x\n',
  'what of "$@" makes a field': 'f() { printf \'%s:\' $#; [ $# -eq 0 ] || printf \'<%s>\' "$@"; echo; }\ne=\nfor a in \'\' "\'\'" "a" "\'\' b" "a \'\'"; do eval "set -- $a"\nf "$@$@"; f "$@""$@"; f "$@$e"; f "$e$@"; f $e"$@"; f "${@}"; f "$@${1:+d}"; f "${@:+}"; f "${@-}"; f "${@:-}"; f "${@#x}"; f "$*"; f "$@$*"; f \'\'"$@"; f "$@"\'\'; f $@""; f ""$@; f $@$e\nf "${e}${@}"; f ${e:-"$@"}; f "${e:-$@}"; f ${e:-"$@$e"}; f "$@ "; f " $@"; f "$(echo)$@"; f "$@$(echo)"; f $@"$e"; f ${e:-"$@"}b; f ${e:-$@""}\ndone\n',
  'how a script is named and read': 'dash nosuch; echo $?; dash /; echo $?; dash -o nosuch -c :; echo $?; dash -q; echo $?; dash --x; echo $?; dash -c; echo $?; dash -ec \'false; echo no\'; echo $?; dash -c \'echo $0 $*\' a b c; dash -u -c \'echo $x\'; echo $?\necho \'echo "$*" $-\' > s; dash -s a b < s; dash -e s c; dash -n s; dash - s d; chmod +x s; ./s e; printf \'echo a; if\' | dash; echo $?; printf \'echo a\\nif\' | dash; echo $?; printf \'#!/none\\n\' > t; chmod +x t; ./t; echo $?; unset HOME; echo ~\n',
  'unset OPTIND is an error': 'set -- -a; getopts a o; echo $OPTIND\nunset OPTIND\necho no\n',
  'jobs that a signal ended are told of when waited for': 'exec 2>&1\nsleep 9 & kill $!; wait $!; echo $?\nsleep 9 & kill -9 $!; wait; echo $?\n',
  'halves go to the even digit': 'printf \'%.0f \' 0.5 1.5 2.5 -2.5 3.5 0.49 1e22; printf \'%.1f \' 0.25 0.35 0.75 -0.25; printf \'%.0e \' 2.5 3.5 25 35; printf \'%.1e %.3g %.2g\\n\' 1.25 1.125 2.5\nawk \'BEGIN { printf "%.0f %.0f %.1f %.0e\\n", 2.5, 3.5, 0.25, 2.5 }\'\n',
  'a caret negates no set': 's=hello; echo ${s#[^h-z]} ${s#[^a-g]} "${s#[!a-g]}" "${s%%[^l]*}"; case h in [^h-z]) echo m;; *) echo n;; esac; p=\'[^h-z]\'; echo ${s#$p}; set -- ha b; echo ${@#[^h]}; touch h e; echo [^h]\nLC_ALL=C bash -c \'case é in [^a]*) echo m;; *) echo n;; esac; echo [^h]\'\n',
});

(hostHas('dash') ? test : test.skip)('negative control: a difference is seen', async (t) => {
  const script = '[ a == a ]; echo $?\n';
  t.not((await runOurs({ argv: ['bash'], stdin: script })).stdout, runHost({ argv: ['dash'], stdin: script }).stdout);
});

test('sh is what it leads to: dash, busybox or bash', async (t) => {
  const question = `'[ -n "$BASH_VERSION" ] && set -o | grep ^posix; [[ a ]] && echo more; echo -e x'`;
  const { stdout } = await runOurs({ argv: ['sh'], stdin: `for s in dash busybox bash; do mkdir $s.d; printf '\\177ELF' > $s.d/$s; chmod +x $s.d/$s; ln -s $s $s.d/sh; $s.d/sh -c ${question}; done 2>/dev/null; sh -c ${question} 2>/dev/null\n` });
  t.is(stdout.replaceAll(/[ \t]+/g, ' '), '-e x\nmore\nx\nposix on\nmore\nx\n-e x\n');
});
