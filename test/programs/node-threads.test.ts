// Worker threads and module hooks of Node programs: threads of one process, each of them inside the machine.
import test from 'ava';
import { allCommands } from '../../actors/sandbox/commands/index.js';
import { nodeKind } from '../../actors/sandbox/programs/node/index.js';
import { BUILTIN_MARKER } from '../../actors/sandbox/programs/builtin.js';
import { type TestFile, TestMachine, type TestRunResult } from '../support/machine.js';

function run(files: Record<string, TestFile | string>, main = 'main.js'): Promise<TestRunResult> {
  const paths = Object.fromEntries(Object.entries(files).map(([name, file]) => [`/work/${name}`, file]));
  const machine = new TestMachine({ commands: allCommands, kinds: [nodeKind()], network: true, files: { '/usr/local/bin/node': { content: BUILTIN_MARKER, mode: 0o755 }, ...paths } });
  return machine.run(['node', main], { cwd: '/work', env: { OUTER: 'o' }, timeoutMs: 60_000 });
}

test('data, ports and memory are passed, and each thread has arguments and an environment of its own', async (t) => {
  const ran = await run({
    'main.js': `
      const { Worker, MessageChannel, SHARE_ENV } = require('worker_threads');
      const memory = new Int32Array(new SharedArrayBuffer(4));
      const { port1, port2 } = new MessageChannel();
      const worker = new Worker('./thread.js', { workerData: { memory, map: new Map([[1, 2]]) }, argv: ['one'], env: { INNER: 5 } });
      worker.postMessage(port2, [port2]);
      const byPort = new Promise((r) => port1.once('message', (m) => { port1.close(); r(m); }));
      worker.on('message', (m) => console.log(m));
      worker.on('exit', async (code) => {
        console.log('by port', await byPort, 'exit', code, memory[0], process.env.CHANGED);
        new Worker('process.env.CHANGED = process.env.OUTER', { eval: true }).on('exit', () => {
          console.log(process.env.CHANGED);
          new Worker('process.env.CHANGED = 1', { eval: true, env: SHARE_ENV }).on('exit', () => console.log(process.env.CHANGED));
        });
      });`,
    'thread.js': `
      const { parentPort, workerData, isMainThread } = require('worker_threads');
      workerData.memory[0] = 7;
      parentPort.once('message', (port) => {
        port.postMessage(workerData.map);
        process.env.CHANGED = 'inside';
        parentPort.postMessage([isMainThread, process.argv.slice(2).join(), process.env.INNER, process.env.OUTER, typeof process.env.INNER]);
        process.exit(3);
      });`,
  });
  t.is(ran.stdout, "[ false, 'one', '5', undefined, 'string' ]\nby port Map(1) { 1 => 2 } exit 3 7 undefined\nundefined\n1\n", ran.stderr);
});

test('files, children and pipes of a thread are the machine\'s', async (t) => {
  const ran = await run({
    'main.js': `
      const { Worker } = require('worker_threads'), fs = require('fs');
      fs.mkdirSync('sub');
      const worker = new Worker('./thread.mjs');
      worker.on('message', (m) => { process.chdir('sub'); worker.postMessage(m); });
      worker.on('exit', () => console.log(fs.readFileSync('written', 'utf8')));`,
    'thread.mjs': `
      import fs from 'node:fs'; import child from 'node:child_process'; import net from 'node:net'; import { parentPort } from 'node:worker_threads'; import { large } from './large.mjs';
      const before = process.cwd();
      parentPort.postMessage('go');
      await new Promise((r) => parentPort.once('message', r));
      const spawned = child.spawn('sh', ['-c', 'cat; exit 4']);
      let text = '';
      spawned.stdout.on('data', (d) => (text += d));
      spawned.stdin.end('through a pipe');
      const code = await new Promise((r) => spawned.on('close', r));
      const server = net.createServer((c) => c.end('served')).listen(0);
      const served = String(child.execSync('echo out')) + await new Promise((r) => server.on('listening', () => net.connect(server.address().port).on('data', (d) => { server.close(); r(d); })));
      await fs.promises.writeFile('large', large);
      fs.writeFileSync('written', [before, process.cwd(), text, code, served, fs.statSync('large').size, (await fs.promises.readFile('large')).equals(Buffer.from(large))].join());`,
    'large.mjs': 'export const large = "0123456789".repeat(100000);',
  });
  t.is(ran.stdout, '/work,/work/sub,through a pipe,4,out\nserved,1000000,true\n', ran.stderr);
});

test('errors, and ends in the middle of a call', async (t) => {
  const ran = await run({
    'main.js': `
      const { Worker } = require('worker_threads');
      const ended = (code, options) => new Promise((r) => { const said = []; const w = new Worker(code, { eval: true, ...options }); w.on('error', (e) => said.push(e.name, e.code ?? e.message)).on('exit', (c) => r([...said, c].join())); if (options?.isEnded) w.on('message', () => w.terminate()); });
      (async () => {
        console.log(await ended('throw new RangeError("bad")'));
        console.log(await ended('require("worker_threads").parentPort.postMessage(1); for (;;) require("fs").statSync("/")', { isEnded: true }));
        console.log(await ended('require("worker_threads").parentPort.postMessage(1); require("child_process").execSync("sleep 0.3")', { isEnded: true }));
        console.log(require('fs').existsSync('/work/main.js'));
        console.log(await ended('new (require("worker_threads").Worker)("1", { eval: true })'));
        try { new Worker('1', { eval: true, execArgv: ['--require', './x.js'] }); } catch (e) { console.log(e.code); }
        try { require('worker_threads').Worker(''); } catch (e) { console.log(e.message); }
        console.log(new Worker('', { eval: true }) instanceof Worker, Worker.name, class extends Worker {}.name);
      })();`,
  });
  t.is(ran.stdout, "RangeError,bad,1\n1\n1\ntrue\nError,ERR_ACCESS_DENIED,1\nERR_WORKER_INVALID_EXEC_ARGV\nClass constructor Worker cannot be invoked without 'new'\ntrue Worker \n", ran.stderr);
});

test('hooks of module.register and --import', async (t) => {
  const files = {
    'hooks.mjs': `import fs from 'node:fs';
      export const resolve = (name, context, next) => (name.startsWith('made:') ? { url: name, shortCircuit: true } : next(name, context));
      export const load = (url, context, next) => (url.startsWith('made:') ? { format: 'module', source: 'const t = ' + JSON.stringify(fs.readFileSync('/work/text', 'utf8')) + '; export { t as default };', shortCircuit: true } : next(url, context));`,
    'start.mjs': "import { register } from 'node:module'; register('./hooks.mjs', import.meta.url);",
    'text': 'from a file',
    'main.mjs': "import './start.mjs'; console.log((await import('made:x')).default, (await import('old')).default);",
    'node_modules/old/package.json': '{"main":"lib/main"}', 'node_modules/old/lib/main.js': 'module.exports = 8;',
  };
  t.is((await run(files, 'main.mjs')).stdout, 'from a file 8\n');
});

test('warnings are shown once, and those of the confinement not at all', async (t) => {
  const ran = await run({ 'main.js': "process.emitWarning('mine'); new (require('worker_threads').Worker)('process.emitWarning(\"its own\")', { eval: true });" });
  t.regex(ran.stderr, /^\(node:\d+\) Warning: mine\n\(.*\)\n\(node:\d+\) Warning: its own\n\(.*\)\n$/);
});
