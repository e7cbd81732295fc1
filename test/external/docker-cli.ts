// The unmodified Docker CLI against the socket and against TCP: what it prints and how it exits.
import { type Case, I } from './docker-cli-case.js';
import { containerCases } from './docker-cli-containers.js';
import { imageCases, registryCases } from './docker-cli-images.js';
import { limitCases } from './docker-cli-limits.js';
import { terminalCases } from './docker-cli-terminal.js';
import type { Check, Context, Outcome } from './outcome.js';
import { judge, mismatch, sh, skip } from './shell.js';
import { startRegistry } from './tools.js';

const CASES: readonly Case[] = [
  { name: 'run prints and exits 0', script: `docker run --rm ${I} echo hi`, stdout: 'hi\n' },
  { name: 'run false exits 1', script: `docker run --rm ${I} false`, exitCode: 1 },
  { name: 'run passes exit code 3 on', script: `docker run --rm ${I} sh -c 'exit 3'`, exitCode: 3 },
  { name: 'an unknown option of docker is 125', script: `docker run --no-such-option ${I} true`, exitCode: 125 },
  { name: 'an unknown image is 125', script: `docker run --pull never no/such:image true`, exitCode: 125, stderr: /No such image/ },
  { name: 'a file that cannot be executed is 126', script: `docker run --rm ${I} /etc/passwd`, exitCode: 126, stderr: /permission denied/ },
  { name: 'a directory is 126', script: `docker run --rm ${I} /etc`, exitCode: 126 },
  { name: 'an unknown command is 127', script: `docker run --rm ${I} no-such-command`, exitCode: 127, stderr: /executable file not found in \$PATH/ },
  { name: 'SIGKILL is 137', script: `docker run --name kk -d ${I} tail -f /dev/null >/dev/null && docker kill kk >/dev/null && docker wait kk; docker rm kk >/dev/null`, stdout: '137\n' },
  { name: 'SIGTERM under --init is 143', script: `docker run --init --name tt -d ${I} tail -f /dev/null >/dev/null && docker stop -t 5 tt >/dev/null && docker wait tt; docker rm tt >/dev/null`, stdout: '143\n' },
  { name: 'an ELF file ends with 126 and says why', script: `docker create --name ee ${I} /elf-program >/dev/null && cp -L "$(command -v bash)" elf-program && docker cp elf-program ee:/ 2>/dev/null; docker start -a ee; s=$?; docker rm ee >/dev/null; exit $s`, exitCode: 126, stderr: /exec format error/ },
  { name: 'environment, directory, user', script: `docker run --rm -e A=b -w /tmp/x -u 12:34 ${I} sh -c 'echo $A $PWD $(id -u):$(id -g)'`, stdout: 'b /tmp/x 12:34\n' },
  { name: 'entrypoint', script: `docker run --rm --entrypoint echo ${I} a b`, stdout: 'a b\n' },
  { name: 'standard input', script: `printf 'a\\nb\\n' | docker run --rm -i ${I} wc -l`, stdout: /^\s*2\n$/ },
  { name: 'standard error stays apart', script: `docker run --rm ${I} sh -c 'echo out; echo err >&2'`, stdout: 'out\n', stderr: /^err\n$/ },
  { name: 'a volume is shared and outlives containers', script: `docker run --rm -v vol1:/d ${I} sh -c 'echo x > /d/f' && docker run --rm -v vol1:/d ${I} cat /d/f && docker volume rm vol1`, stdout: 'x\nvol1\n' },
  { name: 'a bind mount, read-only', script: `echo host > f && docker run --rm -v "$PWD:/h:ro" ${I} sh -c 'cat /h/f; echo x > /h/g'`, exitCode: 2, stdout: 'host\n', stderr: /Read-only file system/ },
  { name: 'tmpfs and read-only root', script: `docker run --rm --read-only --tmpfs /t ${I} sh -c 'echo a > /t/a && cat /t/a; echo b > /b'`, exitCode: 2, stdout: 'a\n', stderr: /Read-only file system/ },
  { name: 'cidfile', script: `docker run --cidfile cid ${I} true && docker rm "$(cat cid)" | wc -c`, stdout: /^\s*65\n$/ },
  { name: 'exec with input, environment and exit code', script: `docker run -d --name xx ${I} tail -f /dev/null >/dev/null; echo in | docker exec -i -e B=c -w /tmp xx sh -c 'cat; echo $B $PWD; exit 5'; s=$?; docker rm -f xx >/dev/null; exit $s`, exitCode: 5, stdout: 'in\nc /tmp\n' },
  { name: 'exec of an unknown command is 127', script: `docker run -d --name xx ${I} tail -f /dev/null >/dev/null; docker exec xx nosuch; s=$?; docker rm -f xx >/dev/null; exit $s`, exitCode: 127 },
  { name: 'exec in a stopped container', script: `docker create --name xx ${I} true >/dev/null; docker exec xx true; s=$?; docker rm xx >/dev/null; exit $s`, exitCode: 1, stderr: /is not running/ },
  { name: 'a terminal', script: `docker run --rm -t ${I} sh -c 'test -t 1 && tty'`, stdout: /\/dev\/pts\/\d/ },
  { name: 'logs: tail, timestamps, follow to the end', script: `docker run -d --name ll ${I} sh -c 'echo 1; echo 2; sleep 0.3; echo 3' >/dev/null; docker logs -f ll; docker logs --tail 1 ll; docker logs -t ll | head -1 | cut -c1-2; docker rm ll >/dev/null`, stdout: '1\n2\n3\n3\n20\n' },
  { name: 'cp both ways', script: `mkdir -p d/e && echo a > d/e/f && docker create --name cc ${I} true >/dev/null && docker cp d cc:/tmp/ && docker cp cc:/tmp/d/e/f out && docker cp cc:/etc/passwd - | tar tf - && cat out; docker rm cc >/dev/null`, stdout: 'passwd\na\n', stderr: /^(Successfully.*\n)*$/ },
  { name: 'cp of what is not there', script: `docker create --name cc ${I} true >/dev/null; docker cp cc:/nope .; s=$?; docker rm cc >/dev/null; exit $s`, exitCode: 1, stderr: /Could not find the file \/nope in container cc/ },
  { name: 'wait, start again, restart', script: `docker run --name ww ${I} sh -c 'echo run >> /count; exit 4'; docker wait ww; docker start ww >/dev/null; docker wait ww; docker cp ww:/count - | tar xO; docker rm ww >/dev/null`, stdout: '4\n4\nrun\nrun\n' },
  { name: 'restart policy on-failure', script: `docker run -d --name rr --restart on-failure:2 ${I} false >/dev/null; for i in $(seq 50); do [ "$(docker inspect -f '{{.State.Status}}' rr)" = exited ] && break; sleep 0.1; done; docker inspect -f '{{.RestartCount}} {{.State.ExitCode}}' rr; docker rm rr >/dev/null`, stdout: '2 1\n' },
  { name: 'top, stats, diff', script: `docker run -d --name tt ${I} sh -c 'echo x > /new; exec tail -f /dev/null' >/dev/null; until docker top tt | tail -1 | grep -q tail; do sleep 0.1; done; docker top tt | tail -1 | grep -c tail; docker stats --no-stream --format '{{.Name}}' tt; docker diff tt; docker rm -f tt >/dev/null`, stdout: '1\ntt\nA /new\n' },
  { name: 'export and import', script: `docker create --name xx ${I} true >/dev/null && docker export xx | docker import -c 'CMD ["echo","imported"]' - imp:1 >/dev/null && docker run --rm imp:1; docker rm xx >/dev/null; docker rmi imp:1 >/dev/null`, stdout: 'imported\n' },
  { name: 'save and load', script: `docker tag ${I} saved:1 && docker save saved:1 > s.tar && docker rmi saved:1 >/dev/null && docker load < s.tar && docker run --rm saved:1 echo ok && docker rmi saved:1 >/dev/null`, stdout: 'Loaded image: saved:1\nok\n' },
  { name: 'commit', script: `docker run --name cc ${I} sh -c 'echo kept > /f' && docker commit cc com:1 >/dev/null && docker run --rm com:1 cat /f; docker rm cc >/dev/null; docker rmi com:1 >/dev/null`, stdout: 'kept\n' },
  { name: 'events since', script: `docker run --rm --name ev ${I} true; sleep 1.1; docker events --since 1m --until 0s --filter container=ev --format '{{.Action}}' | tr '\\n' ' '`, stdout: /create attach start die destroy $/ },
  { name: 'ps filters and formats', script: `docker run -d --name p1 --label k=v ${I} tail -f /dev/null >/dev/null; docker create --name p2 ${I} true >/dev/null; docker ps --filter label=k=v --format '{{.Names}}'; docker ps -a --filter status=created --format '{{.Names}}'; docker rm -f p1 p2 >/dev/null`, stdout: 'p1\np2\n' },
  { name: 'rename, update, inspect', script: `docker create --name a1 ${I} true >/dev/null; docker rename a1 a2; docker update --restart always a2; docker inspect -f '{{.Name}} {{.HostConfig.RestartPolicy.Name}}' a2; docker rm a2`, stdout: 'a2\n/a2 always\na2\n' },
  { name: 'pause and unpause', script: `docker run -d --name pp ${I} tail -f /dev/null >/dev/null; docker pause pp; docker ps --filter status=paused --format '{{.Names}}'; docker unpause pp; docker rm -f pp`, stdout: 'pp\npp\npp\npp\n' },
  { name: 'detached keys end an attach, not the container', script: `docker run -dit --name dd ${I} sh >/dev/null; (sleep 0.5; printf 'echo x\\n'; sleep 0.5; printf '\\020\\021') | timeout 10 script -qec 'docker attach dd' /dev/null >/dev/null; docker inspect -f '{{.State.Running}}' dd; docker rm -f dd >/dev/null`, stdout: 'true\n' },
  { name: 'name conflict', script: `docker create --name nn ${I} true >/dev/null; docker create --name nn ${I} true; s=$?; docker rm nn >/dev/null; exit $s`, exitCode: 1, stderr: /Conflict\. The container name "\/nn" is already in use by container/ },
  { name: 'rm of a running container', script: `docker run -d --name nn ${I} tail -f /dev/null >/dev/null; docker rm nn; s=$?; docker rm -f nn >/dev/null; exit $s`, exitCode: 1, stderr: /cannot remove container/ },
  { name: 'prune', script: `docker create --name pr ${I} true >/dev/null; docker container prune -f | head -1; docker ps -aq | wc -l`, stdout: /^Deleted Containers:\n\s*0\n$/ },
  { name: '200 MB through standard input', script: `head -c 200000000 /dev/zero > z; [ "$(docker run --rm -i ${I} sha256sum < z | cut -d' ' -f1)" = "$(sha256sum < z | cut -d' ' -f1)" ]` },
  { name: 'negative control: a wrong expectation is seen', script: 'docker version --format x' },
];

