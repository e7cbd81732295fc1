// Reads `coproc [name] command`.
import type { Coprocess } from './ast.js';
import type { CommandReader } from './command-reader.js';
import { beginsCompound } from './compound.js';
import { plainText } from './token.js';

const DEFAULT_NAME = 'COPROC';

/** At the word `coproc`. A name can stand only before a compound command: otherwise the word is the command's own. */
export function readCoprocess(commands: CommandReader): Coprocess {
  const line = commands.reader.lineAt(commands.peek().start);
  commands.take();
  const start = commands.peek().start;
  let name = DEFAULT_NAME;
  if (!beginsCompound(commands, commands.peek())) {
    const word = plainText(commands.peek());
    if (word !== undefined) {
      commands.take();
      if (beginsCompound(commands, commands.peek())) name = word;
      else commands.backTo(start);
    }
  }
  return { type: 'coproc', name, command: commands.command(), line, redirects: [] };
}
