// Users and permissions: a script of everything that the kernel allows and refuses says here what it says on the host.
import { spawnSync } from 'node:child_process';
import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test from 'ava';
import { allCommands } from '../../actors/sandbox/commands/index.js';
import { TestMachine } from '../support/machine.js';

const SCRIPT = `umask 022; mkdir d; chmod 755 d; cd d
as() { setpriv --reuid "$1" --regid "$2" --groups "$3" sh -c "$4" 2>&1; }
echo root > rootfile; mkdir open sticky sgid closed own; chmod 777 open; chmod 1777 sticky; chgrp 2000 sgid; chmod 2775 sgid; chmod 700 closed; echo x > closed/f; chown 1000:1000 own
as 1000 1000 2000 'echo a | tee rootfile; rm -f rootfile; cat closed/f; ls closed'
as 1000 1000 2000 'chmod 777 rootfile; chown 1000 rootfile; chgrp 1000 rootfile; touch rootfile; touch -d 2020-01-01 rootfile; echo $?'
as 1000 1000 2000 'echo hi > open/f; chmod 600 open/f; stat -c "%a %u %g" open/f; echo hi > sticky/f; chmod 666 sticky/f'
as 1001 1001 1001 'cat open/f; mv open/f open/g; rm -f open/g; echo $?; rm -f sticky/f; mv sticky/f sticky/g; echo hi | tee sgid/h'
as 1000 1000 2000 'echo hi > sgid/f; mkdir sgid/s; stat -c "%a %u %g" sgid/f sgid/s'
as 1000 1000 2000 'cd own; echo x > f; chgrp 2000 f; chgrp 3000 f; chown 1001 f; chmod 4755 f; stat -c "%a %u %g" f; echo y >> f; stat -c %a f; chmod 2755 f; stat -c %a f; chgrp 1000 f; stat -c %a f'
as 1000 1000 2000 'cd own; chgrp 2000 f; chmod 644 f'; as 1000 1000 3000 'cd own; chmod 2755 f; stat -c %a f'
cp rootfile own/root; chmod 6755 own/root; stat -c %a own/root; chown 1000:1000 own/root; stat -c "%a %u %g" own/root
as 1000 1000 2000 'cd own; umask 077; echo > u; mkdir um; stat -c %a u um; umask; umask 000; echo > v; stat -c %a v; umask -S'
as 1000 1000 2000 'cd own; mkdir w; echo 1 > w/f; chmod 555 w; rm -f w/f; mv w/f x; echo $?; chmod 311 w; ls w; cat w/f; chmod 644 w; cat w/f; stat w/f > /dev/null; echo $?; chmod 755 w; rm -r w'
as 1000 1000 2000 'ln rootfile own/hard; ln -s ../rootfile own/soft; cat own/soft; echo z | tee own/soft; id -u; id -g; id -G; mknod own/dev c 1 3; mkfifo own/fifo; stat -c %F own/fifo'
as 0 0 0 'cat closed/f; id -u'
as 1000 1000 2000 'for t in "-w rootfile" "-r rootfile" "-x closed" "-O own" "-G own" "-k sticky" "-g sgid" "-u own/root"; do [ $t ]; printf "%s " $?; done; echo; find . -maxdepth 1 -writable | sort; cp -p rootfile own/copy; stat -c "%a %u %g" own/copy; tar cf own/t.tar rootfile closed; echo $?'
`;

async function ours(script: string): Promise<string> {
  const machine = new TestMachine({ commands: allCommands, files: { '/work': null } });
  const ran = await machine.run(['bash', '-c', script], { cwd: '/work', timeoutMs: 60_000 });
  return ran.stdout + ran.stderr;
}

/** The host takes other users' names only from root. */
const onHost = process.getuid?.() === 0 && spawnSync('setpriv', ['--reuid', '1000', '--regid', '1000', '--clear-groups', 'true']).status === 0 ? test : test.skip;

onHost('the kernel allows and refuses as the host\'s does', async (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'permissions-'));
  t.teardown(() => rmSync(folder, { recursive: true }));
  chmodSync(folder, 0o755);
  const host = spawnSync('bash', ['--norc', '-c', SCRIPT], { cwd: folder, encoding: 'utf8', env: { PATH: process.env.PATH, LC_ALL: 'C' } });
  t.deepEqual((await ours(SCRIPT)).split('\n'), (host.stdout + host.stderr).split('\n'));
  t.true(host.stdout.includes('Permission denied') && host.stdout.includes('Operation not permitted'));
});

test('rights that a file lends go when others change it', async (t) => {
  const script = 'as() { setpriv --reuid 1000 --regid 1000 --groups 2000 sh -c "$1"; }; chmod 777 .; as "echo x > f; chmod 4755 f; stat -c %a f; echo y >> f; stat -c %a f; chgrp 2000 f; chmod 2755 f; stat -c %a f; chgrp 1000 f; stat -c %a f"; chmod 6755 f; stat -c %a f; chown 0 f; stat -c %a f';
  t.is(await ours(script), '4755\n755\n2755\n755\n6755\n755\n');
});

test('others\' files are not linked to, and a group\'s rights are its members\' to give', async (t) => {
  const script = 'echo x > /f; chmod 777 .; setpriv --reuid 1000 --regid 1000 --groups 2000 sh -c "ln /f hard; echo > mine"; chgrp 3000 mine; setpriv --reuid 1000 --regid 1000 --groups 2000 sh -c "chmod 2755 mine; stat -c %a mine"';
  t.is(await ours(script), "755\nln: failed to create hard link 'hard' => '/f': Operation not permitted\n");
});
