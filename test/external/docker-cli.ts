// The unmodified Docker CLI against the socket and against TCP: what it prints and how it exits.
import type { Check, Context, Outcome } from './outcome.js';
import { type Expectation, judge, mismatch, sh } from './shell.js';

interface Case extends Expectation {
  readonly name: string;
  /** Runs with DOCKER_HOST set, in a folder of its own. `I` is the image. */
  readonly script: string;
}

const I = 'sockerless/base';

const CASES: readonly Case[] = [
  { name: 'run prints and exits 0', script: `docker run --rm ${I} echo hi`, stdout: 'hi\n' },
  { name: 'run false exits 1', script: `docker run --rm ${I} false`, exitCode: 1 },
  { name: 'run passes exit code 3 on', script: `docker run --rm ${I} sh -c 'exit 3'`, exitCode: 3 },
  { name: 'an unknown option of docker is 125', script: `docker run --no-such-option ${I} true`, exitCode: 125 },
  { name: 'an unknown image is 125', script: `docker run --pull never no/such:image true`, exitCode: 125, stderr: /No such image/ },
  { name: 'a file that cannot be executed is 126', script: `docker run --rm ${I} /etc/passwd`, exitCode: 126, stderr: /permission denied/ },
  { name: 'a directory is 126', script: `docker run --rm ${I} /etc`, exitCode: 126 },
  { name: 'an unknown command is 127', script: `docker run --rm ${I} no-such-command`, exitCode: 127, stderr: /executable file not found in \$PATH/ },
  { name: 'SIGKILL is 137', script: `docker run --name k -d ${I} tail -f /dev/null >/dev/null && docker kill k >/dev/null && docker wait k; docker rm k >/dev/null`, stdout: '137\n' },
  { name: 'SIGTERM under --init is 143', script: `docker run --init --name t -d ${I} tail -f /dev/null >/dev/null && docker stop -t 5 t >/dev/null && docker wait t; docker rm t >/dev/null`, stdout: '143\n' },
  { name: 'an ELF file ends with 126 and says why', script: `docker create --name e ${I} /true >/dev/null && docker cp -L "$(command -v true)" e:/true2 2>/dev/null && docker rm e >/dev/null; docker create --name e ${I} /true2 >/dev/null; docker cp -L "$(command -v true)" e:/true2 2>/dev/null; docker start -a e; s=$?; docker rm e >/dev/null; exit $s`, exitCode: 126, stderr: /exec format error/ },
  { name: 'environment, directory, user', script: `docker run --rm -e A=b -w /tmp/x -u 12:34 ${I} sh -c 'echo $A $PWD $(id -u):$(id -g)'`, stdout: 'b /tmp/x 12:34\n' },
  { name: 'entrypoint', script: `docker run --rm --entrypoint echo ${I} a b`, stdout: 'a b\n' },
  { name: 'standard input', script: `printf 'a\\nb\\n' | docker run --rm -i ${I} wc -l`, stdout: /^\s*2\n$/ },
  { name: 'standard error stays apart', script: `docker run --rm ${I} sh -c 'echo out; echo err >&2'`, stdout: 'out\n', stderr: /^err\n$/ },
  { name: 'a volume is shared and outlives containers', script: `docker run --rm -v vol1:/d ${I} sh -c 'echo x > /d/f' && docker run --rm -v vol1:/d ${I} cat /d/f && docker volume rm vol1`, stdout: 'x\nvol1\n' },
  { name: 'a bind mount, read-only', script: `echo host > f && docker run --rm -v "$PWD:/h:ro" ${I} sh -c 'cat /h/f; echo x > /h/g'`, exitCode: 1, stdout: 'host\n', stderr: /Read-only file system/ },
  { name: 'tmpfs and read-only root', script: `docker run --rm --read-only --tmpfs /t ${I} sh -c 'echo a > /t/a && cat /t/a; echo b > /b'`, exitCode: 1, stdout: 'a\n', stderr: /Read-only file system/ },
  { name: 'cidfile', script: `docker run --cidfile cid ${I} true && docker rm "$(cat cid)" | wc -c`, stdout: /^\s*65\n$/ },
  { name: 'exec with input, environment and exit code', script: `docker run -d --name x ${I} tail -f /dev/null >/dev/null; echo in | docker exec -i -e B=c -w /tmp x sh -c 'cat; echo $B $PWD; exit 5'; s=$?; docker rm -f x >/dev/null; exit $s`, exitCode: 5, stdout: 'in\nc /tmp\n' },
  { name: 'exec of an unknown command is 127', script: `docker run -d --name x ${I} tail -f /dev/null >/dev/null; docker exec x nosuch; s=$?; docker rm -f x >/dev/null; exit $s`, exitCode: 127 },
  { name: 'exec in a stopped container', script: `docker create --name x ${I} true >/dev/null; docker exec x true; s=$?; docker rm x >/dev/null; exit $s`, exitCode: 1, stderr: /is not running/ },
  { name: 'a terminal', script: `docker run --rm -t ${I} sh -c 'test -t 1 && stty size 2>/dev/null | wc -l; tty'`, stdout: /\/dev\/pts\/\d/ },
  { name: 'logs: tail, timestamps, follow to the end', script: `docker run -d --name l ${I} sh -c 'echo 1; echo 2; sleep 0.3; echo 3' >/dev/null; docker logs -f l; docker logs --tail 1 l; docker logs -t l | head -1 | cut -c1-2; docker rm l >/dev/null`, stdout: '1\n2\n3\n3\n20\n' },
  { name: 'cp both ways', script: `mkdir -p d/e && echo a > d/e/f && docker create --name c ${I} true >/dev/null && docker cp d c:/tmp/ && docker cp c:/tmp/d/e/f out && docker cp c:/etc/passwd - | tar tf - && cat out; docker rm c >/dev/null`, stdout: 'passwd\na\n', stderr: /^(Successfully.*\n)*$/ },
  { name: 'cp of what is not there', script: `docker create --name c ${I} true >/dev/null; docker cp c:/nope .; s=$?; docker rm c >/dev/null; exit $s`, exitCode: 1, stderr: /Could not find the file \/nope in container c/ },
  { name: 'wait, start again, restart', script: `docker run --name w ${I} sh -c 'echo run >> /count; exit 4'; docker wait w; docker start w >/dev/null; docker wait w; docker cp w:/count - | tar xO; docker rm w >/dev/null`, stdout: '4\n4\nrun\nrun\n' },
  { name: 'restart policy on-failure', script: `docker run -d --name r --restart on-failure:2 ${I} false >/dev/null; for i in $(seq 50); do [ "$(docker inspect -f '{{.State.Status}}' r)" = exited ] && break; sleep 0.1; done; docker inspect -f '{{.RestartCount}} {{.State.ExitCode}}' r; docker rm r >/dev/null`, stdout: '2 1\n' },
  { name: 'top, stats, diff', script: `docker run -d --name t ${I} sh -c 'echo x > /new; exec tail -f /dev/null' >/dev/null; sleep 0.3; docker top t | tail -1 | grep -c tail; docker stats --no-stream --format '{{.Name}}' t; docker diff t; docker rm -f t >/dev/null`, stdout: '1\nt\nA /new\n' },
  { name: 'export and import', script: `docker create --name x ${I} true >/dev/null && docker export x | docker import -c 'CMD ["echo","imported"]' - imp:1 >/dev/null && docker run --rm imp:1; docker rm x >/dev/null; docker rmi imp:1 >/dev/null`, stdout: 'imported\n' },
  { name: 'save and load', script: `docker tag ${I} saved:1 && docker save saved:1 > s.tar && docker rmi saved:1 >/dev/null && docker load < s.tar && docker run --rm saved:1 echo ok && docker rmi saved:1 >/dev/null`, stdout: 'Loaded image: saved:1\nok\n' },
  { name: 'commit', script: `docker run --name c ${I} sh -c 'echo kept > /f' && docker commit c com:1 >/dev/null && docker run --rm com:1 cat /f; docker rm c >/dev/null; docker rmi com:1 >/dev/null`, stdout: 'kept\n' },
  { name: 'events since', script: `docker run --rm --name ev ${I} true; docker events --since 1m --until 0s --filter container=ev --format '{{.Action}}' | tr '\\n' ' '`, stdout: /create attach start die destroy $/ },
  { name: 'ps filters and formats', script: `docker run -d --name p1 --label k=v ${I} tail -f /dev/null >/dev/null; docker create --name p2 ${I} true >/dev/null; docker ps --filter label=k=v --format '{{.Names}}'; docker ps -a --filter status=created --format '{{.Names}}'; docker rm -f p1 p2 >/dev/null`, stdout: 'p1\np2\n' },
  { name: 'rename, update, inspect', script: `docker create --name a1 ${I} true >/dev/null; docker rename a1 a2; docker update --restart always a2; docker inspect -f '{{.Name}} {{.HostConfig.RestartPolicy.Name}}' a2; docker rm a2`, stdout: 'a2\n/a2 always\na2\n' },
  { name: 'pause and unpause', script: `docker run -d --name p ${I} tail -f /dev/null >/dev/null; docker pause p; docker ps --filter status=paused --format '{{.Names}}'; docker unpause p; docker rm -f p`, stdout: 'p\np\np\np\n' },
  { name: 'detached keys end an attach, not the container', script: `docker run -dit --name d ${I} sh >/dev/null; (sleep 0.5; printf 'echo x\\n'; sleep 0.5; printf '\\020\\021') | timeout 10 script -qec 'docker attach d' /dev/null >/dev/null; docker inspect -f '{{.State.Running}}' d; docker rm -f d >/dev/null`, stdout: 'true\n' },
  { name: 'name conflict', script: `docker create --name n ${I} true >/dev/null; docker create --name n ${I} true; s=$?; docker rm n >/dev/null; exit $s`, exitCode: 1, stderr: /Conflict\. The container name "\/n" is already in use by container/ },
  { name: 'rm of a running container', script: `docker run -d --name n ${I} tail -f /dev/null >/dev/null; docker rm n; s=$?; docker rm -f n >/dev/null; exit $s`, exitCode: 1, stderr: /cannot remove container/ },
  { name: 'prune', script: `docker create --name pr ${I} true >/dev/null; docker container prune -f | head -1; docker ps -aq | wc -l`, stdout: /^Deleted Containers:\n\s*0\n$/ },
  { name: '200 MB through standard input', script: `head -c 200000000 /dev/zero > z; [ "$(docker run --rm -i ${I} sha256sum < z | cut -d' ' -f1)" = "$(sha256sum < z | cut -d' ' -f1)" ]` },
  { name: 'negative control: a wrong expectation is seen', script: 'docker version --format x' },
];

async function runCase(context: Context, host: string, label: string, { name, script, ...expected }: Case): Promise<Outcome> {
  return judge(`${label}: ${name}`, async () => {
    const ran = await sh(`cd "$(mktemp -d -p "$WORK")" && ${script}`, { env: { DOCKER_HOST: host, WORK: context.workDir, DOCKER_CLI_HINTS: 'false' }, timeoutMs: 120_000 });
    if (name.startsWith('negative control')) return mismatch(ran, { stdout: 'something else' }) === undefined ? 'a wrong expectation passed' : undefined;
    return mismatch(ran, expected);
  });
}

export const dockerCli: Check = {
  name: 'docker-cli',
  async run(context) {
    const outcomes: Outcome[] = [];
    for (const one of CASES) outcomes.push(await runCase(context, context.dockerHost, 'unix', one));
    for (const one of CASES.slice(0, 16)) outcomes.push(await runCase(context, context.tcpHost, 'tcp', one));
    return outcomes;
  },
};
