// The history of a shell, history, fc and history expansion, beside the host's bash.
import { besideBash } from './beside-bash.js';

besideBash({
  'lines of commands put together, history with its options, events, words and modifiers': `exec 2>&1
set -o history
HISTFILE=hf HISTTIMEFORMAT=
set -H
echo a b c
echo !$ !!:1 !!:^ !:0
!ec:s/a/x/
echo "multi
line"
if true
then
  # comment
  echo x   # trailing
fi
f() {
  echo f
}
case x in
  x) echo y ;;
esac
for i
in 1; do echo; done
a=$(echo 1 &&
echo 2)
echo a |
cat
echo \\
 cont
cat <<E1; echo z
doc1
doc2
E1
shopt -s lithist
for i in 1
do
:
done
shopt -u cmdhist
for i in 1
do
:
done
history
history -w hf2; wc -l < hf2
HISTTIMEFORMAT='%Y '
history -w hf2; grep -c '^#[0-9]' hf2
history -c
history -r hf2
history | sed 's/20[0-9][0-9]//' | head -3
HISTCONTROL=erasedups:ignorespace
echo dup
 echo hidden
echo dup
HISTIGNORE='ls*:echo q'
echo q
ls /nonexistent
history 4 | cut -c1-8
history -d 3; history -d -1; history -d 999; history -d x; history x; history 1 2; history -d
history -s a b; history 2 | cut -c 1-7
fc -l -3 | wc -l; fc -ln 3 2 | head -1; fc -s nosuch; fc -l nosuch
echo $HISTCMD > /dev/null
!nosuch
!!:99
!!:s/nosuch/x/
echo [!a] $! \${!x} = ! a
echo '!!' "!" \\!\\!
echo "!e
!!"
`,
  'fc lists, edits and runs again': `exec 2>&1
set -o history
echo one
echo two three
fc -s
fc -s two=2 three=3 echo
fc -l | cut -c 1-12; fc -lr -4 | cut -c 1-12; fc -ln 2 | head -n 2; fc -l 2 4; fc -l 4 2; fc -l echo
fc -e true -2
fc -e 'sed -i s/one/ONE/' 2
FCEDIT='sed -i s/two/TWO/'; fc 3
fc -e false 2; echo $?
fc -0; fc -x; fc -e; fc -l 99 100 | wc -l
history 3
`,
  'history files: what is new, what is read again, HISTFILESIZE': `exec 2>&1
HISTFILE=$PWD/h1 HISTSIZE=5
printf 'old 1\\nold 2\\nold 3\\n' > h1
set -o history
history
history -a; tail -n 2 h1
echo 'from elsewhere' >> h1
history -n; history 3
history -c; history -r h1; history | wc -l
history -w h2; cat h2
history -a -n; history -r /nonexistent; echo $?
HISTSIZE=2; echo; history
bash -c 'HISTFILE=h3; set -o history; echo no' ; ls h3
printf 'HISTFILE=h4 HISTFILESIZE=2\\nset -o history\\necho a\\necho b\\necho c\\n' > s; bash ./s; cat h4
unset HISTFILE
`,
  'quick substitution, quotes, comments, what is no expansion': `exec 2>&1
set -o history -H
echo aa bb
^aa^cc
^cc^dd^ more
echo !!:1-2 # !!
echo 'single !!' "double !!" \\!
echo $(echo !!:0) "$(echo '!')" a=!b \${!x} [!a] !
echo /usr/lib/x.tar.gz
echo !$:t !$:h !$:r !$:e !-1:$:t:r:r
echo !?usr?:% !?usr?:1:p
echo 'it'"'"'s' b
echo !*:q !*:x
!!:gs/b/B/:s/echo/echo &/
!!:&
set -o posix
echo "!!" !!
histchars=@
@@
echo !!
`,
});
