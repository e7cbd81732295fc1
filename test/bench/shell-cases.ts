// The scripts whose time is compared with the host's bash: what each does, and how many times bash's time it may take.

export interface SpeedCase {
  readonly name: string;
  readonly script: string;
  /** At most this many times the time of the host's bash. */
  readonly aim: number;
  readonly kind: string;
  /** Shown by itself among the figures of the README. */
  readonly headline: boolean;
}

export const LOOP_AIM = 2;
const WORK_AIM = 5;

/** Scripts of the shell alone: loops, expansions, functions. They end by saying what they counted. */
const LOOPS: Readonly<Record<string, string>> = {
  'while [ $i -lt N ]': 'i=0; while [ $i -lt 100000 ]; do i=$((i+1)); done; echo $i',
  'while [ "$i" -le N ], $((…)) twice': 'i=0 s=0; while [ "$i" -le 100000 ]; do s=$((s+i)); i=$((i+1)); done; echo $s',
  'while [[ $i -lt N ]]': 'i=0; while [[ $i -lt 100000 ]]; do ((i++)); done; echo $i',
  'while ((i<N))': 'i=0; while ((i<100000)); do ((i+=1)); done; echo $i',
  'until test, let': 'i=0; until test $i -ge 100000; do let i+=1; done; echo $i',
  'for ((;;))': 's=0; for ((i=0;i<100000;i++)); do ((s+=i)); done; echo $s',
  'for ((;;)), arithmetic of many terms': 's=1; for ((i=0;i<100000;i++)); do s=$(( (s*31 + i % 7 - (i >> 2)) & 0xffff )); done; echo $s',
  'for i in {1..100000}': 's=0; for i in {1..100000}; do s=$((s+i)); done; echo $s',
  'for i in $(seq N)': 's=0; for i in $(seq 100000); do s=$((s+i)); done; echo $s',
  'for, :': 'for i in {1..100000}; do :; done; echo $i',
  'nested for': 'n=0; for a in {1..300}; do for b in {1..300}; do n=$((n+1)); done; done; echo $n',
  'echo in a loop': 'for ((i=0;i<100000;i++)); do echo "line $i of many"; done | tail -1',
  'printf in a loop': 'for ((i=0;i<50000;i++)); do printf "%05d %s\\n" $i word; done | tail -1',
  'printf -v': 'for ((i=0;i<50000;i++)); do printf -v out "%03d-%s" $i x; done; echo $out',
  'echo to a file in a loop': 'for ((i=0;i<20000;i++)); do echo $i >> out.tmp; done; tail -1 out.tmp; rm out.tmp',
  'string append': 's=; for ((i=0;i<100000;i++)); do s+=x; done; echo ${#s}',
  'string append, s="$s…"': 's=; for ((i=0;i<20000;i++)); do s="$s$i,"; done; echo ${#s}',
  'array append': 'a=(); for ((i=0;i<100000;i++)); do a+=("v$i"); done; echo ${#a[@]}',
  'array reads': 'a=({1..1000}); s=0; for ((j=0;j<100;j++)); do for ((i=0;i<1000;i++)); do s=$((s+a[i])); done; done; echo $s',
  'array reads, ${a[$i]}': 'a=({1..1000}); s=0; for ((j=0;j<50;j++)); do for i in "${!a[@]}"; do s=$((s+${a[$i]})); done; done; echo $s',
  'array walk': 'a=({1..1000}); n=0; for ((j=0;j<100;j++)); do for x in "${a[@]}"; do ((n+=x)); done; done; echo $n',
  'associative array': 'declare -A m; for ((i=0;i<50000;i++)); do k=key$((i%1000)); m[$k]=$(( ${m[$k]:-0} + 1 )); done; echo ${#m[@]} ${m[key7]}',
  'function calls': 'f() { r=$(($1+1)); }; r=0; for ((i=0;i<100000;i++)); do f $r; done; echo $r',
  'functions with local and return': 'f() { local a=$1 b=$2; r=$((a+b)); return 0; }; r=0; for ((i=0;i<50000;i++)); do f $i 2 || exit; done; echo $r',
  'recursion': 'fib() { if (($1<2)); then r=$1; return; fi; local n=$1 a; fib $((n-1)); a=$r; fib $((n-2)); r=$((a+r)); }; fib 18; echo $r',
  'case': 'n=0; for ((i=0;i<100000;i++)); do case $i in *00) ((n+=1));; 9*|*7) ((n+=2));; [0-4]?[13579]) ((n+=3));; *) ((n+=4));; esac; done; echo $n',
  'if, [[ ]] with patterns and regex': 'n=0; for ((i=0;i<50000;i++)); do if [[ $i == *5 ]]; then ((n++)); elif [[ $i =~ ^[0-9]*3$ ]]; then ((n+=2)); fi; done; echo $n',
  'test with && and ||': 'n=0; for ((i=0;i<50000;i++)); do [ $i -gt 10 ] && [ "$i" != 17 ] || n=$((n+1)); done; echo $n',
  '${x#…}, ${x%…}, ${x##*/}': 'p=/usr/local/lib/archive.tar.gz; for ((i=0;i<50000;i++)); do b=${p##*/}; d=${p%/*}; e=${b#*.}; n=${b%%.*}; done; echo $b $d $e $n',
  '${x/…}, ${x//…}, ${x^^}': 'p="the quick brown fox"; for ((i=0;i<30000;i++)); do a=${p/quick/slow}; b=${p//o/0}; c=${p^^}; done; echo "$a $b $c"',
  '${x:-…}, ${#x}, ${x:o:n}': 'x=abcdefghij; for ((i=0;i<50000;i++)); do a=${u:-default} b=${#x} c=${x:2:4} d=${x: -3}; done; echo $a $b $c $d',
  'word splitting': 'l="a b c d e f"; n=0; for ((i=0;i<30000;i++)); do set -- $l; n=$((n+$#)); done; echo $n',
  'shift through arguments': 'n=0; for ((j=0;j<10;j++)); do set -- {1..1000}; while [ $# -gt 0 ]; do n=$((n+$1)); shift; done; done; echo $n',
  'characters of a string': 's=$(printf %2000s | tr " " ab); n=0; for ((i=0;i<${#s};i++)); do c=${s:i:1}; [ $c = a ] && ((n++)); done; echo $n',
  'read, 1e5 lines': 'n=0; while read -r line; do n=$((n+1)); done < small.txt; echo $n',
  'IFS= read -r, 1e5 lines': 'n=0; while IFS= read -r line; do n=$((n+${#line})); done < small.txt; echo $n',
  'read into fields': 'n=0; while read -r a b c; do n=$((n+${#b})); done < small.txt; echo $n',
  'IFS=: read -ra': 'n=0; while IFS=: read -ra f; do n=$((n+${#f[@]})); done < passwd.txt; echo $n',
  'read from a pipe': 'cat small.txt | { n=0; while read -r line; do n=$((n+1)); done; echo $n; }',
  'mapfile': 'for i in 1 2 3; do mapfile -t l < small.txt; done; echo ${#l[@]}',
  'here-strings': 'for ((i=0;i<3000;i++)); do read -r a b <<< "x$i y$i"; done; echo $a $b',
  'eval': 'for ((i=0;i<30000;i++)); do eval "v=\\$((i+1))"; done; echo $v',
  'sieve of primes': 'n=20000; for ((i=2;i<=n;i++)); do p[i]=1; done; for ((i=2;i*i<=n;i++)); do ((p[i])) && for ((j=i*i;j<=n;j+=i)); do p[j]=0; done; done; c=0; for ((i=2;i<=n;i++)); do ((c+=p[i])); done; echo $c',
  'bubble sort': 'a=(); for ((i=0;i<200;i++)); do a[i]=$(( (i*7919)%211 )); done; for ((i=0;i<200;i++)); do for ((j=0;j<199-i;j++)); do if ((a[j]>a[j+1])); then t=${a[j]}; a[j]=${a[j+1]}; a[j+1]=$t; fi; done; done; echo ${a[0]} ${a[199]}',
};

