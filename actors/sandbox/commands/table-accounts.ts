// The table of commands about accounts, services and what a container may not do: name -> where its code is.
import type { CommandTable } from '../programs/builtin.js';

/** Each is imported when first run. */
export const accountCommands: CommandTable = {
  addgroup: () => import('./users/adduser.js').then((m) => m.addgroup),
  adduser: () => import('./users/adduser.js').then((m) => m.adduser),
  chroot: () => import('./restricted.js').then((m) => m.chroot),
  delgroup: () => import('./users/adduser.js').then((m) => m.delgroup),
  deluser: () => import('./users/adduser.js').then((m) => m.deluser),
  dmesg: () => import('./restricted.js').then((m) => m.dmesg),
  flock: () => import('./flock.js').then((m) => m.flock),
  gpasswd: () => import('./users/shadow.js').then((m) => m.gpasswd),
  groupadd: () => import('./users/shadow.js').then((m) => m.groupadd),
  groupdel: () => import('./users/shadow.js').then((m) => m.groupdel),
  groupmod: () => import('./users/shadow.js').then((m) => m.groupmod),
  hostid: () => import('./host-facts.js').then((m) => m.hostid),
  logger: () => import('./logger.js').then((m) => m.logger),
  lscpu: () => import('./host-facts.js').then((m) => m.lscpu),
  nologin: () => import('./host-facts.js').then((m) => m.nologin),
  nsenter: () => import('./restricted.js').then((m) => m.nsenter),
  ping: () => import('./restricted.js').then((m) => m.ping),
  'run-parts': () => import('./run-parts.js').then((m) => m.runParts),
  'start-stop-daemon': () => import('./start-stop-daemon.js').then((m) => m.startStopDaemon),
  sysctl: () => import('./sysctl.js').then((m) => m.sysctl),
  taskset: () => import('./host-facts.js').then((m) => m.taskset),
  tput: () => import('./tput.js').then((m) => m.tput),
  unshare: () => import('./restricted.js').then((m) => m.unshare),
  useradd: () => import('./users/shadow.js').then((m) => m.useradd),
  userdel: () => import('./users/shadow.js').then((m) => m.userdel),
  usermod: () => import('./users/shadow.js').then((m) => m.usermod),
  watch: () => import('./watch.js').then((m) => m.watch),
  whereis: () => import('./host-facts.js').then((m) => m.whereis),
};
