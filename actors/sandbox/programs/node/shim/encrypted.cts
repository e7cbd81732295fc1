// TLS and HTTP/2 over connections of the machine: Node's native code for both reads and writes a stream below it, which here is one of JavaScript.
import { internalBinding } from './internals.cjs';
import { machineFd } from './pipes.cjs';

const { streamBaseState, kReadBytesOrError, kLastWriteWasAsync, WriteWrap, ShutdownWrap } = internalBinding('stream_wrap');
const { JSStream } = internalBinding('js_stream');
const { apply } = Reflect;

/** What native code takes for its stream, over a handle of TCP or a pipe; the handle's owner closes it. */
function streamOver(handle: any): unknown {
  const stream = new JSStream();
  // Completions come after the call that began the write, as those of native streams do.
  const finish = (method: 'finishWrite' | 'finishShutdown', request: unknown, status: number): void => void setImmediate(() => stream[method](request, status));
  handle.onread = (data?: ArrayBuffer) => {
    if (streamBaseState[kReadBytesOrError] > 0) stream.readBuffer(new Uint8Array(data!));
    else if (streamBaseState[kReadBytesOrError] < 0) stream.emitEOF();
  };
  // Whoever reads the stream natively may be gone before its last event.
  stream.onread = () => undefined;
  stream.isClosing = () => false;
  stream.onreadstart = () => handle.readStart();
  stream.onreadstop = () => handle.readStop();
  stream.onwrite = (request: unknown, buffers: Uint8Array[]) => {
    const written = new WriteWrap();
    written.oncomplete = (status: number) => stream.finishWrite(request, status);
    const status = handle.writeBuffer(written, buffers.length === 1 ? buffers[0] : Buffer.concat(buffers));
    if (status !== 0 || streamBaseState[kLastWriteWasAsync] === 0) finish('finishWrite', request, status);
    return 0;
  };
  stream.onshutdown = (request: unknown) => {
    const ended = new ShutdownWrap();
    ended.oncomplete = (status: number) => stream.finishShutdown(request, status);
    const status = handle.shutdown(ended);
    if (status !== 0) finish('finishShutdown', request, status === 1 ? 0 : status);
    return 0;
  };
  return stream;
}

/** A client's TLS begins before it is known where its connection leads: what has not been connected yet is taken for one of ours. */
export function replaceEncryption(): void {
  const binding = internalBinding('tls_wrap');
  const { wrap } = binding;
  const { TCP } = internalBinding('tcp_wrap');
  const isOurs = (handle: any): boolean => handle[machineFd] !== undefined || (handle instanceof TCP && handle.fd < 0);
  binding.wrap = (handle: any, ...rest: unknown[]) => wrap(isOurs(handle) ? streamOver(handle) : handle, ...rest);
  const { prototype } = internalBinding('http2').Http2Session;
  const { consume } = prototype;
  prototype.consume = function (handle: any): unknown {
    return apply(consume, this, [handle[machineFd] === undefined ? handle : streamOver(handle)]);
  };
}
