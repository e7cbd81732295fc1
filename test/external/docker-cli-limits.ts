// The Docker CLI about what a container may do and use: capabilities, privileges, mounts, limits, as seen from inside.
import { type Case, I } from './docker-cli-case.js';

/** What `script` prints in a container with these options. */
function inside(name: string, options: string, script: string, stdout: string | RegExp, exitCode = 0): Case {
  return { name: `inside: ${name}`, script: `docker run --rm ${options} ${I} sh -c '${script}' 2>&1`, stdout, exitCode };
}

const CAPS = 'grep -E "Cap(Eff|Bnd)|NoNew" /proc/self/status | tr "\\n\\t" "  "';

export const limitCases: readonly Case[] = [
  inside('the default capabilities', '', CAPS, 'CapEff: 00000000a80425fb CapBnd: 00000000a80425fb NoNewPrivs: 0 '),
  inside('another user has none', '-u 1000', CAPS, 'CapEff: 0000000000000000 CapBnd: 00000000a80425fb NoNewPrivs: 0 '),
  inside('--privileged', '--privileged', CAPS, 'CapEff: 000001ffffffffff CapBnd: 000001ffffffffff NoNewPrivs: 0 '),
  inside('--cap-drop ALL --cap-add', '--cap-drop ALL --cap-add CAP_CHOWN --cap-add kill', CAPS, 'CapEff: 0000000000000021 CapBnd: 0000000000000021 NoNewPrivs: 0 '),
  inside('--cap-add ALL --cap-drop', '--cap-add ALL --cap-drop SYS_ADMIN', CAPS, 'CapEff: 000001ffffdfffff CapBnd: 000001ffffdfffff NoNewPrivs: 0 '),
  inside('what is dropped is missed', '--cap-drop CHOWN', 'touch f; chown 1 f', "chown: changing ownership of 'f': Operation not permitted\n", 1),
  inside('what is added is had', '--cap-add SYS_ADMIN --hostname one', 'hostname; hostname two; hostname', 'one\ntwo\n'),
  inside('and without it not', '--hostname one', 'hostname two; hostname', 'hostname: you must be root to change the host name\none\n'),
  inside('su lends root to users', '-u 1000', 'ls -l /bin/su | cut -c1-10; echo x | su', '-rwsr-xr-x\nPassword: su: Authentication failure\n', 1),
  inside('no-new-privileges', '--security-opt no-new-privileges', `${CAPS}; cp -L /usr/bin/id /tmp/id; chmod 4755 /tmp/id; setpriv --reuid 1000 --regid 1000 --clear-groups /tmp/id -u`, 'CapEff: 00000000a80425fb CapBnd: 00000000a80425fb NoNewPrivs: 1 1000\n'),
  inside('a set-user-ID file', '', 'cp -L /usr/bin/id /tmp/id; chmod 4755 /tmp/id; setpriv --reuid 1000 --regid 1000 --clear-groups /tmp/id -u', '0\n'),
  {
    name: 'exec --privileged', script: `docker run -d --name xp ${I} tail -f /dev/null >/dev/null; for o in "" --privileged "-u 5"; do docker exec $o xp sh -c '${CAPS}'; done; docker rm -f xp >/dev/null`,
    stdout: 'CapEff: 00000000a80425fb CapBnd: 00000000a80425fb NoNewPrivs: 0 CapEff: 000001ffffffffff CapBnd: 000001ffffffffff NoNewPrivs: 0 CapEff: 0000000000000000 CapBnd: 00000000a80425fb NoNewPrivs: 0 ',
  },
];
