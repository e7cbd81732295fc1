// Ties the readers together: expansions hold commands, and commands hold words with expansions.
import { CommandReader } from './command-reader.js';
import { readExpansion } from './read-expansion.js';
import type { Grammar } from './reader.js';

export const GRAMMAR: Grammar = {
  commands(reader) {
    reader.enter();
    const { pending, inSubstitution, inQuotedBraces } = reader;
    reader.pending = [];
    reader.inSubstitution = reader.features.bash;
    reader.inQuotedBraces = false;
    const commands = new CommandReader(reader);
    const start = reader.pos;
    const list = commands.list(() => commands.isOperator(')') || closes(commands, start), true, ')');
    commands.take();
    // A document whose text has not begun by `)` begins after the line that `)` is on.
    reader.pending = [...pending, ...reader.pending];
    reader.inSubstitution = inSubstitution;
    reader.inQuotedBraces = inQuotedBraces;
    reader.leave();
    return list;
  },
  script(reader) {
    reader.enter();
    const commands = new CommandReader(reader);
    const list = commands.list(() => commands.peek().kind === 'end', true);
    reader.leave();
    return list;
  },
  expansion: readExpansion,
};

/** At the end of the text inside `$(`: bash names the missing parenthesis. Never true. */
function closes(commands: CommandReader, start: number): boolean {
  const { reader } = commands;
  if (commands.peek().kind === 'end' && !reader.features.terse) reader.endedInside(')', Math.max(start, reader.text.length), {});
  return false;
}
