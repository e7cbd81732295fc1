// Every built-in command by name, and where the base image has it.
import type { CommandTable } from '../programs/builtin.js';
import { busyboxOf } from './busybox.js';
import { shellCommands } from '../shell/index.js';
import { accountCommands } from './table-accounts.js';
import { fileCommands } from './table-files.js';
import { netCommands } from './table-net.js';
import { systemCommands } from './table-system.js';
import { textCommands } from './table-text.js';

/** What the shell has built in, as programs of their own. */
const SHELL_TOOLS = ['test', '[', 'kill', 'pwd', 'true', 'false'];
const shellToolCommands: CommandTable = Object.fromEntries(SHELL_TOOLS.map((name) => [name, () => import('./shell-tools.js').then(({ shellTool }) => shellTool(name))]));

/** Local copies as runners' helper images make them. */
const copyCommands: CommandTable = { rsync: () => import('./rsync.js').then((m) => m.rsync) };

const merged: CommandTable = { ...accountCommands, ...copyCommands, ...fileCommands, ...netCommands, ...systemCommands, ...textCommands, ...shellToolCommands, ...shellCommands };

/** What a machine can run without any file of the image's own. */
export const allCommands: CommandTable = { ...merged, busybox: () => Promise.resolve(busyboxOf(merged)) };

const IN_BIN = new Set(`arch ash base64 bash busybox cat chattr chgrp chmod chown clear cp cpio dash date dd df dmesg dnsdomainname dumpkmap echo ed
  egrep false fgrep find fsync getopt grep gunzip gzip hostname ionice kill less link ln login ls lsattr mkdir mknod mktemp more mount mountpoint mv
  nice pidof ping printenv ps pwd rm rmdir run-parts sed setpriv sh sleep stat stty su sync tar touch true umount uname usleep watch zcat`.split(/\s+/));
const IN_SBIN = new Set('getty halt ifconfig init ip losetup poweroff reboot route start-stop-daemon swapoff swapon sysctl'.split(' '));
const IN_USR_SBIN = new Set('addgroup adduser chpasswd chroot delgroup deluser groupadd groupdel groupmod nologin useradd userdel usermod'.split(' '));

/** The directory of an applet in the base image: as Alpine and Debian (merged /usr apart) have it. */
export function appletPlace(name: string): '/bin' | '/sbin' | '/usr/bin' | '/usr/sbin' {
  if (IN_BIN.has(name)) return '/bin';
  if (IN_SBIN.has(name)) return '/sbin';
  return IN_USR_SBIN.has(name) ? '/usr/sbin' : '/usr/bin';
}

/** Applet -> directory, for the base image. */
export const appletPlaces: Readonly<Record<string, string>> = Object.fromEntries(Object.keys(allCommands).map((name) => [name, appletPlace(name)]));
