// Where bash has rules that scripts seldom meet: arithmetic, aliases, quotes in patterns, coprocesses, declarations of arrays.
import { besideBash } from './beside-bash.js';

besideBash({
  'a subscript with side effects is evaluated once where an element is read and written': `i=0
a=(1 2 3 4)
(( a[i++]++ )); (( a[i++] += 10 )); (( --a[i++] )); echo "\${a[@]} $i"
RANDOM=42; for j in {1..200}; do (( d[RANDOM % 7]++ )); done; for each in "\${d[@]}"; do (( t += each )); done; echo $t
`,
  'sequences of numbers that only 64 bits hold': 'echo {9223372036854775805..9223372036854775807} {-9223372036854775807..-9223372036854775805} {9223372036854775805..9223372036854775807..2} {99999999999999999999..1}\n',
  'the end of an alias is the end of its last word, unless that is quoted': `exec 2>&1
shopt -s expand_aliases
alias foo='echo 0'
foo>&2
foo>/dev/null;foo|cat
alias q='echo "a'
q b"
alias w='echo a\\\\'
w b
`,
  'what is quoted between the brackets of a regular expression': `[[ "\\\\" =~ ["."] ]] || echo 1
[[ "\\\\" =~ [\\.] ]] || echo 2
[[ "\\\\" =~ [\\\\] ]] && echo 3
[[ ']' =~ [']'] ]] && echo 4
[[ a =~ ['a]'] ]] || echo 5
[[ "\\\\" =~ [^]"."] ]] && echo 6
[[ a.b =~ ^"a.b"$ ]] && ! [[ axb =~ ^"a.b"$ ]] && echo 7
x='[.]'; [[ . =~ $x ]] && [[ '[.]' =~ "$x" ]] && [[ 'é"' =~ ^"é"'"'$ ]] && [[ b =~ [[:alpha:]"-"] ]] && echo 8
`,
  'double quotes within the double quotes of an operand': `x=v
printf '<%s>\\n' "T \${x+="\\'$x\\'"}" "\${x:+"\\p"}" "\${x:+"\\\\p\\$x\\\`\\"\\z"}" \${x:+"\\'\\p"} "\${x:+\\'\\p}" "\${nosuch-"\\q"}"
`,
  'errors of the three expressions of a loop': `exec 2>&1
bash -c 'for (( i=0; "i < 3" )); do :; done' x
bash -c 'for (( i=0; i < 3; i++; 7 )); do :; done' x
`,
  'readonly and export of arrays by text': `exec 2>&1
c=(o); readonly 'c=(3 4)'; declare -p c
d=(o); export 'd=(3 4)'; declare -p d
f() { export 'd=(5)'; declare -p d; }; f
export -a 'g=(5 6)'; declare -p g
r=(1); readonly r; 
f() { readonly -a r=(2); }; f
f() { readonly -a 'r=(3)'; }; f
f() { readonly 'r=(4)'; }; f
declare -p r
`,
  'a coprocess that was waited for is gone, one whose descriptor was moved says so': `coproc { echo a; sleep 0.3; }
echo "\${COPROC[@]}"
read x <&"\${COPROC[0]}"; echo $x
wait $COPROC_PID
coproc C { cat; }
echo "\${C[@]}"
exec 4<&"\${C[0]}"-
echo "\${C[@]}"
echo text >&"\${C[1]}"
exec {C[1]}>&-
read x <&4; echo $x
`,
});
