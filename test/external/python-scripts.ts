// Python scripts as CI jobs have them; each does the same here and under the host's own Python.

export interface PythonScript {
  readonly name: string;
  readonly code: string;
  readonly stdin?: string;
  readonly args?: readonly string[];
}

export const PYTHON_SCRIPTS: readonly PythonScript[] = [
  { name: 'a version file is raised', code: `import pathlib, re\nf = pathlib.Path('version.txt'); f.write_text('1.9.3\\n')\nmajor, minor, patch = map(int, re.match(r'(\\d+)\\.(\\d+)\\.(\\d+)', f.read_text()).groups())\nf.write_text(f'{major}.{minor}.{patch + 1}\\n'); print(f.read_text(), end='')` },
  { name: 'arguments by argparse', code: `import argparse\np = argparse.ArgumentParser(prog='tool'); p.add_argument('--count', type=int, default=1); p.add_argument('names', nargs='+')\na = p.parse_args(); print(a.count, a.names)`, args: ['--count', '3', 'x', 'y z'] },
  { name: 'a wrong argument', code: `import argparse\np = argparse.ArgumentParser(prog='tool'); p.add_argument('--count', type=int)\np.parse_args()`, args: ['--count', 'many'] },
  { name: 'JSON of a pipe is summed up', code: `import json, sys\nrows = [json.loads(line) for line in sys.stdin]\nprint(json.dumps({'total': sum(r['n'] for r in rows), 'names': sorted({r['name'] for r in rows})}, indent=1, sort_keys=True))`, stdin: '{"name": "b", "n": 2}\n{"name": "a", "n": 40}\n' },
  { name: 'CSV to a table', code: `import csv, io, sys\nrows = list(csv.DictReader(sys.stdin))\nw = csv.writer(sys.stdout, lineterminator='\\n'); w.writerow(['who', 'sum'])\nfor who in sorted({r['who'] for r in rows}): w.writerow([who, sum(float(r['n']) for r in rows if r['who'] == who)])`, stdin: 'who,n\nann,1.5\n"b, c",2\nann,3\n' },
  { name: 'a folder is walked and hashed', code: `import hashlib, os\nos.makedirs('tree/a/b', exist_ok=True)\nfor i in range(20): open(f'tree/a/{i}.txt', 'w').write('x' * i)\nh = hashlib.sha256()\nfor root, dirs, files in os.walk('tree'):\n    dirs.sort()\n    for name in sorted(files): h.update(name.encode() + open(os.path.join(root, name), 'rb').read())\nprint(h.hexdigest())` },
  { name: 'a check that fails', code: `import sys\nproblems = ['a: missing', 'b: old']\nfor p in problems: print('::error::' + p)\nsys.exit(len(problems))` },
  { name: 'an uncaught exception', code: `def f(n): raise ValueError(f'bad {n}')\nprint('before')\nf(3)` },
  { name: 'sys.exit with a message', code: `import sys\nprint('x'); sys.exit('no way')` },
  { name: 'programs and their output', code: `import subprocess\nr = subprocess.run(['sort', '-r'], input='a\\nc\\nb\\n', text=True, capture_output=True, check=True)\nprint(r.stdout.split())\ntry: subprocess.run('echo oops >&2; exit 4', shell=True, check=True, stderr=subprocess.PIPE, text=True)\nexcept subprocess.CalledProcessError as e: print(e.returncode, e.stderr)` },
  { name: 'pipes between programs', code: `import subprocess\na = subprocess.Popen(['seq', '1000'], stdout=subprocess.PIPE); b = subprocess.Popen(['grep', '-c', '7'], stdin=a.stdout, stdout=subprocess.PIPE, text=True); a.stdout.close()\nprint(b.communicate()[0], a.wait())` },
  { name: 'a program that is killed', code: `import signal, subprocess\np = subprocess.Popen(['sleep', '100']); p.send_signal(signal.SIGTERM); print(p.wait())` },
  { name: 'the environment goes on', code: `import os, subprocess\nos.environ['STAGE'] = 'prod'; print(subprocess.check_output('echo $STAGE', shell=True, text=True), os.environ.get('NONE', 'unset'))` },
  { name: 'archives', code: `import io, tarfile, zipfile\nopen('one.txt', 'w').write('1' * 5000)\nwith tarfile.open('t.tar.gz', 'w:gz') as t: t.add('one.txt', 'd/one.txt')\nwith tarfile.open('t.tar.gz') as t: print(t.getnames(), len(t.extractfile('d/one.txt').read()))\nwith zipfile.ZipFile('z.zip', 'w', zipfile.ZIP_DEFLATED) as z: z.write('one.txt')\nprint(zipfile.ZipFile('z.zip').namelist(), zipfile.ZipFile('z.zip').testzip())` },
  { name: 'unit tests that pass', code: `import sys, unittest\nclass T(unittest.TestCase):\n    def test_a(self): self.assertEqual(1 + 1, 2)\n    def test_b(self):\n        with self.assertRaises(KeyError): {}['x']\nr = unittest.main(exit=False, argv=['t']).result; print(r.testsRun, r.wasSuccessful())` },
  { name: 'unit tests that fail', code: `import unittest\nclass T(unittest.TestCase):\n    def test_a(self): self.fail('on purpose')\nunittest.main(argv=['t'])` },
  { name: 'regular expressions and Unicode', code: `import re, unicodedata\nprint(re.sub(r'(?P<a>\\w+)-(?P<b>\\w+)', r'\\g<b>_\\g<a>', 'über-straße x-y'), unicodedata.normalize('NFD', 'é').encode(), 'ß'.upper(), len('🙂'))` },
  { name: 'dates', code: `import datetime as d\nt = d.datetime(2024, 2, 28, 12, tzinfo=d.timezone.utc) + d.timedelta(days=2)\nprint(t.isoformat(), t.strftime('%A %d %B %j'), d.date(2024, 12, 30).isocalendar()[:2])` },
  { name: 'modules of its own', code: `import os, sys\nos.makedirs('pkg', exist_ok=True); open('pkg/__init__.py', 'w').write('from .m import f\\n'); open('pkg/m.py', 'w').write('def f(): return __name__\\n')\nsys.path.insert(0, os.getcwd()); import pkg; print(pkg.f(), pkg.__file__.endswith('pkg/__init__.py'))` },
  { name: 'asyncio', code: `import asyncio\nasync def w(n): await asyncio.sleep(n / 100); return n\nasync def main():\n    print(await asyncio.gather(*(w(n) for n in (3, 1, 2))))\n    try: await asyncio.wait_for(asyncio.sleep(9), 0.01)\n    except asyncio.TimeoutError: print('late')\nasyncio.run(main())` },
  { name: 'a template filled', code: `import string, textwrap\nprint(string.Template('$a and \${b}').substitute(a=1, b='two')); print(textwrap.fill('the quick brown fox ' * 5, 30))` },
  { name: 'numbers', code: `from decimal import Decimal as D; from fractions import Fraction as F; import math, statistics\nprint(D('0.1') + D('0.2'), F(1, 3) + F(1, 6), math.comb(50, 25), statistics.median([3, 1, 2]), 2 ** 200 % 97, round(2.5), 0.1 + 0.2)` },
  { name: 'bytes in, bytes out', code: `import sys\ndata = sys.stdin.buffer.read(); sys.stdout.buffer.write(data[::-1] + bytes([0, 255]))`, stdin: 'abc\n' },
  { name: 'permissions and links', code: `import os, stat\nopen('f', 'w').close(); os.chmod('f', 0o750); os.symlink('f', 'l'); print(stat.filemode(os.lstat('f').st_mode), os.readlink('l'), os.path.samefile('f', 'l'), os.access('f', os.X_OK))` },
  { name: 'XML and TOML', code: `import tomllib, xml.etree.ElementTree as E\nr = E.fromstring('<s><c n="a"/><c n="b"><failure/></c></s>'); print([c.get('n') for c in r if c.find('failure') is not None]); print(tomllib.loads('[project]\\nname = "x"\\nversion = "1.2"'))` },
  { name: 'a database in memory', code: `import sqlite3\nc = sqlite3.connect(':memory:'); c.execute('create table t(a, b)'); c.executemany('insert into t values (?, ?)', [(i, i * i) for i in range(10)])\nprint(c.execute('select sum(b) from t where a > 5').fetchone())` },
  { name: 'logging and warnings', code: `import logging, sys, warnings\nlogging.basicConfig(stream=sys.stdout, level=logging.INFO, format='%(levelname)s %(message)s'); logging.info('started'); logging.debug('unseen'); logging.captureWarnings(True); warnings.simplefilter('error')\ntry: warnings.warn('w')\nexcept UserWarning as e: print('caught', e)` },
];
