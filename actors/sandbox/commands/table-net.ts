// The table of network commands: name -> where its code is.
import type { CommandTable } from '../programs/builtin.js';

/** Each is imported when first run. */
export const netCommands: CommandTable = {
  curl: () => import('./curl/curl.js').then((m) => m.curl),
  getent: () => import('./getent.js').then((m) => m.getent),
  git: () => import('./git/git.js').then((m) => m.git),
  httpd: () => import('./httpd.js').then((m) => m.httpd),
  ip: () => import('./ip.js').then((m) => m.ip),
  nc: () => import('./nc.js').then((m) => m.nc),
  netcat: () => import('./nc.js').then((m) => m.nc),
  wget: () => import('./wget.js').then((m) => m.wget),
};
