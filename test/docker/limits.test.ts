// Limits of HostConfig as scripts meet them: memory, processes, ulimits; who breaks one is alone with it.
import test from 'ava';
import { Api } from './api.js';

const api = new Api();
test.before(() => api.start());
test.after.always(() => api.end());

/** Runs a container to its end: exit code, what it printed, whether memory ended it. */
async function run(name: string, cmd: readonly string[], HostConfig: Record<string, unknown>): Promise<{ exitCode: number; output: string; oomKilled: boolean }> {
  const id = await api.run(name, cmd, { HostConfig, Tty: true });
  const exitCode = (await api.request(`POST /containers/${id}/wait`)).json.StatusCode as number;
  const { text } = await api.request(`GET /containers/${id}/logs?stdout=1&stderr=1`);
  const { State } = (await api.request(`GET /containers/${id}/json`)).json;
  return { exitCode, output: text.replaceAll('\r', ''), oomKilled: State.OOMKilled };
}

test('a container over its memory ends with 137 and OOMKilled, whatever holds the memory', async (t) => {
  const hungry: Record<string, readonly string[]> = {
    awk: ['awk', 'BEGIN { s = sprintf("%1000s", "x"); while (1) a[i++] = s i }'],
    substitution: ['bash', '-c', 'x=$(yes abcdefghijklmnop)'],
    doubling: ['bash', '-c', 'x=abcdefghijklmnop; while :; do x=$x$x; done'],
    tmpfs: ['sh', '-c', 'exec yes > /dev/shm/x'],
  };
  for (const [name, cmd] of Object.entries(hungry)) {
    t.like(await run(`hungry-${name}`, cmd, { Memory: 32 << 20, ShmSize: 1 << 30 }), { exitCode: 137, oomKilled: true }, name);
  }
  const modest = await run('modest', ['sh', '-c', 'i=0; while [ $i -lt 300 ]; do x=$(seq 1 2000); i=$((i+1)); done; echo ${#x}'], { Memory: 32 << 20 });
  t.deepEqual(modest, { exitCode: 0, output: '8892\n', oomKilled: false }, 'garbage is not what a container holds');
});

test('the end of one process for memory leaves the others be', async (t) => {
  const { exitCode, output, oomKilled } = await run('survivor', ['sh', '-c', 'awk "BEGIN { s = sprintf(\\"%1000s\\", 1); while (1) a[i++] = s i }"; echo $?; echo alive'], { Memory: 32 << 20 });
  t.is(exitCode, 0);
  t.regex(output, /137\nalive\n$/);
  t.true(oomKilled);
});

test('processes beyond the limit cannot be forked, in the words of each shell', async (t) => {
  const dash = await run('forks-sh', ['sh', '-c', 'i=0; while [ $i -lt 12 ]; do sleep 60 & i=$((i+1)); done; echo never'], { PidsLimit: 10 });
  t.like(dash, { exitCode: 2 });
  t.regex(dash.output, /can't fork: Resource temporarily unavailable|Cannot fork/);
  const retried = await run('forks-bash', ['bash', '-c', 'for i in 1 2 3 4 5 6 7 8 9 10 11 12; do sleep 2 & done; wait; echo waited'], { PidsLimit: 10 });
  t.regex(retried.output, /^bash: fork: retry: Resource temporarily unavailable\n[^]*waited\n$/);
  t.is(retried.exitCode, 0);
});

test('ulimits are given, shown, lowered and held to', async (t) => {
  const given = await run('given', ['bash', '-c', 'ulimit -Sn; ulimit -Hn; grep "open files" /proc/self/limits; ulimit -n 100; sh -c "ulimit -n"; ulimit -n 101; echo $?'], {
    Ulimits: [{ Name: 'nofile', Soft: 77, Hard: 200 }],
  });
  t.is(given.output, '77\n200\nMax open files            77                   200                  files     \n100\nbash: line 1: ulimit: open files: cannot modify limit: Operation not permitted\n1\n');
  const held = await run('held', ['bash', '-c', 'ulimit -f 1; head -c 5000 /dev/zero > /f; echo $?; wc -c < /f; ulimit -S -t 1; (while :; do :; done); echo $?; ulimit -n 5; exec 5< /dev/null; echo $?'], {});
  t.regex(held.output, /153\n1024\n[^]*\n152\n[^]*Too many open files\n1\n$/);
});

test('an update holds for what runs', async (t) => {
  const id = await api.run('updated', ['sleep', '1000'], { HostConfig: { PidsLimit: 100 } });
  t.is((await api.request(`POST /containers/${id}/update`, { body: { PidsLimit: 3 } })).status, 200);
  const { json } = await api.request(`POST /containers/${id}/exec`, { body: { AttachStdout: true, AttachStderr: true, Tty: true, Cmd: ['sh', '-c', 'sleep 9 & sleep 9 & sleep 9 & echo never'] } });
  t.regex((await api.request(`POST /exec/${json.Id}/start`, { body: { Detach: false, Tty: true } })).text, /fork/);
});
