// Interactive shells on a terminal: editing keys, history, search, completion, ^C and ^D.
import test from 'ava';
import { commonStart } from '../../actors/sandbox/shell/line-editor/completion.js';
import { Keymap } from '../../actors/sandbox/shell/line-editor/keymap.js';
import { KeyReader } from '../../actors/sandbox/shell/line-editor/keys.js';
import { Line } from '../../actors/sandbox/shell/line-editor/line.js';
import { edit } from '../../actors/sandbox/shell/line-editor/line-commands.js';
import { columnsOf } from '../../actors/sandbox/shell/line-editor/screen.js';
import { session, typed } from './terminal-session.js';

test('a prompt runs the commands in it, each time anew, and leaves the status alone', async (t) => {
  t.regex(await typed("PS1='$(echo p$((2 * n)))> '; n=4\rfalse\recho s=$?\r"), /p8> .*false\r\n.*p8> .*echo s=\$\?\r\ns=1\r\n/s);
});

test('cursor keys, kills and yanks edit the line before it runs', async (t) => {
  t.regex(await typed('echo wrld\x1b[D\x1b[D\x1b[Do\r'), /\nworld\r\n/);
  t.regex(await typed('echo one two\x17\x17\x19\x19\r'), /\none twoone two\r\n/);
  t.regex(await typed('xho hi\x01\x1b[3~ec\r'), /\nhi\r\n/);
  t.regex(await typed('nonsense\x15echo clean\r'), /\nclean\r\n/);
});

test('the arrows bring earlier commands back, ^R finds them', async (t) => {
  t.is((await typed('echo $((40+2))\r\x1b[A\r')).split('\n42\r\n').length, 3);
  t.regex(await typed('echo fi""rst\recho se""cond\r\x12fi"\r'), /\nfirst\r\n[^]*\nsecond\r\n[^]*reverse-i-search[^]*\nfirst\r\n/);
});

test('tab completes commands, files with quoting, variables, and lists on the second press', async (t) => {
  t.regex(await typed('cat app\t\r'), /\nA\r\n/);
  t.regex(await typed('cat wi\t\r'), /\nC\r\n/);
  t.regex(await typed('cat inn\tde\t\r'), /\nD\r\n/);
  t.regex(await typed('base64 --he\x15echo $HOM\t\r'), /\n\/root\r\n/);
  t.regex(await typed('cat ap\t\t\x15'), /apple\.txt {2,}apricot\.txt/);
  t.notRegex(await typed('cat ap\t\x15'), /apple\.txt/);
  t.regex(await typed('basena\t /a/last\r'), /\nlast\r\n/);
});

test('^C gives the line up, ^D ends the shell with the last status', async (t) => {
  const screen = await typed('echo never\x03echo $?\r');
  t.regex(screen, /\^C\r\n/);
  t.regex(screen, /\n130\r\n/);
  t.notRegex(screen, /\nnever\r\n/);
  const { type, end } = session('bash');
  type('false\r\x04');
  const { exitCode, screen: all } = await end();
  t.is(exitCode, 1);
  t.true(all.endsWith('exit\r\n'));
});

test('sh edits lines too', async (t) => {
  t.regex(await typed('echo ax\x7fb\r', 'sh'), /\nab\r\n/);
});

test('bash keeps its history in a file', async (t) => {
  const { machine, type, end } = session('bash', { '/root/.bash_history': 'echo from before\n' });
  type('\x1b[A\r\x04');
  t.regex((await end()).screen, /\nfrom before\r\n/);
  t.regex(Buffer.from(machine.files.readFile('/root/.bash_history')).toString(), /^echo from before\necho from before\n$/);
});

