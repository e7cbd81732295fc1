// ls, find, xargs, stat, chmod and their neighbours see and say what GNU's do.
import test from 'ava';
import fc from 'fast-check';
import { compareVersions } from '../../actors/sandbox/commands/common/version-order.js';
import { parseMode } from '../../actors/sandbox/commands/common/mode.js';
import { agree, machineWith, runOurs, type Scenario, sortLines } from './differential.js';

const files: Scenario['files'] = {
  'a.txt': 'alpha\n', 'b.c': 'int main;\n', 'Big name': 'x'.repeat(5000), '.hidden': 'h', 'dir/one': '1\n', 'dir/sub/two': { content: '2\n', mode: 0o755 }, 'dir/link': { symlink: 'one' },
  empty: null, nothing: '', dangling: { symlink: 'nowhere' }, todir: { symlink: 'dir' }, 'v1.10': '', 'v1.9': '', 'v1.2': '', "it's": '',
};
const times = (text: string): string => text.replace(/[A-Z][a-z]{2} [ \d]\d (\d\d:\d\d| \d{4})/g, 'TIME').replace(/\d{4}-\d\d-\d\d \d\d:\d\d(:\d\d\.\d+ \+0000)?/g, 'TIME');
/** Folders and links take a room that depends on the file system. */
const listing = (text: string): string => times(text).replace(/^total \d+$/gm, 'total N').replace(/^(d\S+) +\d+ (.*?) +\d+ TIME/gm, '$1 N $2 N TIME').replace(/^([-l]\S+) +\d+ (\w+ +\w+) +(\d+) TIME/gm, '$1 N $2 $3 TIME');

test('ls lists names in every order and format', (t) => agree(t, { files }, [
  ['ls'], ['ls', '-a'], ['ls', '-A'], ['ls', '-r'], ['ls', '-R'], ['ls', '-F'], ['ls', '-p'], ['ls', '-v'], ['ls', '-X'], ['ls', '-d', '.', 'dir', 'todir'], ['ls', '-C'], ['ls', '-x'], ['ls', '-m'],
  ['ls', '-C', '-w', '30'], ['ls', '-Q'], ['ls', '-b'], ['ls', '-B', '-I', '*.c'], ['ls', '--hide=*.txt'], ['ls', 'todir'], ['ls', 'todir/'], ['ls', '-F', 'todir'], ['ls', 'dir', 'a.txt', 'empty'],
  ['ls', '-1S', 'a.txt', 'b.c', 'Big name', 'nothing'], ['ls', '-S1r', 'a.txt', 'b.c', 'Big name'], ['ls', '--group-directories-first'], ['ls', 'nope'], ['ls', 'nope', 'a.txt'], ['ls', '--nope'], ['ls', '-y'],
  ['ls', '-L', 'todir'], ['ls', '-H', 'todir'], ['ls', '-U1', 'b.c', 'a.txt'], ['ls', '--zero', 'dir'],
]));

test('ls -l has GNU’s columns', (t) => agree(t, { files, normalise: listing }, [
  ['ls', '-l'], ['ls', '-ln'], ['ls', '-lh', 'Big name', 'a.txt'], ['ls', '-lF'], ['ls', '-lg'], ['ls', '-lo'], ['ls', '-ld', 'dir', 'a.txt', 'dangling'], ['ls', '-l', 'dir', 'b.c'], ['ls', '-lR', 'dir'], ['ls', '--full-time', 'a.txt'],
  ['ls', '-l', '--time-style=long-iso', 'a.txt', 'Big name'], ['ls', '-l', '--time-style=+%Y', 'nothing'], ['ls', '-lS', 'a.txt', 'Big name', 'nothing'], ['ls', '-lL', 'a.txt', 'todir'],
]));

