// Frames over the pipes that the child inherited: whole ones, by one thread at a time.
import { internalBinding } from './internals.cjs';
import { acquire, release } from './shared.cjs';

const REQUESTS_FD = 3, ANSWERS_FD = 4;
const HEADER_BYTES = 8;
// Taken before the file calls are replaced.
const { writeBuffer, read } = internalBinding('fs');
const { alloc, allocUnsafe, byteLength } = Buffer;
/** Past every exit handler: there is nothing left that they could reach. */
export const exitNow: (exitCode: number) => never = (process as any).reallyExit.bind(process);

function write(json: string, bytes: Uint8Array | undefined): void {
  const jsonBytes = byteLength(json);
  const frame = allocUnsafe(HEADER_BYTES + jsonBytes + (bytes?.length ?? 0));
  frame.writeUInt32LE(jsonBytes, 0);
  frame.writeUInt32LE(bytes?.length ?? 0, 4);
  frame.write(json, HEADER_BYTES);
  if (bytes) frame.set(bytes, HEADER_BYTES + jsonBytes);
  for (let at = 0; at < frame.length; ) at += retried((failed) => writeBuffer(REQUESTS_FD, frame, at, frame.length - at, null, undefined, failed));
}

function receive(size: number): Buffer {
  const buffer = alloc(size);
  for (let at = 0; at < size; ) {
    const count = retried(() => read(ANSWERS_FD, buffer, at, size - at, -1));
    // The machine is gone, and nothing that is left to do could be seen by anybody.
    if (count === 0) exitNow(137);
    at += count;
  }
  return buffer;
}

/** The binding tells of a failure by a throw or in the object it is given, from version to version. */
function retried(call: (failed: { code?: string }) => number): number {
  for (;;) {
    const failed: { code?: string } = {};
    let count = 0;
    try {
      count = call(failed);
    } catch (error) {
      failed.code = (error as { code?: string }).code ?? 'EIO';
    }
    if (failed.code === undefined) return count;
    if (failed.code !== 'EAGAIN' && failed.code !== 'EINTR') exitNow(137);
  }
}

export function sendFrame(json: string, bytes: Uint8Array | undefined): void {
  acquire();
  write(json, bytes);
  release();
}

/** A frame and the one that answers it. */
export function exchangeFrames(json: string, bytes: Uint8Array | undefined): { json: string; bytes: Buffer } {
  acquire();
  write(json, bytes);
  const header = receive(HEADER_BYTES);
  const answer = receive(header.readUInt32LE(0)).toString('utf8');
  const size = header.readUInt32LE(4);
  const body = size > 0 ? receive(size) : alloc(0);
  release();
  return { json: answer, bytes: body };
}
