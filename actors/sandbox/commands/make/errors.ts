// What ends a run of make, and where in a makefile it was.

/** A line of a makefile. */
export interface Location {
  readonly file: string;
  readonly line: number;
}

/** Ends the run with `*** message.  Stop.`. */
export class MakeFatal extends Error {
  readonly location: Location | undefined;
  constructor(message: string, location?: Location) {
    super(message);
    this.location = location;
  }
}

/** Ends the run when its children have ended; what is to be said was said. */
export class MakeFailure extends Error {
  readonly exitCode: number;
  constructor(exitCode: number) {
    super('make failed');
    this.exitCode = exitCode;
  }
}

export const EXIT_QUESTION = 1, EXIT_FAILURE = 2;
