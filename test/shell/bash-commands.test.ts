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
});
