// Who may look: loopback without more, everybody else with the token; no other site's page may use a browser to get in.
import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { isIP } from 'node:net';
import type { Exchange } from '../http/exchange.js';

/** Why not: the status and the words. Undefined: come in. */
export type Refusal = { readonly status: 401 | 403; readonly message: string } | undefined;

export interface AccessRules {
  readonly token: string;
  /** Host names under which the page is asked for, beside `localhost` and addresses. */
  readonly hosts: readonly string[];
}

/** The terminal draws style sheets of its own; everything else comes from here, and nothing may be framed, sniffed or embedded. */
const POLICY = "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; font-src 'self'; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";
/** Headers of every answer. */
export const PROTECTION: Readonly<Record<string, string>> = {
  'Content-Security-Policy': POLICY, 'X-Content-Type-Options': 'nosniff', 'Referrer-Policy': 'no-referrer', 'Cross-Origin-Resource-Policy': 'same-origin',
};

const COOKIE = 'sockerless-inspector';

/** The token of a data root: random, made once, readable by its owner alone. */
export function inspectorToken(path: string): string {
  try {
    writeFileSync(path, randomBytes(24).toString('base64url'), { mode: 0o600, flag: 'wx' });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  }
  return readFileSync(path, 'utf8').trim();
}

/** Judges a request on a TCP listener. The data root's own socket needs no judge: its file mode is one. */
export function judge(exchange: Exchange, rules: AccessRules): Refusal {
  const host = exchange.header('host');
  // A name that somebody else's DNS points here would make this server part of their site.
  if (host === undefined || !isOwnHost(host, rules.hosts)) return { status: 403, message: `this host name is not served: ${printable(host)}` };
  const origin = exchange.header('origin');
  if (origin !== undefined && !isSameHost(origin, host)) return { status: 403, message: `requests from ${printable(origin)} are not served` };
  const site = exchange.header('sec-fetch-site');
  if (site !== undefined && !['same-origin', 'none'].includes(site) && exchange.header('sec-fetch-mode') !== 'navigate') return { status: 403, message: `${printable(site)} requests are not served` };
  if (isLoopbackAddress(exchange.remote) || hasToken(exchange, rules.token)) return undefined;
  return { status: 401, message: 'a token is needed: Authorization: Bearer TOKEN, or ?token=TOKEN once for a browser' };
}

/** The cookie for a browser that showed the token in its address, to be set on the answer that takes the token out of the address. */
export function cookieFor(exchange: Exchange, token: string): string | undefined {
  const shown = exchange.query.get('token');
  return shown !== null && same(shown, token) ? `${COOKIE}=${token}; HttpOnly; SameSite=Strict; Path=/` : undefined;
}

function hasToken(exchange: Exchange, token: string): boolean {
  const bearer = /^Bearer (\S+)$/i.exec(exchange.header('authorization') ?? '')?.[1];
  const cookie = (exchange.header('cookie') ?? '').split(/;\s*/).find((one) => one.startsWith(`${COOKIE}=`))?.slice(COOKIE.length + 1);
  return [bearer, cookie, exchange.query.get('token') ?? undefined].some((shown) => shown !== undefined && same(shown, token));
}

/** In a time that says nothing about how much of it was right. */
function same(shown: string, token: string): boolean {
  const digest = (text: string): Buffer => createHash('sha256').update(text).digest();
  return timingSafeEqual(digest(shown), digest(token));
}

function isOwnHost(host: string, names: readonly string[]): boolean {
  const name = hostName(host);
  return name === 'localhost' || isIP(name) !== 0 || names.includes(name);
}

/** `[::1]:80` -> `::1`. */
function hostName(host: string): string {
  return (/^\[([^\]]*)\](?::\d+)?$/.exec(host)?.[1] ?? host.replace(/:\d+$/, '')).toLowerCase();
}

function isSameHost(origin: string, host: string): boolean {
  try {
    return new URL(origin).host === host.toLowerCase();
  } catch {
    return false;
  }
}

export function isLoopbackAddress(address: string): boolean {
  return address === 'unix' || address === '::1' || /^(?:::ffff:)?127\./.test(address);
}

function printable(text: string | undefined): string {
  return (text ?? '(none)').replace(/[^\x20-\x7e]/g, '?').slice(0, 100);
}
