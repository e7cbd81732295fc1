// A Python program tries to get out of its machine, by Python, by C and by the JavaScript that it runs on: nothing of the host may be reached.
import { spawnSync } from 'node:child_process';
import test from 'ava';
import { openCanary, SECRET } from '../support/canary.js';
import { PYTHON_TIMEOUT_MS, pythonMachine, pythonTest } from '../support/python.js';

const MARK = 'tried everything';

/** What Python may have the JavaScript below it evaluate. */
function javascriptAttempts(path: string): string[] {
  const file = JSON.stringify(path);
  return [
    `require('fs').readFileSync(${file}, 'utf8')`, `process.getBuiltinModule('fs').readFileSync(${file}, 'utf8')`, `process.binding('fs').readFileUtf8(${file}, 0)`,
    `process.mainModule.require('fs').readFileSync(${file}, 'utf8')`, `process.getBuiltinModule('module').createRequire('/')('fs').readFileSync(${file}, 'utf8')`,
    `process.getBuiltinModule('child_process').execFileSync('cat', [${file}], { encoding: 'utf8' })`,
    `process.dlopen({ exports: {} }, ${file})`, `String(process.argv) + process.execPath + process.cwd() + JSON.stringify(process.env)`,
    `globalThis.constructor.constructor('return process')().getBuiltinModule('fs').readFileSync(${file}, 'utf8')`,
  ];
}

/** Each attempt prints what it got. */
function attempts(path: string, folder: string): string {
  const [file, place] = [path, folder].map((text) => JSON.stringify(text));
  return `
import ctypes, glob, io, os, pathlib, shutil, subprocess, sys
import js, pyodide_js
from pyodide.code import run_js
def attempt(get):
    try: print(ascii(get())[:400])
    except BaseException as error: print(type(error).__name__)
path, folder = ${file}, ${place}
for spelled in (path, '/..' * 9 + path, '/proc/self/root' + path, '/proc/self/cwd/../..' + path, 'file://' + path):
    attempt(lambda: open(spelled).read())
    attempt(lambda: io.FileIO(spelled).readall())
    attempt(lambda: os.read(os.open(spelled, os.O_RDONLY), 99))
os.symlink(path, 'link'); attempt(lambda: pathlib.Path('link').read_text())
attempt(lambda: os.listdir(folder)); attempt(lambda: glob.glob(folder + '/*')); attempt(lambda: shutil.copy(path, 'copy'))
attempt(lambda: open(folder + '/planted', 'w')); attempt(lambda: os.unlink(path)); attempt(lambda: subprocess.check_output(['cat', path]))
attempt(lambda: [os.read(fd, 999) for fd in range(3, 12)])
attempt(lambda: ctypes.CDLL(path)); attempt(lambda: ctypes.CDLL(None).open(path.encode(), 0)); attempt(lambda: ctypes.CDLL(None).system(b'cat ' + path.encode()))
attempt(lambda: pyodide_js.FS.readFile(path)); attempt(lambda: pyodide_js.FS.readdir(folder))
def mounted(kind):
    fs = pyodide_js.FS; fs.mkdir('/' + kind); fs.mount(getattr(fs.filesystems, kind), run_js('({ root: ' + ${JSON.stringify(place)} + ' })'), '/' + kind)
    return list(fs.readdir('/' + kind)), open('/' + kind + '/secret').read(), fs.readFile('/' + kind + '/secret')
attempt(lambda: mounted('NODEFS'))
attempt(lambda: pyodide_js.mountNodeFS('/of-host', folder))
attempt(lambda: pyodide_js._module.locateFile(path))
for text in ${JSON.stringify(javascriptAttempts(path))}: attempt(lambda: run_js(text)); attempt(lambda: js.eval(text))
print(${JSON.stringify(MARK)})
`;
}

pythonTest('no attempt of a Python program gets out', async (t) => {
  const canary = await openCanary();
  t.teardown(() => canary.close());
  const machine = pythonMachine({ '/work/main.py': attempts(canary.secretPath, canary.folder) }, { network: false });
  const ran = await machine.run(['python3', 'main.py'], { cwd: '/work', timeoutMs: PYTHON_TIMEOUT_MS });
  t.true(ran.stdout.endsWith(`${MARK}\n`), `${ran.exitCode} ${ran.stdout.slice(-300)} ${ran.stderr.slice(-900)}`);
  t.deepEqual(ran.stdout.split('\n').filter((line) => line.includes(SECRET) || line.includes(process.cwd()) || line.includes(process.execPath)), []);
  t.deepEqual([...canary.touched], []);
  t.true(canary.isIntact());
});

test('what JavaScript is given to try reads the file where nothing confines it (negative control)', async (t) => {
  const canary = await openCanary();
  t.teardown(() => canary.close());
  const program = `for (const text of ${JSON.stringify(javascriptAttempts(canary.secretPath))}) try { console.log(eval(text)); } catch (error) { console.log(error.name); }`;
  const ran = spawnSync(process.execPath, ['-e', program], { encoding: 'utf8' });
  const gained = ran.stdout.split('\n').filter((line) => line.includes(SECRET));
  t.true(gained.length >= 3, ran.stdout);
  t.true(ran.stdout.includes(process.execPath));
});