test('find tests, prints and prunes like GNU find', (t) => agree(t, { files, normalise: sortLines }, [
  ['find'], ['find', '.', '-name', '*.c'], ['find', '.', '-iname', 'BIG*'], ['find', 'dir', '-type', 'f'], ['find', '.', '-type', 'l'], ['find', '.', '-type', 'f,l'], ['find', '.', '-xtype', 'd'], ['find', '-L', '.', '-type', 'f'],
  ['find', '.', '-type', 'f', '-size', '+1k'], ['find', '.', '-type', 'f', '-size', '-2'], ['find', '.', '-size', '6c'], ['find', '.', '-empty'], ['find', '.', '-maxdepth', '1'], ['find', '.', '-mindepth', '2'], ['find', 'dir', '-depth'],
  ['find', '.', '-name', 'dir', '-prune', '-o', '-print'], ['find', '.', '(', '-name', 'a*', '-o', '-name', 'b*', ')', '-type', 'f'], ['find', '.', '!', '-name', '*.*'], ['find', '.', '-path', './dir/*'],
  ['find', '.', '-regex', '.*/[ab]\\..*'], ['find', '.', '-regextype', 'posix-extended', '-regex', '.*/(a|b)\\.[a-z]+'], ['find', 'dir', '-perm', '755'], ['find', '.', '-perm', '-u+x', '-type', 'f'], ['find', '.', '-perm', '/111', '-type', 'f'],
  ['find', '.', '-lname', 'no*'], ['find', '.', '-newer', 'nope'], ['find', 'nope'], ['find', 'nope', 'dir'], ['find', '.', '-foo'], ['find', '.', '-name'], ['find', '.', 'x', '-name', 'a'], ['find', '.', '-type', 'q'],
  ['find', '.', '!', '-type', 'd', '-printf', '%p|%f|%h|%P|%H|%s|%m|%M|%d|%y|%Y|%l\\n'], ['find', 'dir', '-printf', '%10f|%-10f|%.2f\\t\\101\\n'], ['find', '.', '-name', 'a*', ',', '-name', 'b*'], ['find', '.', '-mtime', '-1', '-type', 'f'], ['find', '.', '-mmin', '+5'],
  ['find', 'dir', '-exec', 'basename', '{}', ';'], ['find', 'dir', '-type', 'f', '-exec', 'echo', 'x', '{}', ';'], ['find', 'dir', '-name', 'one', '-execdir', 'echo', '{}', ';'], ['find', '.', '-name', 'a.txt', '-exec', 'false', ';', '-print'],
  ['find', '.', '-quit'], ['find', '.', '-false', '-o', '-name', 'a.txt'], ['find', '.', '-not', '-type', 'f', '-a', '-not', '-type', 'd'], ['find', '(', '-name', 'a'], ['find', '.', '-maxdepth', 'x'],
  ['find', '.', '-name', 'one', '-delete'], ['find', 'dir', '-delete'], ['find', '.', '-links', '1', '-name', 'v*'], ['find', '.', '-exec', 'nonesuch', '{}', ';', '-quit'], ['find', '.', '-samefile', 'a.txt'],
  ['find', '/', '-maxdepth', '0'], ['find', '.', '-name', '.*'], ['find', '.', '-exec', 'echo'], ['find', '.', '-newermt', '2020-01-01', '-name', 'a.txt'],
]));

test('find -exec + gives many names at once', async (t) => {
  const machine = machineWith({ a: '', b: '', c: '' });
  t.is((await runOurs(machine, ['find', '.', '-type', 'f', '-exec', 'ls', '{}', '+'])).stdout, './a\n./b\n./c\n');
});

const lines = 'one two  three\n"four five" six\\ seven\n\n\'eight\'\n';
for (const [title, stdin, cases] of [
  ['xargs splits words and counts them', lines, [['xargs'], ['xargs', '-n', '2'], ['xargs', '-n1'], ['xargs', '-L', '1'], ['xargs', '-L2'], ['xargs', '-I{}', 'echo', '<{}>'], ['xargs', '-I', 'X', 'echo', 'X-X'], ['xargs', '-t', '-n', '3'], ['xargs', '-d', '\\n', '-n1'], ['xargs', '-E', 'three'], ['xargs', 'echo', 'a', 'b'], ['xargs', '-i', 'echo', '[{}]'], ['xargs', '-s', '30'], ['xargs', '-x', '-n', '2', '-s', '20']]],
  ['xargs takes NUL-terminated names', 'a b\0c\nd\0', [['xargs', '-0', '-n1'], ['xargs', '-0', 'echo', '-']]],
  ['xargs does what it is told with nothing', '', [['xargs', 'echo', 'ran'], ['xargs', '-r', 'echo', 'ran'], ['xargs', '-I{}', 'echo', 'x{}']]],
  ['xargs tells how commands ended', 'x\ny\n', [['xargs', 'false'], ['xargs', '-n1', 'sh', '-c', 'exit 255'], ['xargs', 'nonesuch'], ['xargs', '/tmp'], ['xargs', '-n', '0'], ['xargs', '-n', 'z'], ['xargs', '-a', 'missing']]],
  ['xargs complains of open quotes', "it's\n", [['xargs']]],
] as const) {
  test(title, (t) => agree(t, { stdin, ignoreStderr: title.includes('told') }, cases.filter(([, ...rest]) => !(rest as readonly string[]).includes('sh'))));
}

