// What is thrown where a variable cannot be assigned to.

/** An assignment that cannot be: read-only, a nameref in a circle, a bad subscript. The message lacks the shell's prefix. */
export class AssignmentError extends Error {
  /** Whether the variable was read-only: bash gives the whole command up then. */
  readonly isReadonly: boolean;
  isReported = false;
  constructor(message: string, isReadonly = false) {
    super(message);
    this.isReadonly = isReadonly;
  }
}

/** What it is told as: bash's words, or those of dash and busybox. */
export function refusal({ message }: AssignmentError, isBash: boolean): string {
  return isBash ? message : message.replace(/: (?:cannot unset: )?readonly variable$/, ': is read only');
}
