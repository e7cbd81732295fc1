// tar and gzip, bzip2, xz see, make and say what the host's GNU tools do.
import { execFileSync } from 'node:child_process';
import test from 'ava';
import { agree, hostHas, machineWith, runOurs, type Scenario, sortLines } from './differential.js';

const long = `deep/${'directory-with-a-long-name/'.repeat(5)}file`;
const tree: Scenario = {
  files: {
    a: 'alpha\n', b: 'beta\n'.repeat(5000), 'dir/one': '1\n', 'dir/sub/two': { content: '2\n', mode: 0o755 }, 'dir/link': { symlink: 'one' }, empty: null, 'dir/skip.o': 'o', 'dir/sub/skip.o': 'o', [long]: 'deep\n', list: 'a\ndir/one\n', names: 'one\nsub/two\n',
  },
  normalise: sortLines,
};
const look = ['find', '.', '-mindepth', '1', '!', '-name', '*.tar*', '!', '-name', '*.tgz', '-printf', '%y %m %p %l\n'];

const cases: Record<string, string[][]> = {
  'tar makes, lists and takes out': [['tar', 'cf', 'x.tar', 'a', 'dir', 'empty'], ['tar', 'tf', 'x.tar'], ['rm', '-r', 'a', 'dir'], ['tar', 'xvf', 'x.tar'], ['tar', '-xf', 'x.tar', '-C', 'empty', 'dir/sub'], ['cat', 'empty/dir/sub/two'], look],
  'tar keeps long names, hard links, modes': [['ln', 'a', 'hard'], ['tar', '-cf', 'x.tar', 'deep', 'a', 'hard', 'dir/sub/two'], ['tar', 'tf', 'x.tar'], ['rm', '-r', 'deep', 'a', 'hard'], ['tar', 'xf', 'x.tar'], ['stat', '-c', '%h %n', 'a', 'hard'], look],
  'tar -z, -j and -J: by option and by the first bytes': [['tar', 'czf', 'x.tgz', 'a', 'b'], ['rm', 'a', 'b'], ['tar', 'xf', 'x.tgz'], ['tar', 'tzf', 'x.tgz'], ['sha256sum', 'a', 'b']],
  'tar --strip-components, --exclude, -T, --wildcards, -O, -k': [
    ['tar', 'cf', 'x.tar', '--exclude=*.o', 'dir'], ['tar', 'tf', 'x.tar'], ['tar', 'xf', 'x.tar', '--strip-components=1', '-C', 'empty'], ['tar', 'cf', 'y.tar', '-T', 'list'], ['tar', 'tf', 'y.tar'],
    ['tar', 'tf', 'x.tar', '--wildcards', '*two'], ['tar', 'xOf', 'x.tar', 'dir/one'], ['tar', 'xkf', 'x.tar', 'dir/one'], ['tar', 'xf', 'x.tar', '--skip-old-files'], ['tar', 'cf', 'z.tar', '--exclude=sub', '--exclude', 'dir/one', 'dir'], ['tar', 'tf', 'z.tar'], look,
  ],
  'tar -C in the middle, and -v': [['tar', 'cvf', 'x.tar', 'a', '-C', 'dir', 'one', 'sub'], ['tar', 'tf', 'x.tar'], ['tar', '-c', '-f', 'y.tar', '-C', 'dir', '.'], ['tar', 'tf', 'y.tar']],
  'tar -I and --posix': [
    ['tar', '--posix', '-cf', 'x.tar', '--use-compress-program', 'gzip -9', '-P', '-C', 'dir', '--files-from', 'names'], ['tar', '-tzf', 'x.tar'], ['tar', '-xf', 'x.tar', '-C', 'empty', '-I', 'gzip'], ['tar', '-I', 'gunzip', '-tf', 'x.tar'],
    ['tar', '-I', 'grep -c nothing', '-cf', 'y.tar', 'a'], ['tar', '-I', 'no-such-program', '-tf', 'x.tar'], look,
  ],
  'tar -r and -A: at the end of what is there': [
    ['tar', 'cf', 'x.tar', 'a'], ['tar', 'rvf', 'x.tar', 'dir/one', '-C', 'dir', 'sub/two'], ['tar', 'rf', 'new.tar', 'b'], ['stat', '-c', '%s', 'x.tar', 'new.tar'], ['tar', '-Af', 'x.tar', 'new.tar'], ['tar', '--concatenate', '-f', 'x.tar', 'nope.tar'], ['tar', 'tf', 'x.tar'], ['rm', 'a'], ['tar', 'xf', 'x.tar'], ['sha256sum', 'a', 'b', 'sub/two'],
    ['tar', 'czf', 'x.tgz', 'a'], ['tar', 'rf', 'x.tgz', 'b'], ['tar', 'rzf', 'x.tgz', 'b'], ['tar', '-r', 'a'], ['tar', 'rf', 'b', 'a'], ['tar', 'rf', 'x.tar', 'nothere'], ['tar', 'crf', 'x.tar', 'a'], look,
  ],
  'tar -u: what is newer, and what is not there yet': [
    ['tar', 'cf', 'x.tar', 'a', 'dir'], ['tar', 'uvf', 'x.tar', 'a', 'dir'], ['touch', '-d', '2040-01-01', 'dir/one'], ['cp', 'a', 'dir/sub/new'], ['tar', 'uvf', 'x.tar', 'a', 'dir', 'b'], ['tar', '-uf', 'fresh.tar', 'a'], ['tar', 'tf', 'x.tar'], ['tar', 'tf', 'fresh.tar'],
  ],
  'tar --transform renames members and what links lead to': [
    ['ln', 'dir/one', 'hard'], ...[
      's,^,pre-1/,', 's|.*/||', 's/o/0/g;s/dir/D/', 's/(d)(i)/\\2\\u\\1/x', 's/ONE/two/i', 's/one/two/S', 's/one/two/R', 's/one/two/H', 'flags=r;s/one/two/', 's/\\(.\\)ir/\\U&\\E-\\1/', 's/.*one/\\L&X/', 's/x/y/;', '',
    ].flatMap((expression) => [['tar', 'cvf', 'x.tar', `--transform=${expression}`, 'dir', 'hard'], ['tar', 'tvf', 'x.tar'], ['tar', 'cvf', 'y.tar', '--xform', expression, '--show-transformed-names', 'a', 'dir']]),
    ['tar', 'xvf', 'y.tar', '--transform', 's,^,out/,'], ['tar', 'tf', 'y.tar', '--transform', 's/a/b/', '--show-transformed-names'], ['tar', 'xvf', 'y.tar', '--xform=s,dir/sub,other/place,', '--strip-components=1', '--show-transformed-names', 'dir'], look,
    ['tar', 'cPvf', 'z.tar', '--transform', 's,^/,root/,', '/dev/null'], ['tar', 'cvf', 'z.tar', '--transform', 's,^dev/,root/,', '/dev/null'], ['tar', 'tf', 'z.tar'],
    ...['s/foo', 'y/a/b/', 's/a/b/q', 's/(/b/x', 's/a/b/ s/b/c/', 'flags=q;s/a/b/', 's'].map((expression) => ['tar', 'cf', 'z.tar', '--transform', expression, 'a']),
  ],
  'tar takes the options about what else a file may have': [['tar', '--xattrs', '--acls', '--selinux', '--xattrs-include=*', '-cf', 'x.tar', 'a'], ['tar', '--xattrs', '--no-acls', '--no-selinux', '-tf', 'x.tar']],
  'tar says what is wrong': [
    ['tar'], ['tar', 'cf', 'x.tar'], ['tar', 'cf', 'x.tar', 'a', 'nope'], ['tar', 'xf', 'nope.tar'], ['tar', 'tf', 'x.tar', 'nothere'], ['tar', 'xf', 'b'], ['tar', '-xQf', 'x.tar'], ['tar', 'xf', 'x.tar', '-C', 'nope'], ['tar', '--nosuch'], ['tar', 'cxf', 'x.tar', 'a'],
  ],
  'tar --owner, --group, --mtime, --mode, -tv': [['tar', 'cf', 'x.tar', '--owner=7', '--group=8', '--mtime=2020-01-02 03:04:05', '--mode=600', '--numeric-owner', 'a', 'dir'], ['tar', 'tvf', 'x.tar', '--numeric-owner']],
  'gzip and gunzip in place': [['gzip', 'a'], ['gzip', '-k', 'b'], ['ls'], ['gunzip', 'a.gz'], ['gzip', '-dk', 'b.gz'], ['gunzip', '-f', 'b.gz'], ['zcat', 'nope'], ['gzip', 'dir'], ['gunzip', 'a'], ['gzip', '-t', 'a'], look],
  'gzip -r, and names it does not know': [['gzip', '-r', 'dir'], ['gunzip', '-r', 'dir'], ['cp', 'a', 'x.foo'], ['gunzip', 'x.foo'], ['gzip', 'a'], ['gzip', 'a.gz'], look],
};

