// A process's output as text for people and JSON, cut at a limit.

/** UTF-8 text of the first `maxBytes`; invalid bytes become U+FFFD, as in Go's JSON. */
export function decodeOutput(chunks: readonly Uint8Array[], maxBytes: number): string {
  return Buffer.concat(chunks).subarray(0, maxBytes).toString('utf8');
}
