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

test('mkpasswd hashes as crypt(3) does', (t) => agree(t, {}, [
  ...['sha-512', 'sha512crypt', 'sha-256'].flatMap((method) => ['', 'secret', 'x'.repeat(70), 'p\u00e4ss'].map((password) => ['mkpasswd', '-m', method, '-S', 'saltsalt', password])), ['mkpasswd', '-m', 'sha-512', '-R', '1000', '-S', 'sixteenletters./', 'secret'], ['mkpasswd', '-m', 'sha-512', 'secret', 'saltsalt2'],
  ['mkpasswd', '-m', 'foo', 'x'], ['mkpasswd', '-m', 'sha-512', '-S', 's', 'x'],
]));

test('passwords are set, locked and asked for', async (t) => {
  const machine = machineWith();
  const run = async (text: string): Promise<string> => {
    const { stdout, stderr } = await runOurs(machine, ['bash', '-c', text]);
    return stdout + stderr;
  };
  await run("printf 'root:x:0:0:root:/root:/bin/sh\\nann:x:1000:1000::/:/bin/sh\\n' > /etc/passwd; printf 'root:x:0:\\nann:x:1000:\\n' > /etc/group; printf 'root:*:1:0:99999:7:::\\nann:!:1:0:99999:7:::\\n' > /etc/shadow; chmod 640 /etc/shadow");
  t.is(await run("echo 'ann:secret' | chpasswd; echo $?; grep -c '^ann:[$]6[$]' /etc/shadow; stat -c %a /etc/shadow; su ann -c 'echo secret | su ann -c whoami 2>&1; echo wrong | su ann -c whoami 2>&1; echo $?; echo x | su -c whoami 2>&1'"), '0\n1\n640\nPassword: ann\nPassword: su: Authentication failure\n1\nPassword: su: Authentication failure\n');
  t.is(await run("echo 'nope:x' | chpasswd; echo $?; printf 'ann:other\\nann\\n' | chpasswd; echo $?; echo 'ann:x' | chpasswd -c FOO; echo $?; su ann -c 'echo secret | su ann -c whoami 2>/dev/null'"), "1\n1\n2\nann\nchpasswd: line 1: user 'nope' does not exist\nchpasswd: error detected, changes ignored\nchpasswd: line 2: missing new password\nchpasswd: error detected, changes ignored\nchpasswd: unsupported crypt method: FOO\n");
  t.is(await run("passwd -l ann 2>&1; passwd -S ann | cut -d' ' -f1,2,4-; su ann -c 'echo secret | su ann -c whoami 2>&1'; passwd -qu ann; passwd -d ann 2>&1; grep ann: /etc/shadow | cut -d: -f1,2,4-; su ann -c 'su ann -c whoami'; passwd -S nope 2>&1; echo $?"), "passwd: password changed.\nann L 0 99999 7 -1\nPassword: su: Authentication failure\npasswd: password changed.\nann::0:99999:7:::\nann\npasswd: user 'nope' does not exist\n1\n");
  t.is(await run("printf 'a1\\na1\\n' | passwd ann 2>&1; printf 'a\\nb\\n' | passwd ann 2>&1; echo $?; passwd ann </dev/null 2>&1; su ann -c 'passwd root 2>&1; printf \"a1\\nb2\\nb2\\n\" | passwd 2>&1; echo b2 | su ann -c whoami 2>/dev/null; echo ann:x | chpasswd 2>&1'"), 'New password: Retype new password: passwd: password updated successfully\nNew password: Retype new password: Sorry, passwords do not match.\npasswd: Authentication token manipulation error\npasswd: password unchanged\n10\nNew password: Password change has been aborted.\npasswd: Authentication token manipulation error\npasswd: password unchanged\npasswd: You may not view or modify password information for root.\nChanging password for ann.\nCurrent password: New password: Retype new password: passwd: password updated successfully\nann\nchpasswd: Permission denied.\n');
  t.is(await run("echo 'ann:$6$x$y' | chpasswd -e; grep -c '^ann:[$]6[$]x[$]y:' /etc/shadow"), '1\n');
});