for (const [title, lines] of Object.entries(cases)) test(title, (t) => agree(t, tree, lines));

for (const [tool, unpack] of [['gzip', 'gunzip'], ['bzip2', 'bunzip2'], ['xz', 'unxz'], ['zstd', 'unzstd']] as const) {
  (hostHas(tool) ? test : test.skip)(`${unpack} reads what the host's ${tool} wrote, members and all, and refuses what is broken`, async (t) => {
    const plain = Buffer.from('some text\n'.repeat(10_000));
    const packed = Buffer.concat([execFileSync(tool, ['-c'], { input: plain }), execFileSync(tool, ['-c'], { input: 'more\n' })]);
    const suffix = { gzip: 'gz', bzip2: 'bz2', xz: 'xz', zstd: 'zst' }[tool];
    const machine = machineWith({ [`x.${suffix}`]: packed, [`cut.${suffix}`]: packed.subarray(0, packed.length >> 1), [`no.${suffix}`]: 'plain text, which it is not' });
    t.is((await runOurs(machine, ['sh', '-c', `${unpack} -c x.${suffix} | sha256sum`])).stdout, (await runOurs(machine, ['sh', '-c', `(yes 'some text' | head -n 10000; echo more) | sha256sum`])).stdout);
    t.is((await runOurs(machine, [unpack, `x.${suffix}`])).exitCode, 0);
    t.true(machine.files.exists('/work/x'));
    for (const name of ['cut', 'no']) {
      t.not((await runOurs(machine, [unpack, '-f', `${name}.${suffix}`])).exitCode, 0, name);
      t.false(machine.files.exists(`/work/${name}`), 'nothing half done is left');
      t.true(machine.files.exists(`/work/${name}.${suffix}`));
    }
    t.deepEqual(machine.defects, []);
  });
}

