// Reads the commands of a command or process substitution: an error in them is an error of another kind.
import type { List } from './ast.js';
import { ShellSyntaxError } from './errors.js';
import type { Reader } from './reader.js';

export function substituted(reader: Reader): List {
  try {
    return reader.grammar.commands(reader);
  } catch (error) {
    if (!(error instanceof ShellSyntaxError) || error.atEnd || !reader.features.bash) throw error;
    throw new ShellSyntaxError({ ...error.failure, inSubstitution: true });
  }
}
