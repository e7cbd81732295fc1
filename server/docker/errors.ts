// Faults to Docker's error answers, in the one place where that happens.
import { BodyTooLarge, BodyTruncated } from '../http/exchange.js';
import { Fault, type FaultKind } from '../../actors/runtime/fault.js';

const STATUS: Readonly<Record<FaultKind, number>> = {
  invalid: 400,
  unauthorized: 401,
  forbidden: 403,
  'not-found': 404,
  conflict: 409,
  'not-modified': 304,
  'too-large': 413,
  unavailable: 503,
  unsupported: 501,
  internal: 500,
};

export interface ErrorAnswer {
  status: number;
  message: string;
}

/** Docker's `{"message": …}` answer for anything that was thrown. What is no Fault is a defect and said to be internal. */
export function errorAnswer(error: unknown): ErrorAnswer {
  if (error instanceof Fault) return { status: STATUS[error.kind], message: error.message };
  if (error instanceof BodyTooLarge) return { status: 413, message: error.message };
  if (error instanceof BodyTruncated) return { status: 400, message: error.message };
  return { status: 500, message: error instanceof Error ? error.message : String(error) };
}
