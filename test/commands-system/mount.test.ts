// mount and its relatives, and clear: what they show and what they refuse.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test from 'ava';
import { ProcFileSystem } from '../../actors/sandbox/fs/proc.js';
import { agree, machineWith, runOurs } from '../commands-files/differential.js';

test('mount, umount and mountpoint answer as util-linux does', (t) => agree(t, { files: { d: null }, env: { TERM: 'xterm' } }, [
  ['mount', '/nonesuch'], ['mount', '--foo'], ['umount', 'nonesuch'], ['umount'], ['mountpoint', '/'], ['mountpoint', '/usr/bin'], ['mountpoint', '-q', '/'], ['mountpoint', '-q', '/usr/bin'], ['mountpoint', '/nonesuch'], ['clear'], ['clear', '-x'],
]));

/** Mounting for real takes a name space of one's own. */
const apart = spawnSync('unshare', ['--mount', 'true']).status === 0 ? test : test.skip;

apart('tmpfs, binds and remounts are as on the host', async (t) => {
  const script = `mkdir m n; mount -t tmpfs -o size=1m,mode=700,noexec none m && stat -c %a m; dd if=/dev/zero of=m/f bs=1M count=2 2> /dev/null; stat -c %s m/f; rm m/f
cp -L "$(type -P true)" m/true; m/true; echo $?; mount -o remount,ro m; touch m/x; rm m/true; umount m; ls m; umount m; mkdir -p s/d; echo kept > s/d/f
mount --bind s n; cat n/d/f; echo new > s/g; cat n/g; mount -o remount,ro,bind n; echo x > n/g; echo y > s/g; cat n/g; (cd n/d; umount ../../n); umount -l n; ls n; cat s/g; mountpoint -q n || echo gone
mount -t tmpfs -o bogus none m; mount -t tmpfs none nonesuch; mount --bind nonesuch m; mount --bind s s/g; mount -t nonefs s m; mount -o remount,ro m; mount --make-rprivate m
mount -t tmpfs one m; touch m/1; mount -t tmpfs two m; ls m; umount m; ls m; setpriv --bounding-set=-sys_admin mount -t tmpfs none n; setpriv --bounding-set=-sys_admin umount m; umount m`;
  const machine = machineWith();
  const folder = mkdtempSync(join(tmpdir(), 'mounts-'));
  t.teardown(() => rmSync(folder, { recursive: true }));
  const host = spawnSync('unshare', ['--mount', 'bash', '--norc', '-c', `exec 2>&1\n${script}`], { cwd: folder, encoding: 'utf8', env: { PATH: process.env.PATH, LC_ALL: 'C' } });
  machine.kernel.tree.mount(machine.files.locate('/proc'), new ProcFileSystem(machine.kernel, { limits: { memoryBytes: 0, nanoCpus: 0 } }));
  const ours = await runOurs(machine, ['bash', '-c', `exec 2>&1\n${script}`]);
  t.deepEqual(ours.stdout.split('\n'), host.stdout.replaceAll(folder, '/work').split('\n'));
});

test('mount lists what /proc/mounts has', async (t) => {
  const machine = machineWith({ '../proc/mounts': 'overlay / overlay rw,relatime 0 0\ntmpfs /a\\040b tmpfs rw 0 0\n' });
  t.is((await runOurs(machine, ['mount'])).stdout, 'overlay on / type overlay (rw,relatime)\ntmpfs on /a b type tmpfs (rw)\n');
  t.is((await runOurs(machine, ['mount', '-t', 'tmpfs'])).stdout, 'tmpfs on /a b type tmpfs (rw)\n');
});
