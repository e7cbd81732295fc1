// The wall clock of the engine: milliseconds since the epoch with a fraction in microseconds.

const JUMP_MS = 5;
let originMs = performance.timeOrigin;

/**
 * Milliseconds since the epoch, microsecond resolution. The fraction comes from the monotonic clock; when the two clocks
 * drift apart (NTP, suspend) the wall clock wins, so that `docker ps` agrees with `date`.
 */
export function wallClock(): number {
  const monotonicMs = performance.now();
  const wallMs = Date.now();
  if (Math.abs(originMs + monotonicMs - wallMs) > JUMP_MS) originMs = wallMs - monotonicMs;
  return Math.round((originMs + monotonicMs) * 1000) / 1000;
}
