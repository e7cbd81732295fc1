// help: usage lines as bash has them.
import test from 'ava';
import { runOurs } from '../commands-text/differential.js';
import { besideBash } from './beside-bash.js';

besideBash({
  'help: the usage lines of all topics': `for topic in $(compgen -b) if while until for case select function time '{' '[[' '((' %; do help -s "$topic"; done 2>&1 | grep -v '^\\(Shell commands\\|$\\)' | sort -u\n`,
  'help: the overview': `help | cut -c 1-79; enable -n cd; help | grep -c '^\\*cd\\| \\*cd'\n`,
  'help: patterns and complaints': `exec 2>&1\nhelp nosuch; echo $?\nhelp -x; echo $?\nhelp -s 'un*'; echo $?\nhelp -s ca; echo $?\nhelp -s nosuch cd; echo $?\n`,
  '--help of built-in commands': `for each in cd unset read set export local return shift printf kill wait umask hash type let getopts; do $each --help | head -n 1; echo \${PIPESTATUS[0]}; done\ntrue --help; echo $?; : --help; echo $?; echo --help; [ --help ]; echo $?\n`,
});

test('a topic comes with a sentence about it', async (t) => {
  t.regex((await runOurs({ argv: ['bash', '-c', 'help cd; help -d cd; help -m cd'] })).stdout, /^cd: cd \[-L\|[^\n]*\n {4}Changes the working directory[^\n]*\ncd - Changes [^]*\nSYNOPSIS\n {4}cd /);
});
