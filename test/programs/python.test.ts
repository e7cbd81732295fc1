// Python programs in the machine: files, streams, exit codes, processes and signals are the container's.
import test from 'ava';
import { PYTHON_TIMEOUT_MS, pythonMachine, pythonTest } from '../support/python.js';
import type { TestFile, TestRunResult } from '../support/machine.js';

function run(argv: readonly string[], files: Readonly<Record<string, TestFile>> = {}, options: { stdin?: string; uid?: number } = {}): Promise<TestRunResult> {
  return pythonMachine(files).run(argv, { cwd: '/work', timeoutMs: PYTHON_TIMEOUT_MS, ...options });
}

const FILES = `
import glob, os, pathlib, shutil, stat, sys, tempfile
print(sys.argv, os.getcwd(), os.environ['HOME'], sys.platform, sys.executable, sys.path[0])
place = pathlib.Path('a/b'); place.mkdir(parents=True); (place / 'text').write_text('one\\ntwo\\n')
print(sorted(glob.glob('**', recursive=True)), (place / 'text').read_text().split())
data = bytes(range(256)) * 1000
with open('data', 'wb') as file: file.write(data)
with open('data', 'r+b') as file: file.seek(10); file.write(b'xyz'); file.truncate(100000)
with open('data', 'ab') as file: file.write(b'end')
content = open('data', 'rb').read(); print(len(content), content[9:14], content[-3:])
os.chmod('data', 0o640); os.symlink('data', 'link'); os.link('data', 'other'); os.utime('data', (1, 2.5))
print(oct(os.stat('link').st_mode), os.readlink('link'), os.stat('data').st_nlink, os.stat('data').st_mtime, os.path.realpath('link'))
shutil.copytree('a', 'c'); shutil.rmtree('a'); os.rename('c', 'd'); print(sorted(os.walk('d')), os.path.exists('a'))
for attempt in (lambda: open('none'), lambda: os.mkdir('d'), lambda: os.rmdir('d'), lambda: os.listdir('data')):
    try: attempt()
    except OSError as error: print(type(error).__name__, error.strerror)
with tempfile.TemporaryDirectory() as folder: print(folder.startswith('/tmp/'), stat.S_IMODE(os.stat(folder).st_mode) == 0o700)
print(os.path.exists(folder), os.getuid(), os.umask(0o22))
`;

pythonTest('files are the container\'s, by every way to them', async (t) => {
  const machine = pythonMachine({ '/work/main.py': FILES });
  const ran = await machine.run(['python3', 'main.py', 'x y'], { cwd: '/work', timeoutMs: PYTHON_TIMEOUT_MS });
  t.deepEqual(ran.stdout.split('\n'), [
    "['main.py', 'x y'] /work /root linux /usr/local/bin/python3 /work",
    "['a', 'a/b', 'a/b/text', 'main.py'] ['one', 'two']",
    "100003 b'\\txyz\\r' b'end'",
    "0o100640 data 2 2.5 /work/data",
    "[('d', ['b'], []), ('d/b', [], ['text'])] False",
    'FileNotFoundError No such file or directory', 'FileExistsError File exists', 'OSError Directory not empty', 'NotADirectoryError Not a directory',
    'True True', 'False 0 18', '',
  ], ran.stderr);
  t.is(ran.exitCode, 0);
  t.is(machine.files.stat('/work/other').sizeBytes, 100003);
});

pythonTest('the command line, standard streams and exit codes are CPython\'s', async (t) => {
  const ran = await run(['sh', '-c', `
    printf 'one\\ntwo' | python3 -c 'import sys; print(input("? "), sys.stdin.read()); sys.stderr.write("err\\n"); sys.exit(3)' a -b; echo $?
    echo '{"a":1}' | python -m json.tool --compact; echo $?
    printf 'import sys\\nprint(sys.argv); 1/0' | python3 - arg; echo $?
    python3 -IBu -c 'import sys; print(sys.flags.isolated, sys.flags.dont_write_bytecode, sys.path); sys.exit("bye")'; echo $?
    python3 -V; python3 --nonsense; echo $?; python3 none.py; echo $?`]);
  t.deepEqual(ran.stdout.split('\n'), [
    '? one two', '3', '{"a":1}', '0', "['-', 'arg']", '1', "1 1 ['/lib/python314.zip']", '1', 'Python 3.14.2', '2', '2', '',
  ], ran.stderr);
  t.is(ran.stderr.replace(/usage:[^]*?information\.\n/, '').replace(/\[Errno \d+\]/, ''), [
    'err', 'Traceback (most recent call last):', '  File "<stdin>", line 2, in <module>', 'ZeroDivisionError: division by zero',
    'bye', 'Unknown option: --nonsense', "python3: can't open file '/work/none.py':  No such file or directory", '',
  ].join('\n'));
});

