// bind and inputrc: what keys do, and that they do it.
import test from 'ava';
import { besideBash } from './beside-bash.js';
import { typed } from './terminal-session.js';

besideBash({
  'bind: questions, bindings and complaints': `exec 2>&1
bind '"\\C-x1": nosuch'; echo $?
bind 'set nosuch on'; echo $?
bind 'garbage'; echo $?
bind -q nosuch; echo $?
bind -u nosuch; echo $?
bind -m vix; echo $?
bind -f /nosuch; echo $?
bind -x 'foo'; echo $?
bind -x '"\\C-xx": echo hi'; bind -X; echo $?
bind '"\\C-xm": "text\\C-a\\e[A"'; bind -s; bind -S
bind -q abort; bind -q kill-whole-line; echo $?
bind -u abort; bind -q abort
bind -r '\\C-xm'; bind -s; echo $?
bind -p | grep -E '(: |# )(beginning-of-line|kill-whole-line|set-mark|backward-kill-word|digit-argument|yank-last-arg|undo)' | grep -v '\\[7~'
bind -P | grep -E '^(kill-whole-line|digit-argument|kill-line|transpose-words|downcase-word) '
bind -v | grep bell-style; bind -V | grep bell-style
bind -z; echo $?
bind -q; echo $?
bind; echo $?
bind 'Control-u: kill-line'; bind -q kill-line
bind '"\\C-xq": "a'; echo $?
bind 'set bell-style none'; bind -v | grep bell-style
(bind 'Control-o: undo'; bind -q undo); bind -q undo
printf '%s\\n' '$if mode=vi' '"\\C-xv": undo' '$else' '"\\C-xw": "W"' '$endif' '# no' > rc; bind -f rc; bind -s
`,
});

test('vi has no keymap, and variables without effect are told of', async (t) => {
  const screen = await typed("bind -m vi-insert\rbind 'set editing-mode vi'\rbind -l | grep -c .\r");
  t.regex(screen, /bind: `vi-insert': invalid keymap name\r\n/);
  t.regex(screen, /readline: editing-mode: has no effect in this line editor\r\n/);
});

test('keys do what they are bound to: commands of the editor, texts, commands of the shell', async (t) => {
  t.regex(await typed('bind \'"\\C-xm": "echo mac\\x22\\x22ro"\'\r\x18m\r'), /\nmacro\r\n/);
  t.regex(await typed('bind \'Control-u: upcase-word\'\recho abc\x1bb\x15\r'), /\nABC\r\n/);
  t.regex(await typed('f() { READLINE_LINE="echo <$READLINE_LINE>"; READLINE_POINT=5; }; bind -x \'"\\C-xf": f\'\rab\x18f\x16"\x05\x16"\r'), /\n<ab>\r\n/);
  t.notRegex(await typed("bind 'set bell-style none'\r\x07\x07"), /\x07/);
  t.regex(await typed('echo ok\x18m\r', 'bash', { '/root/.inputrc': '"\\C-xm": "_from_file"\n' }), /\nok_from_file\r\n/);
});

test('undo, the kill ring, words of earlier lines, counts and comments', async (t) => {
  t.regex(await typed('echo one two\x17\x1f\r'), /\none two\r\n/);
  t.regex(await typed('echo k1 k2\x17 x\x17\x19\x1by\r'), /\nk1 k2\r\n/);
  t.regex(await typed(': first last\recho \x1b.\r'), /\nlast\r\n/);
  t.regex(await typed(': a b1\r: c d1\recho \x1b.\x1b.\r'), /\nb1\r\n/);
  t.regex(await typed('echo \x1b5z\r'), /\nzzzzz\r\n/);
  t.regex(await typed('echo never\x1b#echo $?\r'), /#echo never\r\n[^]*\n0\r\n/);
  t.regex(await typed('echo ab cd\x1bt\x01\x06\x06\x06\x06\x06\x1bu\r'), /\nCD ab\r\n/);
});

test('a search goes both ways, takes what it found where it stands, and ^O goes on from there', async (t) => {
  t.regex(await typed('echo ab1\recho ab2\r\x12ab\x12\x13\r'), /\nab2\r\n[^]*i-search[^]*\nab2\r\n/);
  t.regex(await typed('echo a word\r\x12word\x1bd\r'), /\na word\r\n[^]*\na\r\n/);
  t.regex(await typed('echo s1\recho s2\recho s3\r\x10\x10\x10\x0f\x0f\r'), /\ns3\r\n[^]*\ns1\r\n[^]*\ns2\r\n[^]*\ns3\r\n/);
  t.regex(await typed('echo s1\r: other\recho\x1b[5~\r'), /\ns1\r\n[^]*\ns1\r\n/);
});

test('^X^E edits the line in a file and runs it', async (t) => {
  t.regex(await typed('EDITOR="sed -i s/old/new/"\recho old\x18\x05'), /\necho new\r\nnew\r\n/);
  t.regex(await typed('EDITOR=false\recho old\x18\x05echo after\r'), /\nafter\r\n/);
});

test('what is pasted is text', async (t) => {
  t.regex(await typed('echo \x1b[200~a\tb\x1b[201~\r'), /\na b\r\n/);
});
