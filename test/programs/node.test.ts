// Node programs in the machine: files, processes, streams and signals are the machine's; nothing of the host is in reach.
import { existsSync } from 'node:fs';
import test from 'ava';
import { allCommands } from '../../actors/sandbox/commands/index.js';
import { nodeKind } from '../../actors/sandbox/programs/node/index.js';
import { BUILTIN_MARKER } from '../../actors/sandbox/programs/builtin.js';
import { type TestFile, TestMachine, type TestRunResult } from '../support/machine.js';

const ELF = Buffer.from([0x7f, 0x45, 0x4c, 0x46, 2, 1, 1, 0]);

function machine(files: Record<string, TestFile> = {}, network = true): TestMachine {
  return new TestMachine({
    commands: allCommands, kinds: [nodeKind()], network,
    files: { '/usr/local/bin/node': { content: BUILTIN_MARKER, mode: 0o755 }, ...files },
  });
}

function run(code: string, options: { files?: Record<string, TestFile>; stdin?: string; network?: boolean; args?: string[] } = {}): Promise<TestRunResult> {
  const files = { '/work/main.js': code, ...options.files };
  return machine(files, options.network ?? true).run(['node', 'main.js', ...(options.args ?? [])], { cwd: '/work', stdin: options.stdin ?? '', timeoutMs: 60_000 });
}

test('arguments, environment, exit code, standard streams', async (t) => {
  const ran = await run('process.stdin.on("data", (d) => process.stdout.write(process.argv.slice(2).join() + d)).on("end", () => { console.error(process.env.HOME); process.exitCode = 7; });', { stdin: 'typed', args: ['a', 'b'] });
  t.deepEqual([ran.exitCode, ran.stdout, ran.stderr], [7, 'a,btyped', '/root\n']);
});

test('input that is not read is left for the next program', async (t) => {
  const box = machine();
  const ran = await box.run(['sh', '-c', 'node -e 1; cat'], { stdin: 'rest' });
  t.is(ran.stdout, 'rest');
});

test('many small writes keep their order among streams, files and children, and are all there at the end', async (t) => {
  const ran = await run(`
    const fs = require('fs');
    for (let i = 0; i < 5000; i++) {
      process.stdout.write('o' + i + ' ');
      if (i % 500 === 0) { fs.writeSync(1, 'f' + i + ' '); require('child_process').execSync('printf "c%s " ' + i, { stdio: 'inherit' }); }
    }
    process.exit(3);`);
  const expected = Array.from({ length: 5000 }, (_, i) => (i % 500 === 0 ? `o${i} f${i} c${i} ` : `o${i} `)).join('');
  t.is(ran.stdout, expected);
  t.is(ran.exitCode, 3);
});

test('a program whose reader is gone is told', async (t) => {
  const ran = await machine().run(['bash', '-c', "node -e 'setInterval(() => console.log(1), 5)' | head -n 1; echo ${PIPESTATUS[0]}"]);
  t.is(ran.stdout, '1\n1\n');
  t.regex(ran.stderr, /Error: write EPIPE/);
});

test('files in every style of the API', async (t) => {
  const ran = await run(`
    const fs = require('fs');
    fs.writeFileSync('sync', 'one'); fs.appendFileSync('sync', '+'); fs.fsyncSync(fs.openSync('sync', 'r+')); fs.symlinkSync('sync', 'link');
    fs.readFile('link', 'utf8', (error, text) => { console.log(text, fs.lstatSync('link').isSymbolicLink(), fs.statSync('link').size);
      fs.createReadStream('sync').pipe(fs.createWriteStream('copy')).on('finish', async () => {
        await fs.promises.mkdir('a/b', { recursive: true }); await fs.promises.rename('copy', 'a/b/c');
        for await (const entry of await fs.promises.opendir('a')) console.log(entry.name, entry.isDirectory());
        console.log(await fs.promises.readFile('a/b/c', 'utf8'), fs.realpathSync('link'));
        try { fs.readdirSync('nowhere'); } catch ({ message, code, errno, syscall }) { console.log(message, code, errno, syscall); }
      }); });`);
  t.is(ran.stdout, "one+ true 4\nb true\none+ /work/sync\nENOENT: no such file or directory, scandir 'nowhere' ENOENT -2 scandir\n");
  t.is(ran.exitCode, 0, ran.stderr);
});

