// Opens the front door: chooses the HTTP engine, starts it behind the gate, listens.
import type { FrontDoor, FrontDoorOptions } from './exchange.js';

/** Opens the door; it listens nowhere until `listen`. */
export function openFrontDoor(options: FrontDoorOptions): Promise<FrontDoor> {
  return Promise.reject(new Error(`the front door does not open yet (${options.engine ?? 'auto'})`));
}
