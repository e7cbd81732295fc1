// How bash finds and names files: each script gives the same output and exit code as with the host's bash.
import { besideBash } from './beside-bash.js';

besideBash({
  '** and symlinks to folders': `mkdir -p t/{a,b}/{a,b} && cd t && touch a/f a/a/g f && ln -s a l && ln -s ../b a/m && ln -s /nosuch broken\nshopt -s globstar\nfor p in '**' '**/' '**/a' './**/a' 'a/**' 'a/**/' 'a/**/a' '*/**/f' '**/m/' '**/m/**' '**/l/**' 'l/**' '**/*/**' '**/a*/**/f' "$PWD/**/f" "$PWD/**/"; do echo $p | tr ' ' '\\n' | sed "s:^$PWD:.:"; echo; done\n`,
  '** below what is no folder': `mkdir -p t/a/b && cd t && touch f a/f\nshopt -s globstar\necho x/** f/** **/f/** **/b/**\nshopt -s nullglob\necho x/** f/** **/f/** **/f\n`,
});
