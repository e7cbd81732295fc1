// Expansions where they do what few would expect: the same here as in the host's bash.
import { besideBash } from './beside-bash.js';

besideBash({
  'keys are what expansions in subscripts of arithmetic give': `exec 2>&1
declare -A A
for key in '\\' 'a b' ']' '[' '"' "'" '$x' '$(echo hi)' 'a]b' '@' '*' '\`' '+'; do
  (( A["$key"] = 42 ))
  (( A["$key"]++ ))
  echo "$key: $(( A["$key"] )) $((A[$key])) \${A[$key]}"
done
declare -p A
a=(1 2 3)
b=(5 2 7)
echo $((a[b["1"]])) $((a[\${b["1"]}]))
(( a["1"]++, a["x=2"]=9 ))
declare -p a x
`,
  'quotes in arithmetic': `exec 2>&1
for ((i = $"3"; i < $"5"; ++i)); do echo $i; done
echo $((1 + "2")) $(($"4"))
(( i = '3' ))
echo $?
echo $(( $'3' + 1 ))
echo \${a['1']}
let "x='4'"
echo $?
`,
  'bases have no zeros in front': `for e in 02#0110 010#10 0x10#1 2#A 64#_ 36#Z 37#A 16# 2#1#1 09 1e3; do bash -c "echo \\$(( $e ))"; echo $?; done 2>&1
`,
  'tildes in operands, on right sides and elsewhere': `HOME=/home/bar
x=~:\${undef-~:~}
echo $x
x=\${undef-~:~}
echo $x
x=\${undef-a:~}
echo $x
y=\${undef:-~/a:~/b:c}
echo $y
echo \${undef-~:~} \${undef-~} \${undef-a~} \${undef-:~} \${undef-~/x}
x="\${undef-~:~}"
echo $x
: \${z=~:~}
echo $z
export y=\${undef-~:~}
echo $y
declare y=a:\${undef-~:b:~}
echo $y
x=\${undef-"~":~}
echo $x
x=a\${undef-:~}
echo $x
x=\${undef+~}\${HOME+~:~}
echo $x
case \${undef-~:~} in /home/bar:~) echo y ;; *) echo n ;; esac
a=(\${undef-~:~})
echo \${a[@]}
x=\${HOME#~:~}
echo $x
`,
  '** more than once': `shopt -s globstar
mkdir -p c/subdir d
touch leaf.md c/leaf.md c/subdir/leaf.md
echo **
echo **/**
echo **/
echo **/**/
echo **/**/*.*
echo c/**
echo c/**/**
echo **/**/**/leaf.md
echo **/c/**/leaf.md
echo **/*/**
echo c/**/
echo */**
`,
  'GLOBIGNORE: colons within brackets': `touch _t.py p.toml 2023.log .env 'has space.docx' leaf.md
for GLOBIGNORE in '[[:alnum:]]*' '[![:alnum:]]*' '*[[:space:]]*' '[[:digit:]_.]*' '*.py:[p:x]*' '[]:p]*:*.md' '@(a|b:*.md)' 'a\\:b:*.log' '[a:*.log'; do
  echo *.*
done
`,
  'a file in a process substitution': `exec 2>&1
echo FOO >foo
tr A-Z a-z < <(<foo)
cat < <(<foo; echo hi)
cat <(< foo) <(</dev/null) <( <foo cat )
cat <(<nosuch)
echo $?
cat <(<foo >&2)
`,
  'letters of braces that are none': `echo {Z..a} {X..b..2}
echo {a..Z..3}
echo -{b..A}-
echo not reached
`,
  'names of variables': `show() { echo "$#:" "$@"; }
some1=1 some2=2
some=(); echo \${!some@}; declare someX; echo \${!some@}; declare -A someY; echo \${!some@}; declare -a someZ; unset some1; echo "\${!some*}"; f() { local some9; echo \${!some*}; }; f
pre_a=1 pre_b=2 a=(v1 v2 v3)
declare -A m=([k1]=1 [k2]=2)
for IFS in '' x ' x' $' \\t\\n'; do
  show at \${!pre_@}
  show star \${!pre_*}
  show "\${!pre_@}"
  show "\${!pre_*}"
  show at \${!a[@]}
  show star \${!a[*]}
  show "\${!a[*]}"
  show "\${!a[@]}"
  show \${!m[*]}
  y=\${!a[*]}
  show "$y"
  y=\${!pre_*}
  show "$y"
  y=\${!a[@]}
  show "$y"
done
`,
  'what cannot be substituted': `for c in '\${a[@]:}' '\${a[@]: }' '\${s:}' 'x\${s: }' '\${s::}' '\${s:1:}' '\${@:}' '\${@: }' '\${s:  }' '\${#s:}' '\${!#}' '\${!#x}' '\${!#a[@]}' '\${!#:1}' '\${!#:-x}' '\${!#/a/b}' '\${!@}' '\${!?:-x}' '\${!$}' '\${!-}' '\${!!}' '\${!1x}' '\${!@:1}' '\${!:-foo}' '\${#-foo}' '\${x@}' '\${u@}' '\${x@Z}' '\${x@QQ}' '\${a[@]@}' '\${x^^^}' '\${1a}'; do
  bash -c "a=(1 2 3); s=123; set -- p s; x=s; echo $c; echo same
echo \\$?" b q r
  echo "$c: $?"
done 2>&1
x=s
(eval 'echo \${x@Z}'; echo not reached)
echo $?
eval 'echo \${x@}'
echo not reached
`,
  'indirection to nothing makes a field in quotes, unless it is of no elements': `show() { echo "$#:" "$@"; }
r='a[@]'
a=()
show "\${!r}"
show "\${!r:+x}"
show "\${!r:-x}"
show "\${!r-}"
show "\${!r:+}"
show "\${!r@Q}"
a=("")
show "\${!r:+x}"
show "\${!r+x}"
 r='a[*]'
a=()
show "\${!r}" 
show "\${!r:+x}"
r=u
unset u
show "\${!r}" "\${!r:+x}" "\${!r@Q}" "\${!r:1}" "\${!r#x}" "\${!r@a}"
u=
show "\${!r}" "\${!r:+x}" "\${!r@Q}" "\${!r:1}" "\${!r#x}" 
declare -A R=([d]=u)
show "\${!R[@]}"
show "\${!R[@]:+x}" "\${!R[@]@Q}" "\${!R[@]:1}" "\${!R[@]#x}" "\${!R[@]-y}"
unset u
 show "\${!R[@]:+x}" "\${!R[@]@Q}" "\${!R[@]:1}" "\${!R[@]#x}" "\${!R[@]-}"
r=@
set --
 show "\${!r}";show "\${!r:+x}"
set -- ''
show "\${!r}"
show "\${!r:+x}" 
show "\${!r+x}"
show a"\${!r}"b "x\${!r:+}"
show "\${!R[*]:+x}"
b=(q)
show "\${!b[@]:+z}" "\${!b[@]:-z}"
R=()
show "\${!R[@]:+x}" "\${!R[@]:-z}"

`,
  'namerefs that lead round, to elements, to lists, nowhere': `exec 2>&1
typeset -n ref1=ref2; typeset -n ref2=ref1; echo 5 defined $?
ref1=z; echo not
echo mutated $?
ref1+=q
echo $?
read ref1 <<<x
echo $?
unset -n ref1 ref2
typeset -n ref='a[@]'; a=('A B' C); for i in "$ref"; do echo "<$i>"; done
ref=(X Y Z); echo not
echo status=$?
for i in "\${ref[@]}"; do echo "<$i>"; done; echo "\${a[@]}"
ref=x; echo not
echo $? "\${a[@]}"
declare -p ref a
unset -n ref
array=(X Y Z); typeset -n ref='array[0]'
ref[0]=foo; echo not
echo 7 status=$?; echo \${array[@]}
ref=new; echo $? \${array[@]}
ref+=er; echo \${array[@]}
ref[1]=foo
echo $?
ref=(a b)
echo $? \${array[@]}; declare -p ref array
unset ref
declare -p ref array
echo $?
unset -n ref
declare -n empty; empty=; echo $?
empty=1x; echo $?
empty=ok; echo $?; declare -p empty; empty=val; echo $ok; declare -n e2; echo "[$e2]" \${e2-unset}; e2+=foo; declare -p e2; e2=bar; declare -p e2 foo
q=1
declare -n q
echo $?
declare -n q='a b'
echo $?
declare -n q=
echo $?
declare -n q=q
echo $?
w=(1 2)
declare -n w
echo $?
declare -n 'q[0]=x'
echo $?
`,
  'locales that are not there': `exec 2>&1
LC_ALL=xx_XX bash -c 'echo a'
LANG=xx_XX LC_ALL= bash -c 'echo b'
LC_ALL= LC_CTYPE=xx bash -c 'echo c'
LC_ALL=C LANG=xx bash -c 'echo d'
LC_ALL=en_XX.UTF-8 bash -c 'x=é; echo \${#x}'
LC_ALL=xx
echo e
LC_ALL=
LANG=xx
echo f
LC_CTYPE=yy
echo g
LC_COLLATE=yy
unset LANG LC_CTYPE
export LC_ALL=C.utf8
x=é
echo \${#x}
f() { local LC_ALL=C; echo \${#x}; }
f
LC_ALL=qq /bin/true
LC_ALL=qq bash -c :
`,
  'LC_ALL=C: patterns match bytes': `LC_ALL=C
s='_é_ and _é_'
echo \${s//_?_/foo} \${s/#_?_/foo} \${s/%_?_/f} \${s#_??} "\${s%%?_*}" | od -c
case é in ?) echo one ;; ??) echo two ;; esac
[[ é == ? ]]
echo $?
echo \${s^^} | od -c
touch _é_ _x_
echo _?_
echo _??_
echo _[[:alpha:]]_
LC_ALL=C.UTF-8
echo _?_
echo \${s//_?_/foo}
LC_ALL=C
y=é
printf '%s\\n' "\${y/$'\\xc3'/}" | od -c
x=abcé
echo \${x##*c} | od -c
`,
  'prompts: the time, and numbers beyond a byte': `PS1='\\555$'
echo "\${PS1@P}"
for p in '\\@' '\\D{%H:%M}' '\\D{}' '\\A' '\\t' '\\T' '\\d' '\\D{%Y-}'; do x=\${p@P}; echo "\${x//[0-9]/0}" | sed 's/[AP]M/AM/; s/^[A-Z]..  *[A-Z].. .*/date/'; done
`,
});
