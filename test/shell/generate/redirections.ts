// Redirections of any descriptor, here-documents and here-strings; what a command writes is shown after it.
import { many, maybe, one, rule, t, weighted, type Scope, type Text } from './grammar.js';
import { parameter } from './parameters.js';
import { word } from './words.js';

export const redirection = rule((scope): Text => {
  const posix = one('> out; cat out', '>> out; cat out', '2>&1', '2>/dev/null', '> out 2>&1; cat out', '2>&1 >out; cat out', '3>&1 >&3', '>&2', '< a.txt', '< nosuch', '> nosuch/out', '3>out >&3; cat out', '>&-', '<&-', '> "$e"', '>|out; cat out', '<> a.txt', '3<a.txt <&3', '>&9', '4>&1 1>&2 2>&4 2>/dev/null', '> "c d.txt" < b.txt; cat "c d.txt"', '1>&2 2>/dev/null', '<<E\n$s "$w" \\$s `echo x`\nE\n', t`> ${word({ ...scope, depth: 0 })}`);
  return scope.bash ? one(posix, posix, '&> out; cat out', '&>> out; cat out', '>& out; cat out', '{fd}>&1', '2>&1 |& cat', t`<<< ${word({ ...scope, depth: 0 })}`, '3>&1 4>&3- >&4', '< <(echo sub)', '> >(cat >out2); cat out2 2>/dev/null | head -n 0', '11>&1 >&11') : posix;
});

const body = rule((scope) => many(one('text', ' two  words', '$s', '"$w"', "'$q'", '$(echo sub)', '`echo x`', '$((n+1))', '\ttab', 'back\\\nslash', '', '~ * {a,b}', 'E E', '$@', '"$@"', '$*', '\\a', 'é', '$', '$ x', parameter(scope, true)), 0, 4, '\n'));

const consumer = ({ bash }: Scope): Text => (bash ? one('cat', 'cat', 'while read x y; do p "$x" "$y"; done', 'read -r x; p "$x"', 'mapfile -t arr; p "${arr[@]}"', 'IFS=: read -ra arr; p "${arr[@]}"', 'tr a-z A-Z | cat', '{ read -r x; cat; }') : one('cat', 'cat', 'while read x y; do p "$x" "$y"; done', 'read -r x; p "$x"', '{ read -r x; cat; }', 'sort'));

/** A command with its documents: the delimiter quoted or not, tabs taken off or not. */
export const hereDocument = rule((scope): Text => {
  const withDocument = one('cat', 'cat -', 'while read x y; do p "$x" "$y"; done', '{ read -r x; p "$x"; cat; }');
  const lines = body(scope);
  const posix = weighted([3, t`${withDocument} <<E\n${lines}\nE`], [2, t`${withDocument} <<'E'\n${lines}\nE`], [1, t`${withDocument} <<-E\n\t${lines}\n\tE`], [1, t`cat <<A; cat <<"B" | tr a-z A-Z\n${lines}\nA\n${lines}\nB`], [1, t`x=$(cat <<E\n${lines}\nE\n); p "$x"`], [1, t`f <<E\n${lines}\nE`], [1, t`if true; then cat <<E; fi\n${lines}\nE`], [1, t`cat <<\\E\n${lines}`], [1, t`( cat <<E && echo after )\n${lines}\nE`], [1, t`while read -r l; do cat <<E; done <<F\n[$l]${maybe('$s')}\nE\n${lines}\nF`]);
  return scope.bash ? weighted([4, posix], [1, t`${consumer(scope)} <<< ${word({ ...scope, depth: 1 })}`], [1, t`cat <<< "${lines}"`]) : posix;
});
