// What module loaders are told ahead is never older than what others did: they see each file as it is when they ask.
import test from 'ava';
import { allCommands } from '../../actors/sandbox/commands/index.js';
import { nodeKind } from '../../actors/sandbox/programs/node/index.js';
import { BUILTIN_MARKER } from '../../actors/sandbox/programs/builtin.js';
import { TestMachine, type TestRunResult } from '../support/machine.js';

function run(code: string): Promise<TestRunResult> {
  const files = { '/usr/local/bin/node': { content: BUILTIN_MARKER, mode: 0o755 }, '/work/main.js': code };
  return new TestMachine({ commands: allCommands, kinds: [nodeKind()], files }).run(['node', 'main.js'], { cwd: '/work', timeoutMs: 60_000 });
}

const PRELUDE = `
  const fs = require('fs'), { execSync } = require('child_process');
  const tried = (name) => { try { return require(name); } catch (error) { return error.code; } };
`;

test('a module that is not there is found once the program or a child of it has made it', async (t) => {
  const ran = await run(`${PRELUDE}
    console.log(tried('./own'), tried('./childs'), tried('./package'));
    fs.writeFileSync('own.js', 'module.exports = 1'); console.log(tried('./own'));
    execSync('echo "module.exports = 2" > childs.js'); console.log(tried('./childs'));
    execSync('mkdir package; echo "module.exports = 3" > package/index.js'); console.log(tried('./package'));`);
  t.is(ran.stdout, 'MODULE_NOT_FOUND MODULE_NOT_FOUND MODULE_NOT_FOUND\n1\n2\n3\n', ran.stderr);
});

test('a module that another process makes meanwhile is found by a program that asks without a pause', async (t) => {
  const ran = await run(`${PRELUDE}
    require('child_process').spawn('sh', ['-c', 'sleep 0.3; echo "module.exports = 4" > tmp; mv tmp late.js']);
    let found; while ((found = tried('./late')) === 'MODULE_NOT_FOUND'); console.log(found);`);
  t.is(ran.stdout, '4\n', ran.stderr);
});

test('the text that is loaded is the one of now, links lead where they lead now', async (t) => {
  const ran = await run(`${PRELUDE}
    fs.writeFileSync('a.js', 'module.exports = "old"'); fs.writeFileSync('b.js', 'module.exports = __filename'); fs.symlinkSync('a.js', 'link.js');
    const path = require.resolve('./a');
    execSync('echo "module.exports = \\\\"new\\\\"" > a.js; ln -sf b.js link.js');
    console.log(require('./a'), require('./link'), fs.realpathSync(path), fs.realpathSync('link.js'));`);
  t.is(ran.stdout, 'new /work/b.js /work/a.js /work/b.js\n', ran.stderr);
});

test('bytes that a program is given are its own, and failures name what failed', async (t) => {
  const ran = await run(`${PRELUDE}
    fs.writeFileSync('a.js', 'module.exports = 5');
    fs.readFileSync(require.resolve('./a')).fill(0); console.log(require('./a'), fs.readFileSync('a.js').length, fs.readFileSync('a.js', { encoding: 'latin1' }));
    for (const name of ['readFileSync', 'realpathSync']) for (const path of ['none/x', '/work', 'a.js/x', '', 1.5, 'a\\0'])
      try { console.log(name, String(fs[name](path))); } catch (error) { console.log(name, error.code, error.syscall, error.path); }`);
  t.is(ran.stdout, `5 18 module.exports = 5
readFileSync ENOENT open none/x
readFileSync EISDIR read undefined
readFileSync ENOTDIR open a.js/x
readFileSync ENOENT open${' '}
readFileSync ERR_INVALID_ARG_TYPE undefined undefined
readFileSync ERR_INVALID_ARG_VALUE undefined undefined
realpathSync ENOENT lstat /work/none
realpathSync /work
realpathSync ENOTDIR lstat /work/a.js/x
realpathSync /work
realpathSync ENOENT lstat /work/1.5
realpathSync ERR_INVALID_ARG_VALUE undefined undefined
`, ran.stderr);
});
