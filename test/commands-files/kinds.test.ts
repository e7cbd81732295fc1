// file, fallocate and stdbuf beside the host's.
import { gzipSync } from 'node:zlib';
import test from 'ava';
import type { TestFile } from '../support/machine.js';
import { agree } from './differential.js';

const FILES: Readonly<Record<string, TestFile>> = {
  Makefile: 'all:\n\techo\n', ascii: 'hi\n', utf8: 'hé\n', bom: '\ufeffhé\n', utf16: Buffer.from('\ufeffhi\n', 'utf16le'), latin: Buffer.from('h\xe9llo\n', 'latin1'), crlf: 'a\r\nb\r\n', mixed: 'a\r\nb\n', sh: '#!/bin/bash\necho\n', dash: '#!/bin/sh -e\n:\n',
  python: '#!/usr/bin/env python3\nprint()\n', node: '#!/usr/bin/env node\n1\n', perl: '#!/usr/bin/perl\n1;\n', 'a.json': '{"a": 1}\n', 'b.json': '[1,2]', empty: '', nul: Buffer.from([0, 1, 2]), one: 'a', 'no-newline': 'no newline', long: `${'a'.repeat(400)}\n`,
  'x.xml': '<?xml version="1.0"?><a/>\n', 'x.html': '<!DOCTYPE html><html>\n', 'c.csv': 'a,b,c\n1,2,3\n4,5,6\n', 'm.c': '#include <x.h>\nint main(void) {\n}\n', 'y.yml': '---\na: 1\n', escapes: 'x\ty\n\u001b[1m', 'd.diff': 'diff --git a b\n--- a\n+++ b\n',
  'k.pem': '-----BEGIN RSA PRIVATE KEY-----\n', 'c.pem': '-----BEGIN CERTIFICATE-----\n', 'g.gz': gzipSync('hi\n'), 'p.pdf': '%PDF-1.4\n', 'w.wasm': Buffer.from([0, 0x61, 0x73, 0x6d, 1, 0, 0, 0]), folder: null, link: { symlink: 'ascii' }, broken: { symlink: 'nope' }, setuid: { content: '#!/bin/sh\n:\n', mode: 0o4755 },
};
const names = Object.keys(FILES);

test('file tells kinds by what they begin with', (t) => agree(t, { files: FILES }, [
  ['file', ...names.filter((name) => name !== 'w.wasm')], ['file', '-b', '--mime-type', ...names.filter((name) => name !== 'w.wasm')], ['file', '-i', 'ascii', 'utf8', 'latin', 'nul', 'folder', 'empty'], ['file', 'nofile', 'ascii'], ['file', '-L', 'link', 'broken'],
  ['sh', '-c', 'file - < ascii; file -b - < g.gz; printf "ascii\\nutf8\\n" | file -f -; file -F , ascii; file -N ascii empty; file -b --mime-encoding utf8; file /dev/null'],
]));

test('fallocate makes files of a size', (t) => agree(t, {}, [['sh', '-c', 'fallocate -l 1M f; stat -c %s f; fallocate -l 10KB g; stat -c %s g; fallocate f; echo $?; fallocate -l x f; echo $?; fallocate -o 1M -l 1K f; stat -c %s f; fallocate -n -l 5M f; stat -c %s f; fallocate; echo $?']]));

test('stdbuf runs a program', (t) => agree(t, {}, [['sh', '-c', 'stdbuf -oL echo hi; stdbuf -o0 sh -c "exit 3"; echo $?; stdbuf echo; echo $?; stdbuf -iL cat; echo $?; stdbuf -oX cat; echo $?; stdbuf -oL; echo $?; stdbuf -oL nosuch; echo $?']]));
