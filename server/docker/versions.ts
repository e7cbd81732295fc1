// Which API versions are spoken, and Docker's words for the others (https://docs.docker.com/reference/api/engine/#versioning).
import { Fault } from '../../actors/runtime/fault.js';

export const API_VERSION = '1.50';
export const MIN_API_VERSION = '1.24';
/** The Engine release whose behaviour this API follows. */
export const ENGINE_VERSION = '28.2.2';

/** -1, 0 or 1; versions are `major.minor`. */
export function compareVersions(a: string, b: string): number {
  const [aMajor = 0, aMinor = 0] = a.split('.').map(Number);
  const [bMajor = 0, bMinor = 0] = b.split('.').map(Number);
  return Math.sign(aMajor - bMajor || aMinor - bMinor);
}

/** Throws Docker's 400 for a version that is not spoken. */
export function requireVersion(version: string): void {
  if (compareVersions(version, API_VERSION) > 0) {
    throw new Fault('invalid', `client version ${version} is too new. Maximum supported API version is ${API_VERSION}`);
  }
  if (compareVersions(version, MIN_API_VERSION) < 0) {
    throw new Fault('invalid', `client version ${version} is too old. Minimum supported API version is ${MIN_API_VERSION}, please upgrade your client to a newer version`);
  }
}
