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
