// su and its relatives change who one is; stty changes a terminal.
import test from 'ava';
import { Terminal } from '../../actors/sandbox/kernel/tty.js';
import { agree, machineWith, runOurs } from '../commands-files/differential.js';

test('su becomes another user, for root only', async (t) => {
  const machine = machineWith();
  const run = (argv: readonly string[], uid = 0): ReturnType<typeof runOurs> => runOurs(machine, argv, { uid });
  t.is((await run(['su', '-s', '/bin/sh', 'nobody', '-c', 'id -u; echo $USER $HOME'])).stdout, '65534\nnobody /nonexistent\n');
  t.is((await run(['su', 'root', '-c', 'echo $0 $*; exit 3', 'a', 'b'])).exitCode, 3);
  t.is((await run(['su', 'nobody', '-s', '/bin/sh', '-c', 'id -un'])).stdout, 'nobody\n');
  t.is((await run(['su', '-', 'root', '-c', 'pwd'])).stdout, '/root\n');
  t.deepEqual(await run(['su', 'root', '-c', 'id'], 65534), { stdout: '', stderr: 'Password: su: Authentication failure\n', exitCode: 1 });
  t.is((await run(['runuser', '-u', 'nobody', '--', 'id', '-un'])).stdout, 'nobody\n');
  t.is((await run(['setpriv', '--reuid=65534', '--regid=65534', '--clear-groups', 'id', '-G'])).stdout, '65534\n');
  t.is((await run(['setpriv', '--reuid=0', 'id'], 65534)).exitCode, 127);
  t.deepEqual(machine.defects, []);
});

test('su and stty complain as util-linux and GNU do', (t) => agree(t, {}, [
  ['su', 'nonesuch', '-c', 'id'], ['runuser', '-u', 'nonesuch', 'id'], ['setpriv'], ['setpriv', '--regid=1', 'id'], ['su', '-s', '/nonesuch', 'root'],
  ['stty'], ['stty', '-a'], ['stty', 'size'], ['stty', 'foo'], ['stty', '-F', '/nonesuch'], ['stty', 'rows'],
]));

test('stty shows, changes, saves and restores a terminal', async (t) => {
  const machine = machineWith();
  let screen = '';
  const terminal = new Terminal(machine.kernel, (bytes) => {
    screen += Buffer.from(bytes).toString();
    return true;
  });
  const run = async (script: string): Promise<string> => {
    screen = '';
    const started = machine.start(['sh', '-c', script], { env: {} });
    started.process.terminal = terminal;
    started.process.descriptors.put(0, terminal.open());
    const { stdout, stderr } = await started.ended;
    return stdout + stderr + screen;
  };
  t.is(await run('stty size; stty rows 30 cols 100; stty size'), '24 80\n30 100\n');
  t.is(await run('stty -g'), '500:5:bf:8a3b:3:1c:7f:15:4:0:1:0:11:13:1a:0:12:f:17:16:0:0:0:0:0:0:0:0:0:0:0:0:0:0:0:0\n');
  t.is(await run('saved=$(stty -g); stty raw -echo; stty; stty "$saved"; stty'), 'speed 38400 baud; line = 0;\nmin = 1; time = 0;\n-brkint -icrnl -imaxbel\n-opost\n-isig -icanon -echo\nspeed 38400 baud; line = 0;\n-brkint -imaxbel\n');
  t.regex(await run('stty -echo; stty -a; stty sane'), /isig icanon iexten -echo echoe/);
  t.is(terminal.modes.echo, true);
  t.is(await run('stty ixany'), `stty: 'standard input': unable to perform all requested operations\n`);
});
