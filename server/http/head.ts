// Judges a request head once, strictly, so that nothing behind the gate has to: request line, headers, and how the body is framed.
// https://www.rfc-editor.org/rfc/rfc9112

/** How the body is framed: so many bytes (0: none), or in chunks. */
export type Framing = number | 'chunked';

export interface Head {
  method: string;
  /** Percent-encoded; raw bytes above 0x7e are encoded, so it is always ASCII. */
  path: string;
  /** Without the `?`. */
  query: string;
  minor: 0 | 1;
  /** Lower-case names. */
  headers: Map<string, string>;
  framing: Framing;
  keepAlive: boolean;
  expectsContinue: boolean;
  upgrade: string | undefined;
}

/** A request that the gate answers on its own, and then closes the connection. */
export class BadRequest extends Error {
  override readonly name = 'BadRequest';
  readonly status: number;

  constructor(status: number, reason: string) {
    super(reason);
    this.status = status;
  }
}

const requestLine = /^([!#$%&'*+\-.^_`|~0-9A-Za-z]{1,64}) ([!-~\x80-\xff]+) HTTP\/(\d)\.(\d)$/;
const token = /^[!#$%&'*+\-.^_`|~0-9a-z]+$/;
const control = /[\0-\x08\x0a-\x1f\x7f]/;

/**
 * `text` is the head in latin-1 up to, without, the empty line. Throws BadRequest 400, 431 or 505.
 * Whatever two parsers could read differently is refused: bare CR or LF, folded lines, spaces before the colon, repeated
 * Content-Length or Host, Content-Length beside Transfer-Encoding (https://www.rfc-editor.org/rfc/rfc9112#section-6.3).
 */
export function parseHead(text: string, headerLines: number): Head {
  const lines = text.split('\r\n');
  if (lines.length - 1 > headerLines) throw new BadRequest(431, 'too many header lines');
  const start = requestLine.exec(lines[0] ?? '');
  if (!start) throw new BadRequest(400, 'malformed request line');
  const [, method = '', target = '', major, minorText] = start;
  if (major !== '1' || (minorText !== '0' && minorText !== '1')) throw new BadRequest(505, 'unsupported HTTP version');
  const minor = minorText === '0' ? 0 : 1;
  const headers = readHeaders(lines);
  if (minor === 1 && !headers.has('host')) throw new BadRequest(400, 'missing required Host header');
  const connection = headers.get('connection')?.toLowerCase();
  const upper = method.toUpperCase();
  return {
    method: upper,
    ...splitTarget(upper, target),
    minor,
    headers,
    framing: framingOf(headers, minor),
    keepAlive: minor === 1 && !(connection && /(^|[\s,])close($|[\s,])/.test(connection)),
    expectsContinue: minor === 1 && headers.get('expect')?.toLowerCase() === '100-continue',
    upgrade: headers.get('upgrade')?.toLowerCase(),
  };
}

function readHeaders(lines: string[]): Map<string, string> {
  const headers = new Map<string, string>();
  for (let i = 1; i < lines.length; i++) {
    const line = lines[i] ?? '';
    const colon = line.indexOf(':');
    const name = line.slice(0, Math.max(colon, 0)).toLowerCase();
    if (!token.test(name) || control.test(line)) throw new BadRequest(400, 'malformed header line');
    const value = line.slice(colon + 1).trim();
    const before = headers.get(name);
    if (before === undefined) headers.set(name, value);
    else if (name === 'host') throw new BadRequest(400, 'too many Host headers');
    else headers.set(name, `${before}${name === 'cookie' ? '; ' : ', '}${value}`);
  }
  return headers;
}

function framingOf(headers: Map<string, string>, minor: 0 | 1): Framing {
  const length = headers.get('content-length');
  const coding = headers.get('transfer-encoding');
  if (coding !== undefined) {
    if (length !== undefined) throw new BadRequest(400, 'both Content-Length and Transfer-Encoding');
    if (minor === 0 || coding.toLowerCase() !== 'chunked') throw new BadRequest(400, 'unsupported transfer encoding');
    return 'chunked';
  }
  if (length === undefined) return 0;
  const bytes = Number(length);
  if (!/^\d{1,16}$/.test(length) || !Number.isSafeInteger(bytes)) throw new BadRequest(400, 'bad Content-Length');
  return bytes;
}

/** Origin form; the absolute form of proxies loses its authority; `*` only for OPTIONS. */
function splitTarget(method: string, target: string): { path: string; query: string } {
  let local = target;
  if (!target.startsWith('/')) {
    const absolute = /^https?:\/\/[^/?#]+/i.exec(target);
    if (absolute) local = target.slice(absolute[0].length);
    else if (!(target === '*' && method === 'OPTIONS')) throw new BadRequest(400, 'malformed request target');
    if (!/^[/*]/.test(local)) local = `/${local}`;
  }
  local = local.replace(/[\x80-\xff]/g, (c) => `%${c.charCodeAt(0).toString(16).toUpperCase()}`);
  const hash = local.indexOf('#');
  if (hash >= 0) local = local.slice(0, hash);
  const mark = local.indexOf('?');
  return mark < 0 ? { path: local, query: '' } : { path: local.slice(0, mark), query: local.slice(mark + 1) };
}
