// curl's command line: what is sent where, and what becomes of the answer (https://curl.se/docs/manpage.html).
import { type Options, parseOptions, UsageError } from '../../programs/stdio.js';

const SHORT = 'sSfLiIvkNGgOJRZ01246#aA:b:c:C:d:D:e:E:F:H:K:m:o:P:Q:r:t:T:u:U:w:x:X:y:Y:z:nqp';
const FLAGS = `silent show-error fail fail-with-body fail-early location location-trusted include head verbose insecure no-buffer get globoff remote-name remote-name-all remote-header-name
  remote-time parallel http1.0 http1.1 http2 http2-prior-knowledge tlsv1 tlsv1.0 tlsv1.1 tlsv1.2 tlsv1.3 ipv4 ipv6 progress-bar no-progress-meter compressed create-dirs retry-all-errors
  retry-connrefused path-as-is append netrc netrc-optional disable tcp-nodelay ssl-reqd ssl ssl-no-revoke anyauth basic post301 post302 post303 raw tr-encoding no-keepalive no-sessionid
  no-location no-fail no-silent no-show-error keepalive proxy-insecure doh-insecure styled-output no-styled-output next http3 false-start no-alpn no-npn xattr disallow-username-in-url`.split(/\s+/);
const VALUES = `user-agent cookie cookie-jar continue-at data data-ascii data-binary data-raw data-urlencode dump-header referer form form-string header json config max-time output output-dir
  range upload-file user proxy-user write-out proxy request connect-timeout retry retry-delay retry-max-time max-redirs url url-query cacert capath cert cert-type key pass ciphers resolve
  connect-to proto proto-redir proto-default limit-rate interface max-filesize noproxy oauth2-bearer keepalive-time speed-limit speed-time stderr time-cond unix-socket request-target tls-max dns-servers
  rate parallel-max expect100-timeout happy-eyeballs-timeout-ms local-port abstract-unix-socket netrc-file variable trace trace-ascii`.split(/\s+/);
const LONG = { ...Object.fromEntries(FLAGS.map((name) => [name, 'no' as const])), ...Object.fromEntries(VALUES.map((name) => [name, 'required' as const])) };
/** Options that promise what is not here. */
const REFUSED = ['unix-socket', 'abstract-unix-socket', 'proxy', 'x', 'interface', 'cert', 'E', 'key', 'config', 'K', 'quote', 'Q', 'continue-at', 'C', 'netrc', 'n'];

export interface CurlOptions {
  readonly given: Options;
  readonly urls: readonly string[];
  /** One for each URL: a file, '-' for standard output, undefined for the URL's own name (-O). */
  readonly outputs: readonly (string | undefined)[];
  has(...names: string[]): boolean;
  value(...names: string[]): string | undefined;
  all(...names: string[]): readonly string[];
}

/** Throws UsageError, exit code 2. */
export function curlOptions(argv: readonly string[]): CurlOptions {
  const given = parseOptions(argv, SHORT, LONG, { exitCode: 2 });
  const refused = REFUSED.find((name) => given.has(name));
  if (refused !== undefined) throw new UsageError(`option ${refused.length === 1 ? '-' : '--'}${refused}: the installed libcurl version does not support this`, 4);
  const all = (...names: string[]): readonly string[] => names.flatMap((name) => given.given.get(name) ?? []);
  const urls = [...all('url'), ...given.operands];
  if (urls.length === 0) throw new UsageError("(2) no URL specified\ncurl: try 'curl --help' or 'curl --manual' for more information", 2);
  const named = [...all('o', 'output')];
  const ownNames = given.has('remote-name-all') ? urls.length : all('O', 'remote-name').length;
  const outputs = urls.map((_, at) => named[at] ?? (at - named.length < ownNames && ownNames > 0 ? undefined : '-'));
  return { given, urls, outputs, has: given.has, value: given.value, all };
}
