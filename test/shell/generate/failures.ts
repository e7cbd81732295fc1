// Programs about what fails: errexit, nounset and pipefail through functions, subshells, conditions and traps.
import { many, maybe, one, rule, t, weighted, words, type Scope, type Text } from './grammar.js';

const fails = one('false', '(exit 3)', 'f', 'p "$nosuch"', 'p "${nosuch:?gone}"', 'cd /nosuch', 'cat nosuch', 'nosuchcommand', '[[ a == b ]]', '((0))', 'test a = b', 'let 0', 'x=$(false)', 'x=$(exit 4)', 'local x=$(false)', 'declare x=$(false)', 'echo $(false)', 'echo a | false', 'false | true', '! true', '! false', 'return 5', 'exit 6', 'true', 'p ok', 'p "$?"', 'eval false', '. ./nosuch', '. ./lib', 'p $((1/0))', 'readonly n; n=1', 'command false', 'builtin false', 'break', 'shift 9', 'kill -0 99999999', 'echo x > /nosuch/y', 'cat < nosuch', 'unset -f nosuch', 'p "${arr[9]}"', 'p "${#nosuch}"', '${e}', 'wait 99999999', 'read x < /dev/null', 'grep -q zzz a.txt', 'exec 9<nosuch', 'set -Z', 'x=1 false', 'x=(1 2); false', 'trap - ERR', 'set +e', 'set -e', 'set +u', 'printf %d x', 'type nosuch', 'mapfile -n x arr');

const step: (scope: Scope) => Text = rule((scope): Text => {
  if (scope.depth <= 0) return fails;
  const inner = step({ ...scope, depth: scope.depth - 1 });
  const few = many(inner, 1, 3, '; ');
  return weighted(
    [6, fails], [1, t`{ ${few}; }`], [1, t`( ${few} )`], [1, t`if ${few}; then p then; else p else $?; fi`], [1, t`${inner} && p and`], [1, t`${inner} || p or $?`], [1, t`${inner} && ${inner} || ${inner}`], [1, t`! ${inner}`],
    [1, t`while ${few}; do p body; break; done`], [1, t`until ${few}; do p body; break; done`], [1, t`for i in 1 2; do ${few}; done`], [1, t`case x in x) ${few};; esac`],
    [1, t`h() { ${few}; p "end of h"; }; h`], [1, t`h() { ${few}; }; h || p "h $?"`], [1, t`h() { ${few}; }; x=$(h); p "$? $x"`], [1, t`h() { ${few}; }; if h; then p yes; fi`], [1, t`h() ( ${few} ); h`],
    [1, t`x=$(${few}); p "$? $x"`], [1, t`p "$(${few})"`], [1, t`${inner} | cat`], [1, t`{ ${few}; } | { cat; ${inner}; }`], [1, t`eval '${one('false', 'p a; false; p b', '(exit 2)', 'p "$nosuch"')}'`], [1, t`(${few}) & wait $!; p $?`], [1, t`{ ${few}; } > out; cat out`], [1, t`bash -${words('c ec uc eu').map((flags) => (flags.includes('c') ? flags : `${flags}c`))} 'p() { echo "p $*"; }; ${one('false', 'p "$nosuch"', '(exit 3)', 'true | false')}; p end'`], [1, t`trap '${one('p trap $?', 'p trap $?; exit 9', 'p trap; return 3', ':')}' ${words('ERR EXIT RETURN DEBUG ERR EXIT')}`],
    [1, t`(${maybe('set -e; ')}${few}; p in) || p "out $?"`], [1, t`command eval '${one('false', 'p x', 'exit 3')}'`],
  );
});

export const failureProgram = rule((scope): Text => t`exec 2>&1\necho 'p sourced; false; p "after false"; return 2' > lib\n${one('set -e', 'set -eu', 'set -euo pipefail', 'set -u', 'set -o pipefail', 'set -eE', 'set -eET', ':', 'set -e; shopt -s inherit_errexit', 'set -eo posix', 'set -ex')}\n${maybe(t`trap 'p "ERR $? $LINENO"' ERR\n`)}${maybe(t`trap 'p "EXIT $?"' EXIT\n`)}f() { false; p "in f"; ${one('true', 'false', 'return', 'return 7', '(exit 2)')}; }\n${many(step(scope), 2, 5, '\n')}\np end\n`);