/** Processes: substitutions, subshells, commands, pipelines. */
const PROCESSES: Readonly<Record<string, string>> = {
  '1000 $(echo x)': 'for ((i=0;i<1000;i++)); do v=$(echo $i); done; echo $v',
  '1000 $(cat file)': 'echo text > one.tmp; for ((i=0;i<1000;i++)); do v=$(cat one.tmp); done; echo $v; rm one.tmp',
  '1000 $(<file)': 'echo text > one.tmp; for ((i=0;i<1000;i++)); do v=$(<one.tmp); done; echo $v; rm one.tmp',
  '1000 `…|…`': 'for ((i=0;i<1000;i++)); do v=`echo a-$i | cut -d- -f2`; done; echo $v',
  '1000 functions in $(…)': 'f() { echo "got $1"; }; for ((i=0;i<1000;i++)); do v=$(f $i); done; echo $v',
  '1000 external commands': 'for ((i=0;i<1000;i++)); do /bin/true; done; echo $i',
  '1000 commands by PATH': 'for ((i=0;i<1000;i++)); do basename /a/b/c$i > /dev/null; done; echo $i',
  '1000 subshells': 'for ((i=0;i<1000;i++)); do (exit 3); done; echo $?',
  '1000 subshells with many variables': 'for ((i=0;i<3000;i++)); do eval "v$i=value$i"; done; for ((i=0;i<1000;i++)); do (v1=x); done; echo $v1',
  '1000 pipelines of three': 'for ((i=0;i<1000;i++)); do echo "b a" | tr a-z A-Z | grep -q A; done; echo $?',
  '1000 background jobs': 'for ((i=0;i<1000;i++)); do : & wait $!; done; echo $?',
  '300 sh -c': 'for ((i=0;i<300;i++)); do sh -c "exit 0"; done; echo $?',
  '1000 here-documents': 'for ((i=0;i<1000;i++)); do cat <<E > /dev/null\nline $i\nE\ndone; echo $i',
  '1000 mkdir, touch, rm': 'mkdir d.tmp; for ((i=0;i<1000;i++)); do touch d.tmp/$i; done; ls d.tmp | wc -l; rm -r d.tmp',
  '1000 times [ -f ]': 'for ((i=0;i<20000;i++)); do [ -f lines.txt ] && [ ! -d nothing ]; done; echo $?',
};

