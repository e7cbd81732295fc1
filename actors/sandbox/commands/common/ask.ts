// Questions to the user: `rm -i`, `cp -i`, `find -ok`.
import type { Process } from '../../kernel/process.js';
import { encode } from '../../kernel/text.js';
import type { Task } from '../../kernel/wait.js';

/** Asks on standard error, reads one line of standard input byte by byte (what follows belongs to others); yes is `y…`. */
export function* confirm(process: Process, question: string): Task<boolean> {
  yield* process.write(2, encode(question));
  let first = 0;
  for (let isFirst = true; ; isFirst = false) {
    const byte = yield* process.read(0, 1);
    if (byte.length === 0 || byte[0] === 10) return first === 0x79 || first === 0x59;
    if (isFirst) first = byte[0]!;
  }
}

/** `name: question` as commands begin theirs. */
export function prompt(process: Process, question: string): string {
  return `${process.argv[0]?.split('/').at(-1) ?? ''}: ${question}`;
}
