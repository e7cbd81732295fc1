// The Docker CLI about containers: lists and filters, sizes, copies, limits, networks, and the words of its errors.
import { type Case, I } from './docker-cli-case.js';

const RUNNING = `docker run -d --name la -l k=v --log-opt labels=k -v lav:/data ${I} sh -c 'echo one; sleep 1.2; echo two >&2; exec tail -f /dev/null' >/dev/null; docker run --name lb ${I} sh -c 'exit 3'; docker create --name lc ${I} true >/dev/null`;
const GONE = 'docker rm -fv la lb lc >/dev/null; docker volume rm lav >/dev/null';
const names = (filters: readonly string[]): string => filters.map((filter) => `docker ps -a --filter ${filter} --format '{{.Names}}' | sort | tr '\\n' ' '; echo`).join('; ');

/** A create that must be refused. */
function refused(name: string, options: string, stderr: RegExp, exitCode = 125): Case {
  return { name: `refused: ${name}`, script: `docker run --rm ${options} ${I} true`, exitCode, stderr };
}

export const containerCases: readonly Case[] = [
  { name: 'every filter of ps', script: `${RUNNING}; ${names(['name=^/l[ab]$', 'label=k', 'label=k=w', 'exited=3', 'status=created', 'status=running', 'before=lb', 'since=lb', 'volume=lav', 'volume=/data', 'network=none', 'id=$(docker inspect -f "{{.Id}}" lc)', 'is-task=true', 'health=healthy'])}; ${GONE}`, stdout: 'la lb \nla \n\nlb \nlc \nla \nla \nlc \nla \nla \n\nlc \n\n\n' },
  { name: 'filters that do not exist', script: 'docker ps --filter bogus=1; docker ps --filter status=bogus', exitCode: 1, stderr: /invalid filter 'bogus'\n[\s\S]*invalid filter 'status=bogus'/ },
  { name: 'logs: details, since, until, the last line', script: `${RUNNING}; until docker logs la 2>&1 | grep -q two; do sleep 0.1; done; docker logs --details la 2>&1; docker logs --since 1h -n 1 la 2>&1; docker logs --until 1h la; docker logs --since 2000-01-01 la 2>/dev/null; ${GONE}`, stdout: 'k=v one\nk=v two\ntwo\none\n' },
  { name: 'ps -s, inspect -s, -n, -q, json', script: `${RUNNING}; docker ps -s --filter name=la | grep -c virtual; docker inspect -s -f '{{gt .SizeRootFs .SizeRw}}' la; docker ps -a -n 1 --format '{{.Names}}'; docker ps -q | wc -l | tr -d ' '; docker ps --format json | python3 -c 'import json,sys; print(json.loads(sys.stdin.readline())["State"])'; ${GONE}`, stdout: '1\ntrue\nlc\n1\nrunning\n' },
  { name: 'wait for several', script: `${RUNNING}; docker wait lb lc; ${GONE}`, stdout: '3\n0\n' },
  { name: 'events with filters', script: `docker run --rm --name le ${I} true; sleep 1.1; docker events --since 1m --until 0s --filter container=le --filter event=die --format '{{.Action}} {{.Actor.Attributes.exitCode}}'; docker events --since 1m --until 0s --filter bogus=1`, exitCode: 1, stdout: 'die 0\n', stderr: /invalid filter 'bogus'/ },
  { name: 'a tar stream in and out', script: `${RUNNING}; mkdir d; echo x > d/f; tar cf - d | docker cp - la:/tmp && docker cp la:/tmp/d - | tar tf - | sort; docker cp d/f la:/nodir/x; s=$?; ${GONE}; exit $s`, exitCode: 1, stdout: 'd/\nd/f\n', stderr: /Could not find the file \/nodir in container la/ },
  { name: 'diff says nothing of what every container gets', script: `docker run --name ld ${I} sh -c 'echo x > /f; rm /etc/group'; docker diff ld | sort; docker rm ld >/dev/null`, stdout: 'A /f\nC /etc\nD /etc/group\n' },
  { name: 'commit takes configuration and history', script: `docker run --name ld ${I} sh -c 'echo kept > /f'; docker commit -a me -m msg -c 'CMD ["cat","/f"]' ld com:1 >/dev/null && docker run --rm com:1; docker history --format '{{.CreatedBy}}|{{.Comment}}' com:1 | head -1; docker rm ld >/dev/null; docker rmi com:1 >/dev/null`, stdout: 'kept\nsh -c echo kept > /f|msg\n' },
  { name: 'update: restart policy and limits', script: `docker create --name lu ${I} true >/dev/null; docker update --restart on-failure:3 --memory 64m --cpus 0.5 lu; docker inspect -f '{{.HostConfig.RestartPolicy}} {{.HostConfig.Memory}} {{.HostConfig.NanoCPUs}}' lu; docker update --memory 1m lu; s=$?; docker rm lu >/dev/null; exit $s`, exitCode: 1, stdout: 'lu\n{on-failure 3} 67108864 500000000\n', stderr: /Minimum memory limit allowed is 6MB/ },
  { name: 'prune by label and by age', script: `docker create --name lp -l x=y ${I} true >/dev/null; docker create --name lq ${I} true >/dev/null; docker container prune -f --filter until=1h | tail -1; docker container prune -f --filter label=x=y >/dev/null; docker ps -a --filter name=lp --filter name=lq --format '{{.Names}}'; docker rm lq >/dev/null`, stdout: /^Total reclaimed space: 0B\nlq\n$/ },
  { name: 'system df, whole and in detail', script: `${RUNNING}; docker system df --format '{{.Type}} {{.Active}}' | head -3; docker system df -v | grep -c 'lav'; ${GONE}`, stdout: 'Images 1\nContainers 1\nLocal Volumes 1\n1\n' },
  { name: 'system prune', script: 'docker system prune -f', stdout: /Total reclaimed space: / },
  { name: 'info and version', script: `docker info --format '{{.OSType}} {{.DefaultRuntime}} {{.Swarm.LocalNodeState}}'; docker version --format '{{.Server.Version}} {{.Server.Os}}'`, stdout: /^linux sockerless inactive\n28\.\d+\.\d+ linux\n$/ },
  { name: 'stats and top', script: `docker run -d --name ls1 ${I} tail -f /dev/null >/dev/null; docker stats --no-stream --format '{{.Name}} {{.PIDs}}' ls1; docker top ls1 | tail -1 | tr -s ' ' | cut -d' ' -f1,2; docker top ls1 -o pid,comm | tail -1 | tr -s ' '; docker rm -f ls1 >/dev/null`, stdout: 'ls1 1\nroot 1\n1 tail\n' },
  { name: "the host's networks", script: `docker network ls --format '{{.Name}} {{.Driver}}'; docker network inspect -f '{{.Name}}' host; docker run --rm --network none ${I} echo alone; docker run --rm --network host -p 80:80 ${I} echo host`, stdout: 'bridge bridge\nhost host\nnone null\nhost\nalone\nhost\n', stderr: /Published ports are discarded when using host network mode/ },
  { name: 'networks of their own are refused', script: 'docker network create nn; docker network rm bridge; docker network inspect nn', exitCode: 1, stdout: '[]\n', stderr: /network nn cannot be created: [\s\S]*bridge is a pre-defined network and cannot be removed[\s\S]*network nn not found/ },
  { name: 'inspect of nothing', script: 'docker inspect no-such-thing', exitCode: 1, stdout: /^\[\]\n$/, stderr: /[Nn]o such object: no-such-thing/ },
  refused('a network that is not there', '--network nope', /network nope not found/),
  refused('published ports', '-p 8080:80', /ports cannot be published \(80\/tcp\)/),
  refused('links', '--link a:b', /links \(a:b\) are not supported|No such container: a/),
  refused('graphics cards', '--gpus all', /could not select device driver "" with capabilities: \[\[gpu\]\]/),
  refused('an unknown runtime', '--runtime foo', /unknown or invalid runtime name: foo/),
  refused('an unknown capability', '--cap-add FOO', /invalid CapAdd: unknown capability: "CAP_FOO"/),
  refused('an unknown log driver', '--log-driver foo', /no log driver named 'foo' is registered/),
  refused('an unknown log option', '--log-opt foo=1', /unknown log opt 'foo' for json-file log driver/),
  refused('too little memory', '--memory 1m', /Minimum memory limit allowed is 6MB/),
  refused('more processors than there are', '--cpus 9999', /range of CPUs is from 0\.01 to/),
  refused('a user that is not there', '-u nosuch', /unable to find user nosuch: no matching entries in passwd file/),
  refused('a bind mount of nothing', '--mount type=bind,source=/no/such,target=/x', /bind source path does not exist: \/no\/such/),
  refused('a stop signal that is none', '--stop-signal FOO', /invalid signal: FOO/),
  refused('another platform', '--pull never --platform linux/arm64', /does not match the specified platform/),
];
