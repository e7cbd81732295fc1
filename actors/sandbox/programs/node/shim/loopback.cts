// TCP inside the machine: servers of a program listen on the machine's own loopback, and what connects to a loopback address goes there.
import { isLoopback } from './addresses.cjs';
import { internalBinding } from './internals.cjs';
import { acceptOn } from './listeners.cjs';
import { connectHandle, makesHandles, type PassedFile } from './pipes.cjs';
import { errnoOf, Hold, tryCall } from './wire.cjs';

const { TCP, constants } = internalBinding('tcp_wrap');
// Taken before a program runs, as in addresses.cts.
const { apply } = Reflect;
const CONNECTED_PORT = 40000;

interface Bound { address: string; port: number; family: 'IPv4' | 'IPv6' }
const bound = new WeakMap<object, Bound>();
/** Listening sockets that came from another program. */
const passed = new WeakMap<object, { fd: number; port: number }>();

function name(handle: any, method: 'getsockname' | 'getpeername', where: Bound): void {
  handle[method] = (out: object) => {
    Object.assign(out, where);
    return 0;
  };
}

function become(handle: any, fd: number, own: Bound, peer: Bound): void {
  connectHandle(handle, fd, 'socket');
  name(handle, 'getsockname', own);
  name(handle, 'getpeername', peer);
  for (const method of ['setNoDelay', 'setKeepAlive', 'setSimultaneousAccepts', 'setTypeOfService', 'getTypeOfService']) handle[method] = () => 0;
  handle.reset = (done: () => void) => handle.close(done);
}

/** A client's own port is nobody's business here, but has to be a number. */
function somewhere({ address, family }: Bound): Bound {
  return { address: /^(0\.0\.0\.0|::)$/.test(address) ? (family === 'IPv6' ? '::1' : '127.0.0.1') : address, family, port: CONNECTED_PORT };
}

function listen(handle: any, backlog: number): number {
  const where = bound.get(handle) ?? { address: '0.0.0.0', port: 0, family: 'IPv4' };
  const ready = passed.get(handle);
  const answer = ready ? { value: ready } : tryCall({ op: 'socketListen', port: where.port, backlog });
  if ('errno' in answer) return errnoOf(answer.errno);
  const { fd, port } = answer.value as { fd: number; port: number };
  const own: Bound = { ...where, port };
  name(handle, 'getsockname', own);
  acceptOn(handle, fd, (connection) => {
    const client = new TCP(constants.SOCKET);
    become(client, connection, { ...somewhere(own), port }, somewhere(own));
    return client;
  });
  return 0;
}

function fromPassed({ fd, isListener, port }: PassedFile): unknown {
  if (port === null) return undefined;
  const handle = new TCP(isListener ? constants.SERVER : constants.SOCKET);
  const own: Bound = { address: '127.0.0.1', port, family: 'IPv4' };
  if (isListener) passed.set(handle, { fd, port });
  else become(handle, fd, own, somewhere(own));
  return handle;
}

/** Outside addresses keep Node's own way of connecting. What the program passes is made text once: an object could say two things. */
export function replaceLoopback(): void {
  const { prototype } = TCP;
  const outside = { connect: prototype.connect, connect6: prototype.connect6 };
  const bind = (family: Bound['family']) => function (this: object, address: string, port: number): number {
    bound.set(this, { address, port, family });
    return 0;
  };
  makesHandles(fromPassed);
  prototype.bind = bind('IPv4');
  prototype.bind6 = bind('IPv6');
  prototype.listen = function (backlog: number): number {
    return listen(this, backlog);
  };
  for (const method of ['connect', 'connect6'] as const) {
    const native = outside[method];
    prototype[method] = function (request: any, wanted: unknown, port: number): number {
      const address = `${wanted as string}`;
      if (!isLoopback(address)) return apply(native, this, [request, address, port]) as number;
      const answer = tryCall({ op: 'socketConnect', port });
      const family = method === 'connect' ? 'IPv4' : 'IPv6';
      if (!('errno' in answer)) become(this, answer.value, somewhere({ address, port, family }), { address, port, family });
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
