// last, w, lsblk, ifconfig, crontab, host and nslookup: what a container has to tell.
import test from 'ava';
import { allCommands } from '../../actors/sandbox/commands/index.js';
import { TestMachine } from '../support/machine.js';
import { agree, machineWith, runOurs } from '../commands-files/differential.js';

test('last and w know of nobody', async (t) => {
  await agree(t, { files: { wtmp: '' }, normalise: (text) => text.replaceAll(/begins .*/g, 'begins') }, [['last', '-f', 'wtmp'], ['last', '-f', 'nope'], ['w', '-h'], ['users'], ['who']]);
  const { stdout } = await runOurs(machineWith(), ['bash', '-c', 'mkdir /proc; echo 0.10 0.20 0.30 1/2 3 > /proc/loadavg; w']);
  t.regex(stdout, /^ \d\d:\d\d:\d\d up {1,2}\S.*, {2}0 user, {2}load average: 0.10, 0.20, 0.30\nUSER     TTY      FROM             LOGIN@   IDLE   JCPU   PCPU WHAT\n$/);
});

test('lsblk finds nothing to be a block device', (t) => agree(t, { files: { a: '' } }, [['lsblk', 'a', 'nope']]));

test('ifconfig shows the loopback, and changes nothing', async (t) => {
  await agree(t, {}, [['ifconfig', 'eth9']]);
  const machine = new TestMachine({ files: { '/work': null }, commands: allCommands, network: false });
  const run = async (text: string): Promise<string> => (await runOurs(machine, ['bash', '-c', text])).stdout;
  t.is(await run('ifconfig lo | grep -o "inet 127[.0-9]*"; ifconfig | head -1; ifconfig lo down 2>&1; echo $?; lsblk; echo $?'), 'inet 127.0.0.1\nlo: flags=73<UP,LOOPBACK,RUNNING>  mtu 65536\nSIOCSIFFLAGS: Operation not permitted\n255\n0\n');
  t.is(await run('echo "127.0.0.9 db" > /etc/hosts; host db; nslookup db | tail -3; host nope.invalid; echo $?; nslookup nope.invalid; echo $?'), 'db has address 127.0.0.9\nName:\tdb\nAddress: 127.0.0.9\n\n;; connection timed out; no servers could be reached\n1\n;; connection timed out; no servers could be reached\n\n1\n');
});

test('crontab keeps what is well formed', async (t) => {
  const { stdout } = await runOurs(machineWith(), ['bash', '-c', 'echo root:x:0:0::/: > /etc/passwd; crontab -l 2>&1; echo $?; printf "# jobs\\nA=1\\n*/5 * * * 1-5 true\\n@daily date\\n" | crontab -; echo $?; crontab -l; echo "61x nothing" | crontab - 2>&1; echo $?; crontab -l | wc -l; stat -c %a /var/spool/cron/crontabs/root; crontab -r; crontab -l 2>&1; crontab -u nobody2 -l 2>&1']);
  t.is(stdout, 'no crontab for root\n1\n0\n# jobs\nA=1\n*/5 * * * 1-5 true\n@daily date\ncrontab: errors in crontab file, can\'t install.\n"-":0: bad minute\n1\n4\n600\nno crontab for root\ncrontab: user `nobody2\' unknown\n');
});

test('sha3sum prints and checks', async (t) => {
  const { stdout } = await runOurs(machineWith({ f: 'abc\n' }), ['bash', '-c', 'sha3sum f | tee sums; sha3sum -a 512 < f; sha3sum -c sums; sha3sum -a 256 f > s2; sha3sum -a 256 -c s2; echo x >> f; sha3sum -c sums; echo $?; sha3sum -sc sums; echo $?']);
  t.is(stdout, '631e999b94a9ddcc67f343be0bcead5f050fa0ddafc259fef71154b9  f\ncf37ee58662b428b08d9c11cacad49cd9b3aceec7478ba352d8609d29af0c60a60f453048478ba1d9a1cf1bc17ee1ab000a479adebc35ba9654d8ccca5b39a8b  -\nf: OK\nf: OK\nf: FAILED\n1\n1\n');
});

test('vmstat shows the columns of the host', async (t) => {
  await agree(t, { normalise: (text) => text.replace(/(parse argument).*/, '$1') }, [['vmstat', 'x']]);
  const { stdout } = await runOurs(machineWith(), ['bash', '-c', 'mkdir /proc; echo "cpu  10 0 10 80 0 0 0 0 0 0" > /proc/stat; vmstat 1 2']);
  t.regex(stdout, /^procs -+memory-+ -+swap-- -+io-+ -system-- -+cpu-+\n r  b   swpd   free   buff  cache   si   so    bi    bo   in   cs us sy id wa st\n *\d+  0      0 +\d+      0      0    0    0     0     0    0    0 10 10 80  0  0\n.*\n$/);
});
