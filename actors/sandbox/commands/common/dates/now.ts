// The present, finer than a millisecond.

let offsetMs = Date.now() - performance.now();
const DRIFT_MAX_MS = 5;

/** ms since the epoch with a fraction; follows the host's clock when that is set. */
export function nowMs(): number {
  const wall = Date.now();
  const fine = offsetMs + performance.now();
  if (Math.abs(fine - wall) <= DRIFT_MAX_MS) return fine;
  offsetMs = wall - performance.now();
  return wall;
}
