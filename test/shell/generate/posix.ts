// What POSIX shells tell of themselves and of errors, in dash's words: listings, names, jobs, descriptors, texts that are run, scripts that are wrong.
import { arithmetic } from './arithmetic.js';
import { many, maybe, one, rule, t, weighted, words, type Scope, type Text } from './grammar.js';
import { pattern } from './patterns.js';
import { someWords, word, wordList } from './words.js';

const flat = (scope: Scope): Text => word({ ...scope, depth: 0 });
const text = one("'a b'", '"it\'s"', "''", "'\"'", "'$x'", "'a\nb'", "\"'\"", "\"''a''\"", "'\\'", 'a', "'*'", "'#'", "'~'", "'é'", "'a\tb'", "'='", '"$s"', '"$q"', '"$w"', '"$e"');
const name = words('x y s e n u v PATH HOME IFS OPTIND nosuch f cat a1 _z');
const badName = one('1x', 'a-b', "''", 'a.b', '-', '"a b"', '=', '1', '@', '-x', '--', '-p', 'é');
const signal = words('INT TERM HUP QUIT USR1 USR2 EXIT 0 1 2 15 SIGINT NOSUCH 99 int 10 KILL 9 CHLD -1 ALRM');

const listings = rule((scope): Text => one(
  t`x=${text} y=${flat(scope)}; set | grep '^[xy]='`, t`export x=${text}; export -p | grep ' x='`, t`readonly v=${text}; readonly -p | grep ' v='; readonly`, t`readonly y=${text} z; readonly`, 'export x; export -p | grep " x"',
  t`alias x=${text} ${maybe(t`y=${text} `)}; alias`, t`alias x=${text}; alias x; command -v x; command -V x; type x`, 'alias b=1 a=2 zz=3 c=4; alias; unalias a zz; alias; unalias -a; alias', t`unalias ${one(name, badName)}; p $?`,
  t`trap ${text} ${signal} ${maybe(signal)}; trap; p $?`, t`trap ${one('-', "''", '1', signal, text)} ${signal}; trap`, t`(trap ${text} ${signal}; trap; trap | cat; x=$(trap); p "$x"; (trap))`, 't=$(trap); p "$t"',
  'set -o', 'set +o', t`set ${words('-e -u -f -C -a -v -x +x -n')}; p "$-"; set -o | grep on`, t`set ${maybe('-- ')}${wordList(scope)}; p "$@"`, 'p "$-"', t`umask ${words('022 77 0 777 u=rwx g-w,o= a+x -S u=g +w =rx 8 1777 x o=u')}; p $?; umask; umask -S`,
  t`hash ${one('', 'cat', 'cat sed', 'nosuch', 'f', '-r', 'cd', 'cat nosuch tr')}; p $?; hash | sed 's,.*/,,' | sort`, t`ulimit ${words('-S -H -f -t -v -c -z -n')} >/dev/null; p $?`,
));

const meanings = rule((scope): Text => t`${words('type command\\ -v command\\ -V').map((made) => made.replace('\\', ''))} ${many(one(name, badName, 'if', 'cd', ':', 'export', '/bin/sh', './run.sh', './a.txt', 'nosuch/x', 'test', '[', '{', '!', 'in', 'done', flat(scope)), 0, 3, ' ')}; p $?`);

const assigned = rule((scope): Text => one(
  t`export ${one(name, badName)}=${text}; p $?`, t`readonly ${one(name, badName)}${maybe('=1')}; p $?`, t`unset ${maybe(words('-v -f -x'))} ${one(name, badName)}; p $?`, t`${name}=${text}; p "$s" "$x" "$y"`,
  t`readonly x; ${one('x=1', 'x=1 :', 'x=1 true', 'x=1 /bin/true', 'export x=2', 'read x <a.txt', 'unset x', 'for x in 1; do :; done', ': ${x:=1}', ': $((x=1))', 'getopts a x -a', 'eval x=1', 'command export x=1', 'g() { local x; x=1; }; g', 'g() { local x=1; }; g', '. ./a.txt', 'x=$(echo 1)')}; p $? "$x"`,
  t`g() { local ${one(badName, name, t`${name}=${text}`)} y=2; p "$x" "$y" "$?"; ${one('unset x', 'x=3', 'set -- q', 'local -', 'set -f; local -; set +f', 'export x', 'return 4', ':', 'x=5 p "$x"')}; p "\${x-u}"; }; x=out; g a; p $? "\${x-u}" "$-"`,
  t`${words('local export readonly unset set shift')} ${one(flat(scope), badName, '')}; p $? $#`,
));

