// The shell's own tables as bash shows them, aliases and programs that were found: the same output and exit code as with the host's bash.
import { besideBash } from './beside-bash.js';

besideBash({
  'BASH_ALIASES are the aliases': `shopt -s expand_aliases\nalias one='echo 1' two=date three='x y'\ndeclare -p BASH_ALIASES\nBASH_ALIASES[four]='echo 4'\nfour\nalias\necho \${#BASH_ALIASES[@]} "\${!BASH_ALIASES[@]}" "\${BASH_ALIASES[one]}"\nunset 'BASH_ALIASES[one]'; alias one; echo "\${BASH_ALIASES[@]}"\n(BASH_ALIASES[five]=5; alias five); alias five\nBASH_ALIASES['a b']=c; alias 'c d=e' 'f/g=h'; echo $?; alias | wc -l\nunalias -a; declare -p BASH_ALIASES\n`,
  'BASH_CMDS are the programs that were found': `declare -p BASH_CMDS\nhash -p /opt/a aa; hash -p /opt/b bb; BASH_CMDS[cc]=/bin/cat\ndeclare -p BASH_CMDS; hash -t cc aa; echo hi | cc\necho \${#BASH_CMDS[@]} "\${BASH_CMDS[aa]}" "\${!BASH_CMDS[@]}"\nunset BASH_CMDS[aa]; hash -t aa; hash -d aa; echo "\${BASH_CMDS[aa]-none}"\nhash -r; declare -p BASH_CMDS\n`,
  'hits are counted by whoever looks a program up': `hash -p /bin/true t; t; t; type t; type -p t; type -t t; command -v t; hash -t t; hash\nhash -p /nowhere echo; type echo; hash; hash echo; type -a t\n`,
  'a restricted shell remembers what PATH has': `PATH=/nowhere; hash -p /bin/rm rm; set -r\nBASH_CMDS[x]=/bin/sh; echo $?\nBASH_CMDS[a]=sh; echo $?\na -c 'echo no'; echo $?\nhash -p /bin/x y; hash -p sh y; echo $?\n`,
});
