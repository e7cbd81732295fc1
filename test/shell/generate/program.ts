// Whole programs: a prelude of variables and options, some lines, and now and then a slip of the pen that may make it unreadable.
import fc from 'fast-check';
import { command, line } from './commands.js';
import { failureProgram } from './failures.js';
import { many, one, t, weighted, words, type Scope, type Text } from './grammar.js';
import { listProgram } from './lists.js';
import { toolProgram } from './tools.js';
import { viewed } from './views.js';
import { word } from './words.js';

export interface Program {
  readonly shell: 'bash' | 'dash';
  /** How the shell gets it: as a script file, on standard input, or by -c. */
  readonly by: 'file' | 'stdin' | 'command';
  readonly text: string;
}

const POSIX_PRELUDE = `p() { printf '%s:' $#; [ $# -eq 0 ] || printf '<%s>' "$@"; echo; }
f() { echo "f:$#:$1"; return \${2:-0}; }
s='hello world' e= n=7 neg=-3 f=/nosuch/lib/lib.tar.gz q='it'"'"'s "x"' w='  a  b ' star='*.txt' c=a:b::c i=0
set -- x 'y z' '' w
`;
const BASH_PRELUDE = `arr=(one 'two 2' '' four) sparse=([2]=x [5]='y z') num=(5 0 010) none=() r=s ra='arr[@]' re='l(l|x)o'
declare -A m=([k]='v 1')
`;

const options = (bash: boolean): Text => one('', '', '', 'set -e\n', 'set -u\n', 'set -f\n', 'IFS=:\n', "IFS=' :'\n", 'IFS=\n', "IFS='o'\n", 'set -eu\n', ...(bash ? ['set -o pipefail\n', 'set -euo pipefail\n', 'shopt -s nullglob\n', 'set -o posix\n', 'shopt -s globstar dotglob\n', 'shopt -s nocasematch nocaseglob\n', 'shopt -s lastpipe\n', 'shopt -s failglob\n', 'set -E\n'] : []));

/**
 * With IFS empty, bash 5.2 leaves \x01 (its own mark) where a list that an operation changes has an empty element: such texts take `@`,
 * and the prepared lists have none.
 */
function withoutMarks(made: string): string {
  if (!/IFS=(?:$|[\n;])/m.test(made)) return made;
  return made.replace(/\[\*\]|\$\*|\{\*/g, (star) => star.replace('*', '@')).replace("'two 2' '' four", "'two 2' four").replace("'y z' '' w", "'y z' w");
}

/** A pattern at the root: what is there is not the same in the machine. */
function withoutRoot(made: string): string {
  return made.replaceAll('//*', '//o');
}

/** What runs in the background says its errors at any moment. */
function withoutRaces(made: string): string {
  return /[^&>]&(?![&>\d-])/.test(made) ? made.replace('exec 2>&1\n', '') : made;
}

/** One slip: some characters left out, doubled or put in. */
const slip = (program: Text): Text => fc.tuple(program, fc.double({ min: 0, max: 1, noNaN: true }), fc.integer({ min: 0, max: 2 }), one('', '"', "'", ')', '(', ';', '}', '{', '`', '$(', '&&', '|', '<<', '\n', 'fi', 'done', ';;', '\\', '#', '&', '${', '$((', '>', 'esac', '((', ']]')).map(([made, where, dropped, put]) => {
  const at = Math.floor(where * made.length);
  return made.slice(0, at) + put + made.slice(at + dropped);
});

/** What bash programs are about: anything, seen from without or from another side, or one matter. */
function bashBody(lines: Text): Text {
  const scope: Scope = { bash: true, depth: 2, rules: { word, command } };
  return weighted([5, t`${options(true)}${weighted([9, lines], [1, slip(lines)])}`], [3, viewed(scope, line, command)], [2, listProgram(scope)], [2, failureProgram(scope)], [1, toolProgram]);
}

export function program(shell: Program['shell'], linesMax = 6): fc.Arbitrary<Program> {
  const bash = shell === 'bash';
  const lines = many(line({ bash, depth: 2, rules: { word, command } }), 1, linesMax, '\n').map((made) => `${made}\n`);
  // What dash says is in the same words here: errors are compared, too.
  const body = bash ? bashBody(lines) : t`${one('exec 2>&1\n', 'exec 2>&1\n', '')}${options(false)}${weighted([9, lines], [1, slip(lines)])}`;
  const prelude = bash ? t`${words('extglob extglob extglob globstar').map((option) => `shopt -s ${option}\n`)}${POSIX_PRELUDE}${BASH_PRELUDE}` : POSIX_PRELUDE;
  return fc.record({ shell: fc.constant(shell), by: fc.constantFrom('file' as const, 'file' as const, 'stdin' as const, 'command' as const), text: t`${prelude}${body}`.map((made) => withoutRoot(withoutRaces(bash ? withoutMarks(made) : made))) });
}
