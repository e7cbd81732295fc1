// Node programs that share their servers and connections: the workers of a cluster, handles sent to forked children.
import test from 'ava';
import { allCommands } from '../../actors/sandbox/commands/index.js';
import { nodeKind } from '../../actors/sandbox/programs/node/index.js';
import { BUILTIN_MARKER } from '../../actors/sandbox/programs/builtin.js';
import { TestMachine, type TestRunResult } from '../support/machine.js';

function run(code: string): Promise<TestRunResult> {
  const files = { '/usr/local/bin/node': { content: BUILTIN_MARKER, mode: 0o755 }, '/work/main.js': code };
  return new TestMachine({ commands: allCommands, kinds: [nodeKind()], files }).run(['node', 'main.js'], { cwd: '/work', timeoutMs: 60_000 });
}

test('the workers of a cluster share a port; the end of each is told', async (t) => {
  const ran = await run(`
    const cluster = require('cluster'), http = require('http'), PORT = 8080;
    const ask = () => new Promise((resolve) => http.get({ port: PORT, agent: false }, (answer) => answer.on('data', (data) => resolve(String(data)))));
    if (cluster.isPrimary) {
      const workers = [cluster.fork(), cluster.fork()];
      let listening = 0;
      cluster.on('exit', (worker, code) => console.log('worker', worker.id, 'exit', code));
      cluster.on('listening', async () => {
        if (++listening < 2) return;
        const seen = []; for (let i = 0; i < 6; i++) seen.push(await ask());
        console.log([...new Set(seen)].sort().join());
        workers[0].on('exit', async () => { console.log(await ask()); cluster.disconnect(() => console.log('over')); }).send('end');
      });
    } else {
      process.on('message', () => process.exit(5));
      http.createServer((_, response) => response.end('from ' + cluster.worker.id)).listen(PORT);
    }`);
  t.deepEqual(ran.stdout.split('\n').sort(), ['', 'from 1,from 2', 'from 2', 'over', 'worker 1 exit 5', 'worker 2 exit 0'], ran.stderr);
});

test('a worker is told that the port is taken', async (t) => {
  const ran = await run(`
    const cluster = require('cluster'), net = require('net');
    if (cluster.isPrimary) { const server = net.createServer().listen(8080, () => cluster.fork().on('exit', (code) => { console.log('exit', code); server.close(); })); }
    else net.createServer().on('error', (error) => { console.log(error.code, error.syscall); process.exit(3); }).listen(8080);`);
  t.is(ran.stdout, 'EADDRINUSE bind\nexit 3\n', ran.stderr);
});

test('a connection and a server are sent to a child', async (t) => {
  const ran = await run(`
    const net = require('net'), { fork } = require('child_process');
    const connect = (place) => new Promise((resolve) => { let text = ''; net.connect(place).on('data', (data) => (text += data)).on('close', () => resolve(text)); });
    if (process.argv[2] !== 'child') {
      const child = fork(__filename, ['child']);
      const give = (socket) => child.send('socket', socket);
      const file = net.createServer(give).listen('/tmp/socket', () => {
        const port = net.createServer(give).listen(8080, async () => {
          console.log(await connect('/tmp/socket'), await connect(8080));
          child.send('server', port);
          child.on('message', () => port.close(async () => { console.log(await connect(8080)); child.kill(); file.close(); }));
        });
      });
    } else process.on('message', (kind, handle) => {
      if (kind === 'socket') return void handle.end('a connection of the child');
      handle.on('connection', (socket) => socket.end('a server of the child')); process.send('ready');
    });`);
  t.is(ran.stdout, 'a connection of the child a connection of the child\na server of the child\n', ran.stderr);
});
