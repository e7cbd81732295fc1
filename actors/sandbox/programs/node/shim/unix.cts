// Sockets with a path: names in the machine's files, never in the host's.
import path from 'node:path';
import { internalBinding } from './internals.cjs';
import { acceptOn } from './listeners.cjs';
import { connectHandle, makesHandles, type PassedFile } from './pipes.cjs';
import { errnoOf, Hold, type Message, tryCall } from './wire.cjs';

const { Pipe, constants } = internalBinding('pipe_wrap');
/** What a handle is bound to, as it was when it was bound. */
const bound = new WeakMap<object, string>();
/** Descriptors of listening sockets that came from another program. */
const passed = new WeakMap<object, number>();
const READABLE_MODE = 0o444, WRITABLE_MODE = 0o222, READABLE = 1;

function asked(message: Message): number {
  const answer = tryCall(message);
  return 'errno' in answer ? errnoOf(answer.errno) : 0;
}

/** A name without a file is Linux's abstract one, which there is none of here. */
function isName(place: string): boolean {
  return place !== '' && !place.includes('\0');
}

function listen(handle: any, backlog: number): number {
  const place = bound.get(handle);
  const ready = passed.get(handle);
  const answer = ready === undefined ? tryCall({ op: 'unixListen', path: place ?? '', backlog }) : { value: ready };
  if ('errno' in answer) return errnoOf(answer.errno);
  acceptOn(handle, answer.value, ({ fd }) => {
    const client = new Pipe(constants.SOCKET);
    connectHandle(client, fd, 'connection');
    return client;
  });
  const { close } = handle;
  handle.close = (done?: () => void) => {
    // As libuv: the name goes with the server.
    if (bound.delete(handle)) tryCall({ op: 'unlink', path: place });
    return close(done);
  };
  return 0;
}

function fromPassed({ fd, isListener, local }: PassedFile): unknown {
  if (local) return undefined;
  const handle = new Pipe(isListener ? constants.SERVER : constants.SOCKET);
  if (isListener) passed.set(handle, fd);
  else connectHandle(handle, fd, 'connection');
  return handle;
}

export function replaceUnixSockets(): void {
  const { prototype } = Pipe;
  makesHandles(fromPassed);
  prototype.bind = function (wanted: unknown): number {
    const place = `${wanted as string}`;
    if (!isName(place)) return errnoOf('EINVAL');
    const errno = asked({ op: 'unixBind', path: place });
    if (errno === 0) bound.set(this, path.resolve(place));
    return errno;
  };
  prototype.listen = function (backlog: number): number {
    return listen(this, backlog);
  };
  prototype.connect = function (request: any, wanted: unknown): number {
    const place = `${wanted as string}`;
    const answer = isName(place) ? tryCall({ op: 'unixConnect', path: place }) : { errno: 'ECONNREFUSED' };
    if (!('errno' in answer)) connectHandle(this, answer.value, 'connection');
    const hold = new Hold();
    hold.set(true);
    setImmediate(() => {
      hold.set(false);
      request.oncomplete('errno' in answer ? errnoOf(answer.errno) : 0, this, request, true, true);
    });
    return 0;
  };
  prototype.fchmod = function (wanted: number): number {
    const place = bound.get(this) ?? '';
    const stat = tryCall({ op: 'stat', path: place });
    if ('errno' in stat) return errnoOf(stat.errno);
    const more = ((wanted & READABLE) === 0 ? 0 : READABLE_MODE) | ((wanted & ~READABLE) === 0 ? 0 : WRITABLE_MODE);
    return asked({ op: 'chmod', path: place, mode: (stat.value[1] & 0o777) | more });
  };
}
