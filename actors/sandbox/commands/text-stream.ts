// The usual shape of a text filter: every operand's lines, each turned into what is printed for it.
import type { Process } from '../kernel/process.js';
import { encode } from '../kernel/text.js';
import type { Task } from '../kernel/wait.js';
import type { Output } from '../programs/stdio.js';
import { Inputs, TextLines } from './text-input.js';

/** Prints `turn(line)` for each line, its line end kept (or missing) as it was. Answers with the exit code. */
export function* mapLines(process: Process, output: Output, operands: readonly string[], turn: (line: string) => string, delimiter = '\n'): Task<number> {
  const inputs = new Inputs(process, operands);
  for (let file = yield* inputs.next(); file; file = yield* inputs.next()) {
    const lines = new TextLines(process, file.fd, output, delimiter);
    for (;;) {
      const line = lines.take() ?? (yield* lines.next());
      if (line === undefined) break;
      output.print(turn(line) + (lines.terminated ? delimiter : ''));
      if (output.isFull) yield* output.flush();
    }
  }
  return inputs.failed ? 1 : 0;
}

/** All bytes of all operands, in chunks. */
export function* eachChunk(process: Process, inputs: Inputs, onChunk: (chunk: Uint8Array) => void, beforeRead: () => Task): Task {
  for (let file = yield* inputs.next(); file; file = yield* inputs.next()) {
    for (;;) {
      yield* beforeRead();
      const chunk = yield* process.read(file.fd, 1 << 18);
      if (chunk.length === 0) break;
      onChunk(chunk);
    }
  }
}

/** latin1 strings (one character a byte) and back: for work on bytes with string tools. */
export function latin1(text: string): string {
  return Buffer.from(encode(text)).toString('latin1');
}
