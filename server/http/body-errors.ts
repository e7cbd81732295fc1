// What can be wrong with a request body, as errors a handler can tell apart.

/** The body is larger than the handler said it would take. */
export class BodyTooLarge extends Error {
  override readonly name = 'BodyTooLarge';
  readonly limitBytes: number;

  constructor(limitBytes: number) {
    super(`request body is larger than ${limitBytes} bytes`);
    this.limitBytes = limitBytes;
  }
}

/** The client stopped before the end of the body it had announced, or framed it wrongly. */
export class BodyTruncated extends Error {
  override readonly name = 'BodyTruncated';
}
