// The files that the timed scripts read: the same bytes for the machine and for the host, made from a fixed seed.
import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { gzipSync } from 'node:zlib';

const TEXT_BYTES = 10_000_000;
const BLOB_BYTES = 50_000_000;

/** A small linear congruential generator: the same figures in every run. */
function random(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
}

function lines(bytes: number, line: (number: number) => string): string {
  const parts: string[] = [];
  for (let size = 0, i = 0; size < bytes; i++) {
    const text = `${line(i)}\n`;
    parts.push(text);
    size += text.length;
  }
  return parts.join('');
}

/** Fills a folder; `tree.tar` holds the tree of 10 000 files in it. */
export function makeFixture(folder: string): void {
  const next = random(42);
  const pick = <T>(values: readonly T[]): T => values[next(values.length)]!;
  const put = (name: string, content: string | Uint8Array): void => writeFileSync(join(folder, name), content);
  const levels = ['INFO', 'INFO', 'INFO', 'INFO', 'DEBUG', 'DEBUG', 'WARN', 'ERROR'];
  const text = lines(TEXT_BYTES, (i) => `${1700000000 + i} host${next(20)} ${pick(levels)} user=${next(0x10000).toString(16)} path=/${pick(['a', 'b', 'c', 'deep/er'])}/${next(1000)} status=${pick([200, 200, 200, 301, 404, 500, 503])} took ${next(5000)} ms`);
  put('lines.txt', text);
  put('lines2.txt', text);
  put('changed.txt', text.split('\n').map((line, i) => (i % 20_000 === 7 ? `${line} changed` : line)).join('\n'));
  put('lines.txt.gz', gzipSync(text));
  put('numbers.txt', lines(TEXT_BYTES / 2, () => `${next(2 ** 31)}`));
  put('table.csv', lines(TEXT_BYTES, (i) => `row${i},${next(100_000)},${next(2) === 0 ? 'yes' : 'no'},${next(1000) / 8},text of some length`));
  put('versions.txt', lines(TEXT_BYTES / 10, () => `package-${next(30)}.${next(100)}.${next(20)}-rc${next(5)}`));
  put('words.txt', lines(2000, () => `status=${next(10_000)}x`));
  put('small.txt', lines(1e5 * 25, (i) => `line ${String(i).padStart(6, '0')} of the file`));
  put('passwd.txt', lines(1e6, (i) => `user${i}:x:${i}:${i % 100}:Some User:/home/user${i}:/bin/bash`));
  const blob = Buffer.alloc(BLOB_BYTES);
  // Half noise, half text, as a build's files are.
  for (let at = 0; at < BLOB_BYTES; at += 1 << 16) {
    if ((at >> 16) % 2 === 0) for (let i = at; i < Math.min(BLOB_BYTES, at + (1 << 16)); i += 4) blob.writeUInt32LE(next(2 ** 32), i);
    else blob.write(text.slice(at % 9_000_000, (at % 9_000_000) + (1 << 16)), at, 'latin1');
  }
  put('blob', blob);
  for (let i = 0; i < 10_000; i++) {
    const at = join(folder, 'tree', `d${i % 100}`);
    if (i < 100) mkdirSync(at, { recursive: true });
    writeFileSync(join(at, `f${i}.txt`), `file ${i} ${i % 997 === 0 ? 'needle' : 'hay'}\n`.repeat(1 + (i % 20)));
  }
  execFileSync('tar', ['cf', 'tree.tar', 'tree'], { cwd: folder });
}

/** The folder as a tar, by its own name, for a container. */
export function folderTar(folder: string): Buffer {
  execFileSync('tar', ['cf', `${folder}.tar`, '-C', dirname(folder), basename(folder)]);
  return readFileSync(`${folder}.tar`);
}
