// The table of network commands: name -> where its code is.
import type { CommandTable } from '../programs/builtin.js';

/** Each is imported when first run. */
export const netCommands: CommandTable = {
  curl: () => import('./curl/curl.js').then((m) => m.curl),
  fuser: () => import('./open-files/fuser.js').then((m) => m.fuser),
  getent: () => import('./getent.js').then((m) => m.getent),
  git: () => import('./git/git.js').then((m) => m.git),
  host: () => import('./net/name-lookup.js').then((m) => m.host),
  httpd: () => import('./httpd.js').then((m) => m.httpd),
  ifconfig: () => import('./ifconfig.js').then((m) => m.ifconfig),
  ip: () => import('./ip.js').then((m) => m.ip),
  lsof: () => import('./open-files/lsof.js').then((m) => m.lsof),
  nc: () => import('./nc.js').then((m) => m.nc),
  netcat: () => import('./nc.js').then((m) => m.nc),
  netstat: () => import('./open-files/netstat.js').then((m) => m.netstat),
  nslookup: () => import('./net/name-lookup.js').then((m) => m.nslookup),
  route: () => import('./open-files/netstat.js').then((m) => m.route),
  ss: () => import('./open-files/netstat.js').then((m) => m.ss),
  wget: () => import('./wget.js').then((m) => m.wget),
};
