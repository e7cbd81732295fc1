// Lists that become one text, under an IFS without a blank and an empty one: each script gives the same output and exit code as with the host's bash.
import { besideBash } from './beside-bash.js';

const TOLD = 's() { printf "%s[%s]\\n" "$1" "$2"; }; set -- a "b c" d; a=("$@"); declare -A m=([k]=v [l]=w)\n';

const underEach = (body: string): string => `${TOLD}for IFS in : x '' ' :' $'\\n' yz; do s ifs "$IFS"\n${body}\ndone\n`;

besideBash({
  'assigned as they are': underEach('x=$@; s 1 "$x"; x=$*; s 2 "$x"; x="$@"; s 3 "$x"; x="$*"; s 4 "$x"; x=p$@q; s 5 "$x"; x="p$*q"; s 6 "$x"; x=${a[@]}; s 7 "$x"; x=${a[*]}; s 8 "$x"; x="${a[@]}"; s 9 "$x"; x="${a[*]}"; s 10 "$x"'),
  'assigned after a change': underEach(['${@:2}', '${*:2}', '${@/b/B}', '${@%c}', '${*%c}', '${@^}', '${@@Q}', '${a[@]:1}', '${a[*]:1}', '${a[@]/b/B}', '${a[*]#a}', '${a[@]^^}', '${a[@]@Q}', '${!a[@]}', '${!a[*]}', '${m[@]}', '${!m[@]}', '${!a@}']
    .filter((each) => !each.includes('[@]%')).map((each) => `x=${each}; s '${each}' "$x"; x="${each}"; s '"${each}"' "$x"`).join('\n')),
  'in operands': underEach('x=${1+$@}; s 1 "$x"; x=${1+$*}; s 2 "$x"; x=${1+"$@"}; s 3 "$x"; x="${1+$@}"; s 4 "$x"; x="${1+$*}"; s 5 "$x"; x=${z:-$@}; s 6 "$x"; x=${z:-$*}; s 7 "$x"; x="${z:-$*}"; s 8 "$x"\ny=abc; x=${y//b/$@}; s 9 "$x"; x=${y//b/$*}; s 10 "$x"; x="${y//b/"$*"}"; s 11 "$x"; unset z; x=${z=$*}; s 12 "$x$z"; unset z'),
  'in here-strings and conditions': underEach('cat <<< $@; cat <<< $*; cat <<< "$@"; cat <<< "${@/b/B}"; cat <<< "${a[@]:1}"\nfor w in "a b c d" "a:b c:d"; do [[ $* == "$w" ]] && s 2 "$w"; done'),
  'declared and passed on': `${TOLD}for IFS in : x; do declare D=$@; s 1 "$D"; export E="\${@:2}"; s 2 "$E"; F="\${@/b/B}" eval 's 3 "$F"'; b=([1]="\${@:2}" "$@"); declare -p b; done\n`,
});