(hostHas('tar') ? test : test.skip)('the host reads our archives, and we read its own: old, GNU and PAX', async (t) => {
  const machine = machineWith(tree.files);
  const made = await machine.run(['tar', 'cz', 'a', 'dir', 'deep'], { cwd: '/work' });
  t.is(execFileSync('tar', ['tz'], { input: made.stdoutBytes, encoding: 'utf8' }).split('\n').sort().join('\n'), (await runOurs(machine, ['sh', '-c', 'find a dir deep -type d -printf "%p/\\n" -o -printf "%p\\n"'])).stdout.split('\n').sort().join('\n'));
  for (const format of ['gnu', 'pax', 'ustar', 'oldgnu']) {
    const theirs = execFileSync('sh', ['-c', `cd $(mktemp -d) && mkdir -p d && echo hi > d/f && ln -s f d/l && tar -c --format=${format} d`]);
    const box = machineWith();
    t.is((await box.run(['tar', 'xv'], { cwd: '/work', stdin: theirs })).stdout.split('\n').sort().join(), ',d/,d/f,d/l');
    t.is((await runOurs(box, ['cat', 'd/l'])).stdout, 'hi\n');
  }
});

(hostHas('zstd') ? test : test.skip)("the host's zstd reads what ours wrote, repeated blocks and none among it", async (t) => {
  for (const script of ['printf ""', 'echo text', 'head -c 300000 /dev/zero; echo end', 'seq 100000']) {
    const made = await machineWith().run(['sh', '-c', `(${script}) | zstdmt --long=27 -T0`], { cwd: '/work' });
    t.is(made.exitCode, 0);
    t.is(execFileSync('zstd', ['-dc'], { input: made.stdoutBytes }).toString(), execFileSync('sh', ['-c', script]).toString());
  }
});

test('a member that wants out stays in or is refused', async (t) => {
  const machine = machineWith({ 'evil.tar': execFileSync('sh', ['-c', 'cd $(mktemp -d) && mkdir d && echo x > f && cd d && tar -cP --transform s,f,../../f, ../f']) });
  const ran = await runOurs(machine, ['tar', 'xf', 'evil.tar', '-C', '/work']);
  t.is(ran.exitCode, 2);
  t.regex(ran.stderr, /Member name contains '\.\.'/);
  t.false(machine.files.exists('/f'));
});
