// Capabilities, set-user-ID files and no-new-privileges: scripts say here what they say on the host, each right taken away in turn.
import { spawnSync } from 'node:child_process';
import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test from 'ava';
import { allCommands } from '../../actors/sandbox/commands/index.js';
import { capabilityMask, capabilitySet } from '../../actors/sandbox/kernel/capabilities.js';
import { ProcFileSystem } from '../../actors/sandbox/fs/proc.js';
import { TestMachine } from '../support/machine.js';

const PREPARE = `umask 022; mkdir bin closed sticky; chmod 755 . bin; chmod 1777 sticky; echo x > closed/f; chmod 700 closed; chown -R 1000:1000 closed; chmod 600 closed/f
echo y > sticky/f; echo y > sticky/g; chown 1000 sticky sticky/f sticky/g; echo z > lent; chown 1000:3000 lent; chmod 4755 lent
for p in id bash; do cp -L "$(command -v $p)" bin/$p; chmod 4755 bin/$p; done
without() { caps=$1; shift; setpriv --bounding-set "$caps" "$@" 2>&1; echo "-> $?"; }
as() { setpriv --reuid "$1" --regid "$1" --clear-groups sh -c "$2" 2>&1; }
`;

const SCRIPTS: Readonly<Record<string, string>> = {
  CHOWN: 'for c in -kill -chown; do touch f; without $c chown 1000 f; without $c chgrp 3000 f; stat -c "%u %g" f; rm f; done',
  DAC_OVERRIDE: 'for c in -kill -dac_override -dac_override,-dac_read_search; do without $c cat closed/f; without $c bash -c "echo more >> closed/f"; without $c ls closed; without $c touch closed/g; rm -f closed/g; done',
  FOWNER: 'for c in -fowner -kill; do without $c chmod 640 closed/f; without $c rm -f sticky/f; without $c touch -d 2020-01-01 closed/f; without $c touch closed/f; stat -c "%a %Y" closed/f | cut -c1-5; done',
  FSETID: 'for c in -kill -fsetid; do chmod 4755 lent; without $c bash -c "echo q >> lent"; stat -c %a lent; without $c chmod 2755 lent; stat -c %a lent; done',
  KILL: 'for c in -kill -chown; do setpriv --reuid 1000 --regid 1000 --clear-groups sleep 100 & sleep 0.3; without $c bash -c "kill $!" | sed "s/([0-9]*)/(N)/"; kill -9 $!; wait $!; echo $?; done 2>/dev/null',
  SETUID: 'without -setuid setpriv --reuid 1000 id -u; without -setgid setpriv --regid 1000 --clear-groups id -g; without -setgid setpriv --reuid 1000 id -u; without -kill setpriv --reuid 1000 --regid 1000 --clear-groups id -u',
  MKNOD: 'without -mknod mknod d c 1 3; without -mknod mkfifo p; ls; without -kill mknod d c 1 3',
  SYS_NICE: 'without -sys_nice nice -n -5 true; without -sys_nice nice -n 5 true; without -kill nice -n -5 true',
  'a set-user-ID file': 'as 1000 "bin/id -u; bin/id -ru; bin/id -g"; as 1000 bin/id | sed "s/([a-z]*)//g"; as 1000 "setpriv --no-new-privs bin/id -u"; chown 1001 bin/id; chmod 2755 bin/id; chgrp 3000 bin/id; as 1000 "bin/id -u; bin/id -g"; chmod 6755 bin/id; as 1000 "bin/id -u; bin/id -g"; bin/id -u',
  'a set-user-ID shell': 'as 1000 "bin/bash -c \'echo \\$UID \\$EUID; cat closed/f; id -u\'; bin/bash -pc \'echo \\$UID \\$EUID; id -u; grep -E ^[UG]id: /proc/self/status\'"',
  'what /proc shows': 'caps() { grep -E "^(Cap(Inh|Prm|Eff|Amb)|NoNewPrivs)" /proc/self/status; }; as 1000 "grep -E ^Cap[IPEA] /proc/self/status"; setpriv --no-new-privs grep NoNewPrivs /proc/self/status; setpriv --bounding-set=-all,+chown,+kill grep Cap /proc/self/status; setpriv --inh-caps +chown --ambient-caps +chown --bounding-set=-all,+chown --reuid 1000 --regid 1000 --clear-groups grep Cap /proc/self/status',
  'an ambient capability': 'touch f; setpriv --inh-caps +chown --ambient-caps +chown --reuid 1000 --regid 1000 --clear-groups chown 1001 f; stat -c %u f; as 1000 "chown 1000 f"',
  'other users\' processes': 'setpriv --reuid 1000 --regid 1000 --clear-groups sleep 100 & sleep 0.3; without -sys_ptrace bash -c "cat /proc/$!/environ | wc -c" | tail -1; as 1001 "cat /proc/$!/environ; ls /proc/$!/fd" | sed "s/[0-9][0-9]*/N/g"; kill -9 $!',
};

async function ours(script: string): Promise<string[]> {
  const machine = new TestMachine({ commands: allCommands, files: { '/work': null } });
  machine.kernel.tree.mount(machine.files.locate('/proc'), new ProcFileSystem(machine.kernel, { limits: { memoryBytes: 0, nanoCpus: 0 } }));
  const ran = await machine.run(['bash', '-c', script], { cwd: '/work', timeoutMs: 60_000 });
  return (ran.stdout + ran.stderr).split('\n');
}

function hosts(script: string): string[] {
  const folder = mkdtempSync(join(tmpdir(), 'capabilities-'));
  try {
    chmodSync(folder, 0o755);
    const ran = spawnSync('bash', ['--norc', '-c', script], { cwd: folder, encoding: 'utf8', env: { PATH: process.env.PATH, LC_ALL: 'C' } });
    return (ran.stdout + ran.stderr).split('\n');
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** The host's root must hold what the scripts take away. */
const onHost = process.getuid?.() === 0 && spawnSync('setpriv', ['--bounding-set=-all', '--reuid', '1000', '--clear-groups', 'true']).status === 0 ? test : test.skip;

for (const [name, script] of Object.entries(SCRIPTS)) {
  onHost(`as on the host: ${name}`, async (t) => {
    t.deepEqual(await ours(PREPARE + script), hosts(PREPARE + script));
  });
}

test('a right that was taken away is missed', async (t) => {
  const [refused] = await ours('touch f; setpriv --bounding-set=-chown chown 1 f 2>&1');
  t.is(refused, "chown: changing ownership of 'f': Operation not permitted");
  t.deepEqual(await ours('touch f; chown 1 f 2>&1; stat -c %u f'), ['1', '']);
});

test('the numbers of the names are Linux\'s', (t) => {
  t.is(capabilityMask(capabilitySet('CHOWN DAC_OVERRIDE FSETID FOWNER MKNOD NET_RAW SETGID SETUID SETFCAP SETPCAP NET_BIND_SERVICE SYS_CHROOT KILL AUDIT_WRITE'.split(' '))), '00000000a80425fb');
  t.is(capabilityMask(capabilitySet(['cap_checkpoint_restore', 'nonesuch'])), '0000010000000000');
});