test('keys come whole, however they arrive', (t) => {
  const keys = (bytes: string): unknown[] => {
    const reader = new KeyReader(new Keymap());
    return [...Buffer.from(bytes)].map((byte) => reader.feed(byte)).filter((key) => key !== undefined).map((key) => ('binding' in key && key.binding.type === 'function' ? key.binding.name : key));
  };
  t.deepEqual(keys('a\u00e9\u{1f600}\x1b[A\x1bb\x7f\t\r\x18\x05\x1b[20~\x1b[1;9Z'), [
    { text: 'a' }, { text: '\u00e9' }, { text: '\u{1f600}' }, 'previous-history', 'backward-word', 'backward-delete-char', 'complete', 'accept-line', 'edit-and-execute-command',
    { unknown: '\x1b[20~' }, { unknown: '\x1b[1;9Z' },
  ]);
});

test('words, transposition and bounds', (t) => {
  const line = new Line();
  line.set('one two-three');
  edit(line, 'backward-word');
  t.is(line.beforeCursor, 'one two-');
  edit(line, 'unix-word-rubout');
  t.is(line.text, 'one three');
  t.is(edit(line, 'unheard'), undefined);
  edit(line, 'end-of-line');
  t.false(edit(line, 'forward-char'));
  edit(line, 'transpose-chars');
  t.is(line.text, 'one three');
  edit(line, 'transpose-words');
  t.is(line.text, 'three one');
  edit(line, 'beginning-of-line');
  edit(line, 'capitalize-word');
  edit(line, 'upcase-word');
  t.is(line.text, 'Three ONE');
});

test('kills in a row are one, and older ones come back', (t) => {
  const line = new Line();
  line.set('a b c d');
  edit(line, 'unix-word-rubout');
  edit(line, 'unix-word-rubout');
  t.is(line.text, 'a b ');
  edit(line, 'backward-char');
  edit(line, 'kill-line');
  edit(line, 'yank');
  t.is(line.text, 'a b ');
  edit(line, 'yank-pop');
  t.is(line.text, 'a bc d');
  t.true(edit(line, 'undo'));
  t.true(edit(line, 'undo'));
  t.is(line.text, 'a b');
  t.true(line.revert());
  t.is(line.text, 'a b c d');
  t.false(line.revert());
});

test('columns and common starts', (t) => {
  t.is(columnsOf('\x1b[1mab\x1b[0m\u4e2d'), 4);
  t.is(commonStart(['apple', 'apricot']), 'ap');
  t.is(commonStart([]), '');
});

test('tab asks the specifications of complete, and their functions', async (t) => {
  const keys = [
    'f() { COMPREPLY=($(compgen -W "start stop" -- "$2")); last="$1,$2,$3,$COMP_CWORD,${COMP_WORDS[*]}"; }; complete -F f svc; svc() { echo "<$*>"; }\r',
    'svc sta\tx\r', 'echo $last\r', 'complete -W "--name=" -o nospace opt; opt() { echo "[$*]"; }\r', 'opt --n\tx\r',
    'l() { complete -W "found" "$1"; return 124; }; complete -D -F l; g() { echo "($*)"; }\r', 'g fo\t\r', 'complete -f -X \'!*.txt\' h; h() { echo "{$*}"; }\r', 'h apr\t\r',
  ];
  const screen = await typed(keys.join(''));
  t.regex(screen, /\n<start x>\r\n/);
  t.regex(screen, /\nsvc,sta,svc,1,svc sta\r\n/);
  t.regex(screen, /\n\[--name=x\]\r\n/);
  t.regex(screen, /\n\(found\)\r\n/);
  t.regex(screen, /\n\{apricot.txt\}\r\n/);
});

test('history expansion at the prompt shows the line and runs it; one that cannot be leaves $? alone', async (t) => {
  const screen = await typed('echo one two\recho !!:2 !ec:1\r(exit 3)\r!nosuch\recho $?\r!ec:p\rfor i in 1\rdo echo $i; done\rhistory 2\rfc -l -2 -1\r');
  t.regex(screen, /\necho two one\r\ntwo one\r\n/);
  t.regex(screen, /\nbash: !nosuch: event not found\r\n[^]*\n3\r\n/);
  t.regex(screen, /\necho \$\?\r\n\r\x1b\[JP> /);
  t.regex(screen, /6 {2}for i in 1; do echo \$i; done\r\n/);
});
