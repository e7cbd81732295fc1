// TCP inside the machine: servers of a program listen on the machine's own loopback, and what connects to a loopback address goes there.
import { isLoopback } from './addresses.cjs';
import { internalBinding } from './internals.cjs';
import { type Accepted, acceptOn } from './listeners.cjs';
import { connectHandle, type Endpoint, makesHandles, type PassedFile } from './pipes.cjs';
import { errnoOf, Hold, tryCall } from './wire.cjs';

const { TCP, constants } = internalBinding('tcp_wrap');
// Taken before a program runs, as in addresses.cts.
const { apply } = Reflect;

interface Bound { address: string; port: number; v6Only: boolean }
const bound = new WeakMap<object, Bound>();
/** Listening sockets that came from another program. */
const passed = new WeakMap<object, { fd: number; port: number }>();

function name(handle: any, method: 'getsockname' | 'getpeername', where: Endpoint): void {
  handle[method] = (out: object) => {
    Object.assign(out, where, { family: where.address.includes(':') ? 'IPv6' : 'IPv4' });
    return 0;
  };
}

function become(handle: any, { fd, local, peer }: Accepted): void {
  connectHandle(handle, fd, 'connection');
  if (local) name(handle, 'getsockname', local);
  if (peer) name(handle, 'getpeername', peer);
  for (const method of ['setNoDelay', 'setKeepAlive', 'setSimultaneousAccepts', 'setTypeOfService', 'getTypeOfService']) handle[method] = () => 0;
  handle.reset = (done: () => void) => {
    tryCall({ op: 'socketReset', fd });
    handle.close(done);
    return 0;
  };
}

function listen(handle: any, backlog: number): number {
  const where = bound.get(handle) ?? { address: '0.0.0.0', port: 0, v6Only: false };
  const ready = passed.get(handle);
  const answer = ready ? { value: ready } : tryCall({ op: 'socketListen', ...where, backlog });
  if ('errno' in answer) return errnoOf(answer.errno);
  const { fd, port } = answer.value as { fd: number; port: number };
  name(handle, 'getsockname', { address: where.address, port });
  acceptOn(handle, fd, (connection) => {
    const client = new TCP(constants.SOCKET);
    become(client, connection);
    return client;
  });
  return 0;
}

function fromPassed(file: PassedFile): unknown {
  const { fd, isListener, local } = file;
  if (!local) return undefined;
  const handle = new TCP(isListener ? constants.SERVER : constants.SOCKET);
  if (!isListener) become(handle, file);
  else {
    passed.set(handle, { fd, port: local.port });
    bound.set(handle, { ...local, v6Only: false });
  }
  return handle;
}

/** Outside addresses keep Node's own way of connecting. What the program passes is made text once: an object could say two things. */
export function replaceLoopback(): void {
  const { prototype } = TCP;
  const outside = { connect: prototype.connect, connect6: prototype.connect6 };
  const bind = function (this: object, wanted: unknown, port: number, flags = 0): number {
    bound.set(this, { address: `${wanted as string}`, port, v6Only: (flags & constants.UV_TCP_IPV6ONLY) !== 0 });
    return 0;
  };
  makesHandles(fromPassed);
  prototype.bind = bind;
  prototype.bind6 = bind;
  prototype.listen = function (backlog: number): number {
    return listen(this, backlog);
  };
  for (const method of ['connect', 'connect6'] as const) {
    const native = outside[method];
    prototype[method] = function (request: any, wanted: unknown, port: number): number {
      const address = `${wanted as string}`;
      if (!isLoopback(address)) return apply(native, this, [request, address, port]) as number;
      const answer = tryCall({ op: 'socketConnect', address, port, from: bound.get(this) });
      if (!('errno' in answer)) become(this, answer.value as Accepted);
      const hold = new Hold();
      hold.set(true);
      setImmediate(() => {
        hold.set(false);
        request.oncomplete('errno' in answer ? errnoOf(answer.errno) : 0, this, request, true, true);
      });
      return 0;
    };
  }
}
