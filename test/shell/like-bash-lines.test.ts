// $LINENO within substitutions: each script gives the same output and exit code as with the host's bash.
import { besideBash } from './beside-bash.js';

besideBash({
  'functions, and substitutions of several lines': 'function g  { { nosuch; echo ; } 2>&1; echo $LINENO ; }\nx=$(function g  { { nosuch; echo ; } 2>&1; echo $LINENO ; }; g ); echo "$?" "$x"\ng\nx=$(g); echo $x\nx=$(\ng); echo $x $LINENO\nx=$(echo $LINENO; echo $LINENO\necho $LINENO\nh() {\necho $LINENO $1\necho $LINENO\n}\nh\nh $LINENO)\necho $x $LINENO; h() { echo $LINENO; }; echo $(h) $(h; h\nh)\necho `echo $LINENO\necho $LINENO`\ncat <<E\n$(echo $LINENO\necho $LINENO)\nE\n',
  'every compound command': 'echo $(if true; then echo $LINENO; fi; echo $LINENO) $LINENO\necho $(for i in 1 2; do echo $LINENO; done; echo $LINENO) $LINENO\necho $(while [[ $LINENO != $x ]]; do echo $LINENO; x=$LINENO; break; done; echo $LINENO) $LINENO\necho $(case a in b) echo $LINENO;; a) echo $LINENO; echo $LINENO;; esac; echo $LINENO) $LINENO\necho $({ echo $LINENO; echo $LINENO; }; echo $LINENO) $LINENO\necho $( (echo $LINENO; echo $LINENO); echo $LINENO) $LINENO\necho $(f() { echo $LINENO; { echo $LINENO; echo $LINENO; }; if true; then echo $LINENO; fi; }; f; echo $LINENO) $LINENO\necho $(if false; then :; elif false; then :; elif true; then echo $LINENO; else echo n; fi; echo $LINENO) $LINENO\necho $(if false; then :; else echo $LINENO; fi; echo $LINENO) $LINENO\necho $(true && echo $LINENO || echo no\necho $LINENO | cat\n! echo $LINENO) $LINENO\necho $(cat <<E; echo $LINENO\na\nE\necho $LINENO) $LINENO\necho $(echo "a\nb" $LINENO\necho $LINENO) $LINENO\nx=$(echo $LINENO\n# comment\n\necho $LINENO\n) ; echo $x $LINENO\necho $(for ((i=0;i<1;i++)); do echo $LINENO; done) $(select i in a; do echo $LINENO; break; done <<< 1 2>/dev/null)\ncat <(echo $LINENO\necho $LINENO; if true; then echo $LINENO; fi)\nx="$(echo $LINENO\necho $(echo $LINENO\necho $LINENO))"; echo $x\necho `if true; then echo $LINENO; fi\necho $LINENO` $LINENO\necho $(until true; do :; done; echo $LINENO; [[ a ]]; ((1)); echo $LINENO)\nf() {\n  local x=$(echo $LINENO\n  echo $LINENO)\n  echo $x $LINENO\n}\nf\neval \'echo $(echo $LINENO\necho $LINENO)\'\nfor i in $(echo $LINENO\necho $LINENO); do echo $i; done\n',
  'a command that was given up: counting goes on from its line': String.raw`exec 2>&1
for i in 1
do
  echo $((1/0))
  :
done
echo $LINENO
f() {
  sleep 0
  echo $((1/0))
}
f
echo $LINENO
readonly x=1
{ x=2

}
echo $LINENO
f() {
  echo $((x=5))
}
f
echo $LINENO
`,
  'redirections of compound commands, and functions that are there already': String.raw`exec 2>&1
f() {
  :
  { :; } > /nonexistent/x
  for i in 1; do
    :
  done > /nonexistent/x
}
readonly -f f
f
if true; then

  f() {
    :
  }
  echo $LINENO
fi
: ; {
  :
} > /nonexistent/x
for i in 1 2
do
  :
done < /nonexistent/x
case a in

  a) ;;
esac < /nonexistent/x
`,
  'a subscript before the beginning, and attributes that are taken away': String.raw`exec 2>&1
a=(1 2); unset 'a[-3]'; echo $?
declare -r A; readonly -n A; A=1; echo same line
n=3; export n; export -n n; readonly -n n; declare -p n
declare -n r=n; readonly -n r; declare -p r n
readonly -n z=5; declare -p z
`,
  'commands that come in line by line, with all that can stand between': String.raw`shopt -s expand_aliases
alias both='echo one; echo' begin='{' two='echo a
echo'
f() {
  both two
  # a comment with ' and "
  cat <<E | cat - <(echo "$LINENO
")
here ) } fi
E
  if true; then both x
    begin echo in; two b
    }
  fi; case $1 in
    a) echo a $LINENO ;;
    b | c) echo "b
c $LINENO" ;&
    *) for i in 1 2; do
        x=$(echo $i
          if :; then
            echo $LINENO
          fi)
        echo $x \
          $LINENO
      done ;;
  esac
  while read -r y; do
    echo $y $LINENO; ( echo sub
      echo $LINENO )
  done <<'E' && echo $LINENO
one
two
E
  ((z = 1 +
    2)); [[ a == a &&
    b == b ]] && echo $z $LINENO
}
f b; f
{ echo first; echo second
  echo $LINENO; } | cat
if f c
then echo $LINENO; }
echo not reached
`,
});
