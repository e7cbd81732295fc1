// Containers in which nothing runs give their thread back, and are as they were when something comes: every one is put away at once here.
import test from 'ava';
import type { MemoryExecutor } from '../../actors/executors/memory/index.js';
import { Api } from './api.js';

const api = new Api();
test.before(() => api.start({ idleMachines: 0 }));
test.after.always(() => api.end());

const executor = (): MemoryExecutor => api.server.daemon.executor as MemoryExecutor;

async function until(condition: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await condition())) await new Promise((resolve) => setTimeout(resolve, 20));
}

async function execute(id: string, argv: readonly string[]): Promise<string> {
  const { json } = await api.request(`POST /containers/${id}/exec`, { body: { AttachStdout: true, AttachStderr: true, Cmd: argv } });
  const { bytes } = await api.request(`POST /exec/${json.Id}/start`, { body: { Detach: false, Tty: false } });
  let output = '';
  for (let at = 0; at + 8 <= bytes.length; at += 8 + bytes.readUInt32BE(at + 4)) output += bytes.toString('utf8', at + 8, at + 8 + bytes.readUInt32BE(at + 4));
  return output;
}

const parked = (id: string): Promise<void> => until(() => executor().isParked(id));

test.serial('many containers share a few threads, and each runs what it is asked to', async (t) => {
  const ids: string[] = [];
  for (let i = 0; i < 24; i++) ids.push(await api.run(`many-${i}`, i % 2 === 0 ? ['tail', '-f', '/dev/null'] : ['sh', '-c', 'echo begun; sleep infinity']));
  await until(async () => (await Promise.all(ids.map((id) => executor().isParked(id)))).every(Boolean));
  t.true(executor().workers <= 6, `${executor().workers} threads`);
  for (const [i, id] of ids.entries()) t.is(await execute(id, ['sh', '-c', `echo ${i} > /mark; cat /mark /proc/1/comm`]), `${i}\n${i % 2 === 0 ? 'tail' : 'sleep'}\n`);
  for (const id of ids) await api.request(`DELETE /containers/${id}?force=1`);
});

test.serial('what a container had done stays done: files, processes, numbers, hosts', async (t) => {
  const id = await api.run('kept', ['sleep', 'infinity'], { Hostname: 'given', Env: ['A=b'], WorkingDir: '/work', User: '1000' });
  await execute(id, ['sh', '-c', 'echo mine > f; sleep 5000 > log 2>&1 &']);
  await parked(id);
  const first = await execute(id, ['sh', '-c', 'cat f; ps -o pid,user,args; tr "\\0" "\\n" < /proc/1/environ | grep ^A; hostname; pwd']);
  await parked(id);
  t.is(await execute(id, ['sh', '-c', 'cat f; ps -o pid,user,args; tr "\\0" "\\n" < /proc/1/environ | grep ^A; hostname; pwd']).then((text) => text.replace(/^ *\d+/gm, 'N')), first.replace(/^ *\d+/gm, 'N'));
  t.regex(first, /^mine\n[^]*\b1 +1000 +sleep infinity[^]*sleep 5000[^]*A=b\ngiven\n\/work\n$/);
});

test.serial('a sleep ends when its time has come, though its machine was put away', async (t) => {
  const id = await api.run('short', ['sh', '-c', 'sleep 2']);
  await parked(id);
  const { json } = await api.request(`POST /containers/${id}/wait`);
  t.is(json.StatusCode, 0);
});

test.serial('standard input reaches programs that were put away', async (t) => {
  for (const [name, cmd, typed, expected] of [
    ['cat', ['cat'], 'meow\n', 'meow\n'], ['sh', ['sh'], 'echo $((6*7)) $0; exit 3\n', '42 sh\n'], ['bash', ['bash', '-s', 'x'], 'echo $1; exit 3\n', 'x\n'],
  ] as const) {
    const id = await api.run(`typed-${name}`, cmd, { OpenStdin: true, StdinOnce: true, AttachStdin: true });
    await parked(id);
    const wire = api.raw(`POST /containers/${id}/attach?stream=1&stdin=1&stdout=1 HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: tcp\r\n\r\n`);
    wire.socket.write(typed);
    await until(() => wire.received.includes(expected));
    wire.socket.end();
    t.is((await api.request(`POST /containers/${id}/wait`)).json.StatusCode, name === 'cat' ? 0 : 3);
  }
});

test.serial('a shell at its first prompt stays at it', async (t) => {
  const id = await api.run('prompt', ['bash'], { OpenStdin: true, Tty: true, AttachStdin: true, Hostname: 'h' });
  await parked(id);
  const wire = api.raw(`POST /containers/${id}/attach?stream=1&stdin=1&stdout=1 HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: tcp\r\n\r\n`);
  wire.socket.write('tty; stty -a | grep -o " icanon"\r');
  await until(() => wire.received.includes(' icanon\r\n'));
  const { bytes } = await api.request(`GET /containers/${id}/logs?stdout=1`);
  t.regex(bytes.toString().split('tty;')[0]!, /^\r\x1b\[Jh:\/# $/);
  wire.socket.write('exit 5\r');
  t.is((await api.request(`POST /containers/${id}/wait`)).json.StatusCode, 5);
});

test.serial('signals find an init that was put away', async (t) => {
  const deaf = await api.run('deaf', ['sleep', 'infinity']);
  const heard = await api.run('heard', ['sleep', 'infinity'], { HostConfig: { Init: true } });
  await parked(deaf);
  await parked(heard);
  await api.request(`POST /containers/${heard}/kill?signal=TERM`);
  t.is((await api.request(`POST /containers/${heard}/wait`)).json.StatusCode, 143);
  await api.request(`POST /containers/${deaf}/kill?signal=TERM`);
  t.true(await executor().isParked(deaf));
  await api.request(`POST /containers/${deaf}/kill`);
  t.is((await api.request(`POST /containers/${deaf}/wait`)).json.StatusCode, 137);
});

test.serial('archives, statistics and pauses of one that was put away', async (t) => {
  const id = await api.run('looked', ['tail', '-f', '/dev/null']);
  await parked(id);
  t.is((await api.request(`GET /containers/${id}/stats?stream=0&one-shot=1`)).json.pids_stats.current, 1);
  t.true(await executor().isParked(id), 'counters stand still, nothing is set up for them');
  t.is((await api.request(`GET /containers/${id}/archive?path=/etc/passwd`)).status, 200);
  t.is((await api.request(`GET /containers/${id}/top`)).json.Processes.length, 1);
  await parked(id);
  t.is((await api.request(`POST /containers/${id}/pause`)).status, 204);
  t.is((await api.request(`POST /containers/${id}/unpause`)).status, 204);
  t.is(await execute(id, ['cat', '/proc/1/comm']), 'tail\n');
});

test.serial('what cannot be told keeps its thread: a busy program, content of a tmpfs, a shell that has begun', async (t) => {
  const shm = await api.run('shm', ['sleep', 'infinity']);
  await execute(shm, ['sh', '-c', 'echo x > /dev/shm/x']);
  const shell = await api.run('shell', ['sh', '-c', 'sleep 1000 & wait']);
  const quiet = await api.run('quiet', ['sleep', 'infinity']);
  await parked(quiet);
  t.false(await executor().isParked(shm));
  t.false(await executor().isParked(shell));
  t.is(await execute(shm, ['cat', '/dev/shm/x']), 'x\n');
});