const optionsOf = one('ab:c', ':ab:c', 'a:', ':a:b:', 'a', "''", ':', 'a-b', "'a b'", 'ab:');
const getopts = rule((): Text => one(
  t`while getopts ${optionsOf} o ${many(one('-a', '-b', '-ab', '-ba', '-c', '-bx', 'x', '--', '-', '-d', "''", "'-a b'", '-abc', '"$s"'), 1, 4, ' ')}; do p "$o" "$OPTARG" $OPTIND; done; p $? "$o" $OPTIND`,
  t`set -- ${many(one('-a', '-b', '-ab', 'x', '-d', '-b x'), 0, 3, ' ')}; getopts ${optionsOf} o; p $? "$o" "$OPTARG" $OPTIND; ${one('shift', 'set -- -c', 'OPTIND=1', 'OPTIND=0', 'OPTIND=2', ':', 'unset OPTARG')}; getopts ${optionsOf} o; p $? "$o" "$OPTARG" $OPTIND`,
  t`getopts ${one('', 'a', 'a 1x', 'a o x', '-a o', 'a o -- -a')}; p $?`,
));

const jobs = one(
  t`(exit ${words('0 3 7')}) & wait ${words('$! %1 %% %+ %2 x 99999')}; p $?`, t`sleep 0.01 & ${words('wait jobs wait\\ $! jobs\\ %1 fg bg').map((made) => made.replace('\\', ''))}; p $?; wait; jobs`, t`(exit 2) & (exit 3) & wait ${words('%1 %2 %- $!')}; p $?; wait; p $?`, 'sleep 5 & kill $!; wait $!; p $?', 'sleep 5 & kill %1; p $?; kill -9 $!; wait $!; p $?', t`kill ${one('', '-l 15', '-l 130', '-l 0', '-s TERM', '-x 1', '-s NOSUCH 1', 'x', '%1', '-0 $$', '-0 99999999', '-l x', '-l 999', "''", '-99 $$', '-s', '-', '--')} ; p $?`,
  '{ sleep 0.01; exit 4; } & p=$!; wait $p; p $?; wait $p; p $?', 'true & wait $! $!; p $?', 'wait 1 2; p $?', '(exit 1) & wait; p $?; jobs; wait %1; p $?',
);

const descriptors = rule((scope): Text => one(
  t`echo x ${words('> < >> >| <>')} ${one('nosuch/y', 'dir', 'a.txt/x', "''", 'a.txt', flat(scope))}; p $?`, t`${words('cat read\\ x : echo').map((made) => made.replace('\\', ''))} ${words('<& >& 0<& 3>& 3<&')}${words('9 8 - 1 0 3 x 12 1-')}; p $?`, t`exec 3${words('< > >> <>')}${words('a.txt b.txt nosuch out dir')}; p $?; ${one('read x <&3; p "$x"', 'echo y >&3', 'cat <&3', 'exec 3<&-; echo z >&3')}; p $?`,
  t`set -C; echo a > ${words('a.txt out /dev/null dir link')}; p $?; echo b >| out; cat out`, t`{ echo o; echo e >&2; } ${one('2>&1 >out', '>out 2>&1', '2>out', '3>&1 >&2 2>&3', '>&- ', '2>/dev/null >out', '>out; cat out', '| cat', '2>&1 | cat')}; p $?; cat out`, '(exec >out; echo in; echo e >&2); cat out', t`exec ${one('nosuch', './a.txt', 'dir', './dir', "''", 'echo x', '<nosuch', '>dir', '3>&9', './run.sh a')}; p $?`,
));

