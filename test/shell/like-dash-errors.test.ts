// What dash says where a script is wrong, and where: each script gives the same output, errors among it, and exit code as with the host's dash.
import { besideShell } from './beside-bash.js';

/** Each text is run by a dash of its own, whose errors are shown. */
function each(texts: readonly string[]): string {
  const quoted = texts.map((text) => `'${text.replaceAll("'", "'\\''")}'`);
  return `for text in ${quoted.join(' ')}; do printf '%s\\n' "$text" > s; dash s 2>&1; echo "= $?"; done\n`;
}

besideShell(['dash'], {
  'what is open at the end of the text': each(['echo a\necho "b\nc', "echo a\necho 'b\n\n", 'echo ${x:-"a}\nb', 'echo ${x-a\nb', 'echo $((1 +\n2', 'echo $(( (1 ))', 'echo $(echo\na', 'echo `echo\na', 'if true\nthen\necho a', 'while :; do\necho', '{ echo b', '( echo b\n', 'case x in\nx) echo', 'case x in x) echo ;;', 'f() {\necho', 'for i in a\ndo echo', 'cat <<E\nabc', 'echo ${x:}']),
  'what does not belong where it is': each(['for', 'for 1 in a; do :; done', 'for i in a; done', 'if; then :; fi', 'if true; fi', 'if true; then :; else fi', 'while true do :; done', 'until true; done', 'echo a; }', 'echo a; )', 'fi', 'esac', 'echo (', 'echo a |', '&& echo', '; echo', ';; echo', 'echo a & & echo', 'cat <\necho', 'cat <<', 'echo > > a', '! ', '{ }', '()', 'f() ', 'case a in a|) echo;; esac', 'case a in |a) echo;; esac', 'case a b in a) esac', 'case a in a) echo x esac', 'echo &>&', '1f() { :; }', 'echo a ;; b']),
  'the lines of backquotes': 'exec 2>&1\n\necho `nosuch`\necho `\nnosuch`\nx=`nosuch\n\nnosuch2`\nf() { echo `nosuch`; }\n\nf\neval \'\necho `nosuch`\'\necho $(echo `nosuch`)\ncat <<E\n`nosuch`\n$(nosuch)\nE\n(eval "echo \\`if\\`")\n',
  'what cannot be read, opened, made or run': 'exec 2>&1\n: > f; mkdir d\nx=1; read x < d; echo $? "<$x>"; x=2; read x <&-; echo $? "<$x>"\nreadonly x; echo a | { read x; echo $?; }\necho > f/x; echo $?; cat < f/x; echo $?; f/x; echo $?; "" ; echo $?; ./d; echo $?\n(. ./f/x; echo no); echo "echo \\"" > g; (. ./g; echo no); printf "\\n\\nfi\\n" > g; (. ./g)\nreadonly OPTIND; getopts a o -a; echo $?\n',
  'printf: what is no directive, and hexadecimal fractions': 'exec 2>&1\nfor f in "%5z" "%-05.3y" "%.*k" "a %" "%5" "%q" "%ld"; do printf "$f\\n" 2; echo $?; done\nprintf "%a %A %.2a %.0a %a\\n" 1 10 3.14159 1.5 0; printf "%.3a|%12.1a|%a\\n" 0.1 255 -0.5\n',
  'jobs have no names without job control': 'exec 2>&1\nsleep 1 & jobs %-; echo $?; jobs %sl; jobs %?ee; echo $?; jobs %1 %% %+; kill %sl; echo $?; kill $!\n',
  'what a pipeline finds is known then': 'PATH=/bin\ntrue | cat; hash; false | ls | sort > /dev/null; hash; /bin/true | ./x 2> /dev/null; hash\n',
  'arithmetic is told of as it was expanded': each(['x=0; echo $((3 / $x))', 'echo $((3 / $?))', 'set -- 0; echo $(($# / $1 + 2))', 'echo $((1 % ${x:-0}))']),
  'two slashes are a place of their own': 'cd //; pwd; cd tmp; pwd; cd ///tmp; pwd; cd //tmp/..; pwd\n',
  'where an error was, told on the way out': 'exec 2>&1\n(set -u\nf() { true | cat; : $u "" "a\nb"; }\n\nf)\n(eval \'echo ${x!}\')\necho \': ${x?}\' > g; (. ./g)\n("a\nb" c; nosuch "\n"; nosuch)\n(exec ""); echo $?\n',
  'sets of patterns, and words of test': 'exec 2>&1\nfor s in a "a]" ".]" "=]" ":]" "["; do case $s in [[.a.]]) echo 1;; [[=a=]]) echo 2;; [[:nosuch:]]) echo 3;; [[:alpha]]) echo 4;; [[.a.]) echo 5;; *) echo none;; esac; done\n[ "" x +1 -n ]; echo $?; [ -x "" b ]; echo $?\nexport -px | grep -c PATH=; set -o | grep stdin\ncat f >&-; echo $?\n',
  'quotes in listings': "x=\"it's\" y=\"'\" z=\"a'b'c\" w=\"''\"; export x y z w; export -p | grep ' [w-z]='; set | grep '^[w-z]='; readonly x; readonly; trap \"it's\" INT; trap; alias \"q=it's\"; alias\n",
});
