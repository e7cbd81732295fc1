// fold: breaks long lines.
import type { Main } from '../kernel/program.js';
import { isBusybox } from '../programs/flavour.js';
import { command, parseOptions, UsageError } from '../programs/stdio.js';
import { latin1, mapLines } from './text-stream.js';

/** GNU's fold counts columns of bytes, and is given a character for each; busybox counts characters. */
function folded(line: string, width: number, bytes: boolean, spaces: boolean): string {
  let out = '';
  let start = 0;
  let column = 0;
  const advance = (code: number, from: number): number => {
    if (bytes) return from + 1;
    if (code === 8) return Math.max(0, from - 1);
    if (code === 13) return 0;
    return code === 9 ? from + 8 - (from % 8) : from + 1;
  };
  for (let at = 0; at < line.length; at++) {
    const next = advance(line.charCodeAt(at), column);
    if (next <= width || at === start) {
      column = next;
      continue;
    }
    let cut = at;
    if (spaces) {
      const blank = Math.max(line.lastIndexOf(' ', at - 1), line.lastIndexOf('\t', at - 1));
      if (blank >= start) cut = blank + 1;
    }
    out += `${line.slice(start, cut)}\n`;
    start = cut;
    column = 0;
    for (let i = start; i <= at; i++) column = advance(line.charCodeAt(i), column);
  }
  return out + line.slice(start);
}

export const fold: Main = command(function* (process, output) {
  const argv = process.argv.map((word, i) => (i > 0 && /^-\d+$/.test(word) ? `-w${word.slice(1)}` : word));
  const options = parseOptions(argv, 'bsw:', { bytes: 'no', spaces: 'no', width: 'required' });
  const text = options.value('w', 'width') ?? '80';
  if (!/^\d+$/.test(text) || Number(text) === 0) throw new UsageError(`invalid number of columns: '${text}'${/^0+$/.test(text) ? ': Numerical result out of range' : ''}`);
  const width = Number(text);
  const bytes = options.has('b', 'bytes');
  const spaces = options.has('s', 'spaces');
  return yield* mapLines(process, output, options.operands, (line) => {
    if (line.length * 8 <= width && !line.includes('\t')) return line;
    if (!bytes && isBusybox(process)) return folded(line, width, false, spaces);
    const raw = latin1(line);
    return raw.length === line.length ? folded(line, width, bytes, spaces) : decodeLatin(folded(raw, width, bytes, spaces));
  });
});

/** Back from bytes; a character cut in two stays two stray bytes, as with GNU's fold. */
function decodeLatin(text: string): string {
  return text.replace(/[\x80-\xff]/g, (byte) => String.fromCharCode(0xdc00 + byte.charCodeAt(0)));
}
