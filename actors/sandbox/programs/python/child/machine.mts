// The machine as Python sees it: calls by name, failures by the names of errno.h, signals that came meanwhile.
import { createRequire } from 'node:module';

const { tryCall } = createRequire(import.meta.url)('../../node/shim/wire.cjs') as typeof import('../../node/shim/wire.cjs');

/** A call's failure, by its name in errno.h. */
export class Failure extends Error {
  readonly code: string;

  constructor(code: string) {
    super(code);
    this.code = code;
  }
}

let interrupted: () => void = () => undefined;

/** `listener` looks what signals came: after a call that one has ended, and when it is told to. */
export function onInterruption(listener: () => void): void {
  interrupted = listener;
}

export function interrupt(): void {
  interrupted();
}

/** One call of the machine. Throws Failure. */
export function ask(op: string, fields: object = {}, bytes?: Uint8Array): { value: unknown; bytes: Buffer } {
  const answer = tryCall({ op, ...fields }, bytes);
  if (!('errno' in answer)) return answer;
  if (answer.errno === 'EINTR') interrupted();
  throw new Failure(answer.errno);
}