test('modules of both kinds, packages with exports, JSON', async (t) => {
  const ran = await run("import('pkg').then(async ({ default: d }) => console.log(d, require('pkg/data.json').n, require('./local').v, (await import('old')).default, (await import('older')).default));", {
    files: {
      '/work/node_modules/pkg/package.json': '{"name":"pkg","type":"module","exports":{".":"./index.js","./data.json":"./data.json"}}',
      '/work/node_modules/pkg/index.js': 'export { value as default } from "./value.js";', '/work/node_modules/pkg/value.js': 'export const value = 5;',
      '/work/node_modules/pkg/data.json': '{"n":6}', '/work/local.js': 'exports.v = 7;',
      '/work/node_modules/old/package.json': '{"main":"lib/main"}', '/work/node_modules/old/lib/main.js': 'module.exports = 8;', '/work/node_modules/older/index.js': 'module.exports = 9;',
    },
  });
  t.is(ran.stdout, '5 6 7 8 9\n', ran.stderr);
});

test('child processes run in the machine', async (t) => {
  const ran = await run(`
    const cp = require('child_process');
    console.log(String(cp.execSync('echo "$0"; cat', { input: 'in' })), cp.spawnSync('sh', ['-c', 'exit 3']).status, cp.spawnSync('nowhere').error.code);
    const child = cp.spawn('sh', ['-c', 'read x; echo got $x; kill -TERM $$']);
    child.stdout.on('data', (d) => process.stdout.write(d));
    child.on('close', (code, signal) => { console.log(code, signal);
      cp.spawn('nowhere').on('error', (error) => { console.log(error.message);
        const kid = cp.fork('kid.js', ['x']); kid.on('message', (m) => console.log(m)).on('exit', (c) => console.log('exit', c)); kid.send({ n: 1 }); }); });
    child.stdin.end('line\\n');`, { files: { '/work/kid.js': 'process.on("message", (m) => { process.send([m.n, process.argv[2]]); process.exitCode = 4; process.disconnect(); });' } });
  t.is(ran.stdout, "/bin/sh\nin 3 ENOENT\ngot line\nnull SIGTERM\nspawn nowhere ENOENT\n[ 1, 'x' ]\nexit 4\n", `exit code ${ran.exitCode} ${ran.stderr}`);
});

test('a forked program has the options of its parent; too much output is given as far as it was read', async (t) => {
  const code = `
    const { fork, spawnSync } = require('child_process');
    if (process.argv[2] === 'kid') console.log(process.execArgv, globalThis.early, process.argv.slice(2));
    else {
      console.log(process.execArgv);
      const { error, stdout, status, signal } = spawnSync('sh', ['-c', 'printf 1234567890; sleep 60'], { maxBuffer: 6 });
      console.log(error.code, String(stdout), status, signal);
      fork(__filename, ['kid']);
    }`;
  const ran = await machine({ '/work/main.js': code, '/work/early.js': 'globalThis.early = 5' }).run(['node', '--stack-size=900', '-r', './early.js', 'main.js'], { cwd: '/work', timeoutMs: 60_000 });
  t.is(ran.stdout, "[ '--stack-size=900', '-r', './early.js' ]\nENOBUFS 1234567890 null SIGTERM\n[ '--stack-size=900', '-r', './early.js' ] 5 [ 'kid' ]\n", ran.stderr);
});

test('signals both ways; a program that is killed is gone', async (t) => {
  const box = machine();
  const handled = await box.run(['sh', '-c', 'node -e "process.on(\'SIGTERM\', () => { console.log(\'heard\'); process.exit(5); }); console.log(\'ready\'); setInterval(() => {}, 1000)" > out & while ! grep -q ready out; do sleep 0.05; done; kill $!; wait $!; echo $?; cat out'], { cwd: '/tmp' });
  t.is(handled.stdout, '5\nready\nheard\n');
  const killed = await box.run(['sh', '-c', 'node -e "for (;;);" & sleep 0.3; kill $!; wait $!; echo $?']);
  t.is(killed.stdout, '143\n');
});

