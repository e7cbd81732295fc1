// The files, the environment and the input that each line of commands finds, here and on the host.
import type { TestFile } from '../support/machine.js';

const sequence = Array.from({ length: 25 }, (_, i) => `line ${i + 1}\n`).join('');

export const FILES: Readonly<Record<string, TestFile>> = {
  'a.txt': 'alpha beta\n gamma  delta\nlast line\n', 'b.txt': 'b:1:two\nc:3\nb:1:one\na:22:x\n', 'c d.txt': 'spaces\n', '.hidden': 'h\n', empty: '',
  'num.txt': '10\n9\n2\n33\n-4\n1.5\n1e2\n0x1f\n\n 7\n+3\nabc\n2\n', 'ver.txt': 'v1.10\nv1.2\nv1.2-rc1\nv1.2~rc\na10\na9\na01\na1\nfile-1.0.tar.gz\nfile-1.0.1.tar.gz\n',
  'hum.txt': '1K\n2M\n3G\n500\n10K\n1.5K\n-1K\n0\n', 'mon.txt': 'Mar\njan\nDEC\nfoo\n feb\nAug\n', 'dup.txt': 'a\nA\na\nb\nb\nB\nc\n',
  'tab.txt': 'one\ttwo\tthree\nx\t\tz\n\tlead\nno tabs\n', 'csv.txt': 'id,name,qty\n1,apple,3\n2,pear,10\n3,fig,2\n10,kiwi,7\n',
  'j1.txt': '1 a\n2 b\n3 c\n5 e\n', 'j2.txt': '1 x\n2 y\n2 z\n4 w\n5 v\n',
  'para.txt': 'The quick brown fox jumps over the lazy dog. It was a bright cold day in April.\n\n  Indented paragraph with some rather long words, incomprehensibilities and\n  others.\nEnd here.\n',
  'nolf.txt': 'one\ntwo\nthree', 'nul.bin': 'x\0y\0\0z\0', 'bin.dat': Uint8Array.from({ length: 300 }, (_, i) => (i * 7) & 255), 'u8.txt': 'é à ü\n日本語 text\nñandú\n',
  'crlf.txt': 'one\r\ntwo\r\nthree\r\n', 'seq.txt': sequence, 'blank.txt': '\n\na\n\n\n\nb\n  \nc\n\n', 'conf.ini': '[main]\nkey = value\n# comment\nother=1\n\n[sec two]\nkey=2\n;x\n',
  'src.c': '#include <stdio.h>\nint main(void) {\n\tprintf("hi %d\\n", 3); /* x */\n\treturn 0;\n}\n',
  'old.txt': 'a\nb\nc\nd\ne\nf\ng\nh\ni\nj\nk\n', 'new.txt': 'a\nB\nc\nd\nf\ng\nh\ni\nj\nnew\nk\nl\n', 'ws1.txt': 'a  b\nc\td\n\nE\n', 'ws2.txt': 'a b\nc    d\ne \n',
  dir: null, 'dir/x.c': 'int x;\n', 'dir/y.h': '', 'dir/sub': null, 'dir/sub/z.txt': 'z\nalpha\n', 'dir/sub/deep': null, 'dir/sub/deep/q.log': 'log alpha\n',
  dir2: null, 'dir2/x.c': 'int y;\n', 'dir2/only': 'o\n', 'run.sh': { content: '#!/bin/sh\necho "run $# $1"\nexit 3\n', mode: 0o755 }, 'ro.txt': { content: 'ro\n', mode: 0o444 },
  link: { symlink: 'a.txt' }, broken: { symlink: 'nosuch' }, dirlink: { symlink: 'dir' },
};

/** Everything but links has one age, folders after what is in them. */
export const DATED = Object.entries(FILES).filter(([, file]) => file === null || typeof file === 'string' || file instanceof Uint8Array || file.symlink === undefined).map(([name]) => name).reverse();
export const AGE_SECONDS = 1e9;

export const INPUT = 'line one\n two  words \nthree:3:x\nlast';
export const ENVIRONMENT = { HOME: '/root', PATH: '/usr/bin:/bin', LC_ALL: 'C.UTF-8', TZ: 'UTC' } as const;
