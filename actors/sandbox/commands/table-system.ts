// The table of commands about disks, accounts, terminals and the machine: name -> where its code is.
import type { CommandTable } from '../programs/builtin.js';

/** Each is imported when first run. */
export const systemCommands: CommandTable = {
  clear: () => import('./clear.js').then((m) => m.clear),
  dd: () => import('./dd/dd.js').then((m) => m.dd),
  df: () => import('./df.js').then((m) => m.df),
  du: () => import('./du.js').then((m) => m.du),
  fallocate: () => import('./fallocate.js').then((m) => m.fallocate),
  free: () => import('./uptime.js').then((m) => m.free),
  getopt: () => import('./getopt.js').then((m) => m.getopt),
  last: () => import('./sessions.js').then((m) => m.last),
  lastb: () => import('./sessions.js').then((m) => m.lastb),
  lsblk: () => import('./lsblk.js').then((m) => m.lsblk),
  mount: () => import('./mount.js').then((m) => m.mount),
  mountpoint: () => import('./mount.js').then((m) => m.mountpoint),
  reset: () => import('./clear.js').then((m) => m.reset),
  runuser: () => import('./su.js').then((m) => m.runuser),
  prlimit: () => import('./prlimit.js').then((m) => m.prlimit),
  setpriv: () => import('./setpriv.js').then((m) => m.setpriv),
  script: () => import('./script.js').then((m) => m.script),
  stty: () => import('./stty.js').then((m) => m.stty),
  su: () => import('./su.js').then((m) => m.su),
  umount: () => import('./mount.js').then((m) => m.umount),
  uptime: () => import('./uptime.js').then((m) => m.uptime),
  vmstat: () => import('./vmstat.js').then((m) => m.vmstat),
  w: () => import('./sessions.js').then((m) => m.w),
};
