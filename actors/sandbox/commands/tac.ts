// tac: lines in reverse order.
import type { Main } from '../kernel/program.js';
import { command, parseOptions, readAll } from '../programs/stdio.js';
import { latin1 } from './text-stream.js';
import { Inputs, Pace } from './text-input.js';

const TURN_PIECES = 4096;

export const tac: Main = command(function* (process, output) {
  const options = parseOptions(process.argv, 'brs:', { before: 'no', regex: 'no', separator: 'required' });
  const separator = latin1(options.value('s', 'separator') ?? '\n') || '\0';
  const regex = options.has('r', 'regex') ? new RegExp(separator, 'g') : undefined;
  const before = options.has('b', 'before');
  const inputs = new Inputs(process, options.operands, (name, why) => (why === 'Is a directory' ? `${name}: read error: ${why}` : `failed to open '${name}' for reading: ${why}`));
  const pace = new Pace();
  for (let file = yield* inputs.next(); file; file = yield* inputs.next()) {
    const bytes = yield* readAll(process, file.fd);
    const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('latin1');
    const pieces: string[] = [];
    let at = 0;
    for (let next = find(text, separator, regex, 0); next; next = find(text, separator, regex, next.end)) {
      pieces.push(text.slice(at, before ? next.start : next.end));
      at = before ? next.start : next.end;
      if (pieces.length % TURN_PIECES === 0) yield* pace.turn();
    }
    if (at < text.length) pieces.push(text.slice(at));
    pieces.reverse();
    for (let i = 0; i < pieces.length; i += TURN_PIECES) {
      output.print(Buffer.from(pieces.slice(i, i + TURN_PIECES).join(''), 'latin1'));
      yield* output.flush();
      yield* pace.turn();
    }
  }
  return inputs.failed ? 1 : 0;
});

function find(text: string, separator: string, regex: RegExp | undefined, from: number): { start: number; end: number } | undefined {
  if (!regex) {
    const start = text.indexOf(separator, from);
    return start < 0 ? undefined : { start, end: start + separator.length };
  }
  regex.lastIndex = from;
  const match = regex.exec(text);
  return match && match[0] !== '' ? { start: match.index, end: match.index + match[0].length } : undefined;
}
