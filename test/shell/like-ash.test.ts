// What busybox's ash does where dash does otherwise: each script gives the same output and exit code as with the host's busybox.
import { besideShell } from './beside-bash.js';

besideShell(['busybox', 'ash'], {
  'printf is the applet: its conversions, numbers and words': 'exec 2>&1\nprintf "%d|%s|%f\\n"; printf "%d\\n" 3x 08 99999999999999999999 "" +3 --3; echo $?\nprintf "%ld %lld %hhd %zd %Ld\\n" 1 2 3 4 5\nprintf "%5b\\n" a; echo $?; printf "%5%"; echo $?; printf "%a" 1; echo $?; printf "%q" 1; echo $?; printf a%; echo $?\nprintf "%*d|%.*s|\\n" x 1 2 abc; echo $?\nprintf -x; printf -v x y; printf "one\\n%d two\\n" x\nprintf; echo $?\n',
  'escapes of printf, of %b and of echo': 'for e in "\\x41" "\\x4" "\\xg" "\\u41" "\\101" "\\0101" "\\777" "\\1014" "\\08" "\\q" "\\E" "\\?" "a\\cb"; do echo -e "$e"; echo "$e"; printf "$e\\n"; printf "%b\\n" "$e"; done | od -c\n',
  'texts are bytes, but for their length in a locale called UTF-8': 'x=é; unset LC_ALL LC_CTYPE LANG\necho ${#x}; LANG=x.utf8; echo ${#x}; LC_CTYPE=C; echo ${#x}; LC_ALL=C.UTF-8; echo ${#x}\ncase $x in ?) echo one;; ??) echo two;; esac; x=a${x}b; echo ${x:1:1}${x:2:1}\n: > é; echo ?; echo ??; printf "cat u?v\\n" > f; printf "echo ok > u\\x81v\\n. ./f\\n" > g; . ./g\nrm u*v\n',
  'the delimiter of a here-document': 'cat <<E`true`F\nx `echo a`\nE`true`F\ncat <<E$x"F"\na $x\nE$xF\ncat <<${x}\na $((1 + 1))\n${x}\ncat <<E\na\nE\\\n\nE\necho b\n',
  'lines within backquotes are counted from the command that runs': 'exec 2>&1\n\necho `nosuch`\necho $(nosuch)\necho `\nnosuch`\nf() { echo `nosuch`; }\n\nf\neval "\nnosuch"\necho `"echo`\n',
  'what is replaced is taken as it is': "a=abc b='\\\\'\necho ${a/b/$b} \"${a//b/$b}\" ${a/b/\\\\\\\\x} \"${a/b/\\\\\\\\}\" ${a/b/&} \"${a/b/[&]}\"\n",
  'arithmetic of its own, let, and an exec of nothing': "echo $((2#)) $((16#ff)) $((64#_)) $((2**3)) $((1, 2))\nlet x=1 y=0; echo $?; let; echo $?; let 'x = +'; echo $?\nexec ''\necho no\n",
  'bad substitutions': 'for p in "#=" "#+" "#%" "#" "##" "#-" "#%1" "=" ":=" ":1"; do (eval "echo \\${$p}") 2>/dev/null; echo $?; done\n(eval "x=1234; echo \\${x:}") 2>/dev/null; echo $?\n',
});
