// What parsing throws: a syntax error in the shell's own words, or the wish for more text.
import type { SyntaxFailure } from './ast.js';

/** A script that is not in the grammar. The shell prints `failure` with its own prefix and goes on with status 2. */
export class ShellSyntaxError extends Error {
  readonly failure: SyntaxFailure;
  /** The text ended too early (an interactive shell would have asked for more). */
  readonly atEnd: boolean;
  constructor(failure: SyntaxFailure, atEnd = false) {
    super(failure.message);
    this.failure = failure;
    this.atEnd = atEnd;
  }
}

/** The text so far is the beginning of a command. Never leaves this folder: `Parser.next` answers 'incomplete'. */
export class Incomplete extends Error {
  /** A text without which it stays incomplete, so that a long here-document is not parsed anew at each line. */
  readonly until: string;
  constructor(until = '') {
    super('incomplete');
    this.until = until;
  }
}
