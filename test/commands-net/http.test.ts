// curl and wget against a server of the host; exit codes and words as the originals have them.
import test from 'ava';
import { allCommands } from '../../actors/sandbox/commands/index.js';
import { TestMachine, type TestRunResult } from '../support/machine.js';
import { echoServer, type TestServer } from './server.js';

let server: TestServer;
test.before(async () => {
  server = await echoServer();
});
test.after.always(() => server.close());

function sh(script: string, network = true): Promise<TestRunResult> {
  return new TestMachine({ commands: allCommands, network }).run(['bash', '-c', script], { env: { U: server.url }, cwd: '/tmp', timeoutMs: 30_000 });
}

test('curl: methods, data, headers, authentication', async (t) => {
  const said = JSON.parse((await sh(`printf 'a\\nb' > f; curl -s -d x=1 -d @f --data-urlencode 'q=a b&c' -H 'X-A: 1' -u me:secret $U/p?q`)).stdout) as { method: string; url: string; headers: Record<string, string>; body: string };
  t.deepEqual([said.method, said.url, said.body], ['POST', '/p?q', 'x=1&ab&q=a%20b%26c']);
  t.like(said.headers, { 'x-a': '1', authorization: `Basic ${Buffer.from('me:secret').toString('base64')}`, 'content-type': 'application/x-www-form-urlencoded', accept: '*/*' });
  t.like(JSON.parse((await sh(`curl -s --json '{"a":1}' $U/`)).stdout), { method: 'POST', body: '{"a":1}' });
  t.like(JSON.parse((await sh('echo up | curl -s -T - $U/f')).stdout), { method: 'PUT', body: 'up\n' });
  t.regex((await sh('echo x > f; curl -s -F a=b -F f=@f $U/f')).stdout, /name=\\"a\\"\\r\\n\\r\\nb.*filename=\\"f\\"/);
});

test('curl: redirects, failures, output, write-out, retries', async (t) => {
  t.is((await sh('curl -s $U/to')).stdout, '');
  t.regex((await sh('curl -sL $U/to')).stdout, /"url":"\/end"/);
  const failed = await sh('curl -sSf $U/404; echo $?');
  t.deepEqual([failed.stdout, failed.stderr], ['22\n', 'curl: (22) The requested URL returned error: 404\n']);
  t.is((await sh("curl -so out -w '%{http_code} %{size_download}' $U/404; cat out")).stdout, '404 5gone\n');
  t.is((await sh('curl -sO $U/name.txt && ls')).stdout, 'name.txt\n');
  t.regex((await sh('curl -sI $U/')).stdout, /^HTTP\/1\.1 200 OK\r\nX-Seen: yes\r\n/);
  t.regex((await sh('curl -sf --retry 3 --retry-delay 1 $U/flaky')).stdout, /"url":"\/flaky"/);
  t.is((await sh('curl -s nosuch.invalid; echo $?')).stdout, '6\n');
  t.is((await sh('curl -s http://127.0.0.1:9; echo $?')).stdout, '7\n', 'loopback is the machine\'s own');
  t.is((await sh('curl --no-such-option $U; echo $?')).stdout, '2\n');
});

test('wget: files, output, server errors', async (t) => {
  t.is((await sh('wget -q $U/name.txt && ls')).stdout, 'name.txt\n');
  t.like(JSON.parse((await sh('wget -qO- --header "X-B: 2" --post-data a=1 $U/x')).stdout), { method: 'POST', body: 'a=1' });
  const failed = await sh('wget $U/404; echo $?');
  t.is(failed.stdout, '8\n');
  t.regex(failed.stderr, /ERROR 404: Not Found\./);
  t.is((await sh('wget -q --spider $U/404; echo $?')).stdout, '8\n');
});

test('without a network nothing outside is reached', async (t) => {
  t.is((await sh('curl -s $U/; echo $?; curl -s http://example.org; echo $?; wget -q $U/; echo $?', false)).stdout, '7\n6\n4\n');
});

test('nc and httpd are found by curl inside the machine, and nowhere else', async (t) => {
  const web = await sh('mkdir w; echo page > w/index.html; echo text > w/a.txt; httpd -p 8080 -h w; curl -s localhost:8080; curl -s 127.0.0.1:8080/a.txt; curl -s -o /dev/null -w "%{http_code}\\n" localhost:8080/none; wget -qO- http://localhost:8080/../../etc/passwd; echo $?; killall httpd 2> /dev/null || pkill httpd; sleep 0.1; curl -s localhost:8080; echo $?');
  t.is(web.stdout, 'page\ntext\n404\n8\n7\n', web.stderr);
  const talk = await sh('nc -l -p 9000 > got & sleep 0.1; echo said | nc localhost 9000; wait; cat got; nc -z localhost 9000; echo $?; (echo one; sleep 0.1; echo two) | nc -l 9001 & sleep 0.1; nc -w 1 127.0.0.1 9001 < /dev/null');
  t.is(talk.stdout, 'said\n1\none\ntwo\n', talk.stderr);
  const host = new URL(server.url);
  t.regex((await sh(`printf 'GET /raw HTTP/1.0\\r\\n\\r\\n' | nc ${host.hostname} ${host.port}`)).stdout, /"url":"\/raw"/);
  t.is((await sh(`nc -z ${host.hostname} ${host.port}; echo $?`, false)).stdout, '1\n');
});

test('getent and ip tell of the machine', async (t) => {
  const ran = await sh('echo 192.0.2.7 named >> /etc/hosts; getent hosts named; getent hosts nosuch.invalid; echo $?; getent passwd root; getent group nosuch; echo $?; ip addr | grep -c 127.0.0.1/8; ip route; echo $?; ip link set lo down 2> /dev/null; echo $?');
  t.is(ran.stdout, '192.0.2.7       named\n2\nroot:x:0:0:root:/root:/bin/sh\n2\n1\n0\n2\n', ran.stderr);
});
