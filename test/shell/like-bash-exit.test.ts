// Where a shell ends and what its EXIT trap then sees: as bash and dash have it.
import { besideBash, besideShell } from './beside-bash.js';

/** A function that ends the shell in some way, with an EXIT trap that tells where that was. */
function ending(body: string, where: string): string {
  return `x=outer
g() { false; }
f() {
  local x=inner
  trap 'echo "$? $x $#${where}"' EXIT
  ${body}
  echo "not reached"
}
`;
}

const WAYS: Readonly<Record<string, string>> = {
  'exit': 'exit 3',
  'exit in a group': '{ exit 3; } 3>&1',
  'exit in a loop that reads': 'while read -r line; do exit 4; done </etc/passwd',
  'exit in eval': "eval 'exit 5'",
  'exit with an assignment before the function': 'x=before h',
  'errexit': 'set -e; false',
  'errexit in a function within': 'set -e; g',
  'errexit of a redirected command': 'set -e; false 3>&1',
  'a parameter that must be set': 'echo ${nosuch?}',
  'a parameter that must be set, with errexit': 'set -e; echo ${nosuch?}',
  'a parameter that must be set, in eval': "eval 'echo ${nosuch?}'",
  'a signal': "trap 'exit 7' TERM; kill $$; :",
};

const scripts = (where: string): Record<string, string> => Object.fromEntries(Object.entries(WAYS).flatMap(([title, body]) => {
  const script = `${ending(body, where)}h() { exit 6; }\n`;
  return [
    [title, `exec 2>/dev/null\n${script}f a b\n`],
    [`${title}, in a subshell`, `exec 2>/dev/null\n${script.replace('kill $$', "kill $(sh -c 'echo $PPID')")}(f a b)\necho $? $x\n`],
  ];
}));

besideBash({
  ...scripts(' ${FUNCNAME[*]} ${BASH_LINENO[*]}'),
  'the trap writes to where the shell was redirected': 'f() { { exit 3; } >out; }\n(trap "echo there" EXIT; f)\ncat out\n(set -e; trap "echo here" EXIT; false >out)\ncat out\n',
  'parameters of a file that is sourced': 'echo \'x=of-file; exit 3\' > s.sh\ntrap \'echo "$x $1 $# ${FUNCNAME[*]}"\' EXIT\n. ./s.sh a b\n',
  'the traps of a debugger see the line that could not be expanded': 'trap \'echo "D ${BASH_LINENO[*]} ${FUNCNAME[*]} [$BASH_COMMAND]"\' DEBUG\ntrap \'echo "X $? ${BASH_LINENO[*]} ${FUNCNAME[*]}"\' EXIT\nset -eET\nf() {\n  set -u\n  echo "$nosuch"\n}\nrun() { "$@"; }\nrun f\n',
  'what waited for a command goes before its failure': 'trap \'echo "int $BASH_COMMAND"; x=1\' INT\ntrap \'echo "err $?"\' ERR\ntrap \'echo "exit $?"\' EXIT\nset -eE\nsh -c "kill -INT $$; exit 9"\necho no\n',
  'after select has met the end REPLY is empty': 'REPLY=x\nselect v in a b; do break; done </dev/null >/dev/null 2>&1\necho "<$REPLY>" $?\n',
  'a script without a folder is looked for here, then along PATH': 'mkdir bin\necho \'echo "found $0 $*"\' > bin/only\necho "echo there" > bin/both\necho "echo here" > both\nPATH=$PATH:$PWD/bin\nbash only a b\nbash both\nbash nosuch 2>&1\nbash ./only 2>/dev/null\necho $?\n',
});

besideShell(['dash'], {
  ...scripts(''),
  'traps run between the commands of a list': 'trap "echo usr" USR1\nkill -USR1 $$ && echo after\nkill -USR1 $$ || echo no\nfalse || kill -USR1 $$ && echo last\n',
});

const PARENTS = 'kin() { if [ "$1" = $$ ]; then echo shell; else echo other; fi; }\nkin $(sh -c \'echo $PPID\')\nkin $(sh -c \'echo $PPID\'; :)\nkin "$(:; sh -c \'echo $PPID\')"\n(sh -c \'echo $PPID\' >out); kin $(cat out)\nkin `true && sh -c \'echo $PPID\'`\n(x=$(sh -c \'echo $PPID\'); sh -c \'echo $PPID\' >out; read -r y <out; [ $x = $y ] && echo same)\n';
besideBash({ 'the parent of a program in a substitution is the shell': PARENTS, 'of one in a process substitution too': 'cat <(sh -c \'echo $PPID\') >out; [ $(cat out) = $$ ] && echo same\n' });
besideShell(['dash'], { 'the parent of a program in a substitution is the shell': PARENTS });

const CLOSED = 'exec 8>&-\n{ exec 8</dev/null; } 8>&-\n(: <&8) 2>/dev/null || echo closed\nwhile :; do exec 8</dev/null; break; done 8>&-\n(: <&8) 2>/dev/null || echo closed\nexec 8</dev/null\n{ exec 8>&-; } 8>&-\n: <&8 && echo open\n';
besideBash({ 'a descriptor that is closed for a block is closed after it': CLOSED });
besideShell(['dash'], { 'a descriptor that is closed for a block is closed after it': CLOSED });
