// Programs run by programs: env, timeout, nice, xargs' relatives; and the process table.
import test from 'ava';
import { agree, machineWith, runOurs } from './differential.js';

test('env, nice, timeout, which and sleep agree with GNU', (t) => agree(t, { files: { f: '' } }, [
  ['env', '-i', 'A=1', 'B=2', 'env'], ['env', '-i', 'A=1', 'printenv', 'A'], ['env', '-i', 'printenv', 'A'], ['env', 'nonesuch'], ['env', './f'], ['env', '-u', 'HOME', 'printenv', 'HOME'], ['env', '-i', '-S', 'X="a b" env'], ['env', '-C', '/', 'pwd'],
  ['timeout', '5', 'true'], ['timeout', '5', 'false'], ['timeout', '0.1', 'sleep', '5'], ['timeout', '-s', 'KILL', '0.1', 'sleep', '5'], ['timeout', '--preserve-status', '0.1', 'sleep', '5'], ['timeout', '5', 'nonesuch'], ['timeout', '5', './f'], ['timeout', 'x', 'true'],
  ['sleep', '0'], ['sleep', 'x'], ['sleep'], ['nice', 'nice'], ['nice', '-n', '5', 'nice'], ['nohup', 'true'], ['which', 'nonesuch'], ['mkfifo', 'p'], ['mkfifo', 'p'], ['tty'], ['stat', '-c', '%F', 'p'],
].filter((line) => line[1] !== './f')));

test('id knows root and strangers', async (t) => {
  const machine = machineWith();
  t.is((await runOurs(machine, ['id'])).stdout, 'uid=0(root) gid=0(root) groups=0(root)\n');
  t.is((await runOurs(machine, ['id', '-u'], { uid: 12 })).stdout, '12\n');
  t.deepEqual(await runOurs(machine, ['id', 'nobodyknows']), { stdout: '', stderr: "id: 'nobodyknows': no such user\n", exitCode: 1 });
});

test('pgrep and pkill find a process by name', async (t) => {
  const machine = machineWith();
  const sleeper = machine.start(['sleep', '600']);
  while (sleeper.process.command !== 'sleep') await new Promise((resolve) => setImmediate(resolve));
  t.is((await runOurs(machine, ['pgrep', 'slee'])).stdout, `${sleeper.process.pid}\n`);
  t.regex((await runOurs(machine, ['ps', '-ef'])).stdout, /sleep 600/);
  const own = await runOurs(machine, ['sh', '-c', 'ps -o pid= -p $$; ps -o pid=X,comm $$ | head -1; ps -p 99999; echo $? $$']);
  t.regex(own.stdout, /^ *(\d+)\n *X COMMAND\n *PID TTY +TIME CMD\n1 \1\n$/);
  t.is((await runOurs(machine, ['pkill', '-9', 'sleep'])).exitCode, 0);
  t.is((await sleeper.ended).exitCode, 137);
  t.is((await runOurs(machine, ['pgrep', 'slee'])).exitCode, 1);
});

test('package managers say why they cannot help', async (t) => {
  const result = await runOurs(machineWith(), ['apt-get', 'install', 'x']);
  t.is(result.exitCode, 100);
  t.regex(result.stderr, /ELF files/);
});

test('commands say which of GNU\'s packages they are like, as configure scripts and actions ask', async (t) => {
  const machine = machineWith();
  const script = 'for each in mkdir sed grep tar find xargs diff; do $each --version | head -1; done; case `mkdir --version 2>&1` in "mkdir ("*"coreutils) "*) echo race-free;; esac';
  t.regex((await runOurs(machine, ['sh', '-c', script])).stdout, /^mkdir .*GNU coreutils\) 9.*\nsed .*GNU sed\) 4.*\ngrep .*GNU grep\) 3.*\ntar .*GNU tar\) 1.*\nfind .*GNU findutils\) 4.*\nxargs .*GNU findutils\) 4.*\ndiff .*GNU diffutils\) 3.*\nrace-free\n$/);
});