/** For one case: longer than any takes, because a busy machine's slowness is nothing that it looks for. */
const CASE_MS = 300_000;

async function runCase(context: Context, host: string, label: string, { name, script, ...expected }: Case, env: Record<string, string> = {}): Promise<Outcome> {
  return judge(`${label}: ${name}`, async () => {
    const ran = await sh(`cd "$(mktemp -d -p "$WORK")" && ${script}`, { env: { DOCKER_HOST: host, WORK: context.workDir, DOCKER_CLI_HINTS: 'false', ...env }, timeoutMs: CASE_MS });
    if (name.startsWith('negative control')) return mismatch(ran, { stdout: 'something else' }) === undefined ? 'a wrong expectation passed' : undefined;
    return mismatch(ran, expected);
  });
}

export const dockerCli: Check = {
  name: 'docker-cli',
  async run(context) {
    const outcomes: Outcome[] = [];
    for (const one of [...CASES, ...terminalCases, ...containerCases, ...limitCases, ...imageCases]) outcomes.push(await runCase(context, context.dockerHost, 'unix', one));
    for (const one of CASES.slice(0, 16)) outcomes.push(await runCase(context, context.tcpHost, 'tcp', one));
    const registry = await startRegistry(context.cacheDir);
    if ('missing' in registry) return [...outcomes, skip('docker with a registry', registry.missing)];
    try {
      for (const one of registryCases) outcomes.push(await runCase(context, context.dockerHost, 'registry', one, { REGISTRY: registry.address }));
    } finally {
      registry.stop();
    }
    return outcomes;
  },
};