const PROCESSES = `
import asyncio, os, signal, subprocess, sys, time
done = subprocess.run(['sh', '-c', 'cat; echo err >&2; pwd; exit 3'], input='in ', capture_output=True, text=True, cwd='/tmp', env={'PATH': os.environ['PATH']})
print(done.returncode, done.stdout, done.stderr)
print(subprocess.check_output('printf %s "$VALUE"', shell=True, env={**os.environ, 'VALUE': 'of the environment'}), os.system('exit 5') >> 8, os.popen('echo hi').read())
for bad in (['nonesuch'], ['/work']):
    try: subprocess.run(bad)
    except OSError as error: print(type(error).__name__, error.filename)
try: subprocess.run(['sleep', '60'], timeout=0.1)
except subprocess.TimeoutExpired as error: print(error)
child = subprocess.Popen(['sleep', '60']); print(child.poll()); child.terminate(); print(child.wait())
with subprocess.Popen('seq 3', shell=True, stdout=subprocess.PIPE, text=True) as child: print([line.strip() for line in child.stdout])
heard = []
signal.signal(signal.SIGUSR1, lambda number, frame: heard.append(number)); os.kill(os.getpid(), signal.SIGUSR1); print(heard)
os.environ['SET'] = 'since'; print(subprocess.check_output('echo $SET', shell=True, text=True))
async def later():
    try: await asyncio.wait_for(asyncio.sleep(9), 0.01)
    except TimeoutError: return 7
print(asyncio.run(later()))
started = time.monotonic(); time.sleep(0.1); print(time.monotonic() - started >= 0.1)
sys.stdout.flush()
os.execvp('sh', ['sh', '-c', 'echo "$0 in place of it"', 'a shell'])
`;

pythonTest('its processes are the machine\'s', async (t) => {
  const ran = await run(['python3', 'main.py'], { '/work/main.py': PROCESSES });
  t.deepEqual(ran.stdout.split('\n'), [
    '3 in /tmp', ' err', '', "b'of the environment' 5 hi", '', 'FileNotFoundError nonesuch', 'PermissionError /work',
    "Command '['sleep', '60']' timed out after 0.1 seconds", 'None', '-15', "['1', '2', '3']", '[10]', 'since', '', '7', 'True', 'a shell in place of it', '',
  ], ran.stderr);
  t.is(ran.exitCode, 0);
});

pythonTest('signals reach it while it computes and while it waits', async (t) => {
  const ran = await run(['sh', '-c', `
    python3 -c 'open("ready", "w").close()
while True: pass' & until [ -e ready ]; do sleep 0.05; done; kill -INT $!; wait $!; echo $?
    python3 -c 'import signal, sys, time
signal.signal(signal.SIGTERM, lambda number, frame: sys.exit(9))
open("waits", "w").close(); time.sleep(60)' & until [ -e waits ]; do sleep 0.05; done; kill $!; wait $!; echo $?`]);
  t.is(ran.stdout, '130\n9\n', ran.stderr);
  t.regex(ran.stderr, /^Traceback[^]*KeyboardInterrupt\n$/);
});

pythonTest('permissions hold for whom the process is', async (t) => {
  const code = 'import os; print(os.getuid(), open("/work/all").read())\ntry: open("/work/secret")\nexcept PermissionError as error: print(error.strerror)';
  const ran = await run(['python3', '-c', code], { '/work/all': 'all', '/work/secret': { content: 's', mode: 0o600 } }, { uid: 65534 });
  t.is(ran.stdout, '65534 all\nPermission denied\n', ran.stderr);
});

pythonTest('it stands in for a native python, says so, and replaces nothing that can run', async (t) => {
  const notices: string[] = [];
  const machine = pythonMachine({
    '/opt/python3.9': { content: Uint8Array.of(0x7f, 0x45, 0x4c, 0x46, 2), mode: 0o755 }, '/opt/python3': { symlink: 'python3.9' },
    '/opt/script/python3': { content: '#!/bin/sh\necho a script of its own\n', mode: 0o755 },
  });
  machine.kernel.notice = (message: string) => void notices.push(message);
  const ran = await machine.run(['sh', '-c', '/opt/python3 -c "print(6 * 7)"; /opt/script/python3'], { timeoutMs: PYTHON_TIMEOUT_MS, env: { PYTHON_VERSION: '3.9.1' } });
  t.is(ran.stdout, '42\na script of its own\n', ran.stderr);
  t.deepEqual(notices, ['/opt/python3 (3.9.1) is a native program that cannot run here: Python 3.14.2 stands in for it']);
});

test('a name that only begins like python is no python (negative control)', async (t) => {
  const ran = await run(['/work/pythonic'], { '/work/pythonic': { content: Uint8Array.of(0x7f, 0x45, 0x4c, 0x46, 2), mode: 0o755 } });
  t.not(ran.exitCode, 0);
});
