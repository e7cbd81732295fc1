// nc: joins standard input and output to a TCP or Unix connection (https://man.openbsd.org/nc; busybox's -p and -e as well).
import { Errno } from '../kernel/errno.js';
import type { Process } from '../kernel/process.js';
import type { Main } from '../kernel/program.js';
import type { SocketEnd } from '../kernel/socket-pair.js';
import type { Listener } from '../kernel/sockets.js';
import { settle, type Task } from '../kernel/wait.js';
import { command, complain, encode, parseOptions, UsageError } from '../programs/stdio.js';
import { runProgram } from './common/exec.js';
import { openSocket, UnknownHost } from './net/connection.js';

/** Until both directions are over, the other side is gone, or nothing happened for `idleMs`. */
function* relay(process: Process, socket: SocketEnd, fd: number, idleMs: number | undefined): Task {
  let [readsInput, readsSocket] = [true, true];
  while (readsInput || readsSocket) {
    const ready = yield* process.poll([...(readsSocket ? [{ fd, read: true }] : []), ...(readsInput ? [{ fd: 0, read: true }] : [])], idleMs);
    if (ready.length === 0) return;
    if (readsSocket && ready.includes(fd)) {
      const bytes = yield* process.read(fd);
      readsSocket = bytes.length > 0;
      if (readsSocket) yield* process.write(1, bytes);
    }
    if (readsInput && ready.includes(0)) {
      const bytes = yield* process.read(0);
      readsInput = bytes.length > 0;
      if (readsInput) yield* process.write(fd, new Uint8Array(bytes));
      else socket.shutdown();
    }
  }
}

/** -e: the program talks on the connection. */
function* serveProgram(process: Process, fd: number, program: string): Task {
  yield* runProgram(process, [program], {
    prepare: (child) => {
      child.dup2(fd, 0);
      child.dup2(fd, 1);
      child.close(fd);
    },
    message: (name, why) => `nc: can't execute '${name}': ${why}`,
  });
}

function portNumber(text: string | undefined): number {
  const port = Number(text);
  if (!Number.isInteger(port) || port < 1 || port > 65535) throw new UsageError(text === undefined ? 'missing port number' : `port number invalid: ${text}`);
  return port;
}

function listenAt(process: Process, path: string): Listener {
  process.files.bindSocket(path);
  return process.kernel.sockets.listenAt(process.files.socketAt(path));
}

export const nc: Main = command(function* (process) {
  const options = parseOptions(process.argv, 'lp:vzw:e:Nq:kn46uUs:', {});
  if (options.has('u')) throw new UsageError('datagrams are not available here');
  const unixPath = options.has('U') ? options.operands[0] : undefined;
  if (options.has('U') && unixPath === undefined) throw new UsageError('missing socket path');
  const idleMs = options.has('w') ? Number(options.value('w')) * 1000 : undefined;
  const program = options.value('e');
  const talk = function* (socket: SocketEnd): Task {
    const fd = process.descriptors.add(socket);
    if (program === undefined) yield* relay(process, socket, fd, idleMs);
    else yield* serveProgram(process, fd, program);
    process.close(fd);
  };
  if (options.has('l')) {
    const listener = unixPath === undefined ? process.kernel.sockets.listen(process.credentials, portNumber(options.value('p') ?? options.operands.at(-1))) : listenAt(process, unixPath);
    const fd = process.descriptors.add(listener);
    do {
      let socket = listener.accept();
      while (!socket) {
        yield* process.block(listener.readable);
        socket = listener.accept();
      }
      yield* talk(socket);
      socket.release();
    } while (options.has('k'));
    process.close(fd);
    return 0;
  }
  if (unixPath !== undefined) {
    yield* talk(process.kernel.sockets.connectAt(process.files.socketAt(unixPath)));
    return 0;
  }
  const [host, portText] = options.operands;
  if (host === undefined) throw new UsageError('missing host name');
  const port = portNumber(portText);
  let socket: SocketEnd;
  try {
    socket = yield* settle(openSocket(process, host, port, idleMs ?? 0));
  } catch (error) {
    if (error instanceof UnknownHost) yield* complain(process, `getaddrinfo for host "${host}" port ${port}: Name or service not known`);
    else if (error instanceof Errno || (error as NodeJS.ErrnoException).syscall === 'connect' || (error as NodeJS.ErrnoException).code === 'ETIMEDOUT') {
      const reason = error instanceof Errno ? error.message : (error as NodeJS.ErrnoException).code === 'ECONNREFUSED' ? 'Connection refused' : (error as NodeJS.ErrnoException).code === 'ETIMEDOUT' ? 'Connection timed out' : 'No route to host';
      if (options.has('v') || !options.has('z')) yield* complain(process, `connect to ${host} port ${port} (tcp) failed: ${reason}`);
    } else throw error;
    return 1;
  }
  if (options.has('v')) yield* process.write(2, encode(`Connection to ${host} ${port} port [tcp/*] succeeded!\n`));
  if (options.has('z')) {
    socket.retain().release();
    return 0;
  }
  yield* talk(socket);
  return 0;
});