/** Commands over 10 MB and more. */
const TEXT: Readonly<Record<string, string>> = {
  'grep -c, fixed': 'grep -c ERROR lines.txt',
  'grep, lines out': 'grep ERROR lines.txt | wc -l',
  'grep, regex': 'grep "user=[a-f]*[0-9] .*status=50[0-9]" lines.txt | wc -l',
  'grep -i': 'grep -ic error lines.txt',
  'grep -v': 'grep -v INFO lines.txt | wc -l',
  'grep -o': 'grep -o "path=[^ ]*" lines.txt | wc -l',
  'grep -E, alternation': 'grep -cE "(ERROR|WARN).*(/a/|/b/)" lines.txt',
  'grep -w': 'grep -cw 404 lines.txt',
  'grep -n': 'grep -n WARN lines.txt | tail -1',
  'grep -F': 'grep -cF "status=404" lines.txt',
  'grep -f, 200 patterns': 'grep -cF -f words.txt lines.txt',
  'grep, no match': 'grep -c nowhere-to-be-found lines.txt || true',
  'grep -q, first line': 'for i in 1 2 3 4 5 6 7 8 9 10; do grep -q user lines.txt; done; echo $?',
  'grep -r': 'grep -rl needle tree | wc -l',
  'grep from a pipe': 'cat lines.txt | grep -c ERROR',
  'sed s///': 'sed "s/user/USER/" lines.txt | md5sum',
  'sed s///g': 'sed "s/a/b/g" lines.txt | md5sum',
  'sed, groups': 'sed "s/\\([a-z]*\\)=\\([0-9]*\\)/\\2=\\1/g" lines.txt | md5sum',
  'sed -E, groups': 'sed -E "s/^([^ ]+) ([^ ]+) (.*)$/\\2 \\1 \\3/" lines.txt | md5sum',
  'sed -n p': 'sed -n "/ERROR/p" lines.txt | md5sum',
  'sed, d': 'sed "/INFO/d" lines.txt | md5sum',
  'sed y': 'sed "y/abc/xyz/" lines.txt | md5sum',
  'sed -e -e': 'sed -e "s/INFO/I/" -e "s/WARN/W/" -e "/DEBUG/d" lines.txt | md5sum',
  'sed, a line range': 'sed -n "1000,50000p" lines.txt | md5sum',
  'sed -i': 'cp lines.txt i.tmp; sed -i "s/user=/u=/" i.tmp; md5sum < i.tmp; rm i.tmp',
  'sort': 'sort lines.txt | md5sum',
  'sort -r': 'sort -r lines.txt | md5sum',
  'sort -n': 'sort -n numbers.txt | md5sum',
  'sort -u': 'sort -u numbers.txt | md5sum',
  'sort -k': 'sort -k3,3 -k1,1 lines.txt | md5sum',
  'sort -t, -k n': 'sort -t, -k2,2n table.csv | md5sum',
  'sort -V': 'sort -V versions.txt | md5sum',
  'awk, sum of a field': `awk '{ s += $1 } END { printf "%.0f\\n", s }' numbers.txt`,
  'awk, count by key': `awk '{ n[$3]++ } END { for (k in n) print k, n[k] }' lines.txt | sort`,
  'awk -F,': `awk -F, '{ s += $2; t += $4 } END { printf "%.0f %.3f\\n", s, t }' table.csv`,
  'awk, pattern': `awk '/ERROR/ { n++ } END { print n }' lines.txt`,
  'awk, print fields': `awk '{ print $1, $3 }' lines.txt | md5sum`,
  'awk printf': `awk '{ printf "%s:%d\\n", $3, NR }' lines.txt | md5sum`,
  'awk gsub': `awk '{ gsub(/user/, "USER"); print }' lines.txt | md5sum`,
  'awk, loop': `awk 'BEGIN { for (i = 0; i < 2000000; i++) s += i % 7; print s }'`,
  'cut -d -f': 'cut -d" " -f1,3 lines.txt | md5sum',
  'cut -c': 'cut -c1-20 lines.txt | md5sum',
  'tr': 'tr a-z A-Z < lines.txt | md5sum',
  'tr -d': 'tr -d aeiou < lines.txt | md5sum',
  'tr -s': 'tr -s 0-9 < lines.txt | md5sum',
  'uniq -c': 'cut -d" " -f3 lines.txt | uniq -c | md5sum',
  'sort | uniq -c | sort -rn | head': 'cut -d" " -f4 lines.txt | sort | uniq -c | sort -rn | head -5',
  'wc': 'wc lines.txt',
  'wc -l': 'wc -l < lines.txt',
  'head -n': 'head -n 100000 lines.txt | md5sum',
  'tail -n': 'tail -n 100000 lines.txt | md5sum',
  'head, tail, rev': 'head -20000 lines.txt | tail -10000 | rev | md5sum',
  'nl': 'nl lines.txt | md5sum',
  'paste, join lines': 'paste -sd, numbers.txt | md5sum',
  'comm, diff of sorted files': 'sort -u words.txt > s.tmp; comm -12 s.tmp s.tmp | wc -l; diff s.tmp s.tmp && echo same; rm s.tmp',
  'diff': 'diff lines.txt changed.txt | md5sum',
  'cmp': 'cmp lines.txt lines2.txt && echo same',
  'tee': 'tee t.tmp < lines.txt | md5sum; rm t.tmp',
  'seq': 'seq 1000000 | md5sum',
  'base64': 'base64 lines.txt | md5sum',
  'base64 -d': 'base64 lines.txt | base64 -d | md5sum',
  'md5sum': 'md5sum blob',
  'sha256sum': 'sha256sum blob',
  'sha1sum, cksum': 'sha1sum blob; cksum blob',
  'cat, 100 MB': 'cat blob blob | wc -c',
  'cat through five pipes': 'cat blob | cat | cat | cat | cat | wc -c',
  'head -c, /dev/zero': 'head -c 100000000 /dev/zero | wc -c',
  'yes | head': 'yes | head -n 2000000 | wc -l',
  'dd': 'dd if=blob of=dd.tmp bs=64k 2>/dev/null; wc -c < dd.tmp; rm dd.tmp',
  'od': 'head -c 1000000 blob | od -An -tx1 | md5sum',
  'split': 'split -b 10000000 blob split.tmp.; cat split.tmp.* | md5sum; rm split.tmp.*',
  'gzip': 'gzip -c lines.txt | gunzip | md5sum',
  'gunzip': 'gunzip -c lines.txt.gz | md5sum',
  'zcat | grep': 'zcat lines.txt.gz | grep -c ERROR',
  'xargs': 'seq 100000 | xargs | wc -c',
  'xargs -n': 'seq 2000 | xargs -n 2 echo | md5sum',
};

