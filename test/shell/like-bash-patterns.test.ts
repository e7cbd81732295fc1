// Extended patterns that never end, and dots before names: each script gives the same output and exit code as with the host's bash.
import { besideBash } from './beside-bash.js';

besideBash({
  'a group that never ends stands for itself, with all of its pattern': String.raw`shopt -s extglob
for p in '@(a' '@(a|[b' '@([b)' '*(a|[' 'x@(a' '!(a|[' '+(a|[b]' '@(a|[b)c' '@(a[b)]c)' '[@(a)' '@([])' '@(\[a)' '@(a|@(b)'; do
  for s in '@(a' '@(a|[b' '@([b)' '*(a|[' 'x@(a' '!(a|[' '+(a|[b]' a '[b' b '@(a|[b)c' abc 'a)c' 'abc)' '[a' '[@(a)' '@([])' '@(a|@(b)'; do
    case $s in $p) echo "$s ~ $p" ;; esac
  done
done
touch abc bcd
echo +(a|b[)* !([*)* +(a|b)*
`,
  'dots before names are not for wildcards': String.raw`shopt -s extglob
shopt -u globskipdots
touch .a .cfg plain
for option in -u -s; do
  shopt $option dotglob
  echo !(.cfg) .!(a) @(.cfg|*) @(.*) !(.*) !(plain).cfg *(plain).cfg ?(plain).cfg .? @(.?) !(.?) @(?|.?) ? .* *
done
`,
});
