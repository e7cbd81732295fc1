// Attempts to get out of containers, by the docker client: mounts, volumes, copies, /proc, node and WASI; a secret and listeners must stay unreached.
import { createServer, type Server } from 'node:net';
import { chmodSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import type { Check, Outcome } from './outcome.js';
import { judge, type Ran, sh } from './shell.js';

/** Only listeners and the file itself hold it. */
const SECRET = `not-for-containers-${process.pid}-${Math.random().toString(36).slice(2)}`;

interface Door {
  readonly folder: string;
  readonly port: number;
  readonly serverSocket: string;
}

/** Each is a script of the host; none of them may print the secret, touch a listener or change the file. */
const ATTEMPTS: Readonly<Record<string, (door: Door) => string>> = {
  'symlinks in a bind mount': ({ folder }) => `
    ln -sfn ${folder}/outside ${folder}/shared/folder; ln -sfn ../outside/secret ${folder}/shared/up; ln -sfn ${folder}/outside/secret ${folder}/shared/abs; ln -sfn /proc/self/root${folder}/outside ${folder}/shared/magic
    docker run --rm -v ${folder}/shared:/m sockerless/base sh -c 'cat /m/up /m/abs /m/folder/secret /m/magic/secret; cp -rL /m /copy; grep -r not-for /copy /m; tar -ch /m | grep -a not-for; echo changed > /m/up; echo changed > /m/abs; echo changed > /m/folder/secret; rm -rf /m/folder/*; chmod 0 /m/abs; chown 1 /m/abs; mv /m/folder/secret /m/taken; ln /m/abs /m/hard; cat /m/hard'`,
  'links made by the container': ({ folder }) => `
    docker run --rm -v ${folder}/shared:/m sockerless/base sh -c 'ln -sfn ${folder}/outside/secret /m/mine; ln -sfn ../../../../../../../../${folder}/outside /m/climb; ln -sfn / /m/all; cat /m/mine /m/climb/secret /m/all${folder}/outside/secret; cd /m/all; cat ..${folder}/outside/secret; rm -f /m/all'`,
  'climbing': ({ folder }) => `docker run --rm -w /m -v ${folder}/shared:/m sockerless/base sh -c 'cat ../outside/secret ../../../../../../..${folder}/outside/secret /m/../outside/secret /m/./../..${folder}/outside/secret; ls ..${folder}; cd ..; cd ..; pwd; cat outside/secret'`,
  'a folder that is swapped under the container': ({ folder }) => `
    mkdir -p ${folder}/shared/d; echo mild > ${folder}/shared/d/secret; docker run -d --name swap -v ${folder}/shared:/m sockerless/base sh -c 'cd /m/d; while :; do cat /m/d/secret secret ../d/secret ../secret ../../outside/secret; echo changed > /m/d/new; done' > /dev/null
    for i in 1 2 3 4 5 6 7 8 9 10; do mv ${folder}/shared/d ${folder}/shared/e; ln -s ${folder}/outside ${folder}/shared/d; sleep 0.1; rm ${folder}/shared/d; mv ${folder}/shared/e ${folder}/d-outside; sleep 0.1; mv ${folder}/d-outside ${folder}/shared/d; done
    docker kill swap > /dev/null; docker logs swap 2>&1 | sort | uniq -c | head -50; docker rm swap > /dev/null; ls ${folder}/outside | grep new`,
  'a read-only mount': ({ folder }) => `echo mild > ${folder}/shared/keep; docker run --rm -v ${folder}/shared:/m:ro sockerless/base sh -c 'echo x > /m/keep; rm /m/keep; mv /m/keep /m/k; mount -o remount,rw /m; echo x > /m/keep; touch /m/n'; grep -q mild ${folder}/shared/keep || echo ${SECRET}`,
  'a volume that mounts its symlink': ({ folder }) => `
    docker run --rm -v evil:/v sockerless/base sh -c 'ln -s / /v/root; ln -s ${folder}/outside /v/out; ln -s ../../../../../../../../../../../ /v/up; mkdir /v/ok'
    for sub in root out up root${folder}/outside up${folder}/outside ok/../../.. ; do docker run --rm --mount type=volume,src=evil,dst=/x,volume-subpath=$sub sockerless/base sh -c 'ls /x; cat /x/secret /x${folder}/outside/secret'; done; docker run --rm --mount type=volume,src=evil,dst=/x,volume-subpath=ok sockerless/base sh -c 'touch /x/fine && echo subpath works'; docker volume rm evil`,
  'copies out': ({ folder }) => `
    docker create --name copies -v ${folder}/shared:/m sockerless/base sh > /dev/null; ln -sfn ${folder}/outside/secret ${folder}/shared/abs
    for path in /m/abs /m/folder/secret /m/folder/. /m/../${folder}/outside/secret ${folder}/outside/secret /proc/self/root${folder}/outside/secret /proc/1/root${folder}/outside/secret; do docker cp -L copies:$path - | tar -xO; docker cp copies:$path - | tar -xO; done; docker export copies | grep -a not-for; docker rm copies`,
  'copies in': ({ folder }) => `
    docker run -d --name copies -v ${folder}/shared:/m sockerless/base tail -f /dev/null > /dev/null; mkdir -p ${folder}/tars; cd ${folder}/tars; echo changed > f
    tar -cPf up.tar --transform 's,^f$,../outside/secret,' f; tar -cPf abs.tar --transform 's,^f$,${folder}/outside/secret,' f; mkdir -p t; ln -sfn ${folder}/outside t/link; tar -C t -cf link.tar link; tar -cf through.tar --transform 's,^f$,link/secret,' f
    for tar in up abs link through; do docker cp - copies:/m < $tar.tar; docker cp - copies:/ < $tar.tar; docker cp - copies:/m/folder < $tar.tar; done; docker cp f copies:/m/abs; docker cp f copies:/m/folder/secret; docker rm -f copies`,
  'what /proc shows': ({ folder }) => `docker run --rm sockerless/base sh -c 'for p in self 1 2 $$ thread-self; do for f in root cwd exe fd/0 fd/1 fd/3 fd/10 mem environ maps; do cat /proc/$p/$f${folder}/outside/secret; ls -l /proc/$p/$f; done; cat /proc/$p/environ /proc/$p/mem; done; cat /proc/sys/kernel/core_pattern /proc/kcore /proc/sysrq-trigger; echo b > /proc/sysrq-trigger; cat /proc/self/mountinfo' | tr '\\0' '\\n' | grep -a -e not-for -e SOCKERLESS_ESCAPE`,
  'devices': ({ folder }) => `docker run --rm sockerless/base sh -c 'mknod /sda b 8 0; mknod /mem c 1 1; head -c 100 /sda; head -c 100 /mem; cat /dev/sda /dev/mem; mount -t proc proc /mnt; mount --bind ${folder} /mnt; cat /mnt/outside/secret; chroot ${folder} cat outside/secret; unshare -m true; nsenter -t 1 -m cat ${folder}/outside/secret'`,
  'node reads the host': ({ folder, port, serverSocket }) => `
    docker run --rm -i sockerless/node node - <<'END'
const fs = require('fs'), cp = require('child_process'), net = require('net');
const secret = '${folder}/outside/secret';
for (const body of [() => fs.readFileSync(secret), () => fs.readFileSync('/proc/self/root' + secret), () => cp.execFileSync('/bin/cat', [secret]), () => process.binding('fs'), () => fs.cpSync('${folder}', '/got', { recursive: true }), () => new (require('worker_threads').Worker)(secret), () => process.dlopen({}, secret), () => require(secret), () => fs.symlinkSync(secret, '/s') ?? fs.readFileSync('/s'), () => Object.entries(process.env).filter(([name]) => name.startsWith('SOCKERLESS_ESCAPE'))])
  try { console.log(String(body())); } catch (error) { console.log(error.code); }
for (const where of [{ path: '${serverSocket}' }, { host: '127.0.0.1', port: ${port} }, { host: '::1', port: ${port} }, { host: '::ffff:7f00:1', port: ${port} }, { host: '0.0.0.0', port: ${port} }])
  net.connect(where).on('error', (e) => console.log(e.code)).on('connect', function () { this.write('GET /info HTTP/1.0\\r\\n\\r\\n'); }).on('data', (d) => console.log('${SECRET}', String(d)));
END`,
  'the network where there is none': ({ port }) => `
    ADDRESS=$(hostname -I | cut -d' ' -f1); for host in 127.0.0.1 $ADDRESS localhost '[::1]'; do docker run --rm --network none sockerless/base sh -c "curl -s -m 2 http://$host:${port}/; wget -q -T 2 -O - http://$host:${port}/; echo | nc -w 1 $host ${port}; git ls-remote http://$host:${port}/x"; done
    docker run --rm --network none sockerless/node node -e "for (const host of ['$ADDRESS', '127.0.0.1']) { require('net').connect(${port}, host).on('error', (e) => console.log(e.code)).on('data', String); fetch('http://' + host + ':${port}').then((r) => r.text()).then(console.log, (e) => console.log(e.cause.code)); require('dgram').createSocket('udp4').on('error', () => {}).send('x', ${port}, host, () => {}); } setTimeout(process.exit, 1000)"`,
  'the host\'s loopback where there is a network': ({ port, serverSocket }) => `
    for host in 127.0.0.1 localhost '[::1]' '[::ffff:7f00:1]' 127.1 0.0.0.0; do docker run --rm sockerless/base sh -c "curl -s -m 2 http://$host:${port}/; echo | nc -w 1 $host ${port}"; done; docker run --rm sockerless/base sh -c 'curl -s --unix-socket ${serverSocket} http://d/info; cat ${serverSocket}'`,
  'other containers': () => `
    docker run -d --name other -e WORD=${SECRET} sockerless/base sh -c 'echo ${SECRET} > /mine; tail -f /dev/null' > /dev/null; docker run --rm sockerless/base sh -c 'cat /mine /proc/*/environ /proc/*/root/mine; ps -ef; kill -9 2 3 4 5 6 7 8; find / -name mine -exec cat {} +'; docker ps -q -f name=other | grep -q . || echo ${SECRET}; docker rm -f other > /dev/null`,
};

function listen(server: Server): Promise<number> {
  return new Promise((done) => server.listen(0, '::', () => done((server.address() as AddressInfo).port)));
}

/** What went wrong, by what is printed, touched and changed. */
function verdict(ran: Ran, touched: number, file: string): string | undefined {
  if (ran.exitCode === 124) return 'timed out';
  if (`${ran.stdout}${ran.stderr}`.includes(SECRET)) return `the secret came out: ${ran.stdout.slice(-300)}`;
  if (touched > 0) return `a listener was reached ${touched} times`;
  return readFileSync(file, 'utf8') === `${SECRET}\n` ? undefined : 'the file was changed';
}

export const escapes: Check = {
  name: 'escapes',
  async run({ dockerHost, workDir }) {
    let touched = 0;
    const server = createServer((socket) => {
      touched++;
      socket.on('error', () => undefined).end(`HTTP/1.0 200 OK\r\n\r\n${SECRET}`);
    });
    const door: Door = { folder: workDir, port: await listen(server), serverSocket: dockerHost.replace('unix://', '') };
    // What the server itself knows: nothing of it may be seen inside.
    process.env.SOCKERLESS_ESCAPE = SECRET;
    for (const folder of ['outside', 'shared']) mkdirSync(join(workDir, folder), { recursive: true });
    const file = join(workDir, 'outside', 'secret');
    writeFileSync(file, `${SECRET}\n`);
    for (const path of [workDir, join(workDir, 'outside'), join(workDir, 'shared')]) chmodSync(path, 0o777);
    chmodSync(file, 0o666);
    const attempt = async (script: string): Promise<string | undefined> => {
      touched = 0;
      return verdict(await sh(script, { env: { DOCKER_HOST: dockerHost }, timeoutMs: 180_000 }), touched, file);
    };
    const outcomes: Outcome[] = [];
    for (const [name, script] of Object.entries(ATTEMPTS)) outcomes.push(await judge(`escape: ${name}`, () => attempt(script(door))));
    for (const [name, script] of [['a mount of the folder', `docker run --rm -v ${workDir}/outside:/m sockerless/base cat /m/secret`], ['the host itself', `exec 3<>/dev/tcp/127.0.0.1/${door.port}; sleep 0.2`]] as const) {
      outcomes.push(await judge(`escape: an open door is noticed: ${name}`, async () => ((await attempt(script)) === undefined ? 'it was not noticed' : undefined)));
    }
    delete process.env.SOCKERLESS_ESCAPE;
    server.close();
    return outcomes;
  },
};
