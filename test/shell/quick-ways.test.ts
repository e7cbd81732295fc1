// Where the shell takes a quick way (lines read whole, variables shared by forks, text parsed once) scripts see what bash shows them.
import { runHost, runOurs } from '../commands-text/differential.js';
import { besideBash, here } from './beside-bash.js';

const SCRIPTS: Readonly<Record<string, string>> = {
  'read takes a line and not a byte more': 'printf "a b\\nc\\\\\\nd\\ne\\\\ f\\nrest\\nlast" > in\nexec 4<in\nread -r x <&4\necho "<$x>"\nread x <&4\necho "<$x>"\nread x y <&4\necho "<$x> <$y>"\nhead -n 1 <&4\nread x <&4\necho "$? <$x>"\nprintf "p\\nq\\n" | { read x; echo "<$x>"; cat; }\nprintf "a:b c: d:\\n" | { IFS=: read -ra f; declare -p f; }\nprintf "a\\0b;c" | { read -r -d ";" x; echo "<$x>"; read -r -d "" y; echo "$? <$y>"; }\n',
  'read sees what is written behind it': 'echo one > f\nwhile read -r x; do echo "$x"; [ $x != three ] && case $x in one) echo two >> f ;; two) echo three >> f ;; esac; done < f\nexec 5<f\nread x <&5\necho ONE > f\nread x <&5\necho "$? $x"\n',
  'mapfile': 'printf "a\\nb\\nc" > in\nmapfile l < in\ndeclare -p l\nmapfile -t -s1 l < in\ndeclare -p l\nmapfile -t -n1 -O5 l < in\ndeclare -p l\nprintf "x:y:" | { mapfile -t -d: l; declare -p l; }\nmapfile l < /dev/null\ndeclare -p l\ndeclare -i n=()\nprintf "1+1\\n2\\n" | { mapfile -t n; declare -p n; }\n',
  'a key is expanded once': 'declare -A m\nk=\'$HOME\'\nm[$k]=1\nm[$k]+=2\nm["a b"]=x\nm[$(echo c)]=y\nfor i in "${!m[@]}"; do echo "$i=${m[$i]}"; done | sort\ni=1\na[i++]=p\na[$i+1]=q\na[$(echo 7)]=r\na[-1]+=s\ndeclare -p a i\n',
  'forked shells have variables of their own': 'x=1\nf() { x=$1; (x=$((x+1)); y=$x; (x=$((x+1)); unset y; echo "in $x ${y-none}"); echo "mid $x $y"); echo "out $x ${y-none}"; }\nfor i in 1 5; do f $i; done\na=(1 2)\n(a+=(3); a[0]=9; echo "${a[@]}")\na+=(4)\necho "${a[@]}"\n{ sleep 0.2; echo "late $x ${z-none}"; } &\nx=changed z=new\nfor i in {1..100}; do eval "v$i=$i"; done\n(v5=five; unset v6; echo "$v5 ${v6-none} $v7"; (echo "$v5 ${v6-none} $v7 $x"))\necho "$v5 $v6"\nwait\nunset v7\n(echo "${v7-none}"; v7=again; echo $v7)\necho "${v7-none}" $(v8=in; echo $v8) $v8\n',
  'text that eval ran before': 'for i in 1 2 3; do eval "echo \\$i; false"; echo $?; done\nfor i in 1 2; do eval "if"; echo $?; eval "# nothing"; echo $?; done\nf() { eval "return 3"; echo no; }\nf\necho $?\nfor i in 1 2; do eval "continue"; echo no; done\nshopt -s expand_aliases\nfor i in 1 2 3; do eval "hi there" 2>/dev/null; alias hi="echo hi$i"; done\nfor i in 1 2; do eval "echo !(a)" 2>/dev/null || echo bad; shopt -s extglob; done\n',
};

besideBash(SCRIPTS);

here('negative control: a difference is seen', async (t) => {
  const ours = await runOurs({ argv: ['bash'], stdin: 'printf "a b" | { read x; echo "$x"; }\n' });
  t.not(ours.stdout, runHost({ argv: ['bash'], stdin: 'printf "a b" | { read x y; echo "$x"; }\n' }).stdout);
});
