// Authentication at registries: reads the challenge, gets a token or sends the password, and keeps tokens while they last.
import { Fault } from '../runtime/fault.js';
import { readBody, send } from './registry-http.js';

/** What `docker login` stored, as the X-Registry-Auth header brings it. */
export interface RegistryCredentials {
  readonly username?: string;
  readonly password?: string;
  /** A refresh token; then there is no password. */
  readonly identityToken?: string;
  /** A ready bearer token. */
  readonly registryToken?: string;
}

/** One parsed `WWW-Authenticate` challenge. */
export interface Challenge {
  readonly scheme: string;
  readonly parameters: Readonly<Record<string, string>>;
}

const TOKEN_LIMIT_BYTES = 1 << 20;
/** Tokens without a stated life last this long, says the token specification. */
const TOKEN_LIFE_DEFAULT_S = 60;

/** Parses a challenge header: scheme and quoted or bare parameters. */
export function parseChallenge(header: string): Challenge {
  const [, scheme = '', rest = ''] = /^\s*(\S+)\s*(.*)$/s.exec(header) ?? [];
  const parameters: Record<string, string> = {};
  for (const [, name, quoted, bare] of rest.matchAll(/([\w-]+)\s*=\s*(?:"((?:\\.|[^"\\])*)"|([^\s,]+))/g)) parameters[(name as string).toLowerCase()] = quoted?.replace(/\\(.)/g, '$1') ?? bare ?? '';
  return { scheme: scheme.toLowerCase(), parameters };
}

/** Authorization for one registry, learnt from its challenges. One per pull or push. */
export class RegistryAuth {
  readonly #credentials: RegistryCredentials | undefined;
  readonly #abort: AbortSignal | undefined;
  readonly #tokens = new Map<string, { header: string; untilMs: number }>();
  #challenge: Challenge | undefined;

  constructor(credentials: RegistryCredentials | undefined, abort?: AbortSignal) {
    this.#credentials = credentials;
    this.#abort = abort;
  }

  /** Takes note of a 401's challenge; false if it asks for nothing that could be answered. */
  learn(header: string | undefined): boolean {
    if (header === undefined) return false;
    this.#challenge = parseChallenge(header);
    this.#tokens.clear();
    return this.#challenge.scheme === 'bearer' || (this.#challenge.scheme === 'basic' && this.#credentials?.username !== undefined);
  }

  /** The Authorization header for these scopes, or undefined before a challenge. Throws Fault unauthorized or unavailable. */
  async header(scopes: readonly string[]): Promise<string | undefined> {
    if (!this.#challenge) return undefined;
    if (this.#challenge.scheme === 'basic') return this.#basic();
    if (this.#credentials?.registryToken) return `Bearer ${this.#credentials.registryToken}`;
    const key = scopes.join(' ');
    const known = this.#tokens.get(key);
    if (known && known.untilMs > Date.now()) return known.header;
    const token = await this.#fetchToken(this.#challenge, scopes);
    this.#tokens.set(key, token);
    return token.header;
  }

  #basic(): string | undefined {
    const { username, password } = this.#credentials ?? {};
    return username === undefined ? undefined : `Basic ${Buffer.from(`${username}:${password ?? ''}`).toString('base64')}`;
  }

  /** @see https://distribution.github.io/distribution/spec/auth/token/ */
  async #fetchToken({ parameters }: Challenge, scopes: readonly string[]): Promise<{ header: string; untilMs: number }> {
    if (!parameters['realm'] || !URL.canParse(parameters['realm'])) throw new Fault('unauthorized', 'no realm specified for token auth challenge');
    const url = new URL(parameters['realm']);
    if (url.protocol !== 'https:' && url.protocol !== 'http:') throw new Fault('unauthorized', 'invalid token auth challenge realm');
    const answer = this.#credentials?.identityToken ? await this.#refresh(url, parameters, scopes) : await this.#ask(url, parameters, scopes);
    const text = (await readBody(answer.body, TOKEN_LIMIT_BYTES)).toString();
    if (answer.status === 401 || answer.status === 403 || answer.status === 400) throw new Fault('unauthorized', this.#credentials?.username ? 'unauthorized: incorrect username or password' : 'unauthorized: authentication required');
    if (answer.status !== 200) throw new Fault('unavailable', `failed to fetch token: unexpected status: ${answer.status}`);
    const parsed = parseToken(text);
    // Ten seconds early, as the registry's clock is not ours.
    return { header: `Bearer ${parsed.token}`, untilMs: Date.now() + (parsed.lifeS - 10) * 1000 };
  }

  async #ask(url: URL, parameters: Challenge['parameters'], scopes: readonly string[]): Promise<Awaited<ReturnType<typeof send>>> {
    if (parameters['service']) url.searchParams.set('service', parameters['service']);
    for (const scope of scopes) url.searchParams.append('scope', scope);
    const basic = this.#basic();
    if (basic && this.#credentials?.username) url.searchParams.set('account', this.#credentials.username);
    return send({ method: 'GET', url, abort: this.#abort, headers: basic ? { authorization: basic } : {} });
  }

  async #refresh(url: URL, parameters: Challenge['parameters'], scopes: readonly string[]): Promise<Awaited<ReturnType<typeof send>>> {
    const form = new URLSearchParams({ grant_type: 'refresh_token', refresh_token: this.#credentials?.identityToken ?? '', service: parameters['service'] ?? '', client_id: 'docker', scope: scopes.join(' ') });
    const body = Buffer.from(form.toString());
    return send({ method: 'POST', url, abort: this.#abort, body, headers: { 'content-type': 'application/x-www-form-urlencoded', 'content-length': String(body.length) } });
  }
}

function parseToken(text: string): { token: string; lifeS: number } {
  try {
    const answer = JSON.parse(text) as { token?: string; access_token?: string; expires_in?: number };
    const token = answer.token ?? answer.access_token;
    if (token) return { token, lifeS: Math.max(TOKEN_LIFE_DEFAULT_S, answer.expires_in ?? TOKEN_LIFE_DEFAULT_S) };
  } catch (error) {
    throw new Fault('unavailable', `unable to decode token response: ${(error as Error).message}`, {}, { cause: error });
  }
  throw new Fault('unavailable', 'authorization server did not include a token in the response');
}
