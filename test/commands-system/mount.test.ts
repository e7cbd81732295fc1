// mount and its relatives, and clear: what they show and what they refuse.
import test from 'ava';
import { agree, machineWith, runOurs } from '../commands-files/differential.js';

test('mount, umount and mountpoint answer as util-linux does', (t) => agree(t, { files: { d: null }, env: { TERM: 'xterm' } }, [
  ['mount', '/nonesuch'], ['mount', '--foo'], ['umount', 'nonesuch'], ['umount'], ['mountpoint', '/'], ['mountpoint', '/usr/bin'], ['mountpoint', '-q', '/'], ['mountpoint', '-q', '/usr/bin'], ['mountpoint', '/nonesuch'], ['clear'], ['clear', '-x'],
]));

test('mount lists what /proc/mounts has and mounts nothing', async (t) => {
  const machine = machineWith({ '../proc/mounts': 'overlay / overlay rw,relatime 0 0\ntmpfs /a\\040b tmpfs rw 0 0\n' });
  t.is((await runOurs(machine, ['mount'])).stdout, 'overlay on / type overlay (rw,relatime)\ntmpfs on /a b type tmpfs (rw)\n');
  t.is((await runOurs(machine, ['mount', '-t', 'tmpfs'])).stdout, 'tmpfs on /a b type tmpfs (rw)\n');
  t.deepEqual(await runOurs(machine, ['mount', '-t', 'tmpfs', 'tmpfs', '/tmp']), { stdout: '', stderr: 'mount: /tmp: permission denied.\n', exitCode: 32 });
  t.deepEqual(await runOurs(machine, ['umount', '/dev']), { stdout: '', stderr: 'umount: /dev: must be superuser to unmount.\n', exitCode: 32 });
});
