// Locks, services, accounts and small facts: flock, run-parts, start-stop-daemon, useradd and its kin, tput, sysctl, logger, watch.
import test from 'ava';
import { agree, machineWith, runOurs } from '../commands-files/differential.js';

const script = (text: string): string[] => ['bash', '-c', text];

test('flock keeps others out as util-linux does', (t) => agree(t, { files: { lock: '' } }, [
  ['flock', 'lock', 'echo', 'in'], ['flock', 'lock', '-c', 'echo shell; exit 3'], ['flock', '-n', 'new', 'true'], script('exec 9>lock; flock 9; flock -n lock echo no; echo $?; flock -u 9; flock -n lock echo yes'),
  script('exec 9>lock; flock -s 9; flock -s -n lock echo shared; flock -n -E 7 lock echo no; echo $?'), script('flock lock sleep 0.4 & sleep 0.1; flock -w 0.1 lock echo no; echo $?; flock lock echo later; wait'), script('(flock 9; sleep 0.2; echo first) 9>lock & sleep 0.1; (flock 9; echo second) 9>lock; wait'),
  ['flock'], ['flock', 'lock'], ['flock', '77'], ['flock', '-n', '/nonesuch/x', 'true'], ['flock', 'lock', 'nonesuch-program'],
]));

test('run-parts runs what is a program, in order', (t) => agree(t, {
  files: { 'd/b': { content: '#!/bin/sh\necho b "$@"\n', mode: 0o755 }, 'd/a': { content: '#!/bin/sh\necho a "$@"; exit 3\n', mode: 0o755 }, 'd/c.sh': { content: '#!/bin/sh\necho c\n', mode: 0o755 }, 'd/no': 'plain', 'd/sub/x': '' },
}, [['run-parts', 'd'], ['run-parts', '--test', 'd'], ['run-parts', '--list', 'd'], ['run-parts', '-a', 'x', '--arg=y', 'd'], ['run-parts', '--regex=.*\\.sh$', 'd'], ['run-parts', '--exit-on-error', 'd'], ['run-parts', '-v', 'd'], ['run-parts', '--reverse', 'd'], ['run-parts', 'none']]));

test('tput knows the terminals of scripts', (t) => agree(t, { env: { TERM: 'xterm-256color' } }, [
  ['tput', 'setaf', '1'], ['tput', 'setaf', '9'], ['tput', 'setab', '4'], ['tput', 'sgr0'], ['tput', 'bold'], ['tput', 'cup', '2', '3'], ['tput', 'el'], ['tput', 'civis'], ['tput', 'smcup'], ['tput', 'colors'], ['tput', 'setaf', '200'], ['tput', 'cuu', '2'], ['tput', 'rev'], ['tput', 'smul'], ['tput', 'nonesuch'], ['tput', '-T', 'dumb', 'colors'],
  ['tput', '-T', 'dumb', 'setaf', '1'], ['tput', '-T', 'xterm', 'setaf', '3'], ['tput', '-T', 'vt100', 'colors'], ['tput', 'cnorm'], ['tput', 'ed'], ['tput', 'home'], ['tput', 'sc'], ['env', '-u', 'TERM', 'tput', 'bold'], ['tput', 'cuf', '3'], ['tput', 'rmso'], ['tput', 'dim'],
]));

test('start-stop-daemon starts in the background, knows what runs, and stops it', async (t) => {
  const machine = machineWith();
  const run = (text: string): Promise<{ stdout: string; exitCode: number; stderr: string }> => runOurs(machine, script(text));
  const { stdout, stderr } = await run(`s="start-stop-daemon --pidfile /tmp/p"; $s --start --background --make-pidfile --exec /bin/sleep -- 60; echo $?; sleep 0.2; test -s /tmp/p && kill -0 $(cat /tmp/p) && echo runs
$s --start --exec /bin/sleep -- 60; echo $?; $s --status; echo $?; $s --stop --retry TERM/5 --remove-pidfile; echo $?; $s --status; echo $?; $s --stop --oknodo --quiet; echo $?; $s --stop; echo $?; start-stop-daemon --start --exec /nonesuch; echo $?`);
  t.is(stdout, '0\nruns\n/bin/sleep already running.\n1\n0\n0\n3\n0\nNo process in pidfile found running; none killed.\n1\n3\n');
  t.regex(stderr, /unable to stat \/nonesuch \(No such file or directory\)/);
});

