// The Docker CLI about what a container may do and use: capabilities, privileges, mounts, limits, as seen from inside.
import { type Case, I, typed } from './docker-cli-case.js';

/** What `script` prints in a container with these options. */
function inside(name: string, options: string, script: string, stdout: string | RegExp, exitCode = 0): Case {
  return { name: `inside: ${name}`, script: `docker run --rm ${options} ${I} sh -c '${script}' 2>&1`, stdout, exitCode };
}

/** A create that must be refused. */
function refused(name: string, options: string, stderr: RegExp): Case {
  return { name: `refused: ${name}`, script: `docker run --rm ${options} ${I} true`, exitCode: 125, stderr };
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
  inside('tmpfs options', '--tmpfs /t:size=1m,mode=1770,uid=1000,gid=1000', 'stat -c "%a %u %g" /t; grep -o " /t .*" /proc/mounts; cp -L /usr/bin/id /t; /t/id; head -c 2000000 /dev/zero > /t/f; stat -c %s /t/f',
    / 1000 1000\n \/t tmpfs rw,nosuid,nodev,noexec,relatime,size=1024k,mode=1770,uid=1000,gid=1000 0 0\nsh: 1: \/t\/id: Permission denied\nhead: .*No space left on device\n\d+\n$/),
  inside('a tmpfs that executes', '--tmpfs /t:exec', 'cp -L /usr/bin/id /t; /t/id -u', '0\n'),
  inside('--shm-size', '--shm-size 1m', 'df -k /dev/shm | tail -1 | tr -s " "; head -c 2000000 /dev/zero > /dev/shm/x', 'shm 1024 0 1024 0% /dev/shm\nhead: write error: No space left on device\n', 1),
  inside('--storage-opt size', '--storage-opt size=10m', 'head -c 20000000 /dev/zero > /x; stat -c %s /x', 'head: write error: No space left on device\n10485760\n'),
  inside('--read-only', '--read-only', 'touch /x /etc/hosts; echo a > /etc/hosts; touch /dev/shm/y && echo shm', /'\/x': Read-only file system\n(.*\n)*.*Read-only file system\nshm\n$/),
  inside('--ulimit cpu ends init too', '--ulimit cpu=1', 'while :; do :; done', '', 137),
  inside('--ulimit', '--ulimit nofile=50:60 --ulimit fsize=1024', 'ulimit -n; ulimit -Hn; prlimit -n -o SOFT,HARD --noheadings | tr -s " "; head -c 2000 /dev/zero > f; echo $?; stat -c %s f', /^50\n60\n ?50 60\n(.*\n)*153\n1024\n$/),
  inside('--pids-limit', '--pids-limit 5', 'for i in 1 2 3 4 5 6; do sleep 1 & done', /Cannot fork\n$/, 2),
  inside('--init', '--init', 'tr "\\0" " " < /proc/1/cmdline; cat /proc/1/comm', /^\/sbin\/docker-init -- sh -c .*docker-init\n$/s),
  inside('--hostname --domainname', '--hostname h1 --domainname example.org', 'hostname; hostname -f; hostname -d; tail -1 /etc/hosts; sysctl -n kernel.domainname', 'h1\nh1.example.org\nexample.org\n127.0.0.1\th1.example.org h1\nexample.org\n'),
  inside('--add-host', '--add-host a:1.2.3.4 --add-host b=::1 --add-host c:host-gateway', 'tail -4 /etc/hosts | head -3', /^1\.2\.3\.4\ta\n::1\tb\n\d+\.\d+\.\d+\.\d+\tc\n$/),
  inside('--dns', '--dns 9.9.9.9 --dns-search x.y --dns-option ndots:3', 'cat /etc/resolv.conf', 'nameserver 9.9.9.9\nsearch x.y\noptions ndots:3\n'),
  inside('--sysctl', '--sysctl net.core.somaxconn=1024 --sysctl kernel.msgmax=100', 'cat /proc/sys/net/core/somaxconn; sysctl kernel.msgmax; echo 5 > /proc/sys/net/core/somaxconn', '1024\nkernel.msgmax = 100\nsh: 1: cannot create /proc/sys/net/core/somaxconn: Read-only file system\n', 2),
  inside('a low port for root only, when asked so', '--sysctl net.ipv4.ip_unprivileged_port_start=1024 -u 1000', 'nc -l -p 80', 'nc: Permission denied\n', 1),
  inside('--oom-score-adj, --cgroupns host', '--oom-score-adj 500 --cgroupns host', 'cat /proc/self/oom_score_adj; cut -c1-11 /proc/self/cgroup', '500\n0::/docker/\n'),
  inside('--group-add', '--group-add wheel --group-add 777 -u nobody', 'id -G', '65534 10 777\n'),
  { name: '--uts host', script: `[ "$(docker run --rm --uts host ${I} hostname)" = "$(hostname)" ]` },
  {
    name: 'a password that is typed is not shown', stdout: /^Password: \r\n[^]*\nann\r\n(?![^]*secret)/,
    script: `docker run -d --name pw ${I} sh -c 'useradd -m ann; echo ann:secret | chpasswd; touch /ready; exec tail -f /dev/null' >/dev/null; until docker exec pw test -e /ready; do sleep 0.1; done; ${typed('docker exec -it -u nobody pw su ann', 'secret\\r', 'id -un\\r', 'exit\\r')}; docker rm -f pw >/dev/null`,
  },
  { name: 'what the kernel lacks is warned of', script: `docker run --rm --oom-kill-disable --cpu-shares 5 --cpuset-cpus 0 --pid host ${I} true`, stderr: /OomKillDisable discarded[^]*Shares discarded[^]*CPUset discarded[^]*processes of the host cannot be shared/ },
  { name: 'and not what it has', script: `docker run --rm --memory 64m --cpus 0.5 --pids-limit 50 ${I} true`, stderr: /^$/ },
  {
    name: 'memory of a Node program', script: `docker run --name mn -m 100m sockerless/node node -e 'const a = []; setInterval(() => a.push(Buffer.alloc(10 << 20, 1)), 10)'; echo $?; docker inspect -f '{{.State.OOMKilled}}' mn; docker rm mn >/dev/null`,
    stdout: '137\ntrue\n',
  },
  {
    name: 'memory where no limit was given', stdout: /^137\ntrue\n137\ntrue\n$/,
    script: `for program in 'a=(1 2 3 4); while :; do a=("\${a[@]}" "\${a[@]}"); done' 'set -- $(yes | head -c 200000000)'; do docker run --name ml ${I} bash -c "exec bash -c '$program'" >/dev/null 2>&1; echo $?; docker inspect -f '{{.State.OOMKilled}}' ml; docker rm ml >/dev/null; done`,
  },
  { name: 'its time', script: `docker run --rm --ulimit cpu=1 sockerless/node node -e 'for (;;);'`, exitCode: 137 },
  {
    name: 'stats, top and cgroup tell of it', stdout: /^0 [1-9]\d*\.\d\d% 00:00:0[1-9] true\n$/,
    script: `docker run -d --name sn sockerless/node node -e 'for (;;);' >/dev/null; for i in $(seq 100); do u=$(docker exec sn sed -n 's/usage_usec //p' /sys/fs/cgroup/cpu.stat); [ "$u" -gt 1500000 ] && break; sleep 0.2; done; docker pause sn >/dev/null; sleep 0.3; docker unpause sn >/dev/null; `
      + `echo $(docker stats --no-stream --format '{{.BlockIO}}' sn | grep -vc B) $(docker stats --no-stream --format '{{.CPUPerc}}' sn) $(docker top sn -o time | tail -1) $(docker exec sn sh -c '[ $(cat /sys/fs/cgroup/memory.current) -gt 5000000 ] && echo true'); docker rm -f sn >/dev/null`,
  },
  { name: 'an update is seen inside', script: `docker run -d --name ui -m 64m --cpus 0.5 ${I} tail -f /dev/null >/dev/null; docker update -m 128m --cpus 1 --pids-limit 77 ui >/dev/null; docker exec ui sh -c 'cd /sys/fs/cgroup; cat memory.max cpu.max pids.max; grep MemTotal /proc/meminfo' | tr -s ' '; docker rm -f ui >/dev/null`, stdout: '134217728\n100000 100000\n77\nMemTotal: 131072 kB\n' },
  refused('another container\'s namespaces', '--pid container:x', /PID namespace of x cannot be shared/),
  refused('a truth that is none', '--security-opt no-new-privileges=maybe', /invalid --security-opt 2: "no-new-privileges=maybe"/),
  refused('a tmpfs option', '--tmpfs /t:bogus=1', /invalid tmpfs option \["bogus" "1"\]/),
  refused('a storage option', '--storage-opt bogus=1', /Unknown option bogus/),
  refused('a quota with --cpus', '--cpus 1 --cpu-quota 5000', /Nano CPUs and CPU Quota cannot both be set/),
  inside('mounting with --privileged', '--privileged', 'mount -t tmpfs -o size=1m none /mnt; df -k /mnt | tail -1 | tr -s " "; umount /mnt; mkdir /b; mount --bind /etc /b; head -1 /b/hostname | wc -c; echo 9 > /proc/sys/net/core/somaxconn; sysctl -n net.core.somaxconn', 'none 1024 0 1024 0% /mnt\n13\n9\n'),
  inside('and without', '', 'mount -t tmpfs none /mnt; umount /dev/shm', /^mount: \/mnt: permission denied\.\n.*\numount: \/dev\/shm: must be superuser to unmount\.\n$/, 32),
  {
    name: 'exec --privileged', script: `docker run -d --name xp ${I} tail -f /dev/null >/dev/null; for o in "" --privileged "-u 5"; do docker exec $o xp sh -c '${CAPS}'; done; docker rm -f xp >/dev/null`,
    stdout: 'CapEff: 00000000a80425fb CapBnd: 00000000a80425fb NoNewPrivs: 0 CapEff: 000001ffffffffff CapBnd: 000001ffffffffff NoNewPrivs: 0 CapEff: 0000000000000000 CapBnd: 00000000a80425fb NoNewPrivs: 0 ',
  },
];
