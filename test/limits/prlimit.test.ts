// prlimit beside util-linux's, and what limits do to whoever reaches them.
import test from 'ava';
import { agree } from '../commands-files/differential.js';

const SET = ['prlimit', '--nofile=10:20', '--fsize=4096:8192', '--cpu=5', '--core=0:0', '--nproc=50'];

test('prlimit shows, sets and complains as util-linux does', (t) => agree(t, {}, [
  [...SET, 'prlimit', '-n', '-f', '-t', '-c', '-u'], [...SET, 'prlimit', '-n', '-o', 'RESOURCE,SOFT,HARD'], [...SET, 'prlimit', '-n', '--noheadings'], [...SET, 'prlimit', '--raw', '--nofile'],
  [...SET, 'sh', '-c', 'ulimit -n; ulimit -Hn; ulimit -t'], ['prlimit', '--nofile=7:', '--core=unlimited', 'prlimit', '-n', '-o', 'SOFT'], ['prlimit', '--nofile=20:10', 'true'], ['prlimit', '--nofile=bogus', 'true'],
  ['prlimit', '--nofile=5', 'nonesuch'], ['prlimit', '--pid', '99999999', '-n'], ['prlimit', '-n', '-o', 'BOGUS'], ['prlimit', '--bogus'],
  ['prlimit', '--nofile=10:20', 'prlimit', '--nofile=15', 'prlimit', '-n', '--noheadings'],
]));

test('a file ends where its limit is, with SIGXFSZ', (t) => agree(t, { normalise: (text) => text.replace(/ +\d+ File size/, ' N File size') }, [
  ['prlimit', '--fsize=1024', 'bash', '-c', 'head -c 2000 /dev/zero > f; echo $?; wc -c < f'],
  ['prlimit', '--fsize=1024', 'bash', '-c', 'trap "" XFSZ; head -c 2000 /dev/zero > f 2> /dev/null; echo $?; wc -c < f'],
]));