test('accounts are made, changed and removed', async (t) => {
  const machine = machineWith();
  const run = async (text: string): Promise<string> => {
    const { stdout, stderr } = await runOurs(machine, script(text));
    return stdout + stderr;
  };
  await run("echo 'root:x:0:0:root:/root:/bin/sh' > /etc/passwd; echo 'root:x:0:' > /etc/group; mkdir -p /etc/skel /home; echo hi > /etc/skel/.profile; : > /etc/shadow");
  t.is(await run('useradd -m -s /bin/bash -c "A User" ann && tail -1 /etc/passwd; tail -1 /etc/group; cat /home/ann/.profile; stat -c "%U %a" /home/ann; cut -d: -f1,2 /etc/shadow'), 'ann:x:1000:1000:A User:/home/ann:/bin/bash\nann:x:1000:\nhi\nann 755\nann:!\n');
  t.is(await run('useradd ann; echo $?; useradd -u 1000 x; echo $?; useradd -g nope x; echo $?; useradd "a b"; echo $?'), "9\n4\n6\n3\nuseradd: user 'ann' already exists\nuseradd: UID 1000 is not unique\nuseradd: group 'nope' does not exist\nuseradd: invalid user name 'a b': use --badname to ignore\n");
  t.is(await run('groupadd -g 2000 dev; groupadd dev; echo $?; usermod -aG dev ann; id ann; gpasswd -d ann dev; id -Gn ann; groupmod -n devs dev; tail -1 /etc/group; groupdel devs; groupdel ann; echo $?'), "9\nuid=1000(ann) gid=1000(ann) groups=1000(ann),2000(dev)\nRemoving user ann from group dev\nann\ndevs:x:2000:\n8\ngroupadd: group 'dev' already exists\ngroupdel: cannot remove the primary group of user 'ann'\n");
  t.is(await run('adduser -D -u 1234 bob; id bob; adduser --disabled-password --gecos "" --shell /bin/sh eve; tail -1 /etc/passwd; addgroup -S sys; addgroup bob sys; id -Gn bob; adduser -D bob; echo $?; deluser bob sys; id -Gn bob; deluser --remove-home eve; id eve 2>&1; test -e /home/eve; echo $?; su bob -c whoami'), "uid=1234(bob) gid=1234(bob) groups=1234(bob)\neve:x:1235:1235::/home/eve:/bin/sh\nbob sys\n1\nbob\nid: \u2018eve\u2019: no such user\n1\nbob\nadduser: user 'bob' in use\n".replaceAll(/[\u2018\u2019]/g, "'"));
  t.is(await run('userdel -r ann 2>/dev/null; grep -c ann /etc/passwd /etc/group /etc/shadow; test -e /home/ann; echo $?; su bob -c "useradd z"; echo $?'), '/etc/passwd:0\n/etc/group:0\n/etc/shadow:0\n1\n1\nuseradd: Permission denied.\nuseradd: cannot lock /etc/passwd; try again later.\n');
});

test('what a container may not do fails as it does there; sysctl, logger and watch', async (t) => {
  const machine = machineWith();
  const run = async (text: string): Promise<string> => (await runOurs(machine, script(text))).stdout;
  t.is(await run('dmesg 2>&1; echo $?; ping -c1 localhost 2>&1 | head -2; unshare true 2>&1; echo $?; chroot / echo here; mkdir r; chroot r true 2>&1; echo $?'), "dmesg: read kernel buffer failed: Operation not permitted\n1\nping: socktype: SOCK_RAW\nping: socket: Operation not permitted\nunshare: unshare failed: Operation not permitted\n1\nhere\nchroot: cannot change root directory to 'r': Operation not permitted\n125\n");
  t.is(await run('mkdir -p /proc/sys/kernel; echo Linux > /proc/sys/kernel/ostype; sysctl -n kernel.ostype; sysctl kernel.ostype; sysctl -w kernel.ostype=x; sysctl no.such 2>&1; echo $?'), 'Linux\nkernel.ostype = Linux\nkernel.ostype = x\nsysctl: cannot stat /proc/sys/no/such: No such file or directory\n255\n');
  t.regex(await run('logger -s -t tag hello 2>&1; logger nothing 2>&1; logger -p foo.bar x 2>&1; echo $?'), /^<13>\w{3} [ \d]\d \d\d:\d\d:\d\d tag: hello\nlogger: unknown facility name: foo\n1\n$/);
  t.regex(await run('timeout 3 watch -n 0.1 -t echo tick; echo $?'), /(?:\x1b\[H\x1b\[2J\x1b\[3Jtick){2,}.*124\n$/s); // oxlint-disable-line no-control-regex
  t.is(await run('taskset -c 0 echo on; nologin; echo $?; hostid | wc -c; whereis nonesuch'), 'on\nThis account is currently not available.\n1\n9\nnonesuch:\n');
});
