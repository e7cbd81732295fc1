// openssl beside the host's: digests, ciphers, letters, passwords, keys.
import test from 'ava';
import { agree, hostHas, machineWith, runOurs } from './differential.js';

const FILES = { h: 'hello\n', long: 'a longer text that needs more than one line of letters to be shown, as it has more than 48 bytes\n' };
const SCRIPTS: Readonly<Record<string, string>> = {
  digests: 'openssl dgst h; openssl dgst -sha256 h h; openssl sha256 h; openssl sha1 < h; openssl md5 -r h; openssl dgst -sha256 -hmac key h; openssl dgst -sha512 -r h; openssl sha3-256 h; openssl dgst -c -md5 h; openssl dgst -sha256 -binary h | od -An -tx1; openssl dgst nofile 2>&1 | head -1',
  'random bytes': 'openssl rand -hex 16 | wc -c; openssl rand 7 | wc -c; openssl rand -base64 100 | wc; openssl rand -hex x; echo $?',
  letters: 'openssl base64 -in long; openssl base64 -A -in long; echo; openssl enc -base64 -in long | openssl enc -d -base64; openssl base64 < long | openssl base64 -d | cmp - long; openssl enc -d -base64 -in nofile 2>&1 | head -1',
  ciphers: 'openssl enc -aes-256-cbc -pbkdf2 -k pw -S 0102030405060708 -in h -a; openssl enc -aes-256-cbc -k pw -S 0102030405060708 -in h -a; openssl enc -aes-128-ctr -K 00112233445566778899aabbccddeeff -iv 000102030405060708090a0b0c0d0e0f -in long -a; openssl enc -aes-256-cbc -pbkdf2 -salt -pass pass:x -in long -out c; openssl enc -d -aes-256-cbc -pbkdf2 -pass pass:x -in c; P=x openssl enc -d -aes-256-cbc -pbkdf2 -pass env:P -in c -out o; cmp o long; openssl aes-256-cbc -d -a -k pw -in h; echo $?; openssl nosuch; echo $?',
  passwords: 'openssl passwd -6 -salt abc pw; openssl passwd -5 -salt abc pw; echo pw | openssl passwd -6 -salt abc -stdin',
  'keys and signatures': 'openssl genrsa 1024 > k 2>/dev/null; openssl rsa -in k -pubout -out p; openssl dgst -sha256 -sign k -out sig h; openssl dgst -sha256 -verify p -signature sig h; openssl dgst -sha256 -verify p -signature sig long 2>/dev/null; echo $?; head -1 k p; openssl genpkey -algorithm ed25519 | openssl pkey -pubout | head -1; openssl genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256 | openssl pkey -noout; echo $?',
};

for (const [title, script] of Object.entries(SCRIPTS)) test(title, (t) => agree(t, { files: FILES }, [['sh', '-c', script]].filter(() => hostHas('openssl'))));

test('what the wrong password opens is said to be bad', async (t) => {
  const { stdout, stderr, exitCode } = await runOurs(machineWith(FILES), ['sh', '-c', 'openssl enc -aes-256-cbc -pbkdf2 -k right -in long -out c && openssl enc -d -aes-256-cbc -pbkdf2 -k wrong -in c | cmp -s - long']);
  t.is(stdout, '');
  t.is(exitCode, 1);
  t.regex(stderr, /^(bad decrypt\n)?$/);
});
