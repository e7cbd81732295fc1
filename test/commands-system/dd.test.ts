// dd against the host's: counts, offsets, conversions, messages.
import test from 'ava';
import { agree, machineWith, runOurs } from '../commands-files/differential.js';

/** Times and rates are the machine's own. */
const timeless = (text: string): string => text.replace(/copied, .*/g, 'copied');

test('dd copies, counts and places blocks as GNU does', (t) => agree(t, { files: { f: 'abcdefghijklmnopqrstuvwxyz\n', g: '0123456789', h: '0123456789' }, normalise: timeless }, [
  ['dd', 'if=f'], ['dd', 'if=f', 'bs=5'], ['dd', 'if=f', 'ibs=3', 'obs=5'], ['dd', 'if=f', 'bs=4', 'count=2', 'skip=1'], ['dd', 'if=f', 'bs=4', 'count=6', 'iflag=count_bytes'],
  ['dd', 'if=f', 'bs=4', 'count=6B'], ['dd', 'if=f', 'skip=3', 'iflag=skip_bytes', 'count=1', 'bs=8'], ['dd', 'if=f', 'of=g', 'bs=2', 'seek=2', 'count=1', 'conv=notrunc'], ['cat', 'g'],
  ['dd', 'if=f', 'of=h', 'bs=2', 'seek=2', 'count=1'], ['cat', 'h'], ['dd', 'if=f', 'of=h', 'seek=7', 'oflag=seek_bytes', 'count=1', 'bs=1'], ['od', '-c', 'h'],
  ['dd', 'if=f', 'of=h', 'oflag=append', 'conv=notrunc', 'bs=3', 'count=1'], ['od', '-c', 'h'], ['dd', 'if=f', 'of=new', 'seek=3', 'bs=1', 'count=0'], ['od', '-c', 'new'],
  ['dd', 'if=/dev/zero', 'of=new', 'bs=1000', 'count=1'], ['dd', 'if=/dev/zero', 'of=new', 'bs=1010', 'count=1'], ['dd', 'if=/dev/zero', 'of=new', 'bs=1K', 'count=1500'], ['dd', 'if=/dev/zero', 'of=new', 'bs=2x30', 'count=2'],
  ['dd', 'if=f', 'skip=9'], ['dd', 'if=f', 'bs=1', 'count=1', 'status=none'], ['dd', 'if=f', 'bs=1', 'count=1', 'status=noxfer'], ['dd', 'if=/dev/zero', 'of=/dev/full', 'count=1'],
]));

test('dd converts as GNU does', (t) => agree(t, { files: { f: 'Hello World\nodd\n\nabc' }, normalise: timeless }, [
  ['dd', 'if=f', 'conv=ucase'], ['dd', 'if=f', 'conv=lcase', 'bs=3'], ['dd', 'if=f', 'conv=swab'], ['dd', 'if=f', 'conv=swab', 'ibs=3'], ['dd', 'if=f', 'conv=sync', 'bs=8', 'of=out'], ['od', '-c', 'out'],
  ['dd', 'if=f', 'conv=block', 'cbs=5', 'of=out'], ['od', '-c', 'out'], ['dd', 'if=out', 'conv=unblock', 'cbs=5'], ['dd', 'if=f', 'conv=sync,block', 'cbs=8', 'ibs=8', 'of=out'], ['od', '-c', 'out'],
  ['dd', 'if=f', 'conv=excl', 'of=out'], ['dd', 'if=f', 'conv=nocreat', 'of=none'], ['dd', 'if=f', 'conv=sparse,fsync', 'of=out'], ['cat', 'out'],
]));

test('dd complains as GNU does', (t) => agree(t, { files: { f: 'abc' }, stdin: 'abc', normalise: timeless }, [
  ['dd', 'bs=0'], ['dd', 'count=x'], ['dd', 'foo'], ['dd', 'foo=bar'], ['dd', 'conv=foo'], ['dd', 'if=nonesuch'], ['dd', 'of=/x/y'], ['dd', 'bs=1x2x3'], ['dd', 'status=x'], ['dd', 'iflag=x'],
  ['dd', 'oflag=x'], ['dd', 'conv=lcase,ucase'], ['dd', 'conv=excl,nocreat'], ['dd', '-x'], ['dd', '--foo'], ['dd', 'seek=-1'], ['dd', 'if=/'], ['dd', 'of=/'], ['dd', 'skip=9'],
]));

test('dd reads a pipe in the pieces it comes in, or in whole blocks where asked', async (t) => {
  const machine = machineWith();
  const partial = await runOurs(machine, ['bash', '-c', '(echo -n ab; sleep 0.1; echo -n cd) | dd bs=4 count=1']);
  t.is(partial.stdout, 'ab');
  t.regex(partial.stderr, /^0\+1 records in\n0\+1 records out\n2 bytes copied/);
  const full = await runOurs(machine, ['bash', '-c', '(echo -n ab; sleep 0.1; echo -n cd) | dd bs=4 count=1 iflag=fullblock']);
  t.is(full.stdout, 'abcd');
});
