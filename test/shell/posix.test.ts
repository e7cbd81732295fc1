// What POSIX asks of every shell and scripts rely on: each script does as with the host's dash, and as with its bash in posix mode.
import { here, besideShell } from './beside-bash.js';
import { runHost, runOurs } from '../commands-text/differential.js';

const BOTH: Readonly<Record<string, string>> = {
  'exec keeps the redirections around it': 'echo text >in\nf() { exec "$@"; }\n(f cat <in; echo no)\n({ exec cat; } <in)\n(while read -r x; do exec cat; done <in) <in\n(if :; then exec cat <&4; fi 4<in)\nprintf "#!/bin/sh\\necho script; exec cat\\n" >run; chmod +x run\n(f ./run <in)\necho piped | (f ./run)\n(f ./run <in >out); cat out\n',
  'aliases: reserved words are not replaced, and blanks at the end go on': 'alias if=: in=: do=: done=: then=: fi=:\nif true; then for x in a b; do echo $x; done; fi\nalias cat2="echo " one="two " two=2\ncat2 one two one\nalias loop="for " what=" in " in=" x "\nloop what in 1 2; do echo $x; done\nalias each="for n "\nset -- 7\neach do echo $n; done\n',
  'a line continued in the middle of words and operators': 'wh\\\nile tr\\\nue; d\\\no ec\\\nho in; break; do\\\nne\ncase x i\\\nn (x) echo case;\\\n; es\\\nac\nf=foo\necho ${f\\\n:\\\n+\\\nx} ${f%\\\n%o*}\necho out 3\\\n>\\\n&1 >&\\\n3\n',
  'an assignment to a read-only variable gives up the script': 'readonly a=1\n(a=2 echo x; echo no) 2>/dev/null; echo $? | sed "s/[1-9]/n/"\n(for a in 1; do echo no; done; echo no) 2>/dev/null\n(: $((a=2)); echo no) 2>/dev/null\n(: ${none:=$((a=2))}; echo no) 2>/dev/null\n(export a=2; echo no) 2>/dev/null\n(a=2; echo no) 2>/dev/null\n(a=2 :; echo no) 2>/dev/null\nf() { echo f; }\n(a=2 f; echo no) 2>/dev/null\na=2 :\necho no\n',
  'errors of special built-ins end the script, behind command only it': 'for c in "set -Z" "export -Z" "unset -Z" "readonly -Z" "trap -Z" "set -o none" ". ./none" ". none" ": <none" "eval if" "return x"; do\n(eval "$c; echo no") 2>/dev/null; echo "$? $c"\n(eval "command $c; echo yes \\$?") 2>/dev/null; echo "$? $c"\ndone | sed "/\\./s/^2/1/; /none$/s/ 2/ 1/; /none$/s/^2/1/; /if/s/1/2/"\necho ${none?}\necho no\n',
  'a pipeline in the background is processes of the shell, the last one $!': 'echo in | { trap "echo trapped; exit 5" USR1; cat; sleep 0.5; } &\nsleep 0.2; kill -USR1 $!; wait $!; echo $?\n(exit 3) | (exit 4) & wait $!; echo $?\n(exit 3) | true & wait $!; echo $?\ncat | cat & wait; echo eof\nsleep 0.2 | true & wait $!; echo over\n',
  'set -v shows what is read, also of files': 'exec 2>&1\nprintf "echo file\\n\\n# comment\\necho \\"a\\nb\\"\\n" >file\nset -v\n. ./file\nf() {\n echo f; }; f\ncat <<X\ndoc\nX\nset +v\necho after\n',
  'command exec keeps redirections': 'command exec 3<<X\nhere\nX\ncat <&3\ncommand exec 4>out\necho out >&4; cat out\n{ command exec 5>more; }; echo more >&5; cat more\n',
  'CDPATH has the working directory where it is empty': 'mkdir -p one/a two/dev dev\nCDPATH=$PWD/one::$PWD/two\n(cd dev; echo $? ${PWD##*/box} | sed "s,/tmp/[^/]*,,")\ncd a >dir; test "$PWD" = "$(cat dir)" && echo told\n',
  'a case without a match is 0, return in a function does not change that of a trap': 'case $(false) in x) ;; esac; echo $?\ncase x in $(false)) ;; esac; echo $?\ntrap "echo t \\$?" USR1; (exit 4); (kill -USR1 $$; exit 5); echo $?\n',
  'a shell by another name through a link': 'ln -s "$(command -v sh)" mine; ./mine -c "echo \\$0"\nln -s mine other; ./other -c "echo \\$0 \\$*" name a b\nmkdir bin; ln -s ../mine bin/third; PATH=$PWD/bin:$PATH; third -c "echo \\$0"\n',
  'tildes in patterns of quoted expansions': 'HOME=/h; a=/h/x; b=x/h; echo "${a#~}" "${a#"~"}" "${b%~}" "${none-~}" ${none-~}\n',
};

