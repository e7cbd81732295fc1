// ed against the host's own, over scripts of commands.
import test from 'ava';
import { cases, sameAsHost } from './differential.js';

const FILES = { e: 'one\ntwo\nthree\n' };
const SCRIPTS = [
  '1,$p\nq\n', 'a\nx\n.\nq\n', 'a\nx\n.\nq\nq\n', 'a\nx\n.\nw\nq\n', 'foo\nh\n', '/zzz/\nh\nq\n', '1d\n,p\nu\n,p\nQ\n', 'w\n', '9p\nh\n', 'H\n9p\n', '=\n.=\n1;+1n\n,l\n', 's/e/X/\ns/zz/y/\nh\nQ\n', ',s/e/X/gp\nQ\n', 'g/o/s//0/\n,p\nQ\n', '2i\nins\n.\n1m$\n,n\nQ\n', '1,2j\np\nQ\n', '1t.\n,p\nQ\n', "1kx\n$\n'xp\n", '!echo sh\nQ\n', 'f\nf new\nf\nQ\n', 'v/o/d\n,p\nQ\n',
  'r !echo hi\nr e\n,p\nQ\n', '$-1p\n-p\n+2p\n', '/t/p\n//p\n?o?p\n', '2c\nnew\nlines\n.\nw out\nq\n', '1,2w out\nq\n', 'W e\nq\n', 'wq\n', '0a\nfirst\n.\n,p\nQ\n', '\n\n\n', '2\n\n', 's/o/&-&/2\ns/t\\(.\\)/\\1t/p\nQ\n', 'g/e/a\\\nafter\\\n.\n,p\nQ\n', '%p\n,n\n;p\n', 'e nope\nh\nQ\n', '2d\ne e\nh\ne e\n,p\n', ',d\n=\nw\nq\n', '1,3m1\nh\nQ\n', '3m0\n,p\nQ\n', 'g/./m0\n,p\nQ\n', 'P\n1p\nq\n', '# comment\n1p\n', 'q',
];

test('ed does what the host does', async (t) => {
  await sameAsHost(t, SCRIPTS.flatMap((script) => [...cases('ed', script, [['-s', 'e']], FILES), ...cases('ed', script, [['e']], FILES)]));
  await sameAsHost(t, [...cases('ed', 'a\nhello\n.\nw f\nq\n', [[], ['-s'], ['nofile']]), ...cases('ed', '1,3s/(t)(.)/\\2\\1/p\nQ\n', [['-E', '-s', 'e']], FILES), ...cases('ed', 'Z\n', [['-v', 'e'], ['-l', 'e'], ['-p:', 'e']], FILES)]);
});