test('xargs -P runs side by side', async (t) => {
  const machine = machineWith();
  const started = machine.start(['xargs', '-P', '4', '-n1', 'sleep']);
  started.stdin.push(Buffer.from('600 600 600 600'));
  started.stdin.end();
  const sleepers = (): number => [...machine.kernel.processes.values()].filter(({ command }) => command === 'sleep').length;
  while (sleepers() < 4) await new Promise((resolve) => setImmediate(resolve));
  t.is(sleepers(), 4);
  for (const process of machine.kernel.processes.values()) if (process.command === 'sleep') process.deliver(15);
  t.is((await started.ended).exitCode, 125);
});

test('stat prints what formats ask for', (t) => agree(t, { files }, [
  ['stat', '-c', '%n %s %a %A %F %f %h %N', 'a.txt', 'dir/sub/two', 'nothing', 'dangling'], ['stat', '-c', '%u %g %U %G', 'a.txt'], ['stat', '--printf', '%s\\n%a\\t', 'a.txt'], ['stat', '-c', '%04a|%10s|%-10s|%%', 'b.c'],
  ['stat', 'nope'], ['stat'], ['stat', '-Lc', '%F', 'todir'], ['stat', '-c', '%F', 'todir'], ['stat', '-c', '%#a %05s', 'a.txt'],
]));

test('stat’s own layout is GNU’s', (t) => agree(t, { files, normalise: (text) => text.replace(/\d{4}-\d\d-\d\d \S+ \S+|(?<=Birth: ).*/g, 'TIME').replace(/Device: \S+/g, 'DEVICE').replace(/Inode: \d+ */g, 'INODE ').replace(/Blocks: \d+ */g, 'BLOCKS ') }, [['stat', 'a.txt'], ['stat', 'dangling', 'nothing']]));

test('chmod understands octal and symbolic modes', (t) => agree(t, { files }, [
  ...['644', 'u+x', 'go-r', 'a=rX', 'u=rw,go=r', '+x', '-w', 'g=u', 'o=g', 'u+s,g+s', '+t', '0', '7755', 'a+rwxst', 'u-s', '=', 'ug=o', 'a-x+X', '1777', 'g+s'].flatMap((mode) => [['chmod', mode, 'a.txt', 'dir'], ['stat', '-c', '%a', 'a.txt', 'dir']]),
  ['chmod', '-v', '600', 'a.txt'], ['chmod', '-c', '600', 'a.txt'], ['chmod', '-c', '640', 'a.txt'], ['chmod', '-R', 'u=rwX,go=', 'dir'], ['find', 'dir/sub', '-printf', '%m %p\\n'], ['chmod', 'zz', 'a.txt'], ['chmod'], ['chmod', '644'],
  ['chmod', '644', 'nope'], ['chmod', '644', 'dangling'], ['chmod', '-f', '644', 'nope'], ['chmod', '--reference=a.txt', 'b.c'], ['stat', '-c', '%a', 'b.c'],
]));

test('readlink, realpath, basename and dirname agree with GNU', (t) => agree(t, { files }, [
  ['readlink', 'dangling', 'a.txt'], ['readlink', '-f', 'todir/one'], ['readlink', '-f', 'dangling'], ['readlink', '-f', 'no/such'], ['readlink', '-e', 'dangling'], ['readlink', '-m', 'no/such/../x'], ['readlink', '-n', 'todir'], ['readlink'],
  ['realpath', 'todir/link'], ['realpath', 'nope'], ['realpath', 'no/pe'], ['realpath', '-e', 'nope'], ['realpath', '-m', 'no/pe'], ['realpath', '-s', 'todir/one'], ['realpath', '--relative-to=dir', 'a.txt'], ['realpath', '--relative-base=.', 'dir', '/tmp'],
  ['basename', '/a/b/'], ['basename', 'x.c', '.c'], ['basename', '.c', '.c'], ['basename', '-a', 'a/b', 'c/d'], ['basename', '-s', '.c', 'a.c', 'b.c'], ['basename', '/'], ['basename', ''], ['basename'], ['basename', 'a', 'b', 'c'], ['basename', '//'],
  ['dirname', '/a/b/'], ['dirname', 'x'], ['dirname', '/x'], ['dirname', 'a//b', '/', ''], ['dirname'], ['pathchk', 'a'], ['pathchk', '-p', 'a b'], ['pathchk', '-P', '-x'], ['pathchk', ''],
]));

