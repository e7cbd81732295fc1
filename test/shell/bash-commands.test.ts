// Reading and running commands where bash does what few would expect: the same here as in the host's bash.
import { besideBash } from './beside-bash.js';

besideBash({
  'aliases in a row, and over continued lines': `exec 2>&1
shopt -s expand_aliases
alias FOR1='for '
alias FOR2='FOR1 '
alias eye1='i '
alias eye2='eye1 '
alias IN='in '
alias onetwo='$one "2" '
alias e_='echo '
alias one='ONE '
alias two='TWO '
alias three='THREE'
alias outer='inner '
alias inner='echo'
alias w=word
one=1
FOR2 eye2 IN onetwo 3; do echo $i; done
e_ one \\
  two one \\
  two three two \\
  one
outer w w; inner w; outer outer w
e_ w;w
echo x w
alias sudo='command '; alias ll='echo ll'; sudo ll x
`,
  'what PS4 cannot expand is told of': `exec 2>&1
x=1
for p in '+\${x' '+oops $(( 1 / 0 )) ' '+\${nosuch?msg} ' '+"a ' "+'a " '+$LINENO ' '+$((1+)) ' '+$' '+\\' '' '+\\u '; do
  bash -c 'x=1; PS4=$1; set -x; echo one; echo status=$?; false; [[ a == a ]]; : ; true' b "$p"
  echo "$p $?"
done
PS4='+$nosuch '
set -ux
echo a
: b
`,
});
