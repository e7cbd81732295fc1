// curl --write-out: variables of a finished transfer.
import type { IncomingHttpHeaders } from 'node:http';

/** What --write-out may ask about. */
export interface Transfer {
  status: number;
  url: string;
  sizeBytes: number;
  contentType: string;
  redirects: number;
  readonly startedMs: number;
  headers: IncomingHttpHeaders;
  version: string;
  method: string;
  exitCode: number;
  errorMessage: string;
}

const ESCAPES: Readonly<Record<string, string>> = { n: '\n', r: '\r', t: '\t', '\\': '\\' };

/** Unknown variables stand for nothing, as in curl. */
export function writeOut(format: string, transfer: Transfer): string {
  const seconds = ((performance.now() - transfer.startedMs) / 1000).toFixed(6);
  const variables: Record<string, string> = {
    http_code: String(transfer.status).padStart(3, '0'), response_code: String(transfer.status).padStart(3, '0'), url_effective: transfer.url, url: transfer.url,
    size_download: String(transfer.sizeBytes), content_type: transfer.contentType, num_redirects: String(transfer.redirects), time_total: seconds,
    http_version: transfer.version, method: transfer.method, exitcode: String(transfer.exitCode), errormsg: transfer.errorMessage, redirect_url: transfer.headers.location ?? '',
    scheme: transfer.url.split(':')[0]!, num_connects: String(transfer.redirects + 1),
  };
  return format
    .replaceAll(/\\([nrt\\])/g, (_, letter: string) => ESCAPES[letter]!)
    .replaceAll(/%\{([^}]*)\}|%%/g, (whole, name: string | undefined) => (name === undefined ? '%' : (variables[name] ?? headerValue(name, transfer) ?? (whole === '%%' ? '%' : ''))));
}

function headerValue(name: string, { headers }: Transfer): string | undefined {
  const [, wanted] = /^header\{(.+)$/.exec(name) ?? [];
  const value = wanted === undefined ? undefined : headers[wanted.toLowerCase()];
  return Array.isArray(value) ? value.join(', ') : value;
}
