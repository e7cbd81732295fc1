// How running code is left before its end: jumps that a shell looks at after each command, and errors that unwind.

/** `break`, `continue` and `return` on their way to where they lead. Noted in `shell.flow`, not thrown: they are everyday. */
export type Flow =
  | { readonly type: 'break' | 'continue'; readonly levels: number }
  | { readonly type: 'return' };

/** The shell (or subshell) ends: `exit`, errexit, a fatal expansion error. */
export class ShellExit extends Error {
  readonly status: number;
  readonly byErrexit: boolean;
  /** A special built-in failed, in posix mode: `command` before it keeps the shell from ending. */
  readonly bySpecial: boolean;
  constructor(status: number, options: { byErrexit?: boolean; bySpecial?: boolean } = {}) {
    super(`exit ${status}`);
    this.status = status & 0xff;
    this.byErrexit = options.byErrexit ?? false;
    this.bySpecial = options.bySpecial ?? false;
  }
}

/** The command read from the script is given up (an expansion error, a read-only variable); the next one runs. */
export class CommandAbort extends Error {
  readonly status: number;
  /** The text of `bash -c` ends too. */
  readonly endsText: boolean;
  constructor(status = 1, endsText = false) {
    super('command given up');
    this.status = status;
    this.endsText = endsText;
  }
}

/** An error in an expansion, to be reported once with the shell's prefix and then to end the command (or, `fatal`, the shell). */
export class ExpansionError extends Error {
  /** The shell's exit status when it ends because of this. */
  readonly status: number;
  readonly isFatal: boolean;
  /** It came from an expansion or a subscript within arithmetic, not from the arithmetic: `(( ))` does not survive it. */
  isInner = false;
  isReported = false;
  /** An arithmetic error or a length below 0: only the line is given up, even with errexit. */
  outlivesErrexit = false;
  /** An expansion that cannot be at all: it ends a POSIX shell. */
  endsPosix: boolean;
  /** In a subscript: it ends the text of `bash -c`. */
  isSubscript = false;
  constructor(message: string, options: { fatal?: boolean; endsPosix?: boolean; status?: number } = {}) {
    super(message);
    this.endsPosix = options.endsPosix ?? false;
    this.isFatal = options.fatal ?? false;
    this.status = options.status ?? 1;
  }
}
