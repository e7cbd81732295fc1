// curl's exit codes and words for what goes wrong (https://curl.se/libcurl/c/libcurl-errors.html).
import { Errno } from '../../kernel/errno.js';
import { UnknownHost } from '../net/connection.js';
import { portOf } from '../net/http-client.js';

/** `curl: (code) message`. */
export class CurlFailure extends Error {
  readonly exitCode: number;
  constructor(exitCode: number, message: string) {
    super(message);
    this.exitCode = exitCode;
  }
}

export const TIMED_OUT = 28;
const CERTIFICATE = /CERT|SELF_SIGNED|UNABLE_TO|ALTNAME/;

/** What a failed exchange means; anything unknown is a defect. */
export function curlFailure(error: unknown, url: URL, elapsedMs: number): CurlFailure {
  if (error instanceof CurlFailure) return error;
  if (error instanceof UnknownHost) return new CurlFailure(6, `Could not resolve host: ${url.hostname}`);
  const code = error instanceof Errno ? error.code : (error as NodeJS.ErrnoException).code;
  if (code === 'ETIMEDOUT') return new CurlFailure(TIMED_OUT, `Failed to connect to ${url.hostname} port ${portOf(url)} after ${elapsedMs} ms: Timeout was reached`);
  if (code === 'ECONNREFUSED' || code === 'ENETUNREACH' || code === 'EHOSTUNREACH') return new CurlFailure(7, `Failed to connect to ${url.hostname} port ${portOf(url)} after ${elapsedMs} ms: Couldn't connect to server`);
  if (code === 'ECONNRESET') return new CurlFailure(52, 'Empty reply from server');
  if (code === 'EPIPE') return new CurlFailure(55, 'Send failure: Broken pipe');
  if (code !== undefined && CERTIFICATE.test(code)) {
    return new CurlFailure(60, `SSL certificate problem: ${(error as Error).message}\nMore details here: https://curl.se/docs/sslcerts.html\n\ncurl failed to verify the legitimacy of the server and therefore could not\nestablish a secure connection to it. To learn more about this situation and\nhow to fix it, please visit the web page mentioned above.`);
  }
  if (code?.startsWith('ERR_SSL') === true) return new CurlFailure(35, (error as Error).message);
  if (code?.startsWith('HPE_') === true) return new CurlFailure(1, 'Received HTTP/0.9 when not allowed');
  throw error;
}
