// Views of bash programs: their messages beside their output, their trace, their functions printed, the traps that they spring, what is listed at their end.
import { many, one, t, weighted, type Scope, type Text } from './grammar.js';

/** All that is written, in its order. */
const JOINED = 'exec 2>&1\n';

/** `line` and `command` make what is looked at; what only a scheduler orders (the elements of a traced pipeline) stays out. */
export function viewed(scope: Scope, line: (scope: Scope) => Text, command: (scope: Scope) => Text): Text {
  const flat = { ...scope, depth: 0 };
  const lines = many(line(scope), 1, 3, '\n');
  const few = many(line({ ...scope, depth: 1 }), 1, 2, '\n');
  const commands = many(command(flat), 1, 4, '\n');
  const options = one('', 'set -e\n', 'set -eu\n', 'set -eo pipefail\n', 'set -u\n');
  return weighted(
    [5, t`${JOINED}${options}${lines}\n`],
    [2, t`${JOINED}set -x\n${commands}\nfor i in 1 2; do ${command(flat)}; done\nif ${command(flat)}; then :; fi\n`],
    [2, t`h() { ${command(scope)}\n}\n${one('declare -f h', 'type h', 'h() { :; }; declare -f', 'export -f h; env | sed -n "/^BASH_FUNC_h/,/^}/p"')}\n`],
    [2, t`${JOINED}set -T\ntrap 'echo "D $LINENO $BASH_COMMAND"' DEBUG\n${many(command(flat), 1, 3, '\n')}\n{ ${command(flat)}; }\n`],
    [2, t`${JOINED}set -E\ntrap 'echo "E $? $LINENO"' ERR\n${options}${few}\n`],
    [1, t`trap 'echo "X $?"' EXIT\n${options}${lines}\n`],
    [1, t`${few}\nset | grep -E '^(s|e|n|x|arr|num|m|sparse|none|g) ?[=(]'\ndeclare -p s arr sparse m num none 2>/dev/null; trap -p; shopt -p extglob; set +o | head -5\n`],
  );
}