test('nothing of the host can be read, run or loaded', async (t) => {
  t.true(existsSync(process.execPath), 'the host has what the program looks for');
  const ran = await run(`
    const fs = require('fs'), say = (name, body) => { try { console.log(name, body()); } catch (error) { console.log(name, error.code); } };
    say('read', () => fs.readFileSync(${JSON.stringify(process.execPath)})); say('exists', () => fs.existsSync(${JSON.stringify(import.meta.dirname)}));
    say('binding', () => process.binding('fs')); say('data', () => Object.keys(process.binding('natives')).includes('fs') && process.binding('constants').os.signals.SIGTERM);
    const program = { file: ${JSON.stringify(process.execPath)}, args: ['node', '-v'], envPairs: [], stdio: [] };
    say('spawned', () => [process.binding('spawn_sync').spawn(program).error, new (process.binding('process_wrap').Process)().spawn(program)].join());
    say('internal', () => require('internal/test/binding')); say('addon', () => process.dlopen({ exports: {} }, '/lib/x86_64-linux-gnu/libc.so.6'));
    say('wasi', () => new (require('wasi').WASI)({ version: 'preview1', preopens: { '/': '/' } }));
    say('environment', () => Object.keys(process.env).sort().join()); say('cwd', () => process.cwd());
    say('flags', () => require('v8').setFlagsFromString('--trace-turbo-path=/tmp')); say('sqlite', () => new (require('node:sqlite').DatabaseSync)('/tmp/x')); say('trace', () => require('trace_events').createTracing({ categories: ['v8'] }).enable());
    say('heap', () => require('v8').writeHeapSnapshot('/tmp/heap')); say('report', () => process.report.writeReport('/tmp/report.json'));
    require('net').connect({ path: '/run/docker.sock' }).on('error', (error) => console.log('socket', error.code));`);
  const lines = ran.stdout.split('\n');
  for (const name of ['read', 'binding', 'internal', 'wasi', 'heap', 'flags', 'sqlite', 'trace', 'report']) t.regex(lines.find((line) => line.startsWith(`${name} `)) ?? '', /ENOENT|ERR_ACCESS_DENIED|MODULE_NOT_FOUND|ERR_/, `${name}: ${ran.stdout}${ran.stderr}`);
  t.true(lines.includes('exists false'));
  t.true(lines.includes('data 15'));
  t.true(lines.includes('spawned -2,-2'));
  t.true(lines.includes('cwd /work'));
  t.true(lines.includes('socket ENOENT'));
  t.true(lines.includes('environment HOME,PATH'));
  t.notRegex(ran.stdout, /^addon undefined/m);
});

test('options that would lift the confinement are refused', async (t) => {
  for (const option of ['--allow-fs-read=*', '--allow-child-process', '--no-experimental-permission', '--inspect', '--env-file=/etc/passwd2', '--cpu-prof', '--openssl-config=/etc/x']) {
    const ran = await machine().run(['node', option, '-e', '1']);
    t.is(ran.exitCode, 9, option);
  }
  const smuggled = await machine().run(['node', '-e', '1'], { env: { NODE_OPTIONS: '--allow-fs-read=/' } });
  t.is(smuggled.exitCode, 9);
  t.is((await machine().run(['node', '--no-warnings', '-p', '6*7'])).stdout, '42\n');
});

test('without a network nothing is reached', async (t) => {
  const code = "require('net').connect({ host: '192.0.2.1', port: 80 }).on('error', (e) => console.log(e.code)); require('dns').lookup('example.org', (e) => console.log(e.code));";
  const ran = await run(code, { network: false });
  t.deepEqual(ran.stdout.trim().split('\n').sort(), ['EAI_AGAIN', 'ENETUNREACH'], ran.stderr);
});

test('a server listens on the machine\'s own loopback, where curl and other programs find it', async (t) => {
  const server = "require('http').createServer((q, s) => s.end('path ' + q.url + '\\n')).listen(8080, function () { console.log('port', this.address().port); });";
  const box = machine({ '/work/server.js': server });
  const ran = await box.run(['sh', '-c', `node server.js > log & while ! grep -q port log; do sleep 0.05; done; curl -s localhost:8080/a; curl -s http://127.0.0.1:8080/b; node -e "fetch('http://localhost:8080/c').then((r) => r.text()).then((x) => process.stdout.write(x))"; node -e "require('http').createServer().listen(8080).on('error', (e) => console.log(e.code))"; kill $!; cat log; wait; curl -s localhost:8080; echo $?`], { cwd: '/work', timeoutMs: 60_000 });
  t.is(ran.stdout, 'path /a\npath /b\npath /c\nEADDRINUSE\nport 8080\n7\n', ran.stderr);
  const alone = await run("const s = require('net').createServer((c) => c.pipe(c)).listen(0, '127.0.0.1', () => require('net').connect(s.address().port).end('echo').on('data', (d) => { console.log(String(d)); s.close(); }));", { network: false });
  t.deepEqual([alone.stdout, alone.exitCode], ['echo\n', 0], alone.stderr);
});

