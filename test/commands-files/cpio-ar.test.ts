// cpio and ar against GNU's.
import test from 'ava';
import type { TestFile } from '../support/machine.js';
import { agree } from './differential.js';

const FILES: Record<string, TestFile> = { a: 'hello\n', 'd/b': { content: 'x', mode: 0o755 }, 'd/empty': '', 'd/l': { symlink: '../a' }, 'long-member-name-of-an-object.o': 'objects!\n' };
const timeless = (text: string): string => text.replace(/[A-Z][a-z]{2} [ \d]\d +(?:\d\d:\d\d(?: \d{4})?|\d{4})/g, 'TIME');
const sh = (text: string): string[] => ['sh', '-c', text];

test('cpio copies out, in and through', (t) => agree(t, { files: FILES, normalise: timeless }, [
  sh('find d a | sort | cpio -o -H newc > x.cpio'), sh('cpio -t < x.cpio'), sh('cpio -tv < x.cpio | sed "s/^\\(.\\{10\\}\\) *[0-9]*/\\1/; s/ 4096 / 0 /; s/  */ /g"'), sh('mkdir o && cd o && cpio -idm < ../x.cpio && cat a d/b && readlink d/l && stat -c %a d/b'), sh('cd o && cpio -id < ../x.cpio; echo $?'), sh('cd o && cpio -idu --quiet < ../x.cpio; echo $?'), sh('mkdir o2; cd o2; cpio -id "d/*" < ../x.cpio; find . | sort'),
  sh('find a d | sort | cpio -o -c > y.cpio; cpio -t --quiet < y.cpio'), sh('echo a | cpio -o > z.cpio; cpio -t --quiet < z.cpio; head -c 2 z.cpio | od -An -tx1'), sh('find a d | sort | cpio -pd p; find p | sort; cat p/d/b'), sh('echo nope | cpio -o -H newc > n.cpio; echo $?'), sh('printf "a\\0d/b\\0" | cpio -0 -o -H newc --quiet | cpio -t --quiet'), sh('ln a hard; printf "a\\nhard\\n" | cpio -o -H newc --quiet > h.cpio; mkdir h; cd h; cpio -i --quiet < ../h.cpio; cat a hard; stat -c %h a'),
  sh('echo a | cpio -o -H crc --quiet | cpio -t --quiet'), sh('echo a | cpio -ov -H newc > v.cpio'), ['cpio'], sh('echo junk | cpio -t 2>/dev/null; echo $?'),
]));

test('ar keeps, lists and gives members', (t) => agree(t, { files: FILES, normalise: timeless }, [
  ['ar', 'rc', 'x.a', 'a', 'd/b', 'long-member-name-of-an-object.o'], ['ar', 't', 'x.a'], ['ar', 'tv', 'x.a'], ['ar', 'p', 'x.a', 'a'], sh('mkdir o && cd o && ar x ../x.a && cat a b long*'), ['ar', 'rv', 'x.a', 'a', 'd/empty'], ['ar', 'dv', 'x.a', 'b'], ['ar', 't', 'x.a'], sh('cd o && ar xv ../x.a a'), ['ar', 'r', 'new.a', 'a'], ['ar', 'q', 'x.a', 'a'], ['ar', 't', 'x.a'],
  sh('md5sum < x.a; od -c x.a | head -20'), ['ar', 'rcU', 'none-file.a', 'nofile'],
]));