const wrong = one('if', 'fi', 'then', 'for', 'for 1 in', 'for i in a', 'case', 'case x', 'case x in', 'case x in a)', 'case x in a|)', 'case x in |', '(', ')', '{', '}', '()', 'f()', '1f() { :; }', '!', '&', '&&', '||', ';', ';;', '|', 'echo |', 'echo &&', 'echo (', 'while', 'while :; done', 'until :; do', 'do', 'done', 'esac', 'elif', 'else', 'in', '<', '>', '<<', 'echo >', 'echo > &', '<&', 'echo "', "echo 'a", 'echo `', 'echo $(', 'echo $((1', 'echo ${x', 'echo ${', 'if :; fi', 'if :; then fi', 'echo; }', '{ echo', '( echo', 'echo a b)', 'a() b() { :; }', 'export() { :; }', 'if () { :; }', 'x=(1)', 'a & & b', 'a | | b', '! ! a', 'echo ${}', 'echo ${x!}', 'echo ${x:1}', 'echo ${x/a}', 'echo $((1+))', 'echo $((a b))', 'echo $((1/0))', 'echo ${x?gone}', 'echo ${1?}', 'echo ${x:?}', 'cat <<E', 'cat <<E; echo\nE\n)', 'echo \\');
const runs = rule((scope): Text => {
  const quoted = wrong.map((made) => `'${made.replaceAll("'", "'\\''")}'`);
  const before = one('', 'echo a\n', '\n\n', 'p b; ', 'f x\n', '# note\n').map((made) => `'${made}'`);
  return one(
    t`(eval ${before}${quoted}); p $?`, t`sh -c ${before}${quoted}; p $?`, t`printf '%s\\n' ${before}${quoted} > lib; (. ./lib; p no); p $?`, t`printf '%s\\n' ${before}${quoted} > lib; sh lib; p $?`, t`printf '%s\\n' ${before}${quoted} | sh; p $?`, t`eval ${quoted}; p $?`, t`command eval ${quoted}; p $?`,
    t`(trap ${quoted} EXIT; p in); p $?`, t`(eval ${before}${quoted}) | cat; p $?`, t`x=$(eval ${quoted}); p $? "$x"`, t`${wrong}`, t`sh -c ${one("'p $# $0'", "'echo $# $0 $*'", "'nosuch'", "'exit 3'", "'set -e; false; echo no'", "'echo $-'", "'return 2'", "'break; echo $?'", "'shift; echo $*'", "'nosuch; echo $?; ./a.txt; echo $?; dir; echo $?'")} ${wordList({ ...scope, depth: 0 })}; p $?`, t`sh ${words('-e -u -x -v -n -f -a -ex -eu -z -o -c -s --')} ${one('run.sh', 'nosuch', "-c 'echo $-; false; echo $x'", '', 'a.txt', 'dir')} </dev/null; p $?`,
  );
});

