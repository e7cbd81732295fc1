// A hijacked connection: the client's own socket, with the few promises that attach and exec need.
import type { Socket } from 'node:net';
import type { RawStream } from './exchange.js';

/** `unread` is what followed the request; it goes back into the socket. */
export function openRaw(socket: Socket, unread: Buffer, alreadyEnded: boolean): RawStream {
  const closed = new Promise<void>((resolve) => {
    if (socket.closed) resolve();
    else socket.once('close', () => resolve());
  });
  const inputEnded = new Promise<void>((resolve) => {
    if (alreadyEnded || socket.closed) return resolve();
    socket.once('end', () => resolve());
    socket.once('close', () => resolve());
  });
  if (unread.length > 0) socket.unshift(unread);
  // As node:http leaves a socket to 'upgrade' listeners: neither flowing nor paused, so the first 'data' listener starts it.
  (socket as { readableFlowing: boolean | null }).readableFlowing = null;
  // One wait for however many ask, so that their number adds no listeners.
  let draining: Promise<void> | undefined;
  const drained = (): Promise<void> =>
    new Promise((resolve) => {
      const done = () => {
        socket.off('drain', done);
        socket.off('close', done);
        draining = undefined;
        resolve();
      };
      socket.on('drain', done);
      socket.on('close', done);
    });
  return {
    socket,
    inputEnded,
    closed,
    write: (chunk) => (socket.writable ? socket.write(chunk) : true),
    drain: () => (socket.writableNeedDrain && socket.writable ? (draining ??= drained()) : Promise.resolve()),
    end: () => void socket.end(),
  };
}
