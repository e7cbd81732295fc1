// getopt against util-linux's, and what free and uptime say of a machine.
import test from 'ava';
import { agree, machineWith, runOurs } from '../commands-files/differential.js';

test('getopt orders and quotes options as util-linux does', (t) => agree(t, {}, [
  ['getopt', 'ab:c', '-a', '-b', '1', 'x', '-c', 'y', 'd e'], ['getopt', '-o', 'ab:c::', '-l', 'foo,bar:,baz::', '-n', 'pr', '--', '-a', 'x', '--bar', '2', '--fo', '--baz', '--baz=3', "it's", '-c1', '-z', '--ba', '--ba=1'],
  ['getopt', '-o', 'a', '-q', '--', '-z'], ['getopt'], ['getopt', '-T'], ['getopt', '-o', '+a:b', '--', '-a', '1', 'x', '-b'], ['getopt', '-o', '-ab', '--', 'x', '-a', 'y'], ['getopt', '-u', '-o', 'a', '--', 'a b', '-a'],
  ['getopt', '-a', '-o', 'a', '-l', 'foo', '--', '-foo'], ['getopt', '-o', 'a:', '--', '-a'], ['getopt', '-o', 'a:', '-l', 'foo,bar:', '--', '--bar'], ['getopt', '-o', 'a', '-l', 'foo', '--', '--foo=1'], ['getopt', '-o', 'a'],
  ['getopt', '-s', 'csh', '-o', 'a', '--', 'x!y'], ['getopt', '-Q', '-o', 'a', '--', '-a'], ['getopt', '--foo'], ['getopt', '-s', 'foo', '-o', 'a'], ['getopt', '-o', 'ab', '--', '-ba', '--', '-a'],
]));

test('free and uptime tell of the machine', async (t) => {
  const machine = machineWith({ '../proc/loadavg': '0.10 0.20 0.30 1/5 9\n', '../proc/meminfo': 'MemTotal:        2097152 kB\nMemAvailable:    1048576 kB\n' });
  t.is((await runOurs(machine, ['free', '-m'])).stdout, `${' '.repeat(15)}total        used        free      shared  buff/cache   available\nMem:            2048        1024        1024           0           0        1024\nSwap:              0           0           0\n`);
  t.regex((await runOurs(machine, ['free', '-h'])).stdout, /^Mem: +2\.0Gi +1\.0Gi +1\.0Gi +0B/m);
  t.regex((await runOurs(machine, ['uptime'])).stdout, /^ \d\d:\d\d:\d\d up 0 min,  0 user,  load average: 0\.10, 0\.20, 0\.30\n$/);
  t.is((await runOurs(machine, ['uptime', '-p'])).stdout, 'up 0 minutes\n');
  t.is((await runOurs(machine, ['uptime', '-Z'])).exitCode, 1);
});
