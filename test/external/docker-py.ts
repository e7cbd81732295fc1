// docker-py 7.1's own integration tests: the container-platform part, each result told, failures with their group's reason.
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Check, Outcome } from './outcome.js';
import { sh, skip } from './shell.js';
import { debian } from './tools.js';

/** The fewest of these tests that must pass; raised as more do. */
const PASSED_MIN = 150;
const IGNORED = ['api_swarm_test', 'api_service_test', 'api_secret_test', 'api_config_test', 'api_plugin_test', 'models_swarm_test', 'models_services_test', 'models_nodes_test'];
/** What a failing test needs that is not offered, by its name or its error. */
const REASONS: readonly (readonly [RegExp, string])[] = [
  [/network|Network|aliases|ipv|link/, 'needs networks, which are not offered yet'],
  [/build|Build/, 'needs image builds, which are not offered yet'],
  [/port/i, 'needs published ports, which are not offered yet'],
  [/hello-world|pull|Pull|push|auth/, 'needs Docker Hub'],
];
/** Root file system with the applets that the tests' images have; the ELF busybox cannot run, built-ins of the same names do. */
const SEED = `
set -e
R=$(mktemp -d); mkdir -p $R/bin $R/etc $R/tmp $R/root $R/var/opt $R/usr/bin; chmod 1777 $R/tmp
B=$(command -v busybox); cp $B $R/bin/busybox; for a in $($B --list); do [ $a = busybox ] || ln -s busybox $R/bin/$a; done
printf 'root:x:0:0:root:/root:/bin/sh\\npostgres:x:70:70::/var/lib/postgresql:/bin/sh\\nnobody:x:65534:65534:nobody:/home:/bin/false\\n' > $R/etc/passwd
printf 'root:x:0:\\nnobody:x:65534:\\n' > $R/etc/group
for t in busybox:latest alpine:latest alpine:3.10 ubuntu:latest hello-world:latest; do tar -C $R --numeric-owner --owner=0 --group=0 -cf - . | docker import -c 'CMD ["/bin/sh"]' -c "LABEL seed=$t" - $t >/dev/null; done
docker tag busybox:latest busybox:buildroot-2014.02; rm -rf $R`;

function reasonFor(name: string, text: string): string {
  return REASONS.find(([pattern]) => pattern.test(name))?.[1] ?? REASONS.find(([pattern]) => pattern.test(text))?.[1] ?? 'not looked into yet';
}

export const dockerPy: Check = {
  name: 'docker-py',
  async run(context) {
    const suite = context.shared === undefined ? '' : join(context.shared, 'suites', 'docker-py');
    if (!existsSync(suite)) return [skip('docker-py', 'the suite is not at hand (../shared/suites/docker-py)')];
    if (process.getuid?.() !== 0) return [skip('docker-py', 'needs root: its tests want the socket at /var/run/docker.sock, in a mount namespace of their own')];
    const missing = await debian(context.cacheDir, 'busybox-static', 'busybox');
    if (missing !== undefined) return [skip('docker-py', missing)];
    const venv = join(context.cacheDir, 'docker-py');
    const made = await sh(`[ -x ${venv}/bin/pytest ] || { python3 -m venv ${venv} && ${venv}/bin/pip install -q docker==7.1.0 pytest pytest-timeout paramiko websocket-client; }`, { timeoutMs: 300_000 });
    if (made.exitCode !== 0) return [skip('docker-py', `pip: ${made.stderr.trim().split('\n').at(-1)}`)];
    const env = { DOCKER_HOST: context.dockerHost };
    const seeded = await sh(SEED, { env, timeoutMs: 120_000 });
    if (seeded.exitCode !== 0) return [{ name: 'docker-py: seed images', result: 'fail', reason: seeded.stderr.slice(-300), seconds: 0 }];
    const begin = performance.now();
    const socket = context.dockerHost.replace('unix://', '');
    const ignores = IGNORED.map((file) => `--ignore=tests/integration/${file}.py`).join(' ');
    await sh(`cp -r ${suite} ${context.workDir}/src && mkdir -p ${context.workDir}/home ${context.workDir}/run && touch ${context.workDir}/run/docker.sock && cd ${context.workDir}/src && unset DOCKER_HOST DOCKER_CONFIG && export HOME=${context.workDir}/home DOCKER_TEST_API_VERSION=1.44 && exec unshare -m sh -c 'mount --bind ${socket} ${context.workDir}/run/docker.sock && mount --rbind ${context.workDir}/run /run && exec ${venv}/bin/python -m pytest tests/integration -p no:cacheprovider --timeout=30 --junitxml=${context.workDir}/junit.xml -q ${ignores} --ignore=tests/integration/credentials' > ${context.workDir}/out 2>&1`, { timeoutMs: 900_000 });
    if (!existsSync(`${context.workDir}/junit.xml`)) return [{ name: 'docker-py', result: 'fail', reason: readFileSync(`${context.workDir}/out`, 'utf8').slice(-300), seconds: 0 }];
    const outcomes = parseResults(readFileSync(`${context.workDir}/junit.xml`, 'utf8'));
    const passed = outcomes.filter(({ result }) => result === 'pass').length;
    context.log(`docker-py: ${passed} of ${outcomes.length} passed in ${((performance.now() - begin) / 1000).toFixed(0)} s`);
    return [{ name: `docker-py: at least ${PASSED_MIN} tests pass`, result: passed >= PASSED_MIN ? 'pass' : 'fail', ...(passed >= PASSED_MIN ? {} : { reason: `${passed}` }), seconds: 0 }, ...outcomes];
  },
};

/** One outcome per test case; a failure is kept as one but does not end the run: the minimum above does. */
function parseResults(xml: string): Outcome[] {
  const outcomes: Outcome[] = [];
  for (const [, attributes, body] of xml.matchAll(/<testcase ([^>]*?)(?:\/>|>([\s\S]*?)<\/testcase>)/g)) {
    const name = `${/classname="([^"]*)"/.exec(attributes!)?.[1]?.split('.').slice(2).join('.')}.${/ name="([^"]*)"/.exec(` ${attributes}`)?.[1]}`;
    const seconds = Number(/time="([^"]*)"/.exec(attributes!)?.[1] ?? 0);
    if (body !== undefined && /<(failure|error)/.test(body)) outcomes.push({ name, result: 'fail', tolerated: true, reason: reasonFor(name, /message="([^"]*)"/.exec(body)?.[1] ?? ''), seconds });
    else if (body?.includes('<skipped') === true) outcomes.push({ name, result: 'skip', reason: /message="([^"]*)"/.exec(body)?.[1] ?? '', seconds });
    else outcomes.push({ name, result: 'pass', seconds });
  }
  return outcomes;
}