const POSIX_MODE: Readonly<Record<string, string>> = {
  'the line, not the script, is given up for an assignment before a command': 'readonly a=1\na=2 echo no; echo no\necho $?\neval "a=2 echo no; echo no"; echo after $?\n',
  'status of a failed expansion': '(echo $((1/0)); echo no); echo $?\nbash --posix -c "echo \\$((1/0))\necho no"; echo $?\nbash --posix -c "readonly a=1; a=2\necho no"; echo $?\nalias x=y; alias; alias -p; alias x\n: ${none!}\necho no\n',
  'what the mode brings along': 'alias hi="echo hello"\nhi\necho "hi there" >x; . ./x\necho $POSIXLY_CORRECT\nshopt expand_aliases inherit_errexit shift_verbose\nset +o posix\nshopt expand_aliases inherit_errexit shift_verbose\necho ${POSIXLY_CORRECT-unset}\nPOSIXLY_CORRECT=\nset -o | grep posix\nunset POSIXLY_CORRECT\nset -o | grep posix\nPOSIXLY_CORRECT=1\nset -o | grep posix\n',
};

const OWN_MODE: Readonly<Record<string, string>> = {
  'after an error the lines of eval, source and traps go on': 'eval "echo \\$((1/0)); echo no\necho next \\$?"; echo after $?\nreadonly a=1\neval "a=2; echo no\necho next"; echo after $?\nprintf "a=2; echo no\\necho next\\n" >file; . ./file; echo after $?\ntrap "a=2; echo no" USR1; kill -USR1 $$; echo after\n(eval "a=2\necho no"; echo no); echo $?\n',
  'a read-only variable before a command: it runs without, but for errexit': 'readonly a=1\na=2 echo yes; echo $?\nb=1 a=2 env | grep -c ^b=1\nset -e\na=2 true || echo no\necho no\n',
  'cd minds each place that .. leads out of': 'mkdir dev; touch file; ln -s dev link\n(cd ./file/../dev; echo $?)\n(cd none/../dev; echo $?)\n(cd dev/../none/..; echo $?)\n(cd link/../dev; echo $?)\n(cd -P none/..; echo $?)\n',
  'return in a trap without an operand gives the status before it': 'fn() { true; return; }\ntrap "fn; echo trapped \\$?" USR1\n(kill -USR1 $$; exit 19); :\ntrap "fn; echo exit \\$?; false; exit" EXIT\nexit 7\n',
  'set -v shows the lines of eval and traps': 'exec 2>&1\nset -v\neval "echo a\necho b"\ntrap "echo t" USR1; kill -USR1 $$\n',
  'pipefail counts for pipelines in the background': 'set -o pipefail\n(exit 3) | true & wait $!; echo $?\nset +o pipefail\n(exit 3) | true & wait -n; echo $?\n',
  'set -x tells what export and readonly assign, however it is written': 'exec 2>&1\nset -x\nv=A\nexport "$v"="b c" B=1 C\nreadonly "$v"=d\nexport "$v"\n',
};

besideShell(['dash'], BOTH);
besideShell(['bash'], OWN_MODE);
besideShell(['bash', '--posix'], { ...BOTH, ...POSIX_MODE });

const DASH: Readonly<Record<string, string>> = {
  'what runs a text is named in its errors': 'exec 2>&1\nprintf "nosuch\\nf\\n(none)\\ncd /nosuch\\n: \\${x?} | cat\\n: </nosuch\\necho no\\n" >file\nf() { nosuch2; }\neval "nosuch5\nnosuch6"\nf\nnosuch4\n(. ./file)\neval "f; . ./file"\n',
};

besideShell(['dash'], DASH);

besideShell(['busybox', 'ash'], {
  'texts of $@ are joined with the first character of IFS': 'set -- abc "d e"\nfor i in "" : x " "; do IFS=$i; v=$@; echo "1<$v>"; v="$@"; echo "2<$v>"; v=a$@b; echo "3<$v>"; case "$@" in "abc${i}d e") echo joined;; esac; v=${none-$@}; echo "4<$v>"; cat <<X\n5 $@ $*\nX\ndone\n',
});

const INTERACTIVE: Readonly<Record<string, string>> = {
  'what an interactive shell starts dies of signals that it survives itself': 'sleep 5 & kill $!; wait $!; echo $?\nsh -c "kill -TERM \\$\\$; echo no"; echo $?\nsh -c "kill -QUIT \\$\\$; echo no"; echo $?\n(kill -TERM $BASHPID; echo no); echo $?\nkill -TERM $$; echo lives\ntrap "echo trapped" TERM; kill -TERM $$\ntrap - TERM; kill -TERM $$; echo lives\n',
};

besideShell(['bash', '--norc', '-i', '+m'], INTERACTIVE);

here('negative control: the two modes differ', async (t) => {
  const stdin = 'alias hi=echo\nhi there\necho $?\n';
  t.not((await runOurs({ argv: ['bash'], stdin })).stdout, runHost({ argv: ['bash', '--posix'], stdin }).stdout);
});
