// Reads the commands of a command or process substitution: an error in them is an error of another kind.
import type { List } from './ast.js';
import { ShellSyntaxError } from './errors.js';
import type { Reader } from './reader.js';

export function substituted(reader: Reader): List {
  try {
    return reader.grammar.commands(reader);
  } catch (error) {
    if (!(error instanceof ShellSyntaxError) || !reader.features.bash) throw error;
    // A here-document is read as text first: what is wrong with it shows when it is expanded.
    if (error.atEnd && reader.isDocument) throw new ShellSyntaxError({ ...error.failure, discards: true }, true);
    if (error.atEnd) throw error;
    throw new ShellSyntaxError({ ...error.failure, inSubstitution: true });
  }
}
