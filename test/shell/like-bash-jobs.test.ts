// Job control as bash's user sees it: each script gives the same output and exit code as with the host's bash.
import { besideBash } from './beside-bash.js';

besideBash({
  'jobs, fg and bg of what there is and is not': `exec 2>&1\nset -m\nsleep 50 & sleep 60 & sleep 70 &\njobs\njobs -p | wc -l\nfg %9; echo $?\nbg %1; echo $?\nbg %1 %7; echo $?\nfg -s; echo $?\nbg -s %1; echo $?\njobs -q; echo $?\njobs %7; echo $?\nfg 1-1; echo $?\nexec 3>&1 2>/dev/null; kill %1 %2 %3; wait\nexec 2>&3; fg; bg; echo $?\n`,
  'a stopped job is the current one, and stays it': `exec 2>&1\nset -m\nsleep 50 & sleep 60 & sleep 70 &\nkill -STOP %2; sleep 0.5\njobs; jobs -s; jobs -r\nkill -CONT %2; sleep 0.5; jobs\nkill -STOP %3; sleep 0.5; bg %3; echo $?; jobs\nexec 2>/dev/null; kill %1 %2 %3; wait\n`,
  'a job in place of a command': `exec 2>&1\n%1; echo $?\nset -m\nsleep 0.4 &\n%1; echo $?\n(exit 3) &\n%%; echo $?\nsleep 0.3 &\n%sl; echo $?\n%?none; echo $?\n`,
  'jobs started without job control, and those of the shell above': `exec 2>&1\nsleep 2 &\nset -m\nfg %1; echo $?; bg %1; echo $?\nsleep 3 &\necho $(jobs)\nx=$(fg %%; jobs); echo $x\nkill %1 %2; sleep 0.3; echo end\n`,
  'disown': `exec 2>&1\nset -m\nsleep 5 & sleep 6 & sleep 7 &\ndisown -h %1; echo $?; jobs\ndisown %1; jobs\ndisown $!; jobs\ndisown -r; jobs; echo $?\ndisown; echo $?\ndisown -s; echo $?\ndisown %4 5 x; echo $?\n`,
  'jobs -x, jobs -n, and where a job was started': `exec 2>&1\nset -m; cd /\nsleep 5 | cat &\njobs -x echo is %1 | wc -w\n[ "$(jobs -x echo %1)" = "$(jobs -p)" ]; echo $?\njobs -x; echo $?\njobs -lx echo; echo $?\njobs -n; echo n; jobs -n; echo n\ndisown; cd /tmp; sleep 1 & cd /; jobs; HOME=/tmp; jobs; fg\n`,
  'what wait says of what it does not know': `exec 2>&1\nwait 1-1; echo $?\nwait -- -4; echo $?\nwait -q; echo $?\nwait -p; echo $?\nwait -p 1x; echo $?\nwait -n %8 99 x; echo $?\nsleep 0.2 & wait -n %8 $!; echo $?\n(exit 4) & wait -np v $!; echo $? $((v == $!))\n(exit 5) & wait -fp v $!; echo $? $((v == $!))\n`,
});
