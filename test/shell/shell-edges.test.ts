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
  'functions with here-documents as they are printed': `foo() { echo
cat <<END
bar
END
cat <<EOF
qux
EOF
}
type foo
f2() { rm -f a b c; for f in a b c; do
cat <<-EOF >> \${f}
	file
	EOF
done
grep . a b c
}
type f2
bb() {
( cat << EOF
foo
bar
EOF
)
echo after subshell
}
type bb
mk() {
coproc a { cat <<EOF1
producer 1
EOF1
}
coproc b { cat << EOF2
producer 2
EOF2
}
echo "coprocs created"
}
type mk
w() { while cat <<E1; do
x
E1
echo y; done; if cat; then echo t <<E3
q
E3
else echo u <<E4
r
E4
fi; { echo g <<E5
s
E5
}; case x in x) echo <<E6
t
E6
;; esac; echo end; }
type w
h() { cat <<A <<B; echo x | cat <<C && cat <<D
a
A
b
B
c
C
d
D
}
type h
`,
  'set -x within traps is a level deeper': `exec 2>&1
trap 'echo usr' USR1; trap 'echo e' EXIT; trap 'echo err' ERR; f() { trap 'echo ret' RETURN; :; }
set -x
false
f
trap 'echo dbg' DEBUG
:
trap - DEBUG
set -E; f() { false; }; f
`,
  'with extdebug a DEBUG trap that fails skips the command': `shopt -s extdebug
n=0; t() { [ "$BASH_COMMAND" != "x=2" ]; }
trap t DEBUG
x=1; x=2; echo $x
`,
  'each ended child springs its trap while wait goes on': `set -m
trap 'echo child' CHLD
sleep 0.6 & sleep 0.4 & sleep 0.2 &
wait; echo $?
`,
  'bytes in braces, quotes of C in operands, signals ignored from the start': `printf '%s' $'ab\\x{}cd' | od -c; printf '%s' $'ab\\x{41}cd' $'\\x{4142}X' $'\\x{01234567}gX' | od -c
printf '<%s>\\n' "\${u:-$'\\t'}" \${u:-$'\\t'a}; cat <<E
\${u-a$'\\01'b}
E
mapfile -d $'\\377' -t a < <(printf 'a\\377b\\377c\\377\\n'); declare -p a
declare -i i; echo \${i:=4+3}; declare -u b; echo \${b:=foo}
trap '' USR2; (trap; trap -p USR2); bash -c 'trap' x
`,
  'unquoted $@ in an operand is one text before IFS divides it': `set -- ' abc' 'def ghi' 'jkl '
IFS=
r() { for i; do echo "<$i>"; done; echo; }
unset var; r \${var-$@}; r \${var-"$@"}; r \${var-$*}; r \${var-x$@y}; r \${var-$@}z
IFS=:
unset var; r \${var-$@}; r \${var-"$@"}; r \${var-$*}; r \${var-x$@y}; r \${var-$@}z; r \${var-a $@ b}
unset IFS
r \${var-$@}; r \${var-x$@y}
IFS=' '; r \${var-$@}
`,
  'enable lists what is asked for': `enable -s; enable -n test; enable -n; enable -a | grep -c test; enable -ps | wc -l
`,
  'substitutions in printed functions': `f() { for i in $( echo 1 2 3 ); do a=$(<x1) b=$( < x2 ); c="q $( echo a;echo b ) \`echo  z\`" d=$(echo a
echo b) ; done; [[ x ]]; case $( echo  y ) in z) ;; esac; echo $( echo x | cat ) $( echo $( echo  n ) ) $( echo x > f ) $( a && b  ||  c ) $() $( echo a & ) "$(  echo )$( echo )"; }
type f
`,
  'descriptors that are none, their printed closing, hashed names, names with a dash, RETURN traps under DEBUG': `exec 2>&1
v=42; echo a >&$v; echo b 3>&"\${v}"; echo c <&\${v}; echo d >&43
readonly r=1; exec {r}>/dev/null; echo $?
f() { exec <&-; exec 3<&-; exec {v}<&-; exec >&-; exec 4>&-; exec 5>&6-; cat <&3; }; type f
hash -p /bin/cat mycat; PATH=/nonexistent:$PATH; hash -p /bin/echo e2; e2 ok; hash | tail -1
bash -l -c 'echo $0'; (exec -l -a nm bash -c 'echo $0; nosuch'); caller foo; echo $?; g() { caller foo; echo $?; }; g
set -o functrace
pd() { echo "debug $1"; return; }
pr() { echo "return $1"; return; }
fn() { echo in fn; }
trap 'pd $LINENO' DEBUG
trap 'pr $LINENO' RETURN
fn
`,
  'the line of a RETURN trap is that of its function, or where the file was called': `exec 2>&1
set -T
pr() { echo "return $1 \${FUNCNAME[1]}"; }
trap 'pr $LINENO' RETURN
f() {
  :
  :
}
f
g() {
  return 3
}
g
printf ':\\n:\\n' > src1
h() {
  . ./src1
}
h
. ./src1
k() { trap 'echo k $LINENO' RETURN
:
}
k
`,
});
