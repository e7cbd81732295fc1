// What bash does where scripts seldom look: each script gives the same output and exit code as with the host's bash.
import test from 'ava';
import { hostHas, runHost, runOurs } from '../commands-text/differential.js';

const SCRIPTS: Readonly<Record<string, string>> = {
  'a conditional that cannot be read ends the script with the status before it': '(exit 5)\n[[ a b ]]\necho not reached\n',
  'other syntax errors end it with 2': 'echo a\nif ;\necho not reached\n',
  'a name that is none: for': 'for i.j in a b; do echo x; done\necho $?\n',
  'a name that is none: a function': 'f-$(echo x)() { :; }\necho $?\n',
  'too many arguments of continue give the command up': 'for i in 1; do continue 1 2; echo in; done; echo same line\necho next line $?\n',
  'and with errexit the script': 'set -e\nshopt -s failglob\necho *.none\necho not reached\n',
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
};

const here = hostHas('bash') ? test : test.skip;

for (const [title, script] of Object.entries(SCRIPTS)) {
  here(title, async (t) => {
    const ours = await runOurs({ argv: ['bash'], stdin: script });
    const host = runHost({ argv: ['bash'], stdin: script });
    t.is(ours.stdout, host.stdout);
    t.is(ours.exitCode, host.exitCode);
  });
}

here('negative control: a difference is seen', async (t) => {
  const ours = await runOurs({ argv: ['sh'], stdin: 'echo ${BASH_VERSION:+bash}\n' });
  t.not(ours.stdout, runHost({ argv: ['bash'], stdin: 'echo ${BASH_VERSION:+bash}\n' }).stdout);
});