const control = rule((scope): Text => one(
  t`${words('break continue return exit shift')} ${one('', '0', '1', '-1', 'x', '2 3', '99', "''", '256', '1x', '010', '+1', flat(scope))}; p $?`, t`for i in 1 2; do for j in a b; do p $i$j; ${words('break continue')} ${one('', '1', '2', '3', '0', 'x')}; done; p e; done; p $?`, t`g() { ${one('false', 'true', '(exit 4)')}; return ${one('', '$?', '3', '256', '-1', 'x')}; }; g; p $?`, t`g() { for i in 1 2; do return $i; done; }; g; p $? $i`, t`while :; do (break); eval break; done; p $?`, t`(trap 'p bye $?' EXIT; ${one('exit', 'exit 3', 'false', '(exit 4)', 'set -e; false', 'set -u; p $nosuch', 'kill -TERM $(exec sh -c "echo \\$PPID")', 'exec true', 'exec nosuch', 'return 5', 'eval exit 6', 'eval "("', ': ${x?no}', 'readonly x; x=1', 'shift 9', 'cd nosuch')}); p $?`,
  t`(set -${words('e u eu ef ex')}; ${one('false || p or', 'f a 3; p no', 'if f a 3; then p no; fi; p c', '! false; p a', 'false | true; p b', 'true | false; p no', 'x=$(false); p no', 'p $(false) in', 'p $nosuch; p no', 'p ${nosuch-d} $# $* "$@"', 'p $1 $9', 'eval false; p no', '(false); p no', '{ false; p no; } && p x', 'g() { false; p in; }; g || p or; g; p no', 'for i in 1; do false; done; p no', 'while false; do :; done; p w', 'case x in x) false;; esac; p no', '. ./nosuch; p no', 'command . ./nosuch; p no', 'cd nosuch; p no', 'cat <nosuch; p no', ': <nosuch; p no', 'nosuch; p no', 'false && p no; p y', 'true && false; p no', 'x=1 y=$(exit 3) f; p y', 'local x; p no', 'p $((nosuch)) ${#nosuch}', 'p "$!"')}); p $?`,
));

const numbers = rule((scope): Text => one(
  t`(p $((${arithmetic(scope)}))); p $?`, t`x=${one("' 7 '", 'abc', '1x', '0x1g', '08', "''", '-5', '+5', '1+1', 'y', '99999999999999999999', "'1 2'", '0x10', '010')}; (p $((x)) $((x + 1)) $((-x))); p $?; [ "$x" -eq 7 ]; p $?`, t`[ ${someWords({ ...scope, depth: 0 })} ]; p $?`, t`test ${one('-z', '-n', '!', '(', 'a b', '1 -eq x', 'x -lt 1', '-x', 'a -foo b', 'a = b c', '-f a b', '! a b', '1 -eq 1 -a', '-t x', '-e', '"" -eq 0', '" " -eq 0', '1.5 -gt 1', '0x1 -eq 1', '99999999999999999999 -gt 0')}; p $?`, t`printf ${one("'%d\\n'", "'%5z'", "'%'", "'%s %d\\n'", "'%x\\n'", "'%u\\n'", "'%c|'", "'%e\\n'", "'%.2f\\n'", "'%b\\n'", "'%*d\\n'", "''", "'%5.1s|'", "'%q'", "'%%%s\\n'", "'\\c'", "'a\\0101\\n'", "'%i %o\\n'")} ${many(one('7', 'x', '3x', "''", '"\'a"', '-1', '0x1f', '09', '1.5', "'a\\tb'", '99999999999999999999', "' 5'", 'é'), 0, 3, ' ')}; p $?`,
));

const cases = rule((scope): Text => t`case ${one('a', '-', ']', "'\\'", "'*'", '"$s"', '""', "'['", '!', '^', '5', 'é', "'a]'", "'a-b'", flat(scope))} in ${many(t`${one('[a-c]', '[]]', '[!]]', '[a-]', '[-a]', '[[:alpha:]]', '[![:digit:]]', '\\*', '"*"', '[\\]]', '[*]', '[', '[a', '\\\\', '[\\\\]', '[!a-z]', '[[.a.]]', '[[=a=]]', '?', "''", '"$s"', '[$n]', "['a-c']", '["!"a]', '[^a]', 'a]', '[a-c]*', '[z-a]', '[[:nosuch:]]', '[]-a]', '[--/]', pattern(scope))}) p ${words('1 2 3')};;`, 1, 3, ' ')} *) p none;; esac`);

/** Of all of these. */
export const posixCorner = rule((scope): Text => weighted([3, listings(scope)], [2, meanings(scope)], [3, assigned(scope)], [2, getopts(scope)], [2, jobs], [3, descriptors(scope)], [4, runs(scope)], [4, control(scope)], [3, numbers(scope)], [2, cases(scope)]));
