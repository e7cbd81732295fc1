// A listening handle of Node's library over a listening socket of the machine.
import { type Endpoint, machineFd } from './pipes.cjs';
import { begin, cancel, Hold, tryCall } from './wire.cjs';

/** A connection's descriptor, and its ends of TCP. */
export interface Accepted {
  readonly fd: number;
  readonly local?: Endpoint;
  readonly peer?: Endpoint;
}

/** Hands each connection to the server that `handle` belongs to, as the handle that `accepted` makes of its descriptor. */
export function acceptOn(handle: any, fd: number, accepted: (connection: Accepted) => unknown): void {
  const hold = new Hold();
  hold.set(true);
  let waiting: number | undefined;
  let isOpen = true;
  const accept = (): void => {
    waiting = begin({ op: 'accept', fd }, (errno, _bytes, value) => {
      waiting = undefined;
      if (errno !== undefined) return;
      const client = accepted(value);
      accept();
      handle.onconnection(0, client);
    });
  };
  accept();
  const { close } = handle;
  Object.assign(handle, {
    [machineFd]: fd,
    close: (done?: () => void) => {
      if (waiting !== undefined) cancel(waiting);
      waiting = undefined;
      if (isOpen) tryCall({ op: 'close', fd });
      isOpen = false;
      hold.set(false);
      return close.call(handle, done);
    },
    ref: () => hold.set(isOpen),
    unref: () => hold.set(false),
    hasRef: () => hold.held,
  });
}