test('a server listens on a path, where other programs find it; what nobody listens on refuses', async (t) => {
  const ran = await run(`
    const net = require('net'), fs = require('fs'), http = require('http'), child = require('child_process');
    const server = net.createServer((c) => c.on('data', (d) => c.end('echo ' + d)));
    const failed = (path) => new Promise((r) => net.connect(path).on('error', ({ code, syscall, address }) => r([code, syscall, address].join())));
    server.listen({ path: 's.sock', readableAll: true }, async () => {
      console.log(server.address(), fs.statSync('s.sock').isSocket(), (fs.statSync('s.sock').mode & 0o777).toString(8));
      child.exec('echo hi | nc -U s.sock', async (error, out) => {
        console.log(out);
        net.createServer().on('error', ({ code }) => console.log(code)).listen('s.sock');
        fs.writeFileSync('plain', '');
        console.log(await failed('plain'), await failed('none'));
        server.close(async () => {
          console.log(fs.existsSync('s.sock'));
          const web = http.createServer((q, s) => s.end(q.url)).listen('/tmp/web.sock', () => http.get({ socketPath: '/tmp/web.sock', path: '/page' }, (s) => s.on('data', (d) => { console.log(String(d)); web.close(); })));
        });
      });
    });`);
  t.is(ran.stdout, 's.sock true 755\necho hi\n\nEADDRINUSE\nECONNREFUSED,connect,plain ENOENT,connect,none\nfalse\n/page\n', ran.stderr);
});

test('it stands in for an ELF file called node, and for no other', async (t) => {
  const box = machine({ '/__e/node20/bin/node': { content: ELF, mode: 0o755 }, '/opt/tool': { content: ELF, mode: 0o755 } });
  t.is((await box.run(['/__e/node20/bin/node', '-p', 'process.execPath'])).stdout, '/__e/node20/bin/node\n');
  t.is((await box.run(['sh', '-c', '/opt/tool'])).exitCode, 126);
});

test('copies of trees, watching, environment files, blobs', async (t) => {
  const ran = await run(`
    const fs = require('fs');
    fs.mkdirSync('s/d', { recursive: true }); fs.writeFileSync('s/d/f', 'one'); fs.symlinkSync('d', 's/l');
    fs.cpSync('s', 'c', { recursive: true, verbatimSymlinks: true }); console.log(fs.readFileSync('c/d/f', 'utf8'), fs.readlinkSync('c/l'));
    try { fs.cpSync('s', 'x'); } catch ({ code }) { console.log(code); }
    fs.writeFileSync('.env', 'A=1\\nHOME=other'); process.loadEnvFile(); console.log(process.env.A, process.env.HOME);
    try { fs.watch('none'); } catch ({ message }) { console.log(message); }
    fs.openAsBlob('s/d/f').then((blob) => blob.text()).then((text) => { console.log(text);
      const seen = [];
      const watcher = fs.watch('s', { recursive: true }, (event, name) => { if (seen.push(event + ' ' + name) === 2) { watcher.close(); console.log(seen.join()); } });
      fs.watchFile('c/d/f', { interval: 20 }, (now, before) => { fs.unwatchFile('c/d/f'); console.log(before.size, now.size); });
      fs.writeFileSync('s/d/new', ''); fs.rmSync('s/l'); setTimeout(() => fs.writeFileSync('c/d/f', 'longer'), 50); });`);
  t.deepEqual(ran.stdout.split('\n').sort(), ['', '1 /root', '3 6', "ENOENT: no such file or directory, watch 'none'", 'ERR_FS_EISDIR', 'one', 'one d', 'rename d/new,rename l'].sort(), ran.stderr);
});
