// The one error vocabulary of the house: a kind that each protocol maps to its own status once, and the real system's own words.

/**
 * What went wrong, in terms every protocol can map:
 * `invalid` the request is malformed · `unauthorized` / `forbidden` · `not-found` · `conflict` the state forbids it ·
 * `not-modified` nothing to do · `too-large` a limit of ours · `unavailable` try again later · `unsupported` this backend or
 * version cannot · `internal` a defect or a broken disk.
 */
export type FaultKind =
  | 'invalid'
  | 'unauthorized'
  | 'forbidden'
  | 'not-found'
  | 'conflict'
  | 'not-modified'
  | 'too-large'
  | 'unavailable'
  | 'unsupported'
  | 'internal';

/** An expected failure that a client is told about. `message` is the real system's wording, because clients parse it. */
export class Fault extends Error {
  readonly kind: FaultKind;
  readonly data: Readonly<Record<string, unknown>>;

  constructor(kind: FaultKind, message: string, data: Readonly<Record<string, unknown>> = {}, options?: ErrorOptions) {
    super(message, options);
    this.name = 'Fault';
    this.kind = kind;
    this.data = data;
  }
}
