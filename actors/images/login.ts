// `docker login`: whether a registry accepts credentials, asked of the registry itself.
import { Fault } from '../runtime/fault.js';
import { RegistryAuth, type RegistryCredentials } from './registry-auth.js';
import { isInsecure, readBody, send } from './registry-http.js';

const DOCKER_HUB_HOST = 'registry-1.docker.io';
const BODY_MAX_BYTES = 64 * 1024;

/** `https://index.docker.io/v1/`, `localhost:5000`, `https://x/v2/` → host[:port]. */
function hostOf(serverAddress: string): string {
  const host = serverAddress.replace(/^https?:\/\//, '').split('/')[0] ?? '';
  return host === '' || host === 'index.docker.io' || host === 'docker.io' ? DOCKER_HUB_HOST : host;
}

/**
 * Resolves with '' (no identity token is issued) when the registry takes the credentials.
 * @throws Fault unauthorized in the registry's or dockerd's words; unavailable when the registry cannot be reached.
 * @see https://distribution.github.io/distribution/spec/api/#api-version-check
 */
export async function verifyCredentials(serverAddress: string, credentials: RegistryCredentials, insecureRegistries: readonly string[] = []): Promise<string> {
  const host = hostOf(serverAddress);
  const insecure = isInsecure(host, insecureRegistries);
  const url = new URL(`${insecure && !serverAddress.startsWith('https://') ? 'http' : 'https'}://${host}/v2/`);
  const auth = new RegistryAuth(credentials);
  const first = await send({ method: 'GET', url, anyCertificate: insecure });
  await readBody(first.body, BODY_MAX_BYTES);
  if (first.status === 200) return '';
  const challenge = first.headers['www-authenticate'];
  if (first.status !== 401 || !auth.learn(challenge)) throw new Fault('unavailable', `login attempt to ${url.href} failed with status: ${first.status}`);
  const authorization = await auth.header([]);
  const second = await send({ method: 'GET', url, anyCertificate: insecure, headers: authorization ? { authorization } : {} });
  await readBody(second.body, BODY_MAX_BYTES);
  if (second.status === 401) throw new Fault('unauthorized', `login attempt to ${url.href} failed with status: 401 Unauthorized`);
  if (second.status !== 200) throw new Fault('unavailable', `login attempt to ${url.href} failed with status: ${second.status}`);
  return '';
}