/** Trees of files and archives. */
const FILES: Readonly<Record<string, string>> = {
  'find, 10 000 files': 'find tree -type f | wc -l',
  'find -name': 'find tree -name "*7.txt" | wc -l',
  'find -newer, -size, -perm': 'find tree -size -2 -perm 644 ! -newer lines.txt | wc -l; find tree -mtime +1000 | wc -l',
  'find -exec +': 'find tree -type f -exec cat {} + | wc -c',
  'find | xargs wc': 'find tree -type f -print0 | xargs -0 cat | wc -c',
  'ls -lR': 'ls -lR tree | wc -l',
  'glob': 'for i in 1 2 3; do set -- tree/*/*; done; echo $#',
  'du': 'du -s --apparent-size --block-size=1M tree | cut -f2',
  'cp -r': 'cp -r tree copy.tmp; find copy.tmp -type f | wc -l; rm -rf copy.tmp',
  'chmod -R': 'chmod -R u+rwX tree; ls -d tree',
  'tar c': 'tar cf t.tar tree; tar tf t.tar | wc -l; rm t.tar',
  'tar x': 'mkdir x.tmp; tar xf tree.tar -C x.tmp; find x.tmp -type f | wc -l; rm -rf x.tmp',
  'tar cz, tar xz': 'tar czf t.tgz tree; mkdir x.tmp; tar xzf t.tgz -C x.tmp; find x.tmp -type f | wc -l; rm -rf x.tmp t.tgz',
  '50 MB tar': 'tar cf - blob | wc -c > /dev/null; echo done',
  '50 MB tar, gzip, sha256sum': 'tar cf b.tar blob; gzip -f b.tar; gunzip -c b.tar.gz | tail -c 1 | wc -c; rm b.tar.gz; sha256sum blob',
  '50 MB copied': 'cp blob c.tmp; cmp blob c.tmp && echo same; rm c.tmp',
};

const HEADLINES = new Set([
  'while [ $i -lt N ]', '1000 $(echo x)', 'grep, regex', 'sed s///g', 'sort', 'awk, count by key', '50 MB tar, gzip, sha256sum',
]);

function cases(kind: string, aim: number, scripts: Readonly<Record<string, string>>): SpeedCase[] {
  return Object.entries(scripts).map(([name, script]) => ({ name, script, aim, kind, headline: HEADLINES.has(name) }));
}

export const SPEED_CASES: readonly SpeedCase[] = [
  ...cases('loops of the shell', LOOP_AIM, LOOPS), ...cases('processes', WORK_AIM, PROCESSES),
  ...cases('commands on text', WORK_AIM, TEXT), ...cases('trees and archives', WORK_AIM, FILES),
];