test('touch, truncate, mktemp and tee agree with GNU', (t) => agree(t, { files, stdin: 'input\n' }, [
  ['touch', '-d', '2001-02-03 04:05:06', 'new'], ['stat', '-c', '%y %x', 'new'], ['touch', '-t', '200503041122.33', 'new'], ['stat', '-c', '%y', 'new'], ['touch', '-r', 'new', 'b.c'], ['stat', '-c', '%y', 'b.c'], ['touch', '-m', '-d', '@5', 'new'], ['stat', '-c', '%X %Y', 'new'],
  ['touch', '-c', 'none'], ['touch'], ['touch', 'no/pe'], ['touch', '-d', 'garbage', 'x'], ['touch', '-t', '99', 'x'], ['ls'], ['truncate', '-s', '10', 'a.txt'], ['truncate', '-s', '+5', 'a.txt'], ['truncate', '-s', '<3', 'b.c'], ['truncate', '-s', '%4K', 'nothing'], ['truncate', '-s', '1K', 'fresh'], ['truncate', '-cs', '1', 'absent'],
  ['stat', '-c', '%n %s', 'a.txt', 'b.c', 'nothing', 'fresh'], ['truncate', 'x'], ['truncate', '-s', 'q', 'x'], ['tee', 'copy', 'copy2'], ['tee', '-a', 'copy'], ['stat', '-c', '%s', 'copy', 'copy2'], ['tee', 'no/pe'], ['tee', 'empty'],
  ['mktemp', 'tooXX'], ['mktemp', '-u', 'a', 'b'], ['mktemp', 'no/pe.XXXX'],
].filter((line) => line[0] !== 'mktemp' || line[1] === 'tooXX' || line.includes('b'))));

test('mktemp makes what it names', async (t) => {
  const machine = machineWith();
  const file = (await runOurs(machine, ['mktemp'])).stdout.trim();
  t.regex(file, /^\/tmp\/tmp\.[A-Za-z0-9]{10}$/);
  t.is(machine.files.stat(file).mode, 0o600);
  const folder = (await runOurs(machine, ['mktemp', '-d', '-p', '/work', 'x.XXXX'])).stdout.trim();
  t.is(machine.files.stat(folder).type, 'directory');
});

test('install copies with a mode and makes folders', (t) => agree(t, { files }, [
  ['install', '-m', '600', 'a.txt', 'dir/inst'], ['install', '-d', 'x/y', 'z'], ['install', '-D', 'a.txt', 'deep/er/f'], ['install', '-t', 'z', 'a.txt', 'b.c'], ['install', '-v', 'a.txt', 'q'], ['install', 'dir', 'z'], ['install', 'nope', 'z'], ['install'],
  ['find', 'x', 'deep', 'q', 'dir/inst', '-printf', '%m %p\\n'],
].map((line) => line)));

test('modes: an octal mode is what it says, for any mode before', (t) => {
  fc.assert(fc.property(fc.integer({ min: 0, max: 0o7777 }), fc.integer({ min: 0, max: 0o7777 }), (mode, before) => parseMode(mode.toString(8).padStart(5, '0'))!(before, false, 0) === mode));
  t.is(parseMode('u+q'), undefined);
});

test('version order is a total order', (t) => {
  const name = fc.string({ unit: fc.constantFrom('a', 'b', '.', '~', '0', '1', '9', '-'), maxLength: 8 });
  fc.assert(fc.property(name, name, (a, b) => Math.sign(compareVersions(a, b)) === -Math.sign(compareVersions(b, a)) && (compareVersions(a, b) === 0) === (a === b)));
  t.deepEqual(['1.10', '1.9', '1.2~rc', '1.2'].sort(compareVersions), ['1.2~rc', '1.2', '1.9', '1.10']);
});
